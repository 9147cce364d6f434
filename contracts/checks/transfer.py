"""Transfer within a city (市内调动): the worker comes from an employer that has ended the employment."""

from collections.abc import Iterator, Mapping
from typing import Final

from contracts.checks.model import Case, Find, Hit
from contracts.checks.term import RENEWAL
from core.periods import last_day

SECTION: Final = "/contract/transfer"


def _same_employer(case: Case) -> Iterator[Hit]:
    if case.get(SECTION) and case.get(f"{SECTION}/from_uscc") == case.get("/employer/uscc"):
        yield Hit(f"{SECTION}/from_uscc")


def _before_the_end(case: Case) -> Iterator[Hit]:
    left = case.day(f"{SECTION}/left_on")
    if left is not None and case.employment_start <= left:
        yield Hit(f"{SECTION}/left_on", {"day": left})


def _renewed(case: Case) -> Iterator[Hit]:
    if case.get(SECTION) and case.get("/contract/sign_kind") == RENEWAL:
        yield Hit("/contract/sign_kind")


def _another_city(case: Case) -> Iterator[Hit]:
    """A credit code names the division of its registration, as a rule the city of the employer."""
    uscc = case.get(f"{SECTION}/from_uscc")
    if uscc is not None and uscc[2:6] != case.get("/jurisdiction_code")[:4]:
        yield Hit(f"{SECTION}/from_uscc")


def _gap(case: Case) -> Iterator[Hit]:
    left = case.day(f"{SECTION}/left_on")
    if left is not None and case.employment_start > last_day(left, 1):
        yield Hit("/contract/employment_start", {"day": left})


FIND: Final[Mapping[str, Find[Case]]] = {
    "RTR1": _same_employer,
    "RTR2": _before_the_end,
    "RTR3": _renewed,
    "RTR4": _another_city,
    "RTR5": _gap,
}
