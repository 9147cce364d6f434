"""The words of a Word document in reading order, and what of it cannot be taken over, each with its place.

Nothing is left out without a note. Runs in a bounded process only (`contracts.uploads.__main__`).
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias
from xml.etree.ElementTree import Element

from contracts.uploads.limits import UnfitError
from contracts.uploads.numbering import Numbering, child
from contracts.uploads.package import Package, name_of, value_of

BLANK: Final = "\ue000"  # a place that is to be filled in, where only its looks say so
SPACE: Final = r"[ \t\u00a0\u2002-\u2005\u3000]"
MAX_PARAGRAPHS: Final = 5000
MAX_PLACES: Final = 20  # of one note
MAX_EXCERPT: Final = 40
NO: Final = ("0", "false", "off", "none")

_FRAMES: Final = ("drawing", "pict", "object", "AlternateContent")
# What only wraps text, and elements of the same names that stand around paragraphs.
_WRAPPERS: Final = (
    "hyperlink",
    "smartTag",
    "customXml",
    "fldSimple",
    "sdtContent",
    "dir",
    "bdo",
    "ins",
    "moveTo",
)
_REVISIONS: Final = ("ins", "del", "moveFrom", "moveTo")
_REFERENCES: Final = {
    "footnoteReference": "footnotes", "endnoteReference": "footnotes", "commentReference": "comments",
}  # fmt: skip
_TICKS: Final = str.maketrans("☐☑☒", "□■■")
_SIGNS: Final = {"tab": "\t", "cr": "\n", "noBreakHyphen": "-", "sym": "□", "ptab": "\t"}


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Its words, with Word's own number before them."""

    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """`span`: how many columns wide; `joined`: it only continues the cell above."""

    text: str
    span: int = 1
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`widths`: of the columns in any unit, as far as the document states them."""

    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[int, ...]


Part: TypeAlias = Paragraph | Table


@dataclass(frozen=True, slots=True)
class Words:
    """`notes`: by a code of `contracts.web.template_words`, words near each place."""

    parts: tuple[Part, ...]
    notes: dict[str, list[str]]


def read_words(data: bytes) -> Words:
    """Everything that is read of the document. Raises UnfitError."""
    package = Package(data)
    body = package.part(package.document)
    body = None if body is None else child(body, "body")
    if body is None:
        raise UnfitError("upload_unreadable")
    reader = _Reader(Numbering(package.related("numbering"), package.related("styles")))
    try:
        parts = tuple(reader.parts(body))
        for kind in ("header", "footer"):
            for part in package.parts_like(kind):
                reader.beside(part)
    except RecursionError as error:
        raise UnfitError("upload_too_complex") from error
    if package.has_links:
        reader.note("links", "")
    return Words(parts, reader.notes)


class _Reader:
    def __init__(self, numbering: Numbering) -> None:
        self.numbering = numbering
        self.notes: dict[str, list[str]] = {}
        self.count = 0
        self.last = ""
        self.found: list[str] = []  # notes on the paragraph that is being read

    def note(self, code: str, words: str) -> None:
        places = self.notes.setdefault(code, [])
        excerpt = " ".join(words.replace(BLANK, "____").split())[:MAX_EXCERPT]
        if excerpt and excerpt not in places and len(places) < MAX_PLACES:
            places.append(excerpt)

    def beside(self, part: Element) -> None:
        """Words at the top or foot of the pages. A page's number alone is no loss."""
        words = "".join(each.text or "" for each in part.iter() if name_of(each) == "t")
        if re.search(r"[^\W\d_第页共]", words):
            self.note("headers", words)

    def parts(self, parent: Element) -> Iterator[Part]:
        for each in parent:
            name = name_of(each)
            if name == "p":
                yield from map(Paragraph, self.paragraph(each).split("\n"))
            elif name == "tbl":
                yield from self.table(each)
            elif name == "altChunk":
                self.note("chunks", self.last)
            elif name == "sdt" or name in _WRAPPERS:
                yield from self.parts(each)

    def paragraph(self, element: Element) -> str:
        self.count += 1
        if self.count > MAX_PARAGRAPHS:
            raise UnfitError("upload_too_complex")
        properties = child(element, "pPr")
        self.found = []
        text = _joined(list(self.pieces(element)))
        label = self.numbering.label(properties) if text.strip() else ""
        if label and not label.endswith(("、", "）", "·")):
            label += " "
        text = label + text.strip("\n")
        self.last = text.strip() or self.last
        for code in self.found:
            self.note(code, self.last)
        return text

    def pieces(self, parent: Element) -> Iterator[tuple[str, bool]]:
        """Text, and whether it is underlined."""
        for each in parent:
            name = name_of(each)
            if name in _REVISIONS:
                self.found.append("revisions")
            if name == "r":
                yield from self.run(each)
            elif name == "sdt":
                yield from self.control(each)
            elif name in _WRAPPERS:
                yield from self.pieces(each)
            elif name in _FRAMES:
                self.frame(each)
            elif name in ("oMath", "oMathPara"):
                self.found.append("formulas")

    def run(self, run: Element) -> Iterator[tuple[str, bool]]:
        properties = child(run, "rPr")
        looks = {name_of(each): value_of(each) for each in (properties if properties is not None else ())}
        if looks.get("vanish", "0") not in NO:
            self.note("hidden", "".join(each.text or "" for each in run if name_of(each) == "t"))
            return
        underlined = looks.get("u", "none") not in NO
        for each in run:
            name = name_of(each)
            if name == "t":
                yield _printed(each.text or ""), underlined
            elif name == "br" and value_of(each, "type") not in ("page", "column"):
                yield "\n", underlined
            elif name in _SIGNS:
                yield _SIGNS[name], underlined
            elif name == "fldChar":
                yield from _form_field(each)
            elif name in _FRAMES:
                self.frame(each)
            elif name in _REFERENCES:
                self.found.append(_REFERENCES[name])

    def control(self, control: Element) -> Iterator[tuple[str, bool]]:
        """A content control: what it asks for while it is empty, else what it holds."""
        properties, content = child(control, "sdtPr"), child(control, "sdtContent")
        if content is None:
            return
        pieces = list(self.pieces(content))
        if properties is not None and child(properties, "showingPlcHdr") is not None:
            yield "【" + re.sub(r"[【】{}\n]", "", _joined(pieces)) + "】", False
        else:
            yield from pieces

    def frame(self, frame: Element) -> None:
        """A picture, or a text box with words."""
        box = next((each for each in frame.iter() if name_of(each) == "txbxContent"), None)
        if box is not None:
            words = "".join(each.text or "" for each in box.iter() if name_of(each) == "t")
            if words.strip():
                self.note("boxes", words)
        elif name_of(frame) == "object":
            self.found.append("objects")
        else:
            self.found.append("pictures")

    def table(self, table: Element) -> Iterator[Part]:
        """A table; one of a single column is a frame around paragraphs."""
        rows = [list(_cells(row)) for row in table if name_of(row) == "tr" and not self.deleted(row)]
        if all(len(row) == 1 for row in rows):
            for (cell,) in rows:
                yield from self.parts(cell)
            return
        grid = child(table, "tblGrid")
        widths = tuple(_width(each) for each in (grid if grid is not None else ()))
        yield Table(tuple(tuple(self.cell(cell) for cell in row) for row in rows), widths)

    def deleted(self, row: Element) -> bool:
        properties = child(row, "trPr")
        if properties is None or child(properties, "del") is None:
            return False
        self.note("revisions", self.last)
        return True

    def cell(self, cell: Element) -> Cell:
        properties = child(cell, "tcPr")
        looks = {name_of(each): value_of(each) for each in (properties if properties is not None else ())}
        span, merged = looks.get("gridSpan", "1"), looks.get("vMerge", "restart")
        parts = list(self.parts(cell))
        lines = [part.text for part in parts if isinstance(part, Paragraph) and part.text.strip()]
        for inner in (part for part in parts if isinstance(part, Table)):
            lines += ["　".join(each.text for each in row if each.text) for row in inner.rows]
            self.note("tables", lines[-1])
        return Cell("\n".join(lines), int(span) if span.isdecimal() else 1, merged != "restart")


