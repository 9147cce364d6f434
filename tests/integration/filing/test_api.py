"""The REST API of filings: who sees what, and what a person may do."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from core import blobs, clock
from core.models import AuditEvent
from core.principal import Role
from filing_bridge.mapping import FilingType
from filing_bridge.models import Filing, FilingForm
from filing_bridge.protocol import State
from filing_bridge.sandbox.faults import Fault, Kind
from tests.support.filing_province import FilingProvince, hurry, pump, settle
from tests.support.principals import client_of, principal

pytestmark = pytest.mark.django_db

PARTS = ("", "record/", "receipt/", "form/")


def url(filing: Filing, part: str = "") -> str:
    return f"/api/v1/filings/{filing.pk}/{part}"


def retry(api: Any, filing: Filing, **body: str) -> Any:
    key = {"Idempotency-Key": uuid.uuid4().hex}
    return api.post(url(filing, "retry/"), body, format="json", headers=key)


@pytest.fixture
def api(province: FilingProvince) -> Any:
    return client_of(principal(province.tenant))


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> dict[object, object]:
    """Facts by contract, where there are no rows of contracts."""
    facts: dict[object, object] = {}
    monkeypatch.setattr(
        "filing_bridge.services.repeating.facts_behind", lambda filing: facts[filing.contract_id]
    )
    return facts


def test_an_accepted_filing_shows_everything(province: FilingProvince, api: Any) -> None:
    filing = province.file()
    pump()
    shown = api.get(url(filing)).data
    assert shown["state_words"] == {"code": "accepted", "zh": "备案成功", "en": "Accepted"}
    assert shown["deadline"]["level"] == "filed"
    assert shown["reason"] is None
    assert [call["outcome"] for call in shown["calls"]] == ["answered"]
    assert shown["receipt_no"].startswith("TEST370303")
    receipt = api.get(url(filing, "receipt/")).data
    assert receipt["body"]["receipt_no"] == shown["receipt_no"]
    assert receipt["jws"].count(".") == 2
    record = api.get(url(filing, "record/")).data
    assert record["filing_id"] == str(filing.pk)
    assert AuditEvent.objects.filter(action="filing.record_viewed", actor="user:1").count() == 1


def test_the_form_is_given_out_once_both_seals_are_on_it(province: FilingProvince, api: Any) -> None:
    filing = province.file()
    pump()
    assert api.get(url(filing, "form/")).data["code"] == "form_not_there"
    FilingForm.objects.create(
        filing=filing,
        state="agency_sealed",
        rendered="0" * 64,
        employer_sealed="1" * 64,
        agency_sealed=blobs.put(b"%PDF-1.7 sealed"),
        answer="2" * 64,
        created_at=clock.now(),
    )
    answer = api.get(url(filing, "form/"))
    assert (answer.status_code, answer.content) == (200, b"%PDF-1.7 sealed")
    assert AuditEvent.objects.filter(action="filing.form_viewed").count() == 1


@pytest.mark.parametrize("part", PARTS)
def test_other_employers_filings_are_not_there(province: FilingProvince, part: str) -> None:
    filing = province.file()
    pump()
    stranger = client_of(principal(uuid.uuid4()))
    answer = stranger.get(url(filing, part))
    assert (answer.status_code, answer.data["code"]) == (404, "not_found")
    assert stranger.get("/api/v1/filings/").data["results"] == []
    assert retry(stranger, filing).status_code == 404
    assert not AuditEvent.objects.filter(action__endswith="_viewed").exists()


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SEAL_KEEPER])
def test_who_may_not_see_personal_data_sees_the_rest(province: FilingProvince, role: Role) -> None:
    filing = province.file()
    pump()
    api = client_of(principal(province.tenant, role))
    statuses = [api.get(url(filing, part)).status_code for part in PARTS]
    assert statuses == [200, 403, 200, 403]
    answer = retry(api, filing)
    assert (answer.status_code, answer.data["code"]) == (403, "not_permitted")
    assert not AuditEvent.objects.filter(action__endswith="_viewed").exists()


def test_the_list_holds_no_personal_data_and_sorts_by_deadline(province: FilingProvince, api: Any) -> None:
    near = province.facts(clock.today() - timedelta(days=29))
    near["contract"]["end"] = (clock.today() + timedelta(days=400)).isoformat()
    province.review()
    late, soon, calm = province.file(), province.file(near), province.file()
    pump()
    Filing.objects.filter(pk=late.pk).update(deadline=clock.today() - timedelta(days=1), state="returned")
    Filing.objects.filter(pk=soon.pk).update(state="unknown")
    answer = api.get("/api/v1/filings/")
    assert [each["id"] for each in answer.data["results"]] == [str(f.pk) for f in (late, soon, calm)]
    assert [each["deadline"]["level"] for each in answer.data["results"]] == ["overdue", "day", "filed"]
    assert near["worker"]["id_no"] not in answer.content.decode()
    assert near["worker"]["name"] not in answer.content.decode()
    newest = api.get("/api/v1/filings/?order=-created_at").data["results"]
    assert [each["id"] for each in newest] == [str(f.pk) for f in (calm, soon, late)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=returned", [0]),
        ("state=returned&state=unknown", [0, 1]),
        ("deadline_level=overdue", [0]),
        ("deadline_level=day&deadline_level=overdue", [0, 1]),
        ("deadline_level=week", []),
        ("deadline_level=filed", [2]),
        ("jurisdiction=3703", [0, 1, 2]),
        ("jurisdiction=31", []),
    ],
)
def test_filters(province: FilingProvince, api: Any, query: str, found: list[int]) -> None:
    filings = [province.file() for _ in range(3)]
    today = clock.today()
    for filing, state, left in zip(filings, ("returned", "unknown", "accepted"), (-1, 1, 5), strict=True):
        Filing.objects.filter(pk=filing.pk).update(
            state=state,
            deadline=today + timedelta(days=left),
            receipt_no=state,
            decided_at=clock.now(),
        )
    results = api.get(f"/api/v1/filings/?{query}").data["results"]
    assert [each["id"] for each in results] == [str(filings[i].pk) for i in found]


def test_unknown_filters_and_fields_are_refused(province: FilingProvince, api: Any) -> None:
    filing = province.file()
    assert api.get("/api/v1/filings/?state=nonsense").status_code == 400
    assert api.get("/api/v1/filings/?deadline_level=nonsense").status_code == 400
    answer = retry(api, filing, reason="x")
    assert (answer.status_code, answer.data["code"]) == (400, "invalid_input")


def test_a_returned_filing_is_filed_again_as_a_new_version(
    province: FilingProvince, api: Any, known: dict[object, object]
) -> None:
    province.review()
    facts = province.facts()
    filing = province.file(facts)
    known[filing.contract_id] = facts
    pump()
    province.decide(filing, State.RETURNED)
    hurry()
    pump()
    hurry()
    pump()
    shown = api.get(url(filing)).data
    assert (shown["state"], shown["faults"][0]["code"]) == ("returned", "officer_decision")
    answer = retry(api, filing, remark="已与经办人员核对")
    assert answer.status_code == 202
    assert (answer.data["version"], answer.data["state"]) == (2, "pending")
    filing.refresh_from_db()
    assert filing.state == "replaced"
    pump()
    second = Filing.objects.get(version=2)
    province.decide(second, State.ACCEPTED)
    hurry()
    pump()
    second.refresh_from_db()
    assert (second.state, second.record["remark"]) == ("accepted", "已与经办人员核对")
    assert second.idempotency_key != filing.idempotency_key
    assert second.filing_type == FilingType.HIRE
    again = retry(api, filing)
    assert (again.status_code, again.data["code"]) == (409, "filing_not_to_be_repeated")


def test_a_held_filing_is_settled_by_asking_anew(province: FilingProvince, api: Any) -> None:
    province.plan(Kind.CONTRADICTORY)
    filing = province.file()
    settle()
    shown = api.get(url(filing)).data
    assert (shown["state"], shown["reason"]["code"]) == ("held", "contradictory_answer")
    assert "矛盾" in shown["reason"]["zh"]
    assert retry(api, filing).data["state"] == "unknown"
    settle()
    assert api.get(url(filing)).data["state"] == "accepted"
    assert province.effects() == [filing.idempotency_key]


def test_a_filing_under_way_is_hurried_and_an_accepted_one_is_left_alone(
    province: FilingProvince, api: Any
) -> None:
    province.faults.set([Fault(Kind.LOST_REPLY, frozenset({"submit"}))], None)
    filing = province.file()
    pump()
    assert api.get(url(filing)).data["state"] == "unknown"
    assert retry(api, filing).status_code == 202
    pump()
    assert api.get(url(filing)).data["state"] == "accepted"
    answer = retry(api, filing)
    assert (answer.status_code, answer.data["code"]) == (409, "filing_not_to_be_repeated")
    assert "备案成功" in answer.data["title"]
    assert len(province.effects()) == 1
