"""What the rendered contract holds, looked at with other tools than the one that made it."""

import hashlib
import itertools
import re
import subprocess
import sys
import threading
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

from contracts.document.engine import MEMORY, Rendered, Typesetter, TypesettingError
from contracts.document.expand import CannotExpand
from contracts.document.formats import chinese_date, money
from contracts.document.render import LAYOUT, render
from contracts.document.template import load_template, shipped_slugs
from contracts.facts import canonical_facts, texts
from tests.support.contract_facts import sample_facts

AT = datetime(2026, 11, 3, 8, 0, tzinfo=UTC)
ROOT = Path(__file__).parents[3]
SEAL = 42 / 25.4 * 72  # points

KINDS = [(slug, term) for slug in shipped_slugs() for term in load_template(slug)["applies_to"]["term_types"]]


def rendered(slug: str = "general", term_type: str | None = None, **changes: dict[str, Any]) -> Rendered:
    return render(load_template(slug), sample_facts(slug, term_type=term_type, **changes), at=AT)


def printed(pdf: bytes) -> str:
    """All text of the PDF without white space: justified Chinese comes out with gaps."""
    with pypdfium2.PdfDocument(pdf) as document:
        pages = [document[number].get_textpage().get_text_bounded() for number in range(len(document))]
    return squeezed("".join(pages))


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u200b\u0002\ufffe]+", "", text)


@pytest.mark.parametrize(("slug", "term_type"), KINDS)
def test_each_template_prints_every_fact_it_states(slug: str, term_type: str) -> None:
    facts = sample_facts(slug, term_type=term_type, worker={"email": "ceshi.jia@example.com"})
    result = render(load_template(slug), facts, at=AT)
    text = printed(result.pdf)
    stated = dict(texts({key: facts[key] for key in ("contract_no", "employer", "worker", "contract")}))
    for pointer, value in stated.items():
        shown = shown_as(pointer, value)
        if shown is not None:
            assert squeezed(shown) in text, pointer
    assert 4 <= len(result.page_sizes) <= 7
    assert f"共{len(result.page_sizes)}页" in text


# facts for the filing alone, or shown in words of the template
UNPRINTED = re.compile(
    r"/(si_no|type|economic_type|industry|hukou_type|hukou_code|education|employment_\w+|sign_kind|term_type"
    r"|worktime_system|work_place_code|wage_unit|id_type|sex|post_kind|affiliation)$"
)


def shown_as(pointer: str, value: str) -> str | None:
    if UNPRINTED.search(pointer) and not pointer.endswith("employment_start"):
        return None
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return chinese_date(value)
    if re.fullmatch(r"\d+\.\d\d", value):
        return money(value)
    return value


@pytest.mark.parametrize("slug", shipped_slugs())
def test_the_facts_travel_inside_as_canonical_json(slug: str) -> None:
    facts = sample_facts(slug)
    with pikepdf.open(BytesIO(rendered(slug).pdf)) as pdf:
        (attached,) = pdf.Root.AF
        assert list(pdf.attachments) == ["contract.json"]
        assert attached.AFRelationship == "/Data"
        assert attached.EF.F.read_bytes() == canonical_facts(facts)
        assert attached.EF.F.Subtype == "/application/json"


def test_the_file_declares_pdf_a_3a_and_pdf_ua_1() -> None:
    pdf_bytes = rendered().pdf
    assert pdf_bytes.endswith(b"%%EOF\n")  # an increment must begin on a line of its own (PDF/A 6.1.9)
    with pikepdf.open(BytesIO(pdf_bytes)) as pdf:
        with pdf.open_metadata() as xmp:
            assert xmp["pdfaid:part"] == "3"
            assert xmp["pdfaid:conformance"] == "A"
            assert xmp["pdfuaid:part"] == "1"
            assert xmp["dc:title"] == "劳动合同书"
        assert pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.Lang == "zh-CN"
        assert "/StructTreeRoot" in pdf.Root
        assert "/AcroForm" not in pdf.Root
        fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
        assert all("/FontFile3" in descriptor(font) or "/FontFile2" in descriptor(font) for font in fonts)
        assert pdf.docinfo["/CreationDate"] == "D:20261103080000+00'00"


