"""The circuit breaker of a province: a row, so that every worker process sees the same one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core import clock
from core.errors import Refused
from core.transitions import advance
from core.work import backoff
from filing_bridge.domain import TIMING, BreakerState
from filing_bridge.models import Breaker, Filing

ACTOR = "system:delivery"
LATELY = timedelta(minutes=10)


@dataclass(frozen=True)
class Permit:
    """How many filings may be tried now; when none, `until` says when to ask again."""

    limit: int
    until: datetime | None = None


def permit(province: str, *, most: int, turn: timedelta) -> Permit:
    """Everything while closed, nothing while open, one filing for one prober after that.

    The prober has the time `turn`; if it dies, somebody else may probe.
    """
    row = _row(province)
    now = clock.now()
    if row.state == BreakerState.CLOSED or row.until is None:
        return Permit(most)
    if row.until > now:
        return Permit(0, row.until)
    try:
        _move(row, BreakerState.HALF_OPEN, until=now + turn)
    except Refused:  # another worker took the turn
        return Permit(0, now + turn)
    return Permit(1)


def pause(province: str) -> Permit:
    """Like `permit`, for those who only prepare calls: takes no turn."""
    row = _row(province)
    if row.state == BreakerState.CLOSED or row.until is None:
        return Permit(TIMING.most_messages)
    return Permit(0, row.until) if row.until > clock.now() else Permit(1)


def is_poison(filing: Filing, tries: int) -> bool:
    """It keeps failing while the province answers others' submissions: that is a person's business."""
    answered = _row(filing.province).answered_at
    return tries >= TIMING.hold_after and answered is not None and answered > clock.now() - LATELY


def succeeded(province: str, *, submitted: bool = False) -> None:
    """The province answered in its proper form; `submitted` when that was to a submission."""
    row = _row(province)
    if submitted:
        Breaker.objects.filter(pk=province).update(answered_at=clock.now())
    if row.state != BreakerState.CLOSED:
        _try_move(row, BreakerState.CLOSED, failures=0, until=None, last_error="")
    elif row.failures:
        Breaker.objects.filter(pk=province).update(failures=0, last_error="")


def failed(province: str, error: str, *, retry_after: timedelta | None = None) -> None:
    """A call as a whole failed. Opens after some in a row, at once when the province names a time."""
    row = _row(province)
    failures = row.failures + 1
    over = failures - TIMING.breaker_threshold
    if retry_after is None and over < 0 and row.state == BreakerState.CLOSED:
        Breaker.objects.filter(pk=province).update(failures=failures, last_error=error)
        return
    length = backoff(max(over, 0) + 1, base=TIMING.breaker_base, ceiling=TIMING.breaker_ceiling)
    until = clock.now() + max(length, retry_after or timedelta())
    _try_move(row, BreakerState.OPEN, failures=failures, until=until, last_error=error)


def _row(province: str) -> Breaker:
    return Breaker.objects.get_or_create(province=province, defaults={"changed_at": clock.now()})[0]


def _move(row: Breaker, new: BreakerState, **changes: Any) -> None:
    advance(
        Breaker,
        row.pk,
        old=row.state,
        new=new,
        actor=ACTOR,
        action=f"breaker.{new}",
        subject=f"breaker:{row.pk}",
        detail={"error": str(changes.get("last_error", row.last_error))},
        only_if={"changed_at": row.changed_at},
        changed_at=clock.now(),
        **changes,
    )


def _try_move(row: Breaker, new: BreakerState, **changes: Any) -> None:
    try:
        _move(row, new, **changes)
    except Refused:  # a worker beside us saw the same and moved it: its word is as good as ours
        return
