"""Templates made of an uploaded PDF: their faults, what is filled in and where, the facts inside."""

import io
import json
import re
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pypdfium2
import pytest

from contracts.checks.template import template_faults
from contracts.document.compare import compare
from contracts.document.expand import CannotExpand
from contracts.document.render import SEAM_SEAL_POINTS, render
from contracts.document.samples import sample_facts
from contracts.document.template import facts_used
from contracts.document.uploaded import SCHEMA
from contracts.facts import canonical_facts
from contracts.uploads.sanitise import Clean, sanitise
from signing.pades.geometry import box_from_points
from signing.pades.prepare import FieldSpec, prepare
from signing.pades.validate import read_attachment
from signing.pages import find_words
from tests.support import uploads
from tests.support.uploads import field

AT = datetime(2026, 12, 1, tzinfo=UTC)


@cache
def clean(text: str = "") -> Clean:
    return sanitise(uploads.contract_pdf(text))


def template(text: str = "", **changes: Any) -> dict[str, Any]:
    pages = [{"w": page.width, "h": page.height, "text": page.text} for page in clean(text).pages]
    content = {
        "schema": SCHEMA,
        "slug": "own-upload",
        "version": 1,
        "title": {"zh": "劳动合同", "en": "Labour contract"},
        "summary": {"zh": "由上传的 PDF 制作", "en": "Made of an uploaded PDF"},
        "applies_to": {"employment_forms": ["1"], "term_types": ["1"]},
        "document": {"digest": "0" * 64, "pages": pages},
        "asks": [{"fact": "contract.end"}],
        "signing": {"order": ["worker", "employer"]},
    }
    return uploads.completed(content, **changes)


def with_fields(*fields: dict[str, Any]) -> dict[str, Any]:
    made = template()
    return {**made, "fields": [*made["fields"], *fields]}


def text(words: str, *, page: int = 1, x: float = 0.1, h: float = 0.05) -> dict[str, Any]:
    return field("text", page, x, 0.3, 0.2, h, text=words, size=9)


def rendered(made: dict[str, Any], **worker: str) -> Any:
    facts = sample_facts(made, form="1", term="1")
    facts["worker"] |= worker
    return facts, render(made, facts, at=AT, base=clean().pdf)


def words_in(pdf: bytes, page: int, box: tuple[float, float, float, float]) -> str:
    """The words within a box of fractions."""
    x, y, w, h = box
    with pypdfium2.PdfDocument(pdf) as document:
        width, height = document[page - 1].get_size()
        found = (
            document[page - 1]
            .get_textpage()
            .get_text_bounded(x * width, (1 - y - h) * height, (x + w) * width, (1 - y) * height)
        )
    return re.sub(r"\s", "", found)


def test_a_complete_one_has_no_faults() -> None:
    assert template_faults(template()) == []
    assert facts_used(template()) == {"worker.name", "contract.start", "contract.end"}


@pytest.mark.parametrize(
    ("made", "codes"),
    [
        (template(fields=[]), {"field_missing_signature", "field_missing_seal", "field_missing_name"}),
        (with_fields(field("signature", 1, 0.1, 0.1, 0.2, 0.05)), {"field_twice"}),
        (with_fields(field("seam", 2, 0.9, 0.1, 0.1, 0.1)), {"field_twice"}),
        (with_fields(text("a", page=3)), {"place_outside_page"}),
        (with_fields(text("a", x=0.9)), {"place_outside_page"}),
        (with_fields(text("a", h=0.005)), {"place_too_small"}),
        (with_fields(text("{x.y}")), {"template_bad_blank"}),
        (with_fields(field("text", 1, 0.1, 0.1, 0.2, 0.05)), {"template_malformed"}),
        (with_fields(field("seam", 1, 0.1, 0.1, 0.2, 0.05, text="a")), {"template_malformed"}),
        (template(covers=[1, 2, 3, 4, 5, 6, 8]), {"clause_missing_insurance"}),
        (template("乙方入职时交纳押金。"), {"R09"}),
    ],
)  # fmt: skip
def test_what_keeps_it_from_being_published(made: dict[str, Any], codes: set[str]) -> None:
    found = template_faults(made)

    assert {fault.code for fault in found} == codes
    assert all(fault.zh and fault.en for fault in found)


