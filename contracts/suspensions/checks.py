"""Statutory checks of a suspension or resumption: a table of rules (`rules.toml`) over its facts, pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from contracts.checks.model import Find, Finding, Hit, findings, read_rules
from contracts.facts import Facts
from contracts.suspensions.facts import AGREED, RESUME, SUSPEND
from core.codes import Code, table


@dataclass(frozen=True)
class Case:
    """Facts of a suspension or resumption that are valid against their schema."""

    facts: Facts
    today: date

    @property
    def said(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.facts["suspension"]
        return found

    @property
    def suspends(self) -> bool:
        return bool(self.said["act"] == SUSPEND)

    @property
    def reason(self) -> Code | None:
        return table("suspension_reason").get(self.said["reason"])


def check(case: Case) -> tuple[Finding, ...]:
    """Everything the rules find, errors first, then by field."""
    return findings(RULES, case)


def _unknown(case: Case) -> Iterator[Hit]:
    if case.reason is None:
        choices = "、".join(row.zh for row in table("suspension_reason").values())
        yield Hit("/suspension/reason", {"choices": choices})


def _outside(case: Case) -> Iterator[Hit]:
    contract, day = case.facts["contract"], case.said["effective_on"]
    if day < contract["employment_start"] or day > contract.get("end", day):
        yield Hit("/suspension/effective_on")


def _over_before_it_begins(case: Case) -> Iterator[Hit]:
    if case.suspends and case.said.get("until", "9999") < case.said["effective_on"]:
        yield Hit("/suspension/until")


def _no_evidence(case: Case) -> Iterator[Hit]:
    if case.suspends and case.reason and case.reason.columns["evidence"] and not case.said.get("evidence"):
        columns = case.reason.columns
        yield Hit(
            "/suspension/evidence", {"missing": columns["evidence"], "missing_zh": columns["evidence_zh"]}
        )


def _not_suspended(case: Case) -> Iterator[Hit]:
    if case.said["act"] == RESUME and case.said.get("since", "9999") >= case.said["effective_on"]:
        yield Hit("/suspension/effective_on")


def _backdated(case: Case) -> Iterator[Hit]:
    if case.suspends and case.said["reason"] == AGREED and case.said["effective_on"] < case.today.isoformat():
        yield Hit("/suspension/effective_on", {"day": case.said["effective_on"]})


def _open(case: Case) -> Iterator[Hit]:
    if case.suspends and case.said["reason"] == AGREED and "until" not in case.said:
        yield Hit("/suspension/until")


def _runs_out(case: Case) -> Iterator[Hit]:
    end = case.facts["contract"].get("end")
    if case.suspends and end and case.said.get("until", "9999") >= end:
        yield Hit("/contract/end", {"end": end})


def _late(case: Case) -> Iterator[Hit]:
    until = case.said.get("until")
    if case.said["act"] != RESUME or until is None:
        return
    foreseen = date.fromisoformat(until) + timedelta(days=1)
    if case.said["effective_on"] > foreseen.isoformat():
        yield Hit("/suspension/effective_on", {"day": foreseen})


_FIND: Final[Mapping[str, Find[Case]]] = {
    "RS1": _unknown,
    "RS2": _outside,
    "RS3": _over_before_it_begins,
    "RS4": _no_evidence,
    "RS5": _not_suspended,
    "RS6": _backdated,
    "RS7": _open,
    "RS8": _runs_out,
    "RS9": _late,
}
RULES: Final = read_rules(Path(__file__).with_name("rules.toml"), _FIND)
