"""Endings of many at once over the API: made, frozen, through the gate, row by row."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from core import clock
from core.principal import Role
from filing_bridge.models import EndingBatch
from tests.support import accounts as make
from tests.support.mass_endings import Works, agreed, layoff, paper, run_due, sheet_of, worked_off
from tests.support.signing_fixtures import own_folders

__all__ = ["own_folders"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]


@pytest.fixture
def works(db: None) -> Works:
    return Works()


@pytest.fixture
def clerk(works: Works) -> make.Client:
    return make.client_of(make.make_member(works.employer, Role.CLERK))


def put_file(client: make.Client, path: str, **fields: Any) -> Any:
    """A form with a file."""
    headers = {"Authorization": f"Bearer {client.token}"}
    return APIClient().put(f"/api/v1/{path}", fields, format="multipart", headers=headers)


def test_from_the_contracts_to_the_endings(works: Works, clerk: make.Client) -> None:
    contracts = works.hire_many(3)
    common = {"reason": "3602", "ends_on": clock.today().isoformat(), "evidence_held": "是"}
    wish = {"contracts": [str(each.pk) for each in contracts], "common": common}
    made = clerk.send("post", "ending-batches/", wish)
    assert made.status_code == 201, made.json()
    path = f"ending-batches/{made.json()['id']}/"
    run_due()
    assert clerk.send("get", path).json()["state"] == "ready"
    frozen = clerk.send("post", f"{path}freeze/").json()
    assert (frozen["state"], frozen["papers"], frozen["persons"]) == ("frozen", [], 3)
    assert clerk.send("post", f"{path}start/").json()["state"] == "running"
    worked_off(EndingBatch.objects.get())
    shown = clerk.send("get", path).json()
    assert (shown["state"], shown["tally"]["opened"]) == ("done", 3)
    rows = clerk.send("get", f"{path}rows/").json()["results"]
    assert {row["state"] for row in rows} == {"opened"}
    assert all(row["termination"] and row["name"] == "测试甲" for row in rows)
    assert [each["id"] for each in clerk.send("get", "ending-batches/?state=done").json()["results"]] == [
        shown["id"]
    ]
    assert clerk.send("post", f"{path}nothing/").status_code == 404


def test_a_sheet_is_one_batch_however_often_it_comes(works: Works, clerk: make.Client) -> None:
    contract = works.hire()
    data = sheet_of([{"contract_no": contract.contract_no}])
    common = json.dumps({"reason": "3602", "ends_on": clock.today().isoformat()})
    answers = [
        put_file(clerk, "ending-batches/sheet/", file=SimpleUploadedFile("名单.xlsx", data), common=common)
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201], answers[0].json()
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert EndingBatch.objects.get().rows.get().cells["reason"] == "3602"
    empty = clerk.send("get", "ending-batches/sheet/")
    assert empty.content.startswith(b"PK")


@pytest.mark.parametrize("common", [{"wages": "5200"}, {"nonsense": "1"}])
def test_what_does_not_hold_for_all_is_refused(
    works: Works, clerk: make.Client, common: dict[str, str]
) -> None:
    wish = {"contracts": [str(works.hire().pk)], "common": common}
    answer = clerk.send("post", "ending-batches/", wish)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")
    assert not EndingBatch.objects.exists()


def test_the_gate_tells_every_missing_paper_and_takes_them(works: Works, clerk: make.Client) -> None:
    batch = works.freeze(works.upload(layoff(each) for each in works.hire_many(20)))
    path = f"ending-batches/{batch.pk}/"
    refused = clerk.send("post", f"{path}start/")
    assert (refused.status_code, refused.json()["code"]) == (409, "ending_gate_closed")
    assert len(refused.json()["faults"]) == 4
    day = (clock.today() - timedelta(days=30)).isoformat()
    for name in ("explained", "plan", "opinions", "report"):
        file = SimpleUploadedFile("a.png", paper())
        answer = put_file(clerk, f"{path}papers/{name}/", on=day, number="裁-1", file=file)
        assert answer.status_code == 200, answer.json()
    assert answer.json()["papers"][3] == {"paper": "report", "on": day, "number": "裁-1"}
    assert clerk.send("get", f"{path}papers/plan/").content == paper()
    assert clerk.send("get", f"{path}papers/approval/").status_code == 404
    assert clerk.send("post", f"{path}start/").json()["state"] == "running"


def test_rows_for_a_person_are_looked_after(works: Works, clerk: make.Client) -> None:
    batch = works.done(works.upload(agreed(each, evidence_held="否") for each in works.hire_many(2)))
    path = f"ending-batches/{batch.pk}/rows/"
    rows = clerk.send("get", f"{path}?state=manual").json()["results"]
    assert [row["number"] for row in rows] == [3, 4]
    assert [each["code"] for each in rows[0]["remarks"] if each["stops"]] == ["RE5"]
    member = make.make_member(works.employer, Role.CLERK)
    care = clerk.send("put", f"{path}3/", {"owner": str(member.pk), "note": "等协议"}).json()
    assert (care["owner"], care["note"]) == (member.user.name, "等协议")
    assert clerk.send("post", f"{path}3/out/", {"note": "不解除"}).json()["state"] == "left_out"
    assert clerk.send("post", f"{path}4/go/").json()["state"] == "waiting"
    auditor = make.client_of(make.make_member(works.employer, Role.AUDITOR))
    seen = auditor.send("get", path).json()["results"]
    assert all(row["remarks"] == [] and row["note"] == "" for row in seen)
    assert "测试甲" not in json.dumps(seen, ensure_ascii=False)


def test_no_dates_wait_where_nothing_is_final(works: Works, clerk: make.Client) -> None:
    batch = works.done(works.upload([agreed(works.hire())]))
    path = f"ending-batches/{batch.pk}/dates/"
    asked = clerk.send("get", path).json()
    assert (asked["days"], asked["odd"]) == ([], 0)
    assert clerk.send("post", path, {"digest": asked["digest"]}).json()["code"] == "confirmation_not_needed"


def test_another_employers_batch_is_not_there(works: Works) -> None:
    batch = works.done(works.upload([agreed(works.hire())]))
    stranger = make.client_of(make.make_member(make.make_employer(), Role.CLERK))
    for path in ("", "rows/", "dates/", "papers/plan/"):
        assert stranger.send("get", f"ending-batches/{batch.pk}/{path}").status_code == 404, path
    assert stranger.send("post", f"ending-batches/{batch.pk}/cancel/").status_code == 404
    assert stranger.send("get", f"ending-batches/{uuid4()}/").status_code == 404
    assert stranger.send("get", "ending-batches/").json()["results"] == []
