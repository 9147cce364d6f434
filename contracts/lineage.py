"""What a contract takes over from the one before it: dates that join, terms that are counted. Pure.

劳动合同法 Art. 14; 劳动争议解释（二） Art. 10: an agreed extension of a year in total counts as another
fixed term; 山东省劳动合同条例 Arts. 15-16: any extension does, and so does signing again within three months.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from contracts.checks.term import CONSECUTIVE_WITHIN_MONTHS, FIXED
from contracts.facts import Facts
from core.periods import last_day

RENEWAL: Final = "2"
# Agreed extensions of so many months in all count as a fixed term of their own: by province, else everywhere.
EXTENSION_COUNTS_FROM: Final[Mapping[str, int]] = {"37": 0}
EXTENSION_COUNTS_ELSEWHERE: Final = 12
# What a renewal states of the past: it follows from the earlier contract, and nobody types it.
DERIVED: Final = (
    "sign_kind",
    "employment_start",
    "service_start",
    "consecutive_fixed_terms",
    "previous_end",
    "probation_served_before",
    "suspended_days",
)
# Terms of the earlier contract that were for that contract only.
NOT_KEPT: Final = frozenset({
    *DERIVED, "start", "end", "worker_requests_fixed_term", "training", "transfer", "remark",
    "probation_months", "probation_start", "probation_end", "probation_wage",
})  # fmt: skip


class NotRenewableError(ValueError):
    """No contract can follow as a renewal."""


@dataclass(frozen=True)
class Earlier:
    """A concluded contract as the next one sees it.

    `terms` are the agreed terms as last changed, `signed_end` the end as it was first signed, `ended_on` the
    last day of an employment that is over, `suspended_days` those on which the employment has rested so far.
    """

    terms: Facts
    jurisdiction_code: str
    signed_end: date | None
    ended_on: date | None
    suspended_days: int = 0

    @property
    def last_day(self) -> date | None:
        """The last day that the earlier contract covers; None while it has no end."""
        end = self.terms.get("end")
        return self.ended_on or (date.fromisoformat(end) if end else None)

    @property
    def fixed_terms(self) -> int:
        """Consecutive fixed terms up to and with this contract."""
        counted = int(self.terms.get("consecutive_fixed_terms", 0))
        return counted + int(self.terms["term_type"] == FIXED) + int(self._extension_counts)

    @property
    def _extension_counts(self) -> bool:
        return self.signed_end is not None and extension_counts(
            self.jurisdiction_code, self.signed_end, self.terms.get("end")
        )

    def renewable_until(self) -> date | None:
        """The last day on which a contract that follows may begin and still be its renewal.

        None without a limit: the employment goes on. One that is over is renewed only where the jurisdiction
        counts signing again so soon as consecutive; elsewhere the past day says that it cannot be.
        """
        if self.ended_on is None:
            return None
        months = CONSECUTIVE_WITHIN_MONTHS.get(self.jurisdiction_code[:2])
        return last_day(self.ended_on + timedelta(days=1), months) if months else self.ended_on


def extension_counts(jurisdiction_code: str, signed_end: date, new_end: str | None) -> bool:
    """Whether an agreed later end counts as a further fixed term."""
    if new_end is None or date.fromisoformat(new_end) <= signed_end:
        return False
    months = EXTENSION_COUNTS_FROM.get(jurisdiction_code[:2], EXTENSION_COUNTS_ELSEWHERE)
    return months == 0 or date.fromisoformat(new_end) >= last_day(signed_end + timedelta(days=1), months)


def proposed_terms(earlier: Earlier, given: Mapping[str, Any]) -> dict[str, Any]:
    """The earlier contract's terms from the day after its end, with `given` over them; None takes one out.

    Raises `NotRenewableError` when it has no end.
    """
    kept = {name: value for name, value in earlier.terms.items() if name not in NOT_KEPT}
    start = (_end_of(earlier) + timedelta(days=1)).isoformat()
    return {name: value for name, value in {**kept, "start": start, **given}.items() if value is not None}


def joined_terms(earlier: Earlier, terms: Mapping[str, Any]) -> dict[str, Any]:
    """The terms of a renewal with the past as it was, whatever they say of it.

    Raises `NotRenewableError` when the earlier contract has no end, or is over for too long.
    """
    _end_of(earlier)
    start, limit = str(terms.get("start", "")), earlier.renewable_until()
    if limit is not None and start > limit.isoformat():
        raise NotRenewableError
    own = {name: value for name, value in terms.items() if name not in DERIVED}
    first = start if earlier.ended_on else earlier.terms["employment_start"]
    return {**own, "sign_kind": RENEWAL, "employment_start": first, **past_of(earlier)}


def _end_of(earlier: Earlier) -> date:
    if earlier.last_day is None:
        raise NotRenewableError
    return earlier.last_day


def past_of(earlier: Earlier) -> dict[str, Any]:
    """What a contract after this one knows of the past: its end, the fixed terms so far, since when, and how
    long the employment rested."""
    past: dict[str, Any] = {"consecutive_fixed_terms": earlier.fixed_terms}
    if earlier.last_day is not None:
        past["previous_end"] = earlier.last_day.isoformat()
    if "service_start" in earlier.terms and earlier.ended_on is None:
        past["service_start"] = earlier.terms["service_start"]
    if earlier.suspended_days and earlier.ended_on is None:
        past["suspended_days"] = earlier.suspended_days
    return past
