"""The crash matrix: wherever a process dies, a filing takes effect once and does not stay unknown."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection

from core import blobs
from core.models import WorkItem
from filing_bridge import client, wire
from filing_bridge.domain import Outcome
from filing_bridge.models import AttemptResult, Filing, Receipt
from filing_bridge.provinces import province as registered
from filing_bridge.sandbox.faults import Kind
from filing_bridge.selectors import to_ask
from filing_bridge.services import answers
from filing_bridge.services.claims import claim
from filing_bridge.services.delivery import call
from filing_bridge.services.results import record
from tests.support.filing_province import (
    FilingProvince,
    bury_the_dead,
    die_at,
    hurry,
    pump,
    settle,
    sign,
)

pytestmark = pytest.mark.django_db

SERVICES = "filing_bridge.services"


def one_effect(province: FilingProvince, filing: Filing) -> None:
    filing.refresh_from_db()
    assert filing.state == "accepted"
    assert filing.lease is None
    assert province.effects() == [filing.idempotency_key]
    assert Receipt.objects.filter(filing=filing, kind="decision").count() == 1


@pytest.mark.parametrize(
    ("last_act", "after", "left"),
    [
        ("core.blobs.put", True, "pending"),  # message stored, row not written
        (f"{SERVICES}.messages.move", True, "ready"),  # committed, nobody rung
        (f"{SERVICES}.delivery.claim", False, "ready"),
        (f"{SERVICES}.claims._attempt", True, "ready"),  # claimed, not committed
        (f"{SERVICES}.delivery.claim", True, "sent"),  # committed, not pushed
        ("filing_bridge.client.exchange", True, "sent"),  # pushed, answer not recorded
        (f"{SERVICES}.results._keep", True, "sent"),  # answer half recorded, not committed
        (f"{SERVICES}.results._note_health", True, "sent"),
        (f"{SERVICES}.delivery.record", True, "accepted"),  # recorded
    ],
)
def test_the_process_dies(province: FilingProvince, last_act: str, after: bool, left: str) -> None:
    filing = province.file()
    die_at(last_act, after=after)
    filing.refresh_from_db()
    assert filing.state == left
    bury_the_dead()
    filing.refresh_from_db()
    assert filing.state != "sent"
    settle()
    one_effect(province, filing)


def test_a_transaction_that_fails_leaves_no_filing(province: FilingProvince) -> None:
    with mock.patch(f"{SERVICES}.preparing.enqueue", side_effect=RuntimeError), pytest.raises(RuntimeError):
        province.file()
    assert not Filing.objects.exists()
    assert not WorkItem.objects.exists()


def test_what_nobody_was_rung_for_is_swept_up(province: FilingProvince) -> None:
    filing = province.file()
    WorkItem.objects.all().delete()
    bury_the_dead()
    settle()
    one_effect(province, filing)


def test_the_answer_is_lost_and_asked_for_before_anything_is_pushed_again(province: FilingProvince) -> None:
    province.plan(Kind.LOST_REPLY)
    filing = province.file()
    pump()
    filing.refresh_from_db()
    assert filing.state == "unknown"
    hurry()
    pump()
    one_effect(province, filing)
    assert list(filing.calls.order_by("started_at").values_list("interface", flat=True)) == [
        "LC0101",
        "LC0102",
    ]


def test_what_never_arrived_is_pushed_again_after_asking(province: FilingProvince) -> None:
    province.plan(Kind.DOWN)
    filing = province.file()
    settle()
    one_effect(province, filing)
    calls = list(filing.calls.order_by("started_at").values_list("interface", flat=True))
    assert calls == ["LC0101", "LC0102", "LC0101"]


def test_a_worker_that_wakes_up_late_writes_nothing(province: FilingProvince) -> None:
    """SIGSTOP during the call, lease expired, another worker went on, SIGCONT."""
    filing = province.file()
    sign(filing)
    stopped = claim("all", 100)
    bury_the_dead()  # unknown: the other worker asks, it is not there, so it is pushed
    hurry()
    sign(filing)
    asking = claim("all", 100)
    record("all", asking, call(registered("all"), asking))
    hurry()
    sign(filing)
    current = claim("all", 100)
    filing.refresh_from_db()
    assert filing.lease == current[0].attempt.lease
    record("all", stopped, [wire.Finding(Outcome.LOST, "deadline_exceeded")])
    filing.refresh_from_db()
    assert (filing.state, filing.lease) == ("sent", current[0].attempt.lease)
    assert stopped[0].attempt.result.outcome == "stale"
    record("all", current, call(registered("all"), current))
    one_effect(province, filing)


def test_two_workers_claim_different_filings(province: FilingProvince) -> None:
    filings = [province.file() for _ in range(4)]
    sign(filings[0])
    first, second = claim("all", 2), claim("all", 100)
    assert len(first) == len(second) == 2
    assert {each.filing.pk for each in first + second} == {each.pk for each in filings}
    assert claim("all", 100) == []


def test_a_question_that_another_worker_took_meanwhile_is_not_taken_again(
    province: FilingProvince,
) -> None:
    """Both looked at the same moment: the second claim finds the row changed."""
    province.plan(Kind.LOST_REPLY)
    filing = province.file()
    pump()
    hurry()
    sign(filing)
    seen = to_ask("all")
    assert len(seen) == 1
    [first] = claim("all", 100)
    with mock.patch(f"{SERVICES}.claims.to_ask") as stale:
        stale.return_value.filter.return_value = list(seen)
        assert claim("all", 100) == []
    filing.refresh_from_db()
    assert filing.lease == first.attempt.lease


def test_a_late_answer_that_contradicts_is_held_for_a_person(province: FilingProvince) -> None:
    filing = province.file()
    sign(filing)
    stopped = claim("all", 100)
    province.plan(Kind.CONTRADICTORY)
    late = call(registered("all"), stopped)  # "returned", though it is accepted
    bury_the_dead()
    settle()
    one_effect(province, filing)
    record("all", stopped, late)
    filing.refresh_from_db()
    assert (filing.state, filing.last_error) == ("held", "contradictory_answer")
    assert Receipt.objects.filter(filing=filing, kind="decision").count() == 2


@contextmanager
def a_write_that_fails(filing: Filing) -> Iterator[None]:
    """Boulder's method: the database refuses one precise row, whoever writes it."""
    table, name = "filing_bridge_attemptresult", "refuse_one"
    attempts = f"SELECT id FROM filing_bridge_filingattempt WHERE filing_id = '{_stored(filing)}'"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger AS $$ BEGIN "
                f"IF NEW.attempt_id IN ({attempts}) THEN RAISE EXCEPTION 'refused'; END IF; "
                "RETURN NEW; END; $$ LANGUAGE plpgsql"
            )
            cursor.execute(
                f"CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
            )
        else:
            cursor.execute(
                f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN NEW.attempt_id IN ({attempts}) "
                "BEGIN SELECT RAISE(ABORT, 'refused'); END"
            )
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if connection.vendor == "postgresql" else ""))
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP FUNCTION {name}")


