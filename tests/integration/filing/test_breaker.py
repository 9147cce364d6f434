"""The circuit breaker, Retry-After, and what an outage leaves behind."""

from datetime import timedelta

import pytest

from core import clock
from core.models import AuditEvent, WorkItem
from filing_bridge.domain import TIMING
from filing_bridge.models import Breaker, Filing, FilingAttempt
from filing_bridge.sandbox.faults import Fault, Kind
from filing_bridge.services import breaker
from filing_bridge.services.messages import DELIVER
from filing_bridge.services.preparing import SIGN
from tests.support.filing_province import INTERFACES, FilingProvince, hurry, pump, settle

pytestmark = pytest.mark.django_db

TURN = timedelta(seconds=40)


def test_opens_after_failures_in_a_row_probes_once_and_closes(province: FilingProvince) -> None:
    for _ in range(TIMING.breaker_threshold - 1):
        breaker.failed("all", "connection_broken")
    assert breaker.permit("all", most=100, turn=TURN).limit == 100
    breaker.failed("all", "connection_broken")
    shut = breaker.permit("all", most=100, turn=TURN)
    assert shut.limit == 0
    assert shut.until is not None
    assert shut.until > clock.now()
    province.advance(shut.until - clock.now())
    assert breaker.permit("all", most=100, turn=TURN).limit == 1
    assert breaker.permit("all", most=100, turn=TURN).limit == 0
    breaker.succeeded("all")
    assert breaker.permit("all", most=100, turn=TURN).limit == 100
    actions = AuditEvent.objects.filter(subject="breaker:all").order_by("at")
    assert [each.action for each in actions] == ["breaker.open", "breaker.half_open", "breaker.closed"]


def test_a_success_between_failures_keeps_it_closed(province: FilingProvince) -> None:
    for _ in range(3 * TIMING.breaker_threshold):
        breaker.failed("all", "connection_broken")
        breaker.succeeded("all")
    assert Breaker.objects.get().state == "closed"


def test_pauses_grow_to_a_ceiling(province: FilingProvince) -> None:
    lengths = []
    for _ in range(30):
        breaker.failed("all", "connection_broken")
        row = Breaker.objects.get()
        if row.until is not None:
            lengths.append((row.until - clock.now()).total_seconds())
            province.advance(row.until - clock.now())
            breaker.permit("all", most=100, turn=TURN)
    assert lengths[0] <= TIMING.breaker_base
    assert TIMING.breaker_ceiling / 2 <= lengths[-1] <= TIMING.breaker_ceiling


def test_a_prober_that_dies_leaves_the_turn_to_another(province: FilingProvince) -> None:
    breaker.failed("all", "maintenance", retry_after=timedelta(seconds=5))
    province.advance(timedelta(seconds=6))
    assert breaker.permit("all", most=100, turn=TURN).limit == 1
    province.advance(TURN + timedelta(seconds=1))
    assert breaker.permit("all", most=100, turn=TURN).limit == 1


@pytest.mark.parametrize(
    ("fault", "least", "most"),
    [
        (Fault(Kind.TOO_MANY, INTERFACES, retry_after="90"), 90, 90),
        (Fault(Kind.MAINTENANCE, INTERFACES, retry_after_date=120), 110, 121),
        (Fault(Kind.TOO_MANY, INTERFACES, retry_after="99999999999999999999"), 3600, 3600),
        (Fault(Kind.TOO_MANY, INTERFACES, retry_after="-5"), 0.5, 1),
        (Fault(Kind.TOO_MANY, INTERFACES, retry_after="soon"), 0.5, 1),
    ],
)
def test_retry_after_is_kept(province: FilingProvince, fault: Fault, least: float, most: float) -> None:
    province.faults.set([fault], None)
    filing = province.file()
    pump()
    wait = Breaker.objects.get().until
    filing.refresh_from_db()
    waits = (wait or clock.now()) - clock.now(), filing.due_at - clock.now()
    assert least - 0.01 <= max(waits).total_seconds() <= most
    assert FilingAttempt.objects.count() == 1
    if least > 10:
        province.advance(timedelta(seconds=least - 10))
        pump()
        assert FilingAttempt.objects.count() == 1
    settle()
    assert province.effects() == [filing.idempotency_key]


def test_an_outage_of_three_days(province: FilingProvince) -> None:
    """Nothing is lost, the province is not hammered, and afterwards everything goes out within 15 minutes."""
    province.faults.set([Fault(Kind.DOWN, INTERFACES, times=None)], None)
    filings = [province.file() for _ in range(3)]
    began = clock.now()
    while clock.now() - began < timedelta(days=3):
        pump()
        province.advance(timedelta(minutes=20))
    assert FilingAttempt.objects.count() < 3 * 24 * 3 * 3
    assert not Filing.objects.filter(state__in=["held", "accepted"]).exists()
    for filing in filings:
        filing.refresh_from_db()
        assert filing.first_attempt_at is not None
        assert filing.first_attempt_at - began < timedelta(minutes=5)
    province.faults.set([], None)
    for _ in range(15 * 60 // 5):
        pump()
        province.advance(timedelta(seconds=5))
    assert {each.state for each in Filing.objects.all()} == {"accepted"}
    assert sorted(province.effects()) == sorted(each.idempotency_key for each in filings)


def test_while_it_is_open_nothing_is_signed_or_sent(province: FilingProvince) -> None:
    breaker.failed("all", "maintenance", retry_after=timedelta(minutes=30))
    filing = province.file()
    pump()
    filing.refresh_from_db()
    assert filing.state == "pending"
    until = Breaker.objects.get().until
    assert list(WorkItem.objects.filter(kind__in=[SIGN, DELIVER]).values_list("due_at", flat=True)) == [until]
    hurry()
    pump()
    filing.refresh_from_db()
    assert filing.state == "accepted"
