"""Pay, insurance, training bonds and non-compete clauses."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from contracts.checks.model import Case, Find, Hit
from contracts.checks.parties import MAINLAND_DOCUMENTS
from contracts.checks.wages import MinimumWage
from contracts.facts import field_title

# Paid days and hours of a month: 劳社部发〔2008〕3号, kept by 人社部发〔2025〕2号.
DAYS_A_MONTH: Final = Decimal("21.75")
HOURS_A_MONTH: Final = DAYS_A_MONTH * 8
MONTHLY_FACTOR: Final = {"month": Decimal(1), "day": DAYS_A_MONTH, "hour": HOURS_A_MONTH}
NON_COMPETE_MONTHS: Final = 24
NON_COMPETE_SHARE: Final = Decimal("0.3")


def _minimum(case: Case) -> MinimumWage | None:
    return case.context.wages.at(case.get("/contract/work_place_code"), case.start)


def _wages_below(case: Case, minimum: MinimumWage) -> Iterator[Hit]:
    """Wages that fall short; part-time pay by the hour, all other pay as what a full month gives."""
    for pointer in ("/contract/wage_amount", "/contract/probation_wage"):
        pay, unit = case.number(pointer), case.get("/contract/wage_unit")
        if pay is None:
            continue
        if case.part_time and unit == "hour":
            least, shown = minimum.hourly, pay
        elif case.part_time:
            continue  # R68e asks for pay by the hour
        else:
            least, shown = minimum.monthly, pay * MONTHLY_FACTOR[unit]
        if shown < least:
            words = {"name": field_title(pointer), "least": least, "since": minimum.since}
            yield Hit(pointer, words)


def _below_minimum(case: Case) -> Iterator[Hit]:
    minimum = _minimum(case)
    if minimum is not None and minimum.verified:
        yield from _wages_below(case, minimum)


def _below_unverified(case: Case) -> Iterator[Hit]:
    minimum = _minimum(case)
    if minimum is not None and not minimum.verified:
        yield from _wages_below(case, minimum)


def _minimum_unknown(case: Case) -> Iterator[Hit]:
    if _minimum(case) is None:
        yield Hit("/contract/work_place_code", {"code": case.get("/contract/work_place_code")})


def _no_wage(case: Case) -> Iterator[Hit]:
    if case.number("/contract/wage_amount") == 0:
        yield Hit("/contract/wage_amount")


def _parts_above_whole(case: Case) -> Iterator[Hit]:
    parts = case.get("/contract/wage_items") or ()
    total = sum((Decimal(part["amount"]) for part in parts), Decimal(0))
    wage = case.number("/contract/wage_amount")
    if wage is not None and total > wage:
        yield Hit("/contract/wage_items", {"total": total, "wage": wage})


def _uninsured(case: Case) -> Iterator[Hit]:
    names = ("injury",) if case.part_time else ("pension", "unemployment", "medical", "injury")
    for name in names:
        if not case.get(f"/contract/insurance/{name}"):
            pointer = f"/contract/insurance/{name}"
            yield Hit(pointer, {"name": field_title(pointer)})


def _mainland(case: Case) -> bool:
    return case.get("/worker/id_type") in MAINLAND_DOCUMENTS


def _insurance_waived(case: Case) -> Iterator[Hit]:
    yield from (hit for hit in _uninsured(case) if _mainland(case) or hit.field.endswith("injury"))


def _insurance_of_others(case: Case) -> Iterator[Hit]:
    yield from (hit for hit in _uninsured(case) if not _mainland(case) and not hit.field.endswith("injury"))


def _bond_above_fee(case: Case) -> Iterator[Hit]:
    fee, damages = case.number("/contract/training/fee"), case.number("/contract/training/damages")
    if fee is not None and damages is not None and damages > fee:
        yield Hit("/contract/training/damages", {"fee": fee})


def _bond_without_fee(case: Case) -> Iterator[Hit]:
    if case.number("/contract/training/fee") == 0:
        yield Hit("/contract/training/fee")


def _non_compete_too_long(case: Case) -> Iterator[Hit]:
    if (case.get("/contract/non_compete/months") or 0) > NON_COMPETE_MONTHS:
        yield Hit("/contract/non_compete/months")


def _non_compete_person(case: Case) -> Iterator[Hit]:
    if case.get("/contract/non_compete") and case.get("/contract/non_compete/role") in (None, "other"):
        yield Hit("/contract/non_compete/role")


def _non_compete_unpaid(case: Case) -> Iterator[Hit]:
    if case.get("/contract/non_compete") and not case.number("/contract/non_compete/monthly_compensation"):
        yield Hit("/contract/non_compete/monthly_compensation")


def _non_compete_low(case: Case) -> Iterator[Hit]:
    pay = case.number("/contract/non_compete/monthly_compensation")
    wage, minimum = case.number("/contract/wage_amount"), _minimum(case)
    if not pay or wage is None:
        return
    least = wage * MONTHLY_FACTOR[case.get("/contract/wage_unit")] * NON_COMPETE_SHARE
    least = max(least, minimum.monthly if minimum else Decimal(0)).quantize(Decimal("0.01"))
    if pay < least:
        yield Hit("/contract/non_compete/monthly_compensation", {"least": least})


FIND: Final[Mapping[str, Find[Case]]] = {
    "R20b": _below_minimum,
    "R20c": _below_unverified,
    "R20d": _minimum_unknown,
    "R17.6": _no_wage,
    "RSUM": _parts_above_whole,
    "R22a": _bond_above_fee,
    "R22b": _bond_without_fee,
    "R23a": _non_compete_too_long,
    "R23b": _non_compete_person,
    "R23c": _non_compete_unpaid,
    "R23d": _non_compete_low,
    "R26a": _insurance_waived,
    "R26b": _insurance_of_others,
}
