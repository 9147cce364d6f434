"""The legal clocks that run on contracts, as data: which day they count from, and when they strike.

A clock strikes between two days counted from the day of its column: (-30, -16) is thirty to sixteen days
ahead of it, (20, 26) twenty to twenty-six days after. So of each kind one clock at a time strikes a contract.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from contracts.domain import CONCLUDED, IN_FORCE, STANDING_TERMINATION, UNSIGNED
from contracts.models import Contract, Termination


class Kind(StrEnum):
    """What runs out. A written contract is due within a month (劳动合同法 Arts. 10, 82)."""

    UNSIGNED = "unsigned"
    TERM = "term"
    PROBATION = "probation"
    PERMIT = "permit"


COLUMNS = {
    Kind.UNSIGNED: "employment_start",
    Kind.TERM: "ends_on",
    Kind.PROBATION: "probation_ends_on",
    Kind.PERMIT: "worker__work_permit_valid_to",
}


@dataclass(frozen=True)
class Clock:
    """One mark of a kind: from `first` to `last` days after its day; None for no end. Negative is before."""

    name: str
    kind: Kind
    first: int
    last: int | None


CLOCKS = (
    Clock("unsigned-20", Kind.UNSIGNED, 20, 26),
    Clock("unsigned-27", Kind.UNSIGNED, 27, 29),
    Clock("unsigned-30", Kind.UNSIGNED, 30, None),
    Clock("term-90", Kind.TERM, -90, -61),
    Clock("term-60", Kind.TERM, -60, -31),
    Clock("term-30", Kind.TERM, -30, -16),
    Clock("term-15", Kind.TERM, -15, 0),
    Clock("term-over", Kind.TERM, 1, 14),
    Clock("term-over-15", Kind.TERM, 15, 29),
    Clock("term-over-30", Kind.TERM, 30, None),
    Clock("probation-15", Kind.PROBATION, -15, 0),
    Clock("permit-90", Kind.PERMIT, -90, -31),
    Clock("permit-30", Kind.PERMIT, -30, 0),
    Clock("permit-over", Kind.PERMIT, 1, None),
)


def struck(contracts: QuerySet[Contract], clock: Clock, today: date) -> QuerySet[Contract]:
    """The contracts on which a clock strikes today."""
    return between(contracts, clock.kind, clock.first, clock.last, today)


def between(
    contracts: QuerySet[Contract], kind: Kind, first: int, last: int | None, today: date
) -> QuerySet[Contract]:
    """The contracts whose day of this kind lies so many days back (negative: ahead).

    One whose ending is decided runs out by that, and one that was renewed goes on: nobody's worry anymore.
    """
    column = COLUMNS[kind]
    within = Q(**{f"{column}__lte": today - timedelta(days=first)})
    if last is not None:
        within &= Q(**{f"{column}__gte": today - timedelta(days=last)})
    if kind is Kind.PERMIT:  # tells the database that its index by employer and permit will do
        within &= Q(worker__employer=F("employer"))
    if kind is Kind.UNSIGNED:
        return contracts.filter(within, state__in=sorted(UNSIGNED))
    ending = Termination.objects.filter(contract=OuterRef("pk"), state__in=sorted(STANDING_TERMINATION))
    renewed = Contract.objects.filter(follows=OuterRef("pk"), state__in=sorted(CONCLUDED))
    return contracts.filter(within, ~Exists(ending), ~Exists(renewed), state__in=sorted(IN_FORCE))