def descriptor(font: Any) -> Any:
    return font.DescendantFonts[0].FontDescriptor


@pytest.mark.parametrize(("slug", "term_type"), KINDS)
def test_anchors_lie_on_their_pages_apart_from_each_other_and_hold_a_seal(slug: str, term_type: str) -> None:
    result = rendered(slug, term_type)
    named = {anchor.key: anchor for anchor in result.anchors}
    pages = len(result.page_sizes)
    assert set(named) == {"worker_signature", "employer_seal", *(f"seam_{n}" for n in range(1, pages + 1))}
    for anchor in result.anchors:
        width, height = result.page_sizes[anchor.page - 1]
        assert anchor.x >= 0
        assert anchor.y >= 0
        assert anchor.x + anchor.w <= width + 0.01
        assert anchor.y + anchor.h <= height + 0.01
    for one, other in itertools.combinations(result.anchors, 2):
        apart = (
            one.page != other.page
            or one.x + one.w <= other.x
            or other.x + other.w <= one.x
            or one.y + one.h <= other.y
            or other.y + other.h <= one.y
        )
        assert apart, (one, other)
    assert min(named["employer_seal"].w, named["employer_seal"].h) >= SEAL
    assert named["worker_signature"].page == named["employer_seal"].page == pages
    seams = [named[f"seam_{number}"] for number in range(1, pages + 1)]
    assert [seam.page for seam in seams] == list(range(1, pages + 1))
    assert sum(seam.w for seam in seams) == pytest.approx(SEAL)
    assert all(seam.x + seam.w == pytest.approx(result.page_sizes[0][0]) for seam in seams)


def test_the_place_to_sign_is_empty_and_stands_below_its_label() -> None:
    result = rendered()
    with pypdfium2.PdfDocument(result.pdf) as document:
        for key, label in (("employer_seal", "甲方（盖章）"), ("worker_signature", "乙方（签名）")):
            anchor = next(one for one in result.anchors if one.key == key)
            height = result.page_sizes[0][1]
            page = document[anchor.page - 1].get_textpage()
            box = {"left": anchor.x, "right": anchor.x + anchor.w}
            bottom = height - anchor.y - anchor.h
            assert squeezed(page.get_text_bounded(**box, bottom=bottom, top=bottom + anchor.h)) == ""
            above = page.get_text_bounded(**box, bottom=height - anchor.y, top=height - anchor.y + 20)
            assert squeezed(above) == label


def test_the_seam_stays_clear_of_the_text() -> None:
    result = rendered()
    with pypdfium2.PdfDocument(result.pdf) as document:
        for anchor in result.anchors:
            if anchor.key.startswith("seam_"):
                page = document[anchor.page - 1].get_textpage()
                assert page.get_text_bounded(left=anchor.x, right=anchor.x + anchor.w).strip() == ""


def test_equal_input_gives_equal_bytes_in_another_process() -> None:
    here = rendered().digest
    assert here == hashlib.sha256(rendered().pdf).hexdigest()
    script = "from tests.unit.document.test_render import rendered; print(rendered().digest)"
    there = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.strip()
    assert there == here


def test_another_contract_in_between_leaves_no_trace() -> None:
    first = rendered().digest
    assert rendered(worker={"name": "测试乙"}).digest != first
    assert rendered("part-time").digest != first
    assert rendered().digest == first


