"""Holding a filing for one call: the lease is a fencing token, and what is held is written down first."""

import uuid
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from core import clock
from core.errors import Refused
from core.work import backoff, enqueue
from filing_bridge import wire
from filing_bridge.domain import TIMING, FilingState
from filing_bridge.models import Filing, FilingAttempt
from filing_bridge.protocol import Interface
from filing_bridge.selectors import to_ask, to_submit
from filing_bridge.services import breaker
from filing_bridge.services.preparing import SIGN
from filing_bridge.services.states import DELIVERY, RELEASED, move, release

S = FilingState


@dataclass(frozen=True)
class Claim:
    """A filing that this worker holds: as it was read for the claim, and the attempt that was written."""

    filing: Filing
    attempt: FilingAttempt

    @property
    def submits(self) -> bool:
        return self.attempt.interface == Interface.SUBMIT

    @property
    def takes_back(self) -> bool:
        return self.attempt.interface == Interface.VOID

    @property
    def subject(self) -> wire.Subject:
        """What an answer must be about."""
        return wire.Subject(self.filing.idempotency_key, self.filing.record_digest)

    @property
    def held(self) -> dict[str, object]:
        """The condition on which results are written."""
        return {"lease": self.attempt.lease}


def claim(province: str, limit: int) -> list[Claim]:
    """Lease up to `limit` filings and write an attempt for each, in one transaction.

    From here on a submission counts as sent.
    """
    with transaction.atomic():
        chosen = _companions(_due(province, limit))
        until = clock.now() + lease_for(len(chosen))
        # Rows are taken in one order by everybody: two rounds at once wait for each other, never in a ring.
        held = [_hold(filing, until) for filing in sorted(chosen, key=lambda filing: filing.pk)]
    return [each for each in held if each is not None]


def _due(province: str, limit: int) -> list[Filing]:
    """What is to be called for now. A single one is the probe of a province that was down: it goes to what
    was never tried, so that many filings have their proof of being in time; else it is a question, which is
    gentler."""
    submissions = to_submit(province)
    if limit == 1 and (untried := submissions.filter(first_attempt_at__isnull=True).first()):
        return [untried]
    asks = list(to_ask(province).filter(due_at__lte=clock.now())[: min(limit, TIMING.asks_at_once)])
    return [*asks, *submissions[: limit - len(asks)]]


def _companions(candidates: Iterable[Filing]) -> list[Filing]:
    """Those that may share a round: a suspect, which may be what kills the workers, has one to itself."""
    urgent = sorted(candidates, key=lambda filing: (filing.deadline, filing.due_at))
    if urgent and _is_suspect(urgent[0]):
        return urgent[:1]
    return list(takewhile(lambda filing: not _is_suspect(filing), urgent))


def _is_suspect(filing: Filing) -> bool:
    return filing.attempts >= TIMING.suspect_after


def lease_for(submissions: int) -> timedelta:
    """How long the calls of a round may take, and a margin."""
    seconds = max(TIMING.ask_seconds, TIMING.push_seconds + TIMING.push_seconds_per_item * submissions)
    return timedelta(seconds=seconds) + TIMING.lease_margin


def anything_due(province: str) -> bool:
    """Whether `claim` would find something."""
    return to_ask(province).filter(due_at__lte=clock.now()).exists() or to_submit(province).exists()


def take_back() -> None:
    """Take back what dead workers hold. Their submissions may or may not have arrived: ask."""
    for filing in Filing.objects.filter(lease__isnull=False, leased_until__lt=clock.now()):
        with suppress(Refused), transaction.atomic():
            _end_lost(filing)
            enqueue(SIGN, filing.province)


def drop_stale_messages(province: str) -> None:
    """Messages that lay too long, while the breaker was open or nobody worked, are signed anew."""
    limit = clock.now() - TIMING.message_fresh
    stale = Filing.objects.filter(province=province, lease__isnull=True, message_at__lt=limit)
    with transaction.atomic():
        dropped = stale.exclude(state=S.READY).update(message="", message_at=None)
        ready: Sequence[Filing] = list(stale.filter(state=S.READY))
        for filing in ready:
            with suppress(Refused):
                move(filing, S.PENDING, actor=DELIVERY, only_if={"message": filing.message}, **RELEASED)
        if dropped or ready:
            enqueue(SIGN, province)


def doubt_everything() -> int:
    """Nothing here says any more what the province has: ask before pushing. Returns how many filings."""
    doubted = 0
    for filing in Filing.objects.filter(state__in=[S.PENDING, S.READY], lease__isnull=True):
        with suppress(Refused), transaction.atomic():
            move(
                filing,
                S.UNKNOWN,
                actor="system:operator",
                **RELEASED,
                due_at=clock.now(),
                last_error="restored",
            )
            enqueue(SIGN, filing.province)
            doubted += 1
    return doubted


def _hold(filing: Filing, until: datetime) -> Claim | None:
    return _hold_to_submit(filing, until) if filing.state == S.READY else _hold_to_ask(filing, until)


def _hold_to_ask(filing: Filing, until: datetime) -> Claim | None:
    lease = uuid.uuid4()
    free = Filing.objects.filter(
        pk=filing.pk,
        state=filing.state,
        to_void=filing.to_void,
        message=filing.message,
        lease__isnull=True,
    )
    if not free.update(lease=lease, leased_until=until):
        return None
    return _attempt(filing, Interface.VOID if filing.takes_back else Interface.QUERY, lease)


def _hold_to_submit(filing: Filing, until: datetime) -> Claim | None:
    lease = uuid.uuid4()
    try:
        move(
            filing,
            S.SENT,
            actor=DELIVERY,
            detail={"message": filing.message},
            only_if={"lease__isnull": True, "message": filing.message},
            lease=lease,
            leased_until=until,
            # The proof that it was filed in time, whatever happens to this attempt.
            first_attempt_at=Coalesce(F("first_attempt_at"), clock.now()),
        )
    except Refused:
        return None
    filing.state = S.SENT
    return _attempt(filing, Interface.SUBMIT, lease)


def _attempt(filing: Filing, interface: Interface, lease: uuid.UUID) -> Claim:
    attempt = FilingAttempt.objects.create(
        filing=filing,
        interface=interface.value,
        lease=lease,
        message=filing.message,
        started_at=clock.now(),
    )
    return Claim(filing, attempt)


def _end_lost(filing: Filing) -> None:
    """Counted against the filing: one that takes its worker down every time must end up with a person."""
    mine, tries = {"lease": filing.lease}, filing.attempts + 1
    pause = backoff(tries, base=TIMING.retry_base, ceiling=TIMING.retry_ceiling)
    changes = {"attempts": tries, "due_at": clock.now() + pause, "last_error": "worker_lost"}
    poison = breaker.is_poison(filing, tries)
    if filing.state != S.SENT and not poison:
        release(filing, mine, **changes)
        return
    new = S.HELD if poison else S.UNKNOWN
    detail = {"code": "worker_lost"}
    move(filing, new, actor=DELIVERY, detail=detail, only_if=mine, **RELEASED, **changes)
