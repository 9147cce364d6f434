"""Documents that employers upload as templates: made harmless in a process of its own.

`python -m contracts.uploads` is that process; `sanitise.py` says what is kept of a file.
"""
