"""The dates of a batch's filings, confirmed together where nothing can be undone afterwards (310000).

A person sees how many leave on which day and confirms exactly these filings with these dates. A filing
about whose dates anything looks odd is not among them: it is confirmed by itself.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from contracts.models import Termination
from core import audit, clock, work
from core.canonical import canonical_json, sha256_hex
from core.errors import Refused
from core.principal import Permission, Principal
from filing_bridge import selectors
from filing_bridge.confirmation import words_zh
from filing_bridge.domain import FilingState
from filing_bridge.models import Filing
from filing_bridge.services.preparing import CONFIRMATION, PREPARE, confirmation_for


@dataclass(frozen=True)
class LastDay:
    """So many leave on this day."""

    day: date
    words_zh: str
    number: int


@dataclass(frozen=True)
class Confirmable:
    """`digests`: by filing, what is confirmed of it; `digest` names them all; `odd` are left out."""

    days: tuple[LastDay, ...]
    odd: int
    digest: str
    digests: Mapping[UUID, str] = field(repr=False)


def confirmable(principal: Principal, batch_id: UUID) -> Confirmable:
    """What there is to be confirmed in a batch. Needs `file`."""
    principal.require(Permission.FILE)
    batch = selectors.ending_batch_of(principal, batch_id)
    days: Counter[date] = Counter()
    digests, odd = {}, 0
    for filing in _waiting(batch.pk):
        asked = confirmation_for(filing, selectors.facts_behind(filing), today=clock.today())
        if asked.warnings:
            odd += 1
            continue
        digests[filing.pk] = asked.digest
        days[filing.starts_on] += 1
    named = [[str(pk), digests[pk]] for pk in sorted(digests)]
    return Confirmable(
        days=tuple(LastDay(day, words_zh(day), days[day]) for day in sorted(days)),
        odd=odd,
        digest=sha256_hex(canonical_json(named)),
        digests=digests,
    )


def confirm_many(*, principal: Principal, batch_id: UUID, digest: str) -> int:
    """Confirm the dates that `digest` names and let these filings go out; returns how many.

    Commits it with an audit event for each filing, and the due work. Refuses `confirmation_not_needed`, and
    `confirmation_differs` when it is about other filings or dates.
    """
    asked = confirmable(principal, batch_id)
    if not asked.digests:
        raise Refused("confirmation_not_needed")
    if digest != asked.digest:
        raise Refused("confirmation_differs")
    with transaction.atomic():
        for pk, dates in asked.digests.items():
            Filing.objects.filter(pk=pk, state=FilingState.WAITING).update(confirmed=dates)
            work.enqueue(PREPARE, str(pk))
        audit.record_all(
            "filing.confirmed",
            subjects=[
                (f"filing:{pk}", {"dates": dates, "batch": str(batch_id)})
                for pk, dates in asked.digests.items()
            ],
            actor=principal.actor,
            tenant=principal.tenant,
        )
    return len(asked.digests)


def waiting_number(batch_id: UUID) -> int:
    """How many filings of a batch wait for their dates to be confirmed."""
    return _waiting(batch_id).count()


def _waiting(batch_id: UUID) -> QuerySet[Filing]:
    endings = Termination.objects.filter(ending_row__batch=batch_id)
    return selectors.filings_of_endings(endings).filter(state=FilingState.WAITING, last_error=CONFIRMATION)
