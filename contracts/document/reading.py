"""The contract as words: data for the large-text reading view, and the text of each printed page.

Taken from the same expansion that is typeset, so what is read and what is signed cannot differ.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from contracts.document.expand import expand
from contracts.document.model import Block, Chapter, Clause, Document, Fields, Paragraph, Runs, Table, plain
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


def reading_sections(
    document: Document, block_pages: Mapping[int, int], pages: int
) -> tuple[dict[str, Any], ...]:
    """The contract for reading in large letters or aloud: a section for each chapter and one for the signing.

    A section: `heading`, `heading_en`, the pages `first` … `last` (from 1) on which it is printed, and its
    `blocks`, each with a `kind`: heading (`text`), paragraph (`runs`), fields (`rows` of `label` and `runs`),
    table (`head` and `rows` of cells, each its runs). A run is `{text, filled}`: filled in from the facts or
    the template's own words.
    """
    sections: list[dict[str, Any]] = []
    number = 0
    for chapter in document.chapters:
        count = sum(len(clause.blocks) for clause in chapter.clauses)
        begins = [block_pages[number + i] for i in range(count)] or [1]
        number += count
        sections.append(
            {
                "heading": f"{chapter.label}{chapter.heading}",
                "heading_en": chapter.heading_en,
                "first": begins[0],
                # its last block may run over to where the next one begins
                "last": block_pages.get(number, pages),
                "blocks": list(_chapter_blocks(chapter)),
            }
        )
    signing = [
        {"kind": "fields", "rows": [_row(line.label, line.runs) for line in party.lines]}
        for party in document.signing
        if party.lines
    ]
    if signing:
        heading = {"heading": "签署", "heading_en": "Signatures"}
        sections.append({**heading, "first": pages, "last": pages, "blocks": signing})
    return tuple(sections)


def _chapter_blocks(chapter: Chapter) -> Iterator[dict[str, Any]]:
    for clause in chapter.clauses:
        if lead := " ".join(filter(None, (clause.label, clause.heading))):
            yield {"kind": "heading", "text": lead}
        for block in clause.blocks:
            if isinstance(block, Paragraph):
                label = [{"text": block.label, "filled": False}] if block.label else []
                yield {"kind": "paragraph", "runs": label + _marked(block.runs)}
            elif isinstance(block, Fields):
                yield {"kind": "fields", "rows": [_row(field.label, field.runs) for field in block.fields]}
            else:
                yield _table(block)


def _table(block: Table) -> dict[str, Any]:
    rows = [[_marked(cell) for cell in row] for row in block.rows]
    return {"kind": "table", "head": [column.heading for column in block.columns], "rows": rows}


def _row(label: str, runs: Runs) -> dict[str, Any]:
    return {"label": label, "runs": _marked(runs)}


def _marked(runs: Runs) -> list[dict[str, Any]]:
    return [{"text": run.text, "filled": bool(run.fact)} for run in runs]


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
