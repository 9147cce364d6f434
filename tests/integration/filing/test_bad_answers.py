"""A province that misbehaves: only verified answers are believed, and whatever is unknown is asked for."""

import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core import blobs
from core.models import AuditEvent
from filing_bridge import client, wire
from filing_bridge.domain import TIMING
from filing_bridge.models import AttemptResult, Filing, Receipt
from filing_bridge.provinces import province as registered
from filing_bridge.sandbox.faults import Fault, Kind
from filing_bridge.services.claims import claim
from filing_bridge.services.delivery import call
from filing_bridge.services.results import record
from tests.support.filing_province import FilingProvince, hurry, pump, settle, sign

pytestmark = pytest.mark.django_db

SUBMIT, QUERY = frozenset({"submit"}), frozenset({"query"})


def after_first(province: FilingProvince, *faults: Kind | Fault, on: frozenset[str] = SUBMIT) -> Filing:
    """A filing after one push that met the faults."""
    province.plan(*faults, on=on)
    filing = province.file()
    pump()
    filing.refresh_from_db()
    return filing


def settled(province: FilingProvince, filing: Filing) -> None:
    settle()
    filing.refresh_from_db()
    assert filing.state == "accepted"
    assert province.effects() == [filing.idempotency_key]


@pytest.mark.parametrize(
    ("kind", "outcome", "code", "state"),
    [
        (Kind.DOWN, "lost", "connection_broken", "unknown"),
        (Kind.LOST_REPLY, "lost", "connection_broken", "unknown"),
        (Kind.CUT, "lost", "connection_broken", "unknown"),
        (Kind.ERROR, "lost", "server_error", "unknown"),
        (Kind.ERROR_AFTER, "lost", "server_error", "unknown"),
        (Kind.HTML, "unreadable", "answer_unreadable", "unknown"),
        (Kind.TRUNCATED, "unreadable", "answer_unreadable", "unknown"),
        (Kind.WRONG_KEY, "unreadable", "answer_not_genuine", "unknown"),
        (Kind.FORGED, "unreadable", "answer_not_genuine", "unknown"),
        (Kind.OTHER_FILING, "unreadable", "answer_about_another_filing", "unknown"),
        (Kind.MAINTENANCE, "not_taken_in", "maintenance", "pending"),
        (Kind.TOO_MANY, "not_taken_in", "too_many_requests", "pending"),
    ],
)
def test_a_fault_of_the_push(
    province: FilingProvince, kind: Kind, outcome: str, code: str, state: str
) -> None:
    filing = after_first(province, kind)
    result = AttemptResult.objects.get()
    assert (result.outcome, result.code, filing.state) == (outcome, code, state)
    assert not Receipt.objects.exists()
    assert filing.receipt_no == ""
    if outcome == "unreadable":
        assert blobs.get(result.raw)
        assert AuditEvent.objects.filter(action="filing.answer_not_believed").count() == 1
    settled(province, filing)


@pytest.mark.parametrize("kind", [k for k in Kind if k not in (Kind.SLOW, Kind.DRIP, Kind.PARTIAL)])
def test_a_fault_of_the_question(province: FilingProvince, kind: Kind) -> None:
    province.faults.set([Fault(Kind.LOST_REPLY, SUBMIT), Fault(kind, QUERY)], None)
    filing = province.file()
    settle()
    filing.refresh_from_db()
    if kind is Kind.CONTRADICTORY:
        assert (filing.state, filing.last_error) == ("held", "contradictory_answer")
        assert province.effects() == [filing.idempotency_key]
    else:
        settled(province, filing)


def test_nothing_connects(province: FilingProvince, settings: Any) -> None:
    settings.PROVINCES = {"": {**settings.PROVINCES[""], "url": "http://127.0.0.1:9"}}
    filing = province.file()
    pump()
    filing.refresh_from_db()
    assert (filing.state, filing.last_error) == ("pending", "not_connected")
    assert filing.first_attempt_at is not None
    settings.PROVINCES = {"": {**settings.PROVINCES[""], "url": province.url}}
    settled(province, filing)


