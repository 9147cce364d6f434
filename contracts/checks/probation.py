"""Probation: whether, how long, once, and for what pay (劳动合同法 Arts. 19-20, 70)."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from contracts.checks.model import Case, Find, Hit
from core.periods import last_day

# A term of at least so many months allows so many months of probation (Art. 19).
LIMITS: Final = ((36, 6), (12, 2), (3, 1), (0, 0))
PAY_SHARE: Final = Decimal("0.8")


def limit(case: Case) -> int:
    """Months of probation that the term allows."""
    kind, end = case.get("/contract/term_type"), case.day("/contract/end")
    if kind == "3" or case.part_time:
        return 0
    if kind == "2" or end is None:  # a fixed term without an end is another rule's fault
        return 6
    return next(months for term, months in LIMITS if term == 0 or end >= last_day(case.start, term))


def _months(case: Case) -> int:
    return int(case.get("/contract/probation_months") or 0)


def _forbidden(case: Case) -> Iterator[Hit]:
    if _months(case) and limit(case) == 0 and not case.part_time:
        yield Hit("/contract/probation_months")


def _too_long(case: Case) -> Iterator[Hit]:
    if _months(case) > limit(case) > 0:
        yield Hit("/contract/probation_months", {"limit": limit(case)})


def _twice(case: Case) -> Iterator[Hit]:
    again = case.get("/contract/probation_served_before") or case.get("/contract/sign_kind") == "2"
    if _months(case) and again:
        yield Hit("/contract/probation_months")


def _dates_missing(case: Case) -> Iterator[Hit]:
    for name in ("probation_start", "probation_end"):
        if bool(_months(case)) != bool(case.get(f"/contract/{name}")):
            yield Hit(f"/contract/{name}")


def _outside_term(case: Case) -> Iterator[Hit]:
    begin, finish = case.day("/contract/probation_start"), case.day("/contract/probation_end")
    end = case.day("/contract/end")
    if begin is not None and begin < case.start:
        yield Hit("/contract/probation_start")
    if finish is not None and end is not None and finish > end:
        yield Hit("/contract/probation_end")


def _longer_than_said(case: Case) -> Iterator[Hit]:
    begin, finish = case.day("/contract/probation_start"), case.day("/contract/probation_end")
    if not (begin and finish and _months(case)):
        return
    last = last_day(begin, _months(case))
    if finish > last or finish < begin:
        yield Hit("/contract/probation_end", {"day": last})


def _only_probation(case: Case) -> Iterator[Hit]:
    finish = case.day("/contract/probation_end")
    if _months(case) and finish is not None and finish == case.day("/contract/end"):
        yield Hit("/contract/probation_end")


def _pay_share(case: Case) -> Iterator[Hit]:
    pay, wage = case.number("/contract/probation_wage"), case.number("/contract/wage_amount")
    if pay is not None and wage is not None and pay < wage * PAY_SHARE:
        least = (wage * PAY_SHARE).quantize(Decimal("0.01"))
        yield Hit("/contract/probation_wage", {"least": least})


FIND: Final[Mapping[str, Find[Case]]] = {
    "R19a": _forbidden,
    "R19b": _too_long,
    "R19c": _twice,
    "R19d": _dates_missing,
    "R19e": _outside_term,
    "R19f": _longer_than_said,
    "R19g": _only_probation,
    "R20a": _pay_share,
}
