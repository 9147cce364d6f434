"""Templates made of an uploaded PDF: its pages as they are, and fields on them.

The document's own words are known from its text only, for reading and for the checks of wording; what it
settles by law is what the employer confirms (`covers`).
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, Final

from contracts.document.model import Document, Placed, plain
from contracts.document.wording import in_words
from core.errors import Fault
from signing.pades.errors import PlaceRefused
from signing.pades.geometry import Box, PageFrame, check_place

SCHEMA: Final = "urn:qianbei:schema:uploaded-template:1"
# The mark of each party: the kind of its field, of which there must be one, and what the layout calls it.
MARKS: Final = {"signature": "worker_signature", "seal": "employer_seal"}
# Where the day is written on which a party signs; there may be none or several.
DAYS: Final = {"signature_date": "worker_date", "seal_date": "employer_date"}
_WIDGETS: Final = MARKS | DAYS  # of the signed PDF; none may stand on another
SEAM: Final = "seam"
MILLIMETRE: Final = 72 / 25.4
SMALLEST: Final = 6.0  # points: what must be set smaller cannot be read on paper
LINE: Final = 1.35  # height of a line in ems
NARROW: Final = 0.6  # ems of a character that is not full-width

_NAMES: Final = {
    "signature": ("员工签名", "worker's signature"),
    "seal": ("单位公章", "employer's seal"),
    SEAM: ("骑缝章", "cross-page seal"),
    "signature_date": ("签名日期", "date of the worker's signature"),
    "seal_date": ("盖章日期", "date of the employer's seal"),
    "date": ("合同里的日期", "date of the contract"),
    "text": ("文字", "text"),
}
_MISPLACED: Final = {
    "place_outside_page": (
        "超出了页面", "is not on a page", "请移回页面之内。", "Move it back onto the page.",
    ),
    "place_too_small": ("太小，看不清", "is too small to be read", "请放大。", "Make it larger."),
    "place_overlaps": (
        "与另一处签章或日期重叠", "overlaps another mark or date", "请把两处分开。", "Move the two apart.",
    ),
}  # fmt: skip


def is_uploaded(template: Mapping[str, Any]) -> bool:
    """Whether it is of this kind; else it is written as text."""
    return template.get("schema") == SCHEMA


def check_fields(template: Mapping[str, Any]) -> Iterator[Fault]:
    """Fields that are missing, stand twice, or stand where they cannot."""
    frames = [PageFrame(0, 0, page["w"], page["h"]) for page in template["document"]["pages"]]
    yield from _check_numbers(template["fields"])
    taken: list[Box] = []
    for number, field in enumerate(template["fields"]):
        box = box_of_field(field)
        try:
            check_place(box, frames, keep_clear=taken if field["kind"] in _WIDGETS else ())
        except PlaceRefused as refused:
            yield _misplaced(f"/fields/{number}", field["kind"], refused.code)
        if field["kind"] in _WIDGETS:
            taken.append(box)


def page_words(template: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(JSON pointer, words) of each page."""
    for number, page in enumerate(template["document"]["pages"]):
        yield f"/document/pages/{number}", joined(page["text"])


def joined(text: str) -> str:
    """Words of a page without the gaps that justified Chinese has in a PDF, and without its line breaks."""
    return re.sub(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])", "", text)


def box_of_field(field: Mapping[str, Any]) -> Box:
    """Where a field stands."""
    return Box(field["page"], field["x"], field["y"], field["w"], field["h"])


def page_sizes(template: Mapping[str, Any]) -> tuple[tuple[float, float], ...]:
    """Width and height of each page in points."""
    return tuple((page["w"], page["h"]) for page in template["document"]["pages"])


def marks(template: Mapping[str, Any]) -> Iterator[tuple[str, Box]]:
    """What the layout calls each party's mark, and each date of one, and where it goes."""
    for field in template["fields"]:
        if field["kind"] in _WIDGETS:
            yield _WIDGETS[field["kind"]], box_of_field(field)


def seam_middle(template: Mapping[str, Any]) -> float | None:
    """How far down the pages the middle of the seal across the edges is, as a fraction; None without one."""
    found = [field["y"] + field["h"] / 2 for field in template["fields"] if field["kind"] == SEAM]
    return found[0] if found else None


def fits(text: str, width: float, height: float) -> bool:
    """Whether a box (points) takes the text at a size that can be read, by a careful estimate."""
    ems = sum(map(_em, text))
    longest = max((sum(map(_em, word)) for word in words_of(text)), default=0.0)
    lines = max(1, int(height / (SMALLEST * LINE)))
    return ems * SMALLEST <= lines * width * (1 if lines == 1 else 0.9) and longest * SMALLEST <= width


def words_of(text: str) -> list[str]:
    """What a line cannot be broken within."""
    return re.findall(r"[\x21-\x7e]+", text)


def layout(template: Mapping[str, Any], document: Document) -> dict[str, Any]:
    """What templates/contracts/uploaded/main.typ sets: the pages with what is filled in, in points."""
    return {"title": document.title, "pages": list(_sheets(template, document))}


def _sheets(template: Mapping[str, Any], document: Document) -> Iterator[dict[str, Any]]:
    for number, page in enumerate(template["document"]["pages"], start=1):
        items = [_item(placed, page["w"], page["h"]) for placed in document.placed if placed.page == number]
        alt = joined(page["text"]) or f"第 {number} 页（图片）"
        yield {"number": number, "w": page["w"], "h": page["h"], "alt": alt, "items": items}


def _item(placed: Placed, width: float, height: float) -> dict[str, Any]:
    text = plain(placed.runs)
    return {
        "x": placed.x * width, "y": placed.y * height, "w": placed.w * width, "h": placed.h * height,
        "size": placed.size, "text": text, "word": max(words_of(text), key=len, default=""),
    }  # fmt: skip


def field_in_words(field: Mapping[str, Any], width: float, height: float) -> str:
    """A field on a page of that size (points): what it is and where, in millimetres."""
    place = [
        round(field[side] * whole / MILLIMETRE, 1)
        for side, whole in (("x", width), ("y", height), ("w", width), ("h", height))
    ]
    what = f"“{in_words(field['text'])}”" if "text" in field else ""
    return "{}{}：距左 {} 毫米，距上 {} 毫米，宽 {} 毫米，高 {} 毫米".format(
        _NAMES[field["kind"]][0], what, *place
    )


def _em(character: str) -> float:
    return 1.0 if unicodedata.east_asian_width(character) in "WFA" else NARROW


def _check_numbers(fields: list[Mapping[str, Any]]) -> Iterator[Fault]:
    for kind in (*MARKS, SEAM):
        zh, en = _NAMES[kind]
        places = [number for number, field in enumerate(fields) if field["kind"] == kind]
        if not places and kind in MARKS:
            yield Fault(
                "/fields", f"field_missing_{kind}", f"还没有放“{zh}”。", f"The {en} has no place yet.",
                "请从上面的按钮加到页面上。", "Add it with the buttons above.",
            )  # fmt: skip
        for number in places[1:]:
            yield Fault(
                f"/fields/{number}", "field_twice", f"“{zh}”只能有一处。", f"There can be one {en} only.",
                "请删除多余的。", "Remove the others.",
            )  # fmt: skip


def _misplaced(pointer: str, kind: str, code: str) -> Fault:
    zh, en, remedy_zh, remedy_en = _MISPLACED[code]
    name, name_en = _NAMES[kind]
    return Fault(pointer, code, f"“{name}”{zh}。", f"The {name_en} {en}.", remedy_zh, remedy_en)