def test_threads_may_render_at_once() -> None:
    expected = {slug: rendered(slug).digest for slug in shipped_slugs()}
    found: dict[str, str] = {}
    threads = [
        threading.Thread(target=lambda slug=slug: found.update({slug: rendered(slug).digest}))
        for slug in expected
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == expected


def test_no_data_stays_behind_on_disk() -> None:
    before = set(MEMORY.glob("qianbei-*/*.json"))
    rendered()
    assert set(MEMORY.glob("qianbei-*/*.json")) == before


def test_a_fork_after_rendering_is_refused_instead_of_hanging() -> None:
    script = """
import os, signal, sys
from contracts.document.engine import TypesettingError
from tests.unit.document.test_render import rendered
rendered()
child = os.fork()
if child == 0:
    signal.alarm(30)
    try:
        rendered()
    except TypesettingError:
        os._exit(7)
    os._exit(1)
_, status = os.waitpid(child, 0)
rendered()  # the child has not taken the parent's folder away
sys.exit(os.waitstatus_to_exitcode(status))
"""
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, timeout=120).returncode == 7


def test_the_time_must_say_where_it_is() -> None:
    with pytest.raises(ValueError, match="aware"):
        render(load_template("general"), sample_facts(), at=AT.replace(tzinfo=None))


INERT = '*b* _i_ #panic("x") $x$ = h @a <b> \\u{41} `r` // c /* d */ #{1+1} [x] https://x.example ~'


def test_what_users_write_is_printed_as_it_is() -> None:
    result = rendered(
        contract={"remark": INERT, "job_title": '#read("/etc/passwd")'}, worker={"resid_address": INERT}
    )
    text = printed(result.pdf)
    assert text.count(squeezed(INERT)) == 2
    assert '#read("/etc/passwd")' in text
    with pikepdf.open(BytesIO(result.pdf)) as pdf:
        assert not any("/Annots" in page for page in pdf.pages)


@pytest.mark.parametrize(
    "name", ["𠮷野·买买提", "䶮", "𪜀", "José Nguyễn", "Alexander Christopher von Hohenstein-Müller"]
)
def test_rare_and_foreign_names_print(name: str) -> None:
    result = rendered(worker={"name": name})
    assert squeezed(name) in printed(result.pdf)
    assert name in result.page_text[0]


def test_a_name_that_cannot_be_printed_is_refused_before_typesetting() -> None:
    with pytest.raises(CannotExpand) as caught:
        rendered(worker={"name": "张\U00031350"})
    assert [(fault.field, fault.code) for fault in caught.value.faults] == [
        ("/worker/name", "character_not_printable")
    ]


def test_the_typesetter_itself_never_prints_a_box() -> None:
    data = '{"title": "\U00031350", "contract_no": "", "chapters": [], "signing": []}'.encode()
    with pytest.raises(TypesettingError):
        Typesetter(LAYOUT).typeset({"document.json": data, "contract.json": b"{}"}, at=AT)


def test_a_contract_without_a_mandatory_clause_is_not_rendered() -> None:
    template = dict(load_template("general"))
    template["chapters"] = [chapter for chapter in template["chapters"] if chapter["id"] != "insurance"]
    with pytest.raises(CannotExpand) as caught:
        render(template, sample_facts(), at=AT)
    assert [fault.code for fault in caught.value.faults] == ["clause_missing_insurance"]


def test_each_page_has_its_words() -> None:
    result = rendered()
    assert len(result.page_text) == len(result.page_sizes)
    with pypdfium2.PdfDocument(result.pdf) as document:
        for number, words in enumerate(result.page_text):
            seen = squeezed(document[number].get_textpage().get_text_bounded())
            for line in words.split("\n"):
                # a label and its value stand in different cells; a paragraph may run over to the next page
                begins = squeezed(re.split("[：\t]", line)[0])[:10]
                assert begins in seen, line


def test_a_long_contract_keeps_its_tables_and_signatures_together() -> None:
    items = [{"name": f"项目{number}", "amount": "1.00", "note": "说明" * 30} for number in range(20)]
    result = rendered(contract={"wage_items": items, "remark": "约定" * 100, "hazards": "粉尘、" * 160})
    assert len(result.page_sizes) > 5
    named = {anchor.key: anchor for anchor in result.anchors}
    assert named["worker_signature"].page == named["employer_seal"].page == len(result.page_sizes)
    assert "第" in result.page_text[-1]  # an article stands on the page of the signatures
