"""The counters' sheets: out with drop-downs, back in without a loss, and never a formula."""

import uuid
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from core.models import AuditEvent
from core.principal import Role
from filing_bridge.models import Filing
from filing_bridge.profiles import profile_for
from filing_bridge.sheets import NoWordError, sheets, value_of, word_of
from filing_bridge.sheets.workbook import NotThisSheetError, read_rows, write_sheet
from tests.support import accounts as make
from tests.support.filing_province import FilingProvince, pump
from tests.support.principals import client_of, principal

pytestmark = pytest.mark.django_db
NAMES = sorted(sheets())
OUT, BACK = "/api/v1/filings/sheet/", "/api/v1/filings/sheet/comparison/"


@pytest.fixture
def filings(province: FilingProvince) -> list[Filing]:
    made = [province.file(), province.file(province.facts(term_type="2", end=None)), province.file()]
    pump()
    for filing in made:
        filing.refresh_from_db()
    return made


def export(api: Any, filings: list[Filing], **more: str) -> Any:
    return api.post(OUT, {"filings": [str(each.pk) for each in filings], **more}, format="json")


def compare(api: Any, data: bytes, name: str = "guangdong") -> Any:
    file = SimpleUploadedFile("sheet.xlsx", data)
    return api.post(BACK, {"file": file, "sheet": name, "jurisdiction": "370303"}, format="multipart")


@pytest.mark.parametrize("name", NAMES)
def test_d14_what_goes_out_comes_back_the_same(filings: list[Filing], name: str) -> None:
    """Round trip: every column that stands for a field of ours has the field's value again."""
    sheet, profile = sheets()[name], profile_for("370303")
    records = [filing.record for filing in filings]
    rows = list(read_rows(sheet, write_sheet(sheet, records, profile), profile))
    assert len(rows) == len(records)
    for row, record in zip(rows, records, strict=True):
        assert (row.unknown, row.missing) == ((), ())
        assert row.values["/worker/id_no"] == record["worker"]["id_no"]
        assert row.values.get("/filing_type", "11") == record["filing_type"]
        for pointer, value in row.values.items():
            section, _, field = pointer.removeprefix("/").rpartition("/")
            if value is not None and section and field != "hukou_code":
                assert value == record[section][field], pointer
        assert row.values["/contract/start"] == record["contract"]["start"]


@pytest.mark.parametrize("name", NAMES)
def test_no_cell_is_a_formula_and_drop_downs_offer_the_sheets_words(filings: list[Filing], name: str) -> None:
    records = [filing.record for filing in filings]
    evil = {**records[0], "remark": "=1+1", "worker": {**records[0]["worker"], "name": "@SUM(A1)"}}
    book = load_workbook(BytesIO(write_sheet(sheets()[name], [evil], profile_for("370303"))))
    cells = [cell for page in book.worksheets for line in page.iter_rows() for cell in line if cell.value]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells)
    assert any(cell.value == "@SUM(A1)" for cell in cells)
    assert len(book["备案"].data_validations.dataValidation) >= 1


def test_what_the_sheet_cannot_say_is_left_for_a_person(filings: list[Filing]) -> None:
    """A wage by the hour has no monthly figure; a code without a word stays empty. Both are coloured."""
    record = filings[0].record
    odd = {
        **record,
        "contract": {**record["contract"], "wage_unit": "hour"},
        "worker": {**record["worker"], "education": "47x"},
    }
    data = write_sheet(sheets()["guangdong"], [odd], profile_for("370303"))
    [row] = read_rows(sheets()["guangdong"], data, profile_for("370303"))
    assert (row.values["/contract/wage_amount"], row.values["/worker/education"]) == (None, None)
    assert set(row.missing) == {"月收入(元)", "文化程度"}
    page = load_workbook(BytesIO(data))["备案"]
    coloured = {cell.column for cell in page[page.max_row] if cell.fill.fgColor.rgb == "00FFF2AB"}
    assert len(coloured) == 2


