"""The contract as words: data for the large-text reading view, and the text of each printed page.

Taken from the same expansion that is typeset, so what is read and what is signed cannot differ.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from contracts.document.expand import expand
from contracts.document.model import Block, Clause, Document, Fields, Paragraph, plain
from contracts.facts import Facts


def reading_view(template: Mapping[str, Any], facts: Facts) -> dict[str, Any]:
    """The contract as nested data for HTML or JSON (`docs`: the classes of contracts/document/model.py).

    `chapters[].clauses[].blocks[]`, each block with its `kind` (paragraph, fields, table) and running number
    `i`. Text is a list of runs `{text, fact}`; `fact` is the JSON pointer of a filled value, else empty.
    Raises CannotExpand as rendering does.
    """
    return document_data(expand(template, facts))


def document_data(document: Document) -> dict[str, Any]:
    """`document` as plain data, its blocks numbered from 0 in reading order."""
    data = asdict(document)
    blocks = [
        block for chapter in data["chapters"] for clause in chapter["clauses"] for block in clause["blocks"]
    ]
    for number, block in enumerate(blocks):
        block["i"] = number
    return data


def page_texts(document: Document, block_pages: Mapping[int, int], pages: int) -> tuple[str, ...]:
    """The words of each page, a paragraph or row a line; a block counts for the page it begins on."""
    lines: list[list[str]] = [[] for _ in range(pages)]
    lines[0].append(document.title)
    number = 0
    for chapter in document.chapters:
        heading = f"{chapter.label}{chapter.heading}" if chapter.label else ""
        for clause in chapter.clauses:
            for block in clause.blocks:
                page = lines[block_pages[number] - 1]
                if heading:
                    page.append(heading)
                    heading = ""
                page += _block_lines(clause, block)
                number += 1
    for party in document.signing:
        lines[-1] += [party.label, *(f"{line.label}：{plain(line.runs)}" for line in party.lines)]
    return tuple("\n".join(page) for page in lines)


def _block_lines(clause: Clause, block: Block) -> Iterator[str]:
    lead = " ".join(filter(None, (clause.label, clause.heading))) if block is clause.blocks[0] else ""
    if isinstance(block, Paragraph):
        yield " ".join(filter(None, (lead, f"{block.label}{plain(block.runs)}")))
        return
    if lead:
        yield lead
    if isinstance(block, Fields):
        yield from (f"{field.label}：{plain(field.runs)}" for field in block.fields)
    else:
        yield "\t".join(column.heading for column in block.columns)
        yield from ("\t".join(plain(cell) for cell in row) for row in block.rows)
