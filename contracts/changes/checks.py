"""Statutory checks of a change: a table of rules (`rules.toml`) over its facts, and what the rules of
contracts find in the changed terms that they did not find before. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from contracts import checks
from contracts.changes.facts import items_follow, terms_before
from contracts.checks.model import Find, Finding, Hit, findings, read_rules
from contracts.checks.term import OPEN
from contracts.facts import Facts, field_title
from contracts.lineage import extension_counts

# What no agreement changes: what has happened, and what makes it another contract.
FIXED_FACTS: Final = frozenset({
    "sign_kind", "start", "employment_start", "employment_form", "employment_kind", "service_start",
    "suspended_days", "previous_end", "consecutive_fixed_terms", "worker_requests_fixed_term",
    "probation_months", "probation_start", "probation_end", "probation_served_before", "transfer",
})  # fmt: skip


@dataclass(frozen=True)
class Case:
    """Facts of a change that are valid against their schema.

    `not_before` is the day from which the change before this one holds, where one is known.
    `ends_on` is the last day of the contract where its ending is decided: the employer's side knows it, the
    province knows the endings on its file.
    """

    facts: Facts
    today: date
    not_before: date | None = None
    ends_on: date | None = None

    @cached_property
    def before(self) -> Facts:
        return terms_before(self.facts)

    @property
    def after(self) -> Facts:
        terms: Facts = self.facts["contract"]
        return terms

    @property
    def effective(self) -> date:
        return date.fromisoformat(self.facts["change"]["effective_on"])

    @property
    def items(self) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = self.facts["change"]["items"]
        return found

    @property
    def longer(self) -> bool:
        """Whether the term becomes a longer fixed one."""
        old, new = self.before.get("end"), self.after.get("end")
        return bool(old and new and new > old)


def check(case: Case) -> tuple[Finding, ...]:
    """Everything the rules find, errors first, then by field."""
    own = findings(RULES, case)
    context = checks.context_for(None, today=case.today)
    known = set(checks.check({**case.facts, "contract": _current(case, case.before)}, context))
    found = checks.check({**case.facts, "contract": _current(case, case.after)}, context)
    brought = [each for each in found if each not in known]
    return tuple(sorted((*own, *brought), key=lambda each: (_RANK[each.severity], each.field)))


def outlived(case: Case) -> tuple[Finding, ...]:
    """What an ending that was decided after the change was opened makes of it."""
    return findings((rule for rule in RULES if rule.id == "RC7"), case)


def _current(case: Case, terms: Facts) -> Facts:
    """The terms without a probation that is over when the change begins to hold."""
    over = terms.get("probation_end", "9999") < case.effective.isoformat()
    return {name: value for name, value in terms.items() if not (over and name.startswith("probation_"))}


def _nothing(case: Case) -> Iterator[Hit]:
    if not case.items:
        yield Hit("/change/items")


def _invented(case: Case) -> Iterator[Hit]:
    if case.items and not items_follow(case.facts):
        yield Hit("/change/items")


def _fixed(case: Case) -> Iterator[Hit]:
    for item in case.items:
        if item["field"].split("/")[2] in FIXED_FACTS:
            yield Hit(item["field"], {"name": field_title(item["field"]), "field": item["field"]})


def _out_of_term(case: Case) -> Iterator[Hit]:
    end = case.before.get("end")
    if case.effective.isoformat() < case.before["start"] or (end and case.effective.isoformat() > end):
        yield Hit("/change/effective_on")


def _before_the_last(case: Case) -> Iterator[Hit]:
    if case.not_before is not None and case.effective < case.not_before:
        yield Hit("/change/effective_on", {"day": case.not_before})


def _backdated(case: Case) -> Iterator[Hit]:
    if case.effective < case.today:
        yield Hit("/change/effective_on", {"day": case.effective})


def _after_the_ending(case: Case) -> Iterator[Hit]:
    if case.ends_on is not None and case.effective > case.ends_on:
        yield Hit("/change/effective_on", {"day": case.ends_on})


def _third_term(case: Case) -> Iterator[Hit]:
    """An extension that counts as a fixed term, after two of them."""
    if _counts(case) and _fixed_terms(case) >= 2 and not case.after.get("worker_requests_fixed_term"):
        yield Hit("/contract/end", {"count": _fixed_terms(case)})


def _counted(case: Case) -> Iterator[Hit]:
    if _counts(case) and _fixed_terms(case) < 2:
        yield Hit("/contract/end", {"count": _fixed_terms(case) + 1})


def _counts(case: Case) -> bool:
    signed = case.facts["change"].get("signed_end")
    if not case.longer or signed is None:
        return False
    return extension_counts(
        case.facts["jurisdiction_code"], date.fromisoformat(signed), case.after.get("end")
    )


def _fixed_terms(case: Case) -> int:
    """Consecutive fixed terms up to this contract, an earlier extension not counted."""
    return int(case.before.get("consecutive_fixed_terms", 0)) + 1


def _shorter(case: Case) -> Iterator[Hit]:
    old, new = case.before.get("end"), case.after.get("end")
    if new and ((old and new < old) or (not old and case.before["term_type"] == OPEN)):
        yield Hit("/contract/end")


def _less_pay(case: Case) -> Iterator[Hit]:
    before, after = case.before, case.after
    same_unit = before["wage_unit"] == after["wage_unit"]
    if same_unit and Decimal(after["wage_amount"]) < Decimal(before["wage_amount"]):
        yield Hit("/contract/wage_amount")


_RANK: Final = {severity: rank for rank, severity in enumerate(checks.Severity)}
_FIND: Final[Mapping[str, Find[Case]]] = {
    "RC1": _nothing,
    "RC2": _invented,
    "RC3": _fixed,
    "RC4": _out_of_term,
    "RC5": _before_the_last,
    "RC6": _backdated,
    "RC7": _after_the_ending,
    "RC14a": _third_term,
    "RC14b": _counted,
    "RC35a": _shorter,
    "RC35b": _less_pay,
}
RULES: Final = read_rules(Path(__file__).with_name("rules.toml"), _FIND)
