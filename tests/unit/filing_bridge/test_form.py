import json
import re
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, cast

import pikepdf
import pypdfium2
import pytest

from contracts.document.engine import Rendered
from contracts.document.formats import chinese_date, money
from contracts.document.template import shipped_slugs
from core.canonical import canonical_json
from core.codes import describe
from filing_bridge.form import render_filing_form
from filing_bridge.mapping import Envelope, FilingType, SignedContract, to_filing_record
from tests.support.contract_facts import sample_facts

AT = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)
SEAL = 42 / 25.4 * 72  # points
RECEIPT: dict[str, Any] = {
    "kind": "decision",
    "state": "accepted",
    "receipt_no": "370303-2026-000123",
    "received_at": "2026-11-05T17:01:02+08:00",
    "decided_at": "2026-11-05T09:02:03Z",
    "agency": {"code": "370303001", "name": "淄博市张店区公共就业服务中心（测试）"},
    "reject_items": [],
}


def record(
    slug: str = "general", filing_type: FilingType = FilingType.HIRE, **changes: dict[str, Any]
) -> dict[str, Any]:
    envelope = Envelope(
        "6f1a3c1e-1111-4222-8333-444455556666", "示例人事", "0533-2345678", AT, late_reason="测试原因"
    )
    return to_filing_record(
        sample_facts(slug, **cast(Any, changes)), SignedContract("0f" * 32, AT), filing_type, envelope
    )


def printed(form: Rendered) -> str:
    with pypdfium2.PdfDocument(form.pdf) as document:
        pages = [document[number].get_textpage().get_text_bounded() for number in range(len(document))]
    return re.sub(r"[\s\u200b]+", "", "".join(pages))


@pytest.mark.parametrize("slug", shipped_slugs())
def test_the_form_says_what_was_filed_on_one_page(slug: str) -> None:
    filed = record(slug)
    form = render_filing_form(filed, RECEIPT, at=AT)
    text = printed(form)
    assert len(form.page_sizes) == 1
    assert text.startswith("录用备案登记表")
    for value in (
        RECEIPT["receipt_no"],
        RECEIPT["agency"]["name"],
        "2026-11-0517:01:02",
        "2026-11-0517:02:03",  # local time, whatever the offset of the receipt
        filed["filing_id"],
        filed["contract_digest"]["value"],
        filed["contract_no"],
        filed["submitter_name"],
        filed["late_reason"],
        filed["employer"]["name"],
        filed["employer"]["uscc"],
        filed["employer"]["reg_address"],
        filed["employer"].get("host_name", ""),
        filed["employer"].get("project_no", ""),
        filed["worker"]["name"],
        filed["worker"]["id_no"],
        filed["worker"]["resid_address"],
        describe("education", filed["worker"]["education"]),
        describe("hukou_type", filed["worker"]["hukou_type"]),
        describe("employment_form", filed["contract"]["employment_form"]),
        chinese_date(filed["contract"]["employment_start"]),
        money(filed["contract"]["wage_amount"]),
        filed["contract"]["job_title"],
    ):
        assert value in text
        assert value in re.sub(r"\s+", "", form.page_text[0])


def test_both_seals_have_room_and_do_not_touch() -> None:
    form = render_filing_form(record(), RECEIPT, at=AT)
    employer, agency = form.anchors
    assert (employer.key, agency.key) == ("employer_seal", "agency_seal")
    assert min(employer.w, employer.h, agency.w, agency.h) >= SEAL
    assert employer.x + employer.w < agency.x
    assert agency.x + agency.w < form.page_sizes[0][0]
    assert agency.y + agency.h < form.page_sizes[0][1]


def test_the_record_is_attached_and_the_bytes_repeat() -> None:
    form = render_filing_form(record(), RECEIPT, at=AT)
    assert render_filing_form(record(), RECEIPT, at=AT).digest == form.digest
    with pikepdf.open(BytesIO(form.pdf)) as pdf:
        (attached,) = pdf.Root.AF
        assert attached.EF.F.read_bytes() == canonical_json(record())
        assert json.loads(attached.EF.F.read_bytes()) == record()
        with pdf.open_metadata() as xmp:
            assert (xmp["pdfaid:part"], xmp["pdfaid:conformance"], xmp["pdfuaid:part"]) == ("3", "A", "1")


@pytest.mark.parametrize(
    ("filing_type", "title", "changes"),
    [
        (FilingType.LATE_HIRE, "录用备案登记表（补办）", {}),
        (FilingType.RENEWAL, "劳动合同续订备案表", {"contract": {"sign_kind": "2"}}),
    ],
)
def test_each_filing_type_has_its_title(filing_type: FilingType, title: str, changes: dict[str, Any]) -> None:
    assert printed(render_filing_form(record(filing_type=filing_type, **changes), RECEIPT, at=AT)).startswith(
        title
    )


def test_an_unlisted_code_of_a_short_table_shows_its_class() -> None:
    form = render_filing_form(record(employer={"industry": "C3799"}), RECEIPT, at=AT)
    assert f"{describe('industry', 'C37')}（C3799）" in printed(form)


@pytest.mark.parametrize("state", ["returned", "rejected", "received"])
def test_there_is_no_form_for_a_filing_that_was_not_accepted(state: str) -> None:
    with pytest.raises(ValueError, match=state):
        render_filing_form(record(), RECEIPT | {"state": state}, at=AT)


def test_a19_paper_of_the_form_can_be_checked_by_its_code() -> None:
    """The code stands beside the title and leaves both seals, the words and the one page as they were."""
    plain = render_filing_form(record(), RECEIPT, at=AT)
    coded = render_filing_form(record(), RECEIPT, at=AT, check="https://example.com/verify/filings/A/B/")
    assert (coded.anchors, coded.page_sizes, printed(coded)) == (
        plain.anchors,
        plain.page_sizes,
        printed(plain),
    )
    with pypdfium2.PdfDocument(coded.pdf) as document:
        page = document[0].render(scale=4).to_pil().convert("L")
    corner = page.crop((page.width * 3 // 4, 0, page.width, page.height // 12))
    assert sum(corner.histogram()[:64]) > 0.02 * corner.width * corner.height
