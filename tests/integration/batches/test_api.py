"""Bulk sheets over the API: handed in, mended, sent, stopped."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook
from rest_framework.test import APIClient

from contracts.domain import BatchState
from contracts.models import Batch, Contract
from core import work
from core.models import AuditEvent
from core.principal import Role
from tests.integration.batches.conftest import Desk
from tests.support.accounts import Client, client_of, make_member
from tests.support.sheets import own_sheet, person, sheet_of


@pytest.fixture
def clerk(desk: Desk) -> Client:
    return client_of(make_member(desk.employer, Role.CLERK))


def hand_in(client: Client, data: bytes, **fields: str) -> Any:
    return APIClient().put(
        "/api/v1/batch-sheets/general/",
        {"file": SimpleUploadedFile("名单.xlsx", data), **fields},
        format="multipart",
        headers={"Authorization": f"Bearer {client.token}"},
    )


def run_all() -> None:
    while work.run_due(work.GENERAL, limit=10):
        pass


def test_d14_from_the_empty_sheet_to_contracts_sent(clerk: Client) -> None:
    empty = clerk.send("get", "batch-sheets/general/")
    assert load_workbook(BytesIO(empty.content)).sheetnames == ["批量发送", "选项", "填写说明"]
    data = sheet_of([person(1), person(2, contract__end="2020-01-01")])
    batch = hand_in(clerk, data).json()
    assert (batch["state"], batch["rows"]) == ("checking", 2)
    assert hand_in(clerk, data).json()["id"] == batch["id"]
    run_all()
    address = f"batches/{batch['id']}/"
    assert clerk.send("get", address).json()["tally"] == {"good": 1, "faulty": 1, "sent": 0, "failed": 0}
    (faulty,) = clerk.send("get", f"{address}rows/?faulty=true").json()["results"]
    assert faulty["number"] == 4
    assert {remark["field"] for remark in faulty["remarks"] if remark["stops"]} >= {"/contract/end"}

    refused = clerk.send("post", f"{address}confirm/", {})
    assert (refused.status_code, refused.json()["code"]) == (422, "batch_has_faults")
    mended = clerk.send("patch", f"{address}rows/4/", {"changes": {"contract.end": "2031-12-31"}}).json()
    assert [remark for remark in mended["remarks"] if remark["stops"]] == []
    preview = clerk.send("get", f"{address}rows/4/preview/")
    assert preview.content.startswith(b"%PDF")
    assert clerk.send("post", f"{address}confirm/", {}).status_code == 202
    run_all()
    done = clerk.send("get", address).json()
    assert (done["state"], done["tally"]["sent"]) == ("done", 2)
    sent = clerk.send("get", f"{address}rows/?state=sent").json()["results"]
    assert {row["contract"] for row in sent} == {
        str(key) for key in Contract.objects.values_list("pk", flat=True)
    }


def test_an_own_list_is_mapped_over_the_api(clerk: Client) -> None:
    batch = hand_in(clerk, own_sheet(person(1))).json()
    assert batch["state"] == "mapping"
    incomplete = clerk.send("post", f"batches/{batch['id']}/mapping/", {"mapping": batch["mapping"]})
    assert incomplete.json()["code"] == "batch_mapping_faulty"
    assert incomplete.json()["faults"][0]["field"] == "/contract/insurance/injury"


def test_pause_resume_cancel_and_retry(clerk: Client) -> None:
    batch = hand_in(clerk, sheet_of(person(number) for number in range(1, 4))).json()
    run_all()
    address = f"batches/{batch['id']}/"
    clerk.send("post", f"{address}confirm/", {})
    assert clerk.send("post", f"{address}pause/").json()["state"] == "paused"
    assert clerk.send("post", f"{address}pause/").json()["code"] == "state_conflict"
    assert clerk.send("post", f"{address}resume/").json()["state"] == "running"
    assert clerk.send("post", f"{address}cancel/").json()["state"] == "cancelled"
    assert clerk.send("post", f"{address}retry/").json()["code"] == "batch_nothing_to_send"
    run_all()
    assert not Contract.objects.exists()


def test_the_file_of_faults_can_be_mended_and_handed_in_again(clerk: Client) -> None:
    bad = person(1, worker__mobile="1", contract__remark="-2+3")
    batch = hand_in(clerk, sheet_of([bad, person(2)])).json()
    run_all()
    answer = clerk.send("get", f"batches/{batch['id']}/faults/")
    book = load_workbook(BytesIO(answer.content))
    sheet = book.worksheets[0]
    keys = [cell.value for cell in sheet[2]]
    assert sheet.max_row == 3
    assert "手机号码" in str(sheet["A3"].value)
    remark = sheet.cell(3, keys.index("contract.remark") + 1)
    assert (remark.value, remark.data_type, remark.quotePrefix) == ("-2+3", "s", True)
    sheet.cell(3, keys.index("worker.mobile") + 1).value = "13800000001"
    target = BytesIO()
    book.save(target)
    again = hand_in(clerk, target.getvalue(), revises=batch["id"]).json()
    run_all()
    assert clerk.send("get", f"batches/{again['id']}/").json()["tally"]["good"] == 1
    assert clerk.send("get", f"batches/{batch['id']}/").json()["state"] == "replaced"


def test_correcting_one_of_two_twins_frees_the_other(desk: Desk, clerk: Client) -> None:
    batch = desk.checked(person(1), person(1), person(3))
    assert batch.rows.filter(faults__gt=0).count() == 2
    changes = {"worker.id_no": person(2)["worker.id_no"]}
    clerk.send("patch", f"batches/{batch.pk}/rows/4/", {"changes": changes})
    assert batch.rows.filter(faults__gt=0).count() == 0
    clerk.send("patch", f"batches/{batch.pk}/rows/5/", {"changes": changes})
    assert set(batch.rows.filter(faults__gt=0).values_list("number", flat=True)) == {4, 5}


def test_nothing_is_corrected_once_it_is_being_sent(desk: Desk, clerk: Client) -> None:
    batch = desk.checked(person(1))
    clerk.send("post", f"batches/{batch.pk}/confirm/", {})
    refused = clerk.send("patch", f"batches/{batch.pk}/rows/3/", {"changes": {"worker.name": "别人"}})
    assert refused.json()["code"] == "state_conflict"
    assert batch.rows.get().mended == {}


def test_who_may_not_see_personal_data_sees_none(desk: Desk) -> None:
    batch = desk.checked(person(1))
    auditor = client_of(make_member(desk.employer, Role.AUDITOR))
    (row,) = auditor.send("get", f"batches/{batch.pk}/rows/").json()["results"]
    assert (row["name"], row["cells"]) == ("测**", {})
    for path in ("faults/", "rows/3/preview/"):
        assert auditor.send("get", f"batches/{batch.pk}/{path}").status_code == 403
    assert not AuditEvent.objects.filter(action__in=["batch.previewed", "batch.faults_exported"]).exists()


def test_other_employers_see_and_do_nothing(desk: Desk, other_desk: Desk) -> None:
    batch = desk.checked(person(1))
    stranger = client_of(make_member(other_desk.employer, Role.OWNER))
    address = f"batches/{batch.pk}/"
    for path in ("", "rows/", "rows/3/preview/", "faults/"):
        assert stranger.send("get", address + path).status_code == 404
    for path in ("confirm/", "pause/", "resume/", "cancel/", "retry/"):
        assert stranger.send("post", address + path, {} if path == "confirm/" else None).status_code == 404
    assert stranger.send("patch", f"{address}rows/3/", {"changes": {}}).status_code == 404
    assert stranger.send("get", "batches/").json()["results"] == []
    assert hand_in(stranger, sheet_of([person(1)])).json()["id"] != str(batch.pk)
    assert Batch.objects.get(pk=batch.pk).state == BatchState.READY


def test_the_list_asks_a_constant_number_of_questions(
    desk: Desk, clerk: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(1, 5):
        desk.checked(person(number))
    with django_assert_max_num_queries(8):
        assert len(clerk.send("get", "batches/").json()["results"]) == 4
    with django_assert_max_num_queries(8):
        rows = clerk.send("get", f"batches/{Batch.objects.latest('created_at').pk}/rows/").json()
    assert len(rows["results"]) == 1
