"""The term of the contract: its kind, its dates, what came before it."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

from contracts.checks.model import Case, Find, Hit
from core.periods import birthday, last_day

FIXED, OPEN, TASK = "1", "2", "3"
RENEWAL: Final = "2"

# Signing again so many months after the end counts as consecutive: 山东省劳动合同条例 Arts. 15-16.
CONSECUTIVE_WITHIN_MONTHS: Final[Mapping[str, int]] = {"37": 3}


def _kind(case: Case) -> str:
    return str(case.get("/contract/term_type"))


def _end_missing(case: Case) -> Iterator[Hit]:
    if _kind(case) == FIXED and case.day("/contract/end") is None:
        yield Hit("/contract/end")


def _end_forbidden(case: Case) -> Iterator[Hit]:
    if _kind(case) != FIXED and case.day("/contract/end") is not None:
        yield Hit("/contract/end")


def _task_missing(case: Case) -> Iterator[Hit]:
    if _kind(case) == TASK and not (case.get("/contract/task_text") or "").strip():
        yield Hit("/contract/task_text")


def _task_out_of_place(case: Case) -> Iterator[Hit]:
    if _kind(case) != TASK and case.get("/contract/task_text"):
        yield Hit("/contract/task_text")


def _end_before_start(case: Case) -> Iterator[Hit]:
    end = case.day("/contract/end")
    if end is not None and end < case.start:
        yield Hit("/contract/end")


def _work_before_term(case: Case) -> Iterator[Hit]:
    if case.get("/contract/sign_kind") != RENEWAL and case.employment_start < case.start:
        yield Hit("/contract/start")


def _term_over(case: Case) -> Iterator[Hit]:
    end = case.day("/contract/end")
    if end is not None and case.start <= end < case.context.today:
        yield Hit("/contract/end")


def _month_ending(case: Case) -> Iterator[Hit]:
    month = last_day(case.employment_start, 1)
    if _first(case) and 0 <= (month - case.context.today).days <= 7:
        yield Hit("/contract/employment_start", {"day": month})


def _month_over(case: Case) -> Iterator[Hit]:
    month = last_day(case.employment_start, 1)
    if _first(case) and month < case.context.today <= last_day(case.employment_start, 12):
        yield Hit("/contract/employment_start", {"day": month + timedelta(days=1)})


def _year_over(case: Case) -> Iterator[Hit]:
    if _first(case) and case.context.today > last_day(case.employment_start, 12) and _kind(case) != OPEN:
        yield Hit("/contract/term_type")


def _signed_first(case: Case) -> Iterator[Hit]:
    if case.context.today < case.employment_start:
        yield Hit("/contract/employment_start", {"day": case.employment_start})


def _first(case: Case) -> bool:
    """First contracts in writing; part-time work may be agreed by word of mouth (Art. 69)."""
    return case.get("/contract/sign_kind") != RENEWAL and not case.part_time


def _wish(case: Case) -> bool:
    return bool(case.get("/contract/worker_requests_fixed_term"))


def _ten_years(case: Case) -> Iterator[Hit]:
    service = case.day("/contract/service_start") or case.employment_start
    rested = timedelta(days=case.get("/contract/suspended_days") or 0)
    full = case.start >= birthday(service + rested, 10)
    if _kind(case) != OPEN and not _wish(case) and not case.part_time and full:
        yield Hit("/contract/term_type", {"day": service})


def _two_terms(case: Case) -> Iterator[Hit]:
    terms = case.get("/contract/consecutive_fixed_terms") or 0
    renewed = case.get("/contract/sign_kind") == RENEWAL or _soon_after(case)
    if renewed and terms >= 2 and _kind(case) != OPEN and not _wish(case) and not case.part_time:
        yield Hit("/contract/term_type", {"count": terms})


def _soon_after(case: Case) -> bool:
    previous = case.day("/contract/previous_end")
    months = CONSECUTIVE_WITHIN_MONTHS.get(case.get("/jurisdiction_code")[:2])
    if previous is None or months is None:
        return False
    return previous < case.start <= last_day(previous + timedelta(days=1), months)


def _is_renewal(case: Case) -> Iterator[Hit]:
    if case.get("/contract/sign_kind") != RENEWAL and _soon_after(case):
        yield Hit("/contract/sign_kind", {"day": case.day("/contract/previous_end")})


def _previous_unknown(case: Case) -> Iterator[Hit]:
    if case.get("/contract/sign_kind") == RENEWAL and case.day("/contract/previous_end") is None:
        yield Hit("/contract/previous_end")


def _overlap(case: Case) -> Iterator[Hit]:
    previous = case.day("/contract/previous_end")
    if previous is not None and case.start <= previous:
        yield Hit("/contract/start", {"day": previous})


def _gap(case: Case) -> Iterator[Hit]:
    previous = case.day("/contract/previous_end")
    renewal = case.get("/contract/sign_kind") == RENEWAL
    if renewal and previous is not None and case.start > previous + timedelta(days=1):
        yield Hit("/contract/start", {"day": previous + timedelta(days=1)})


def _stayed_on(case: Case) -> Iterator[Hit]:
    previous = case.day("/contract/previous_end")
    renewal = case.get("/contract/sign_kind") == RENEWAL
    if renewal and previous is not None and case.context.today > last_day(previous + timedelta(days=1), 1):
        yield Hit("/contract/previous_end", {"day": previous})


FIND: Final[Mapping[str, Find[Case]]] = {
    "R10a1": _month_ending,
    "R10a2": _month_over,
    "R10a3": _year_over,
    "R10b": _signed_first,
    "R12a": _end_missing,
    "R12b": _end_forbidden,
    "R12c": _task_missing,
    "R12d": _task_out_of_place,
    "R12e": _end_before_start,
    "R12f": _work_before_term,
    "R12g": _term_over,
    "R14a": _ten_years,
    "R14b": _two_terms,
    "R14c": _is_renewal,
    "R14d": _previous_unknown,
    "R14e": _overlap,
    "R14f": _gap,
    "R14g": _stayed_on,
}
