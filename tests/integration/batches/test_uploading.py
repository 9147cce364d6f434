"""Files come in once, whatever they are called, and what is no sheet is refused with nothing kept."""

import zipfile
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from contracts.bulk.columns import plan_for
from contracts.bulk.reader import MAX_BYTES, MAX_COLUMNS, MAX_ROWS
from contracts.bulk.sheets import template_workbook
from contracts.document.template import load_template, shipped_slugs
from contracts.domain import BatchState
from contracts.models import Batch, BatchRow, RememberedMapping
from contracts.services.batches.uploading import map_columns
from core import clock, work
from core.errors import Refused
from core.models import WorkItem
from core.principal import Role
from tests.integration.batches.conftest import Desk, codes
from tests.support.accounts import make_principal
from tests.support.sheets import OWN_HEADINGS, own_sheet, person, raw_sheet, sheet_of


@pytest.mark.parametrize("slug", shipped_slugs())
def test_d07_the_sheet_of_each_template_is_filled_in_as_a_lawful_contract(desk: Desk, slug: str) -> None:
    """Its row of a test is left out; taken as a person's, it has no faults of its own."""
    plan = plan_for(load_template(slug))
    data = template_workbook(plan, title="劳动合同书", today=clock.today())
    with pytest.raises(Refused, match="batch_empty"):
        desk.upload_file(data)
    book = load_workbook(BytesIO(data))
    sheet = book.worksheets[0]
    assert str(sheet["A3"].value).startswith("测试")
    assert book["选项"].sheet_state == "hidden"
    assert len(sheet.data_validations.dataValidation) > 10
    assert all(cell.comment for cell in sheet[1][1:])
    keys = [cell.value for cell in sheet[2]]
    number, start = keys.index("worker.id_no"), keys.index("contract.start")
    assert sheet.column_dimensions[get_column_letter(number + 1)].number_format == "@"
    assert sheet.column_dimensions[get_column_letter(start + 1)].number_format == "yyyy-mm-dd"


def test_the_row_of_the_test_would_be_lawful(desk: Desk) -> None:
    data = template_workbook(plan_for(load_template("general")), title="劳动合同书", today=clock.today())
    book = load_workbook(BytesIO(data))
    book.worksheets[0]["A3"].value = None
    target = BytesIO()
    book.save(target)
    batch = desk.upload_file(target.getvalue())
    work.run_due(work.GENERAL)
    assert batch.rows.get().faults == 0, batch.rows.get().remarks


def test_d08_the_same_file_again_is_the_same_batch_and_another_is_not(desk: Desk) -> None:
    data = sheet_of([person(1)])
    first, again = desk.upload_file(data), desk.upload_file(data)
    assert first.pk == again.pk
    assert BatchRow.objects.count() == 1
    assert desk.upload(person(2)).pk != first.pk


def test_a_mended_file_replaces_the_batch_that_it_revises(desk: Desk) -> None:
    old = desk.checked(person(1))
    new = desk.upload(person(2), revises=old.pk)
    old.refresh_from_db()
    assert (old.state, new.revises_id) == (BatchState.REPLACED, old.pk)
    assert desk.upload(person(1)).pk != old.pk  # what was replaced does not come back


def test_numbers_and_dates_of_the_spreadsheet_are_read_as_they_look(desk: Desk) -> None:
    batch = desk.checked(
        person(1)
        | {
            "worker.mobile": 13800000001.0,
            "contract.start": clock.today(),
            "contract.wage_amount": 5200.5,
            "contract.insurance.pension": True,
            "worker.hukou_type": 11,
            "contract.employment_start": date(2026, 11, 3),
        }
    )
    assert not {code for code in codes(batch, 3) if code.startswith(("cell", "facts"))}
    assert "5200.5" in batch.rows.get().cells


def test_an_employers_own_sheet_is_asked_about_once_and_then_known(desk: Desk) -> None:
    batch = desk.upload_file(own_sheet(person(1)))
    assert batch.state == BatchState.MAPPING
    assert not WorkItem.objects.exists()
    guessed = {list(OWN_HEADINGS)[number]: key for key, number in batch.mapping.items()}
    assert guessed == {heading: key for heading, key in OWN_HEADINGS.items() if key and heading != "工伤"}
    mapping = {**batch.mapping, "contract.insurance.injury": list(OWN_HEADINGS).index("工伤")}
    map_columns(principal=desk.clerk, batch_id=batch.pk, mapping=mapping)
    work.run_due(work.GENERAL)
    assert codes(batch, 3) == set()
    assert desk.upload_file(own_sheet(person(2))).state == BatchState.CHECKING


