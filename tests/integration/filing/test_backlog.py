"""Three days without the filing system on an accelerated clock, and the backlog that is left (A16, 4.6)."""

import json
import random
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations

import pytest

from core import clock
from filing_bridge.client import Call, NoReply, Reply
from filing_bridge.domain import TIMING, Level
from filing_bridge.models import Filing
from filing_bridge.protocol import problem
from filing_bridge.sandbox.faults import Fault, Kind
from filing_bridge.selectors import at_levels, outages_of
from filing_bridge.tasks import sweep
from tests.support.filing_agreement import agree, never_violated
from tests.support.filing_line import Line
from tests.support.filing_lives import Lives
from tests.support.filing_province import INTERFACES, pump
from tests.support.filing_world import NewLives
from tests.support.principals import principal

pytestmark = pytest.mark.django_db

OUTAGE = timedelta(days=3)


@dataclass
class Permitting(Line):
    """A province that answers so many requests in a minute and refuses the others until the next."""

    per_minute: int = 20
    minute: int = 0
    answered: int = 0
    refused: int = 0

    def _answer(self, call: Call) -> Reply | NoReply:
        now = int(clock.now().timestamp())
        if now // 60 != self.minute:
            self.minute, self.answered = now // 60, 0
        if self.answered == self.per_minute:
            self.refused += 1
            headers = {"retry-after": str(60 - now % 60)}
            return Reply(429, headers, json.dumps(problem("too_many_requests")).encode())
        self.answered += 1
        return super()._answer(call)


def outage(lives: Lives, filings: int, step: timedelta) -> None:
    """Nobody answers for three days; contracts are signed all the while, some of them at the last moment."""
    chance = random.Random(1)
    lives.province.faults.set([Fault(Kind.DOWN, INTERFACES, times=None)], None)
    steps = OUTAGE // step
    for number in range(steps):
        for _ in range(filings * (number + 1) // steps - filings * number // steps):
            start = clock.today() - timedelta(days=chance.randint(2, 29))
            lives.begin(lives.province.facts(start))
        sweep()
        pump()
        lives.province.advance(step)


def drain(lives: Lives) -> timedelta:
    """All is repaired: how long it takes until everything is on file."""
    lives.province.faults.set([], None)
    began = clock.now()
    while Filing.objects.exclude(state="accepted").exists():
        assert clock.now() - began < timedelta(days=1), "not drained within a day"
        sweep()
        pump()
        lives.province.advance(timedelta(seconds=10))
    return clock.now() - began


def three_days(lives: Lives, filings: int, *, step: timedelta, batch: int) -> None:
    line = lives.line
    assert isinstance(line, Permitting)
    outage(lives, filings, step)
    never_violated(lives)
    assert Filing.objects.count() == filings
    assert lives.province.effects() == []
    backlog = Filing.objects.order_by("deadline")
    first = dict(backlog.exclude(first_attempt_at=None).values_list("pk", "first_attempt_at"))
    _risk_is_told(lives, filings, tried=len(first))
    # What ran out of time meanwhile was tried in time: that is the proof.
    for filing in backlog.filter(deadline__lt=clock.today()):
        assert filing.first_attempt_at is not None
        assert filing.first_attempt_at.astimezone(clock.SHANGHAI).date() <= filing.deadline

    untried = {each.document_digest: each.deadline for each in backlog.filter(first_attempt_at__isnull=True)}
    taken = drain(lives)

    agree(lives)
    kept = Filing.objects.filter(pk__in=first)
    assert dict(kept.values_list("pk", "first_attempt_at")) == first
    order = [each["contract_digest"] for each in lives.province.store.effects()]
    assert _in_order([untried[each] for each in order if each in untried], batch)
    # One at a time goes what failed before, first asked about, then sent; the others in batches.
    requests = 2 * len(first) + len(untried) / batch
    permitted = timedelta(minutes=requests / line.per_minute)
    print(  # noqa: T201  (figures for the reader)
        f"{filings} filings, {len(first)} tried meanwhile, drained in {taken} at {line.per_minute} requests "
        f"a minute (least {permitted}), {line.refused} refused"
    )
    assert taken < 2 * permitted + timedelta(minutes=15)
    assert line.refused < requests


def _risk_is_told(lives: Lives, filings: int, *, tried: int) -> None:
    today = clock.today()
    [told] = outages_of(principal(lives.province.tenant), today)
    near = Filing.objects.filter(deadline__lte=today + timedelta(days=7))
    assert (told.waiting, told.tried, told.at_risk) == (filings, tried, near.count())
    assert told.nearest_deadline == min(Filing.objects.values_list("deadline", flat=True))
    late = at_levels(Filing.objects.all(), [Level.OVERDUE, Level.DAY], today)
    assert set(late) == set(Filing.objects.filter(deadline__lte=today + timedelta(days=1)))
    assert late.exists()


def _in_order(deadlines: list[date], batch: int) -> bool:
    """Sorted, but for what travels in one batch or beside it."""
    return all(
        deadlines[early] <= deadlines[late]
        for early, late in combinations(range(0, len(deadlines), batch), 2)
        if late - early >= 2 * batch
    )


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> int:
    batch = 5
    for module in ("breaker", "delivery"):
        small = replace(TIMING, most_messages=batch)
        monkeypatch.setattr(f"filing_bridge.services.{module}.TIMING", small)
    return batch


def test_a16_after_three_days_all_is_filed_once_the_most_urgent_first(
    new_lives: NewLives, small_batches: int
) -> None:
    with new_lives(line=Permitting) as lives:
        three_days(lives, 120, step=timedelta(hours=1), batch=small_batches)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_a16_ten_thousand_wait_for_three_days(new_lives: NewLives) -> None:
    with new_lives(line=Permitting) as lives:
        three_days(lives, 10_000, step=timedelta(minutes=5), batch=TIMING.most_messages)