@pytest.mark.parametrize("kind", [Kind.SLOW, Kind.DRIP])
def test_a_call_ends_at_its_deadline_however_slowly_bytes_drip(
    province: FilingProvince, monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    monkeypatch.setattr(wire, "TIMING", replace(TIMING, push_seconds=0.5, push_seconds_per_item=0.0))
    seconds = 5.0 if kind is Kind.SLOW else 0.05
    began = time.monotonic()
    filing = after_first(province, Fault(kind, SUBMIT, seconds=seconds))
    assert time.monotonic() - began < 4.5
    assert (filing.state, filing.last_error) == ("unknown", "deadline_exceeded")
    province.faults.set([], None)
    monkeypatch.undo()


def test_an_endless_answer_is_cut_off(province: FilingProvince, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MAX_ANSWER", 100)
    filing = after_first(province)
    assert (filing.state, filing.last_error) == ("unknown", "answer_too_large")


def test_of_a_batch_only_what_failed_is_sent_again(province: FilingProvince) -> None:
    province.plan(Fault(Kind.PARTIAL, SUBMIT, items=2))
    filings = [province.file() for _ in range(5)]
    pump()
    assert Filing.objects.filter(state="accepted").count() == 2
    assert Filing.objects.filter(state="pending", last_error="not_processed").count() == 3
    settle()
    assert {each.state for each in Filing.objects.all()} == {"accepted"}
    assert sorted(province.effects()) == sorted(each.idempotency_key for each in filings)
    assert sorted(each.calls.count() for each in Filing.objects.all()) == [1, 1, 2, 2, 2]


@pytest.mark.parametrize("order", [(SUBMIT, QUERY), (QUERY, SUBMIT)])
def test_contradictory_answers_are_held_for_a_person(
    province: FilingProvince, order: tuple[frozenset[str], frozenset[str]]
) -> None:
    contradicted, lost = order
    faults = [Fault(Kind.CONTRADICTORY, contradicted)]
    if contradicted is QUERY:
        faults.append(Fault(Kind.LOST_REPLY, lost))
    province.faults.set(faults, None)
    filing = province.file()
    settle()
    filing.refresh_from_db()
    assert (filing.state, filing.last_error) == ("held", "contradictory_answer")
    assert sorted(Receipt.objects.values_list("state", flat=True)) == ["accepted", "returned"]
    assert AuditEvent.objects.filter(subject=filing.subject, action="filing.held").count() == 1


def test_two_filings_under_one_receipt_number(province: FilingProvince) -> None:
    first = province.file()
    pump()
    Filing.objects.filter(pk=first.pk).update(receipt_no=province.next_receipt_no())
    second = province.file()
    pump()
    second.refresh_from_db()
    assert (second.state, second.last_error) == ("held", "receipt_no_taken")


def test_a_signed_refusal_names_what_to_mend(province: FilingProvince) -> None:
    facts = province.facts()
    first = province.file(facts)
    pump()
    again = {**facts, "contract_no": facts["contract_no"] + "-B"}
    second = province.file(again)
    pump()
    second.refresh_from_db()
    first.refresh_from_db()
    assert (first.state, second.state) == ("accepted", "rejected")
    assert second.last_error == "duplicate_filing"
    assert second.receipt_no == ""
    assert [fault["code"] for fault in second.faults] == ["employment_overlaps"]
    assert province.effects() == [first.idempotency_key]


def test_a_stale_message_is_signed_anew(province: FilingProvince) -> None:
    province.clock.offset = timedelta(minutes=10)
    filing = after_first(province)
    assert (filing.state, filing.last_error) == ("pending", "stale_message")
    province.clock.offset = timedelta()
    settled(province, filing)


def test_a_replayed_message_is_asked_about(province: FilingProvince) -> None:
    """The serial number was used by a push that we do not know of."""
    filing = province.file()
    sign(filing)
    claims = claim("all", 100)
    call(registered("all"), claims)
    record("all", claims, call(registered("all"), claims))
    filing.refresh_from_db()
    assert (filing.state, filing.last_error) == ("unknown", "replayed_message")
    settled(province, filing)


def test_the_province_forgets_what_it_received(province: FilingProvince) -> None:
    """An unsigned "not found" does not undo a signed receipt."""
    province.review()
    filing = after_first(province)
    assert filing.state == "under_review"
    province.forget()
    hurry()
    pump()
    filing.refresh_from_db()
    assert (filing.state, filing.last_error) == ("under_review", "filing_not_found")