def test_shanghai_writes_its_own_codes() -> None:
    profile = profile_for("310115")
    column = next(each for each in sheets()["shanghai"].columns if each.title == "用工形式")
    assert profile.sheet == "shanghai"
    assert word_of(column, {"contract": {"employment_form": "2"}}, profile) == "2"
    assert value_of(column, "1", profile) == "1"
    with pytest.raises(NoWordError):
        word_of(column, {"contract": {"employment_form": "3"}}, profile)
    with pytest.raises(NoWordError):
        value_of(column, "3", profile)


def test_an_employer_takes_its_sheet_and_that_is_on_record(
    province: FilingProvince, filings: list[Filing]
) -> None:
    api = client_of(principal(province.tenant))
    answer = export(api, filings)
    assert answer.status_code == 200
    page = load_workbook(BytesIO(answer.content))["备案"]
    assert page["A1"].value == "用人单位招用人员备案花名册"
    events = AuditEvent.objects.filter(action="filing.sheet_exported")
    assert {event.subject for event in events} == {filing.subject for filing in filings}


def test_others_and_those_who_may_not_get_nothing(province: FilingProvince, filings: list[Filing]) -> None:
    stranger, auditor = principal(uuid.uuid4()), principal(province.tenant, Role.AUDITOR)
    for who, code in ((stranger, "not_found"), (auditor, "not_permitted")):
        assert export(client_of(who), filings).data["code"] == code
    assert export(client_of(principal(province.tenant)), []).data["code"] == "too_many_filings"
    assert not AuditEvent.objects.filter(action="filing.sheet_exported").exists()


def test_a_sheet_from_the_counter_is_compared_with_what_is_on_file(
    province: FilingProvince, filings: list[Filing]
) -> None:
    api = client_of(principal(province.tenant))
    data = export(api, filings).content
    assert [row["different"] for row in compare(api, data).data] == [[], [], []]

    book = load_workbook(BytesIO(data))
    page = book["备案"]
    titles = {cell.value: cell.column or 0 for line in page.iter_rows() for cell in line}
    last = page.max_row
    page.cell(last, titles["合同终期"]).value = "2031-01-01"
    page.cell(last - 1, titles["文化程度"]).value = "博学"
    page.cell(last - 2, titles["身份证号码"]).value = "370303199003070099"
    changed = BytesIO()
    book.save(changed)
    rows = compare(api, changed.getvalue()).data
    assert [row["filing"] for row in rows] == [None, str(filings[1].pk), str(filings[2].pk)]
    assert (rows[1]["unknown"], rows[2]["different"]) == (["文化程度"], ["合同终期"])
    assert compare(client_of(principal(uuid.uuid4())), data).data[0]["filing"] is None


def test_a_file_that_is_not_the_sheet_is_refused(province: FilingProvince, filings: list[Filing]) -> None:
    api = client_of(principal(province.tenant))
    data = export(api, filings).content
    for answer in (compare(api, b"no workbook"), compare(api, data, "hefei")):
        assert (answer.status_code, answer.data["code"]) == (422, "sheet_unreadable")
    with pytest.raises(NotThisSheetError):
        list(read_rows(sheets()["hefei"], data, profile_for("370303")))


def test_the_command_writes_the_file_in_a_members_name(
    province: FilingProvince, filings: list[Filing], tmp_path: Path
) -> None:
    employer = make.make_employer()
    member = make.make_member(employer)
    Filing.objects.update(tenant=employer.pk)
    target = tmp_path / "out.xlsx"
    arguments = (str(target), *(str(each.pk) for each in filings))
    names = {"member": member.user.email, "uscc": employer.uscc, "stdout": StringIO()}
    call_command("export_filings", *arguments, **names)
    assert load_workbook(target)["备案"].max_row > len(filings)
    with pytest.raises(CommandError):
        call_command("export_filings", str(target), str(uuid.uuid4()), **names)