def _stored(filing: Filing) -> str:
    return str(filing.pk) if connection.vendor == "postgresql" else filing.pk.hex


def test_a_row_that_cannot_be_written_holds_up_nobody(province: FilingProvince) -> None:
    poison, *others = [province.file() for _ in range(3)]
    with a_write_that_fails(poison):
        pump()
        states = {each.pk: each.state for each in Filing.objects.all()}
        assert [states[each.pk] for each in others] == ["accepted", "accepted"]
        assert states[poison.pk] == "sent"
        bury_the_dead()
        pump()
    bury_the_dead()
    settle()
    poison.refresh_from_db()
    assert poison.state == "accepted"
    assert sorted(province.effects()) == sorted(Filing.objects.values_list("idempotency_key", flat=True))


def test_our_own_failure_to_handle_an_answer_holds_up_nobody(province: FilingProvince) -> None:
    poison, *others = [province.file() for _ in range(3)]
    real = answers.apply

    def apply(filing: Filing, *arguments: Any, **named: Any) -> None:
        if filing.pk == poison.pk:
            raise DatabaseError("no such column")
        real(filing, *arguments, **named)

    with mock.patch(f"{SERVICES}.answers.apply", apply):
        pump()
        assert {each.state for each in Filing.objects.exclude(pk=poison.pk)} == {"accepted"}
        for _ in range(30):
            hurry()
            pump()
    poison.refresh_from_db()
    assert poison.state == "held"
    assert AttemptResult.objects.filter(outcome="failed").count() >= 12
    assert len(others) == 2


def test_a_filing_that_kills_its_worker_ends_with_a_person(province: FilingProvince) -> None:
    poison = province.file()
    real = client.exchange

    def exchange(calls: list[client.Call]) -> object:
        if any(_about(poison, each) for each in calls):
            raise SystemExit
        return real(calls)

    with mock.patch("filing_bridge.client.exchange", exchange):
        for _ in range(16):
            province.file()
            for _ in range(3):
                try:
                    pump()
                except SystemExit:
                    bury_the_dead()
                hurry()
    poison.refresh_from_db()
    assert poison.state == "held"
    rest = Filing.objects.exclude(pk=poison.pk)
    settle()
    assert {each.state for each in rest} == {"accepted"}


def _about(filing: Filing, each: client.Call) -> bool:
    """Whether a call carries this filing: by the message it was claimed with."""
    filing.refresh_from_db()
    return bool(filing.message) and blobs.get(filing.message) in each.body


def test_an_old_database_is_reconciled_before_pushing(province: FilingProvince) -> None:
    """Restored to a moment before the push: what the province has already is found, not pushed twice."""
    filing = province.file()
    sign(filing)
    before = Filing.objects.filter(pk=filing.pk).values().get()
    settle()
    Filing.objects.filter(pk=filing.pk).update(**before)
    call_command("reconcile_filings")
    filing.refresh_from_db()
    assert filing.state == "unknown"
    settle()
    filing.refresh_from_db()
    assert filing.state == "accepted"
    assert province.effects() == [filing.idempotency_key]