def test_marks_may_not_overlap() -> None:
    made = template()
    seal = next(each for each in made["fields"] if each["kind"] == "seal")
    seal["x"] = 0.5

    assert {fault.code for fault in template_faults(made)} == {"place_overlaps"}


def test_facts_stand_in_their_places_and_travel_inside() -> None:
    made = template()

    facts, document = rendered(made)

    for each in made["fields"]:
        if "text" in each:
            box = (each["x"], each["y"], each["w"], each["h"])
            wanted = {"text": facts["worker"]["name"], "date": "2026年12月1日"}[each["kind"]]
            assert words_in(document.pdf, each["page"], box) == wanted
    assert read_attachment(document.pdf, "contract.json") == canonical_facts(facts)
    assert json.loads(read_attachment(document.pdf, "contract.json"))["worker"]["name"] == "示例员工"
    assert facts["worker"]["name"] in document.page_text[0]
    assert "乙方（签名）" in document.page_text[1]
    assert [(each["first"], each["last"]) for each in document.sections] == [(1, 1), (2, 2)]
    assert rendered(made)[1].pdf == document.pdf


def test_marks_and_seams_stand_where_the_fields_are() -> None:
    made = template()

    _, document = rendered(made)

    boxes = {
        each.key: box_from_points(each.page, each.x, each.y, each.w, each.h, document.page_sizes[0])
        for each in document.anchors
    }
    sign = boxes["worker_signature"]
    assert (sign.page, sign.x, sign.y, sign.w, sign.h) == pytest.approx((2, 0.55, 0.8, 0.25, 0.06))
    middle = 0.4 + 0.1414 / 2
    for number in (1, 2):
        strip = boxes[f"seam_{number}"]
        assert strip.page == number
        assert strip.y + strip.h / 2 == pytest.approx(middle)
        assert strip.x + strip.w == pytest.approx(1)
        assert strip.h * document.page_sizes[0][1] == pytest.approx(SEAM_SEAL_POINTS)
    seams = [box for key, box in boxes.items() if key.startswith("seam_")]
    seal = boxes["employer_seal"]
    assert prepare(
        document.pdf, [FieldSpec("worker", "w", sign), FieldSpec("employer", "e", seal, seal)], seams
    )


def test_a_long_text_is_set_smaller_and_one_that_cannot_be_read_is_refused() -> None:
    box = (0.15, 0.2, 0.2, 0.03)
    made = with_fields(field("text", 1, *box, text="{worker.resid_address}", size=16))

    facts, document = rendered(made)
    assert facts["worker"]["resid_address"] in words_in(document.pdf, 1, box)
    with pytest.raises(CannotExpand) as refused:
        rendered(made, resid_address="山东省淄博市" * 20)

    (fault,) = refused.value.faults
    assert (fault.field, fault.code) == ("/worker/resid_address", "contract_blank_too_narrow")


def test_two_versions_are_compared_by_places_and_words() -> None:
    old, new = template(), template()
    new["fields"][3]["y"] = 0.2
    said = [piece for change in compare(old, new) for piece in change.pieces if piece.kind != "same"]

    assert {piece.kind for piece in said} == {"added", "removed"}
    assert "59.4" in "".join(piece.text for piece in said)
    assert compare(old, template()) == []
    other = template("本合同一式两份。")
    assert any("一式两份" in piece.text for change in compare(old, other) for piece in change.pieces)


def test_words_are_found_where_they_stand() -> None:
    (found,) = find_words(clean().pdf, "乙方 (签名)", 10)

    assert found.page == 2
    assert words_in(clean().pdf, 2, (found.x, found.y, found.w, found.h)).startswith("乙方（签名）")
    assert len(find_words(clean().pdf, "甲乙双方", 5)) == 5
    assert find_words(clean().pdf, " ", 5) == []
    assert find_words(clean().pdf, "没有的字", 5) == []


def test_the_pages_are_the_uploaded_ones() -> None:
    _, document = rendered(template())

    with pypdfium2.PdfDocument(io.BytesIO(document.pdf)) as pdf:
        assert len(pdf) == 2
        assert [round(side, 2) for side in pdf[0].get_size()] == [595.28, 841.89]
    assert "乙方（签名）" in words_in(document.pdf, 2, (0, 0, 1, 1))
