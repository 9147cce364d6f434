"""A filing is withdrawn before its review: the answer says what became of it, and no answer says nothing."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from core.models import AuditEvent
from core.principal import Role
from filing_bridge import client
from filing_bridge.models import Filing, FilingAttempt, Void
from filing_bridge.protocol import ProtocolError, State
from filing_bridge.sandbox.faults import Kind
from filing_bridge.services.voiding import request_void
from tests.support.filing_province import FilingProvince, bury_the_dead, die_at, hurry, pump, settle, sign
from tests.support.principals import client_of, principal

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewed(province: FilingProvince) -> Filing:
    """A filing that waits for an officer."""
    province.review()
    return after_work(province.file())


def after_work(filing: Filing) -> Filing:
    hurry()
    pump()
    filing.refresh_from_db()
    return filing


def void(province: FilingProvince, filing: Filing, role: Role = Role.CLERK) -> Any:
    key = {"Idempotency-Key": uuid.uuid4().hex}
    api = client_of(principal(province.tenant, role))
    return api.post(
        f"/api/v1/filings/{filing.pk}/void/", {"reason": "合同尚需修改"}, format="json", headers=key
    )


def outcome(filing: Filing) -> str:
    return Void.objects.get(pk=filing.pk).outcome


def test_a_filing_that_nobody_has_decided_is_given_back(province: FilingProvince, reviewed: Filing) -> None:
    assert reviewed.state == "under_review"
    answer = void(province, reviewed)
    assert (answer.status_code, answer.data["void"], answer.data["state"]) == (202, "open", "under_review")
    assert after_work(reviewed).state == "voided"
    assert (outcome(reviewed), reviewed.to_void, province.effects()) == ("voided", False, [])
    kept = province.store.void(reviewed.idempotency_key)
    assert kept is not None
    assert (kept["filing_type"], kept["reason"], kept["receipt_no"]) == (
        "62",
        "合同尚需修改",
        reviewed.receipt_no,
    )
    actions = AuditEvent.objects.filter(subject=reviewed.subject).values_list("action", flat=True)
    assert {"filing.void_asked", "filing.voided", "filing.void_voided"} <= set(actions)


def test_it_is_filed_again_under_a_new_key(
    province: FilingProvince, reviewed: Filing, monkeypatch: pytest.MonkeyPatch
) -> None:
    void(province, reviewed)
    after_work(reviewed)
    facts = province.facts()
    monkeypatch.setattr(
        "filing_bridge.services.repeating.facts_behind",
        lambda _: {**facts, "contract_no": reviewed.contract_no},
    )
    key = {"Idempotency-Key": uuid.uuid4().hex}
    api = client_of(principal(province.tenant))
    answer = api.post(f"/api/v1/filings/{reviewed.pk}/retry/", {}, format="json", headers=key)
    assert answer.status_code == 202, answer.data
    second = Filing.objects.get(version=2)
    assert after_work(second).state == "under_review"
    reviewed.refresh_from_db()
    assert reviewed.state == "replaced"
    assert second.idempotency_key != reviewed.idempotency_key


@pytest.mark.parametrize("decision", [State.ACCEPTED, State.RETURNED, State.REJECTED])
def test_if_the_review_came_first_the_answer_says_so(
    province: FilingProvince, reviewed: Filing, decision: State
) -> None:
    void(province, reviewed)
    province.decide(reviewed, decision)
    assert after_work(reviewed).state == decision
    assert outcome(reviewed) == "too_late"
    assert province.store.void(reviewed.idempotency_key) is None
    calls = FilingAttempt.objects.filter(filing=reviewed, interface="LC0104")
    assert calls.count() == 1, "the wish itself was answered with the decision"


@pytest.mark.parametrize(
    "kind",
    [Kind.LOST_REPLY, Kind.CUT, Kind.ERROR_AFTER, Kind.HTML, Kind.TRUNCATED, Kind.FORGED, Kind.OTHER_FILING],
)
def test_no_answer_is_no_refusal(province: FilingProvince, reviewed: Filing, kind: Kind) -> None:
    """The province has given it back and nobody here knows: the same wish is answered alike."""
    void(province, reviewed)
    province.plan(kind, on=frozenset({"void"}))
    assert after_work(reviewed).state == "under_review"
    assert (outcome(reviewed), reviewed.to_void) == ("open", True)
    settle()
    reviewed.refresh_from_db()
    assert (reviewed.state, outcome(reviewed)) == ("voided", "voided")


def test_a_province_that_is_down_is_asked_again(province: FilingProvince, reviewed: Filing) -> None:
    void(province, reviewed)
    province.plan(Kind.DOWN, Kind.MAINTENANCE, on=frozenset({"void"}))
    assert after_work(reviewed).state == "under_review"
    settle()
    reviewed.refresh_from_db()
    assert (reviewed.state, outcome(reviewed)) == ("voided", "voided")


@pytest.mark.parametrize(
    ("last_act", "after"),
    [
        ("core.blobs.put", True),  # message stored, row not written
        ("filing_bridge.services.messages._lay_ready", True),  # signed, nobody rung
        ("filing_bridge.services.delivery.claim", True),  # claimed, not sent
        ("filing_bridge.client.exchange", True),  # sent, the answer not recorded
        ("filing_bridge.services.results._keep", True),  # answer half recorded, not committed
    ],
)
def test_a_process_that_dies_in_the_middle_leaves_it_to_the_next(
    province: FilingProvince, reviewed: Filing, last_act: str, after: bool
) -> None:
    void(province, reviewed)
    die_at(last_act, after=after)
    reviewed.refresh_from_db()
    assert (reviewed.state, outcome(reviewed)) == ("under_review", "open")
    bury_the_dead()
    settle()
    reviewed.refresh_from_db()
    assert (reviewed.state, outcome(reviewed)) == ("voided", "voided")
    assert province.effects() == []


def test_a_question_that_is_signed_already_makes_room_for_the_wish(
    province: FilingProvince, reviewed: Filing
) -> None:
    province.advance(timedelta(hours=1))
    sign(reviewed)
    assert reviewed.message
    void(province, reviewed)
    reviewed.refresh_from_db()
    assert reviewed.message == ""
    assert after_work(reviewed).state == "voided"


def test_a_question_that_was_on_its_way_is_recorded_and_the_wish_follows(
    province: FilingProvince, reviewed: Filing, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = client.exchange
    asked: list[Filing] = []

    def meanwhile(calls: Any) -> Any:
        if not asked:
            asked.append(
                request_void(principal=principal(province.tenant), filing_id=reviewed.pk, reason="x")
            )
        return real(calls)

    monkeypatch.setattr("filing_bridge.client.exchange", meanwhile)
    after_work(reviewed)
    assert after_work(reviewed).state == "voided"


@pytest.mark.parametrize("state", ["accepted", "waiting", "unknown", "returned"])
def test_what_is_decided_or_not_known_to_be_there_is_not_withdrawn(
    province: FilingProvince, reviewed: Filing, state: str
) -> None:
    Filing.objects.filter(pk=reviewed.pk).update(state=state, decided_at=reviewed.created_at)
    assert void(province, reviewed).data["code"] == "void_not_possible"
    assert not Void.objects.exists()


def test_it_is_asked_once_and_only_by_those_who_may(province: FilingProvince, reviewed: Filing) -> None:
    assert void(province, reviewed, Role.AUDITOR).data["code"] == "not_permitted"
    stranger = client_of(principal(uuid.uuid4()))
    key = {"Idempotency-Key": uuid.uuid4().hex}
    path = f"/api/v1/filings/{reviewed.pk}/void/"
    assert stranger.post(path, {"reason": "x"}, format="json", headers=key).data["code"] == "not_found"
    assert void(province, reviewed).status_code == 202
    assert void(province, reviewed).data["code"] == "void_not_possible"


def test_a_province_that_does_not_give_it_back_lets_it_go_on(
    province: FilingProvince, reviewed: Filing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise ProtocolError("void_invalid")

    monkeypatch.setattr("filing_bridge.sandbox.intake._refuse_misfit", refuse)
    void(province, reviewed)
    assert after_work(reviewed).state == "under_review"
    assert (outcome(reviewed), reviewed.to_void) == ("refused", False)
    province.decide(reviewed, State.ACCEPTED)
    assert after_work(reviewed).state == "accepted"


def test_later_filings_of_the_employment_keep_waiting(
    province: FilingProvince, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("filing_bridge.tasks.facts_behind", lambda filing: province.later[filing.pk])
    province.review()
    facts = province.facts()
    hire = after_work(province.file(facts))
    ending = province.end(hire, facts)
    void(province, hire)
    assert after_work(hire).state == "voided"
    ending.refresh_from_db()
    assert (ending.state, ending.last_error) == ("waiting", "earlier_filing")
