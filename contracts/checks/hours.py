"""Working hours and part-time work."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from contracts.checks.model import Case, Find, Hit
from contracts.facts import field_title

DAY, WEEK = "/contract/hours_per_day", "/contract/hours_per_week"
FULL_TIME: Final = {DAY: Decimal(8), WEEK: Decimal(40)}
PART_TIME: Final = {DAY: Decimal(4), WEEK: Decimal(24)}
PART_TIME_PAY_DAYS: Final = 15


def _above(case: Case, limits: dict[str, Decimal]) -> Iterator[Hit]:
    for pointer, limit in limits.items():
        hours = case.number(pointer)
        if hours is not None and hours > limit:
            yield Hit(pointer, {"limit": limit})


def _standard(case: Case) -> bool:
    return not case.part_time and case.get("/contract/worktime_system") == "1"


def _special(case: Case) -> bool:
    return case.get("/contract/worktime_system") in ("2", "3")


def _too_many_hours(case: Case) -> Iterator[Hit]:
    if _standard(case):
        yield from _above(case, FULL_TIME)


def _approval_missing(case: Case) -> Iterator[Hit]:
    names = ["worktime_approval_no", "worktime_approval_to"] if _special(case) else []
    if case.get("/contract/worktime_system") == "2":
        names.append("worktime_cycle")
    for name in names:
        if not case.get(f"/contract/{name}"):
            yield Hit(f"/contract/{name}", {"name": field_title(f"/contract/{name}")})


def _approval_expired(case: Case) -> Iterator[Hit]:
    to = case.day("/contract/worktime_approval_to")
    if _special(case) and to is not None and to < case.start:
        yield Hit("/contract/worktime_approval_to")


def _approval_short(case: Case) -> Iterator[Hit]:
    to, end = case.day("/contract/worktime_approval_to"), case.day("/contract/end")
    if _special(case) and to is not None and to >= case.start and (end is None or end > to):
        yield Hit("/contract/worktime_approval_to", {"day": to})


def _part_time_hours(case: Case) -> Iterator[Hit]:
    if case.part_time:
        yield from _above(case, PART_TIME)


def _part_time_hours_unknown(case: Case) -> Iterator[Hit]:
    if case.part_time:
        yield from (Hit(pointer) for pointer in PART_TIME if case.number(pointer) is None)


def _part_time_probation(case: Case) -> Iterator[Hit]:
    if case.part_time and case.get("/contract/probation_months"):
        yield Hit("/contract/probation_months")


def _part_time_pay_cycle(case: Case) -> Iterator[Hit]:
    days = case.get("/contract/pay_cycle_days")
    if case.part_time and (days is None or days > PART_TIME_PAY_DAYS):
        yield Hit("/contract/pay_cycle_days")


def _part_time_unit(case: Case) -> Iterator[Hit]:
    if case.part_time and case.get("/contract/wage_unit") != "hour":
        yield Hit("/contract/wage_unit")


FIND: Final[Mapping[str, Find[Case]]] = {
    "R36La": _too_many_hours,
    "R36Lb": _approval_missing,
    "R36Lc": _approval_expired,
    "R36Ld": _approval_short,
    "R68a": _part_time_hours,
    "R68b": _part_time_probation,
    "R68c": _part_time_pay_cycle,
    "R68d": _part_time_hours_unknown,
    "R68e": _part_time_unit,
}
