"""Documents that employers upload as templates: read and made harmless in a process of its own.

`python -m contracts.uploads` is that process. Of a PDF, `sanitise.py` keeps the looks of its pages; of a Word
document, `package.py`, `word.py`, `blanks.py` and `clauses.py` keep the words.
"""