def _printed(text: str) -> str:
    """Without what has no looks, and without what stands for a blank here."""
    text = text.translate(_TICKS)
    return "".join(c for c in text if c != BLANK and unicodedata.category(c) not in ("Cc", "Cf", "Cs"))


def _cells(row: Element) -> Iterator[Element]:
    for each in row:
        if name_of(each) == "tc":
            yield each
        elif name_of(each) in ("sdt", "sdtContent", *_WRAPPERS):
            yield from _cells(each)


def _width(column: Element) -> int:
    width = value_of(column, "w")
    return int(width) if width.isdecimal() else 0


def _form_field(field: Element) -> Iterator[tuple[str, bool]]:
    """A form's tick box. What its text fields hold is text, or five broad spaces."""
    data = child(field, "ffData")
    if data is not None and child(data, "checkBox") is not None:
        yield "□", False


def _joined(pieces: list[tuple[str, bool]]) -> str:
    """The text; where underlined spaces leave room to write, a BLANK."""
    merged: list[tuple[str, bool]] = []
    for text, underlined in pieces:
        if merged and merged[-1][1] == underlined:
            merged[-1] = (merged[-1][0] + text, underlined)
        else:
            merged.append((text, underlined))
    whole = "".join(_room(text) if underlined else text for text, underlined in merged)
    return re.sub("\u2002{3,}", BLANK, whole)


def _room(text: str) -> str:
    """Underlined text: spaces alone are room; around words they only make the line longer."""
    core = re.sub(f"^{SPACE}+|{SPACE}+$", "", text)
    if not core:
        return BLANK if len(text) > 1 or "\t" in text else text
    if re.match("[年月日]", core) and core != text:
        core = BLANK + core
    return re.sub(f"{SPACE}{{2,}}", BLANK, core)
