"""A contract's text after its template met its facts: what the typesetter prints and the phone shows.

Every value here is plain text. `Run.fact` says which fact (JSON pointer) a stretch of text was filled from;
it is empty for the template's own words.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Run:
    text: str
    fact: str = ""


Runs: TypeAlias = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; `label` is （一） for an item of a list and empty otherwise."""

    runs: Runs
    label: str = ""
    kind: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True, slots=True)
class Field:
    label: str
    runs: Runs
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Fields:
    """Label and value side by side, two pairs to a line unless `wide`."""

    fields: tuple[Field, ...]
    kind: Literal["fields"] = "fields"


@dataclass(frozen=True, slots=True)
class Column:
    heading: str
    width: int
    align: str


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[Column, ...]
    rows: tuple[tuple[Runs, ...], ...]
    kind: Literal["table"] = "table"


Block: TypeAlias = Paragraph | Fields | Table


@dataclass(frozen=True, slots=True)
class Clause:
    """One article; `label` is 第…条, empty in an unnumbered chapter."""

    id: str
    label: str
    heading: str
    covers: tuple[int, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    id: str
    label: str
    heading: str
    heading_en: str
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class SigningBlock:
    role: str
    label: str
    lines: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """Text at a place of its own on an uploaded page: fractions of the page, `size` in points at most."""

    page: int
    x: float
    y: float
    w: float
    h: float
    size: float
    runs: Runs


@dataclass(frozen=True, slots=True)
class Document:
    """Of an uploaded document, each page is a chapter without a label; `placed` is what is filled in."""

    title: str
    title_en: str
    contract_no: str
    chapters: tuple[Chapter, ...]
    signing: tuple[SigningBlock, ...]
    seam: bool
    placed: tuple[Placed, ...] = ()


def plain(runs: Runs) -> str:
    """The text of `runs` without the marks."""
    return "".join(run.text for run in runs)


def fill_lines(fields: Iterable[Field]) -> Iterator[Field]:
    """Widen a field that would stand alone on its line."""
    waiting: Field | None = None
    for field in fields:
        if field.wide:
            if waiting:
                yield replace(waiting, wide=True)
            yield field
            waiting = None
        elif waiting:
            yield from (waiting, field)
            waiting = None
        else:
            waiting = field
    if waiting:
        yield replace(waiting, wide=True)
