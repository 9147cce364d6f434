"""Labour dispatch (劳动合同法 Arts. 57-67)."""

from collections.abc import Iterator, Mapping
from typing import Final

from contracts.checks.model import Case, Find, Hit
from contracts.facts import field_title
from core.periods import last_day

SECTION: Final = "/contract/dispatch"


def _licence(case: Case) -> Iterator[Hit]:
    if not case.dispatch:
        return
    if not case.get("/employer/is_dispatch_agency"):
        yield Hit("/employer/is_dispatch_agency", {"name": field_title("/employer/is_dispatch_agency")})
    elif not case.get("/employer/dispatch_license_no"):
        yield Hit("/employer/dispatch_license_no", {"name": field_title("/employer/dispatch_license_no")})


def _two_years(case: Case) -> Iterator[Hit]:
    end = case.day("/contract/end")
    fixed = case.get("/contract/term_type") == "1"
    if case.dispatch and not (fixed and end is not None and end >= last_day(case.start, 24)):
        yield Hit("/contract/end" if fixed else "/contract/term_type")


def _host_missing(case: Case) -> Iterator[Hit]:
    if case.dispatch and not case.get(SECTION):
        yield Hit(SECTION)


def _out_of_place(case: Case) -> Iterator[Hit]:
    if not case.dispatch and case.get(SECTION):
        yield Hit("/contract/employment_form")


def _period(case: Case) -> Iterator[Hit]:
    begin, finish, end = case.day(f"{SECTION}/start"), case.day(f"{SECTION}/end"), case.day("/contract/end")
    if begin is None or finish is None:
        return
    if finish < begin or begin < case.start or (end is not None and finish > end):
        yield Hit(f"{SECTION}/end")


def _monthly(case: Case) -> Iterator[Hit]:
    if case.dispatch and case.get("/contract/wage_unit") != "month":
        yield Hit("/contract/wage_unit")


def _own_host(case: Case) -> Iterator[Hit]:
    if case.dispatch and case.get(f"{SECTION}/host_uscc") == case.get("/employer/uscc"):
        yield Hit(f"{SECTION}/host_uscc")


def _temporary(case: Case) -> Iterator[Hit]:
    begin, finish = case.day(f"{SECTION}/start"), case.day(f"{SECTION}/end")
    temporary = case.dispatch and case.get(f"{SECTION}/post_kind") == "temporary"
    if temporary and begin and finish and finish > last_day(begin, 6):
        yield Hit(f"{SECTION}/end", {"day": last_day(begin, 6)})


def _share(case: Case) -> Iterator[Hit]:
    if case.dispatch:
        yield Hit(SECTION)


FIND: Final[Mapping[str, Find[Case]]] = {
    "R58a": _licence,
    "R58b": _two_years,
    "R58c": _host_missing,
    "R58d": _out_of_place,
    "R58e": _period,
    "R58f": _monthly,
    "R58g": _own_host,
    "R66a": _temporary,
    "R66b": _share,
}