def test_what_one_employer_calls_its_columns_is_nobody_elses_business(desk: Desk, other_desk: Desk) -> None:
    batch = desk.upload_file(own_sheet(person(1)))
    mapping = {**batch.mapping, "contract.insurance.injury": list(OWN_HEADINGS).index("工伤")}
    map_columns(principal=desk.clerk, batch_id=batch.pk, mapping=mapping)
    assert other_desk.upload_file(own_sheet(person(1))).state == BatchState.MAPPING


def test_a_mapping_with_faults_is_refused_with_all_of_them(desk: Desk) -> None:
    batch = desk.upload_file(own_sheet(person(1)))
    name = batch.mapping["worker.name"]
    mapping = {**batch.mapping, "worker.id_no": name, "worker.email": 99, "no.such": 0}
    with pytest.raises(Refused, match="batch_mapping_faulty") as refused:
        map_columns(principal=desk.clerk, batch_id=batch.pk, mapping=mapping)
    assert {fault.code for fault in refused.value.faults} == {
        "column_missing", "column_used_twice", "column_unknown",
    }  # fmt: skip
    assert not RememberedMapping.objects.exists()


def hostile_files() -> dict[str, bytes]:
    def packed(**files: bytes) -> bytes:
        target = BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(name.replace("__", "/"), content)
        return target.getvalue()

    def changed(name: str, old: bytes, new: bytes) -> bytes:
        target = BytesIO()
        with (
            zipfile.ZipFile(BytesIO(sheet_of([person(1)]))) as source,
            zipfile.ZipFile(target, "w") as archive,
        ):
            for each in source.namelist():
                content = source.read(each)
                archive.writestr(each, content.replace(old, new) if each == name else content)
        return target.getvalue()

    sheet = "xl/worksheets/sheet1.xml"
    return {
        "nothing": b"",
        "text": b"name,id\n",
        "old excel": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096),
        "half a zip": sheet_of([person(1)])[:1000],
        "no workbook": packed(hello=b"world"),
        "far cell": changed(sheet, b'r="B3"', b'r="XFD1048576"'),
        "bomb": packed(xl__worksheets__sheet1_xml=bytes(200_000_000)),
    }


@pytest.mark.parametrize("name", hostile_files())
def test_d08_hostile_files_are_refused_and_nothing_is_kept(desk: Desk, name: str) -> None:
    with pytest.raises(Refused) as refused:
        desk.upload_file(hostile_files()[name])
    assert refused.value.code in ("batch_file_unreadable", "batch_too_many_rows"), name
    assert not Batch.objects.exists()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PK" + bytes(MAX_BYTES), "batch_file_too_large"),
        (raw_sheet([["x"] * (MAX_COLUMNS + 1)]), "batch_too_many_rows"),
        (raw_sheet([["姓名", "证件号码"]]), "batch_empty"),
        (raw_sheet([]), "batch_empty"),
    ],
)
def test_what_is_too_much_or_too_little_is_refused(desk: Desk, data: bytes, code: str) -> None:
    with pytest.raises(Refused, match=code):
        desk.upload_file(data)
    assert not Batch.objects.exists()


def test_a_row_too_many_is_refused_and_nothing_is_kept(desk: Desk) -> None:
    people = [person(1)] * (MAX_ROWS + 1)
    with pytest.raises(Refused, match="batch_too_many_rows"):
        desk.upload_file(sheet_of(people))
    assert not Batch.objects.exists()


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SEAL_KEEPER])
def test_roles_that_may_not_draft_cannot_upload(desk: Desk, role: Role) -> None:
    other = Desk(desk.employer, make_principal(desk.employer, role))
    with pytest.raises(Refused, match="not_permitted"):
        other.upload(person(1))
    assert not Batch.objects.exists()


def test_personal_data_are_unreadable_in_the_database(desk: Desk) -> None:
    desk.checked(person(1, worker__mobile="1"))
    found: Any = []
    with connection.cursor() as cursor:
        for table in ("contracts_batch", "contracts_batchrow"):
            cursor.execute(f"SELECT * FROM {table}")
            found += cursor.fetchall()
    for secret in (person(1)["worker.name"], person(1)["worker.id_no"], "名单"):
        assert secret not in str(found)
