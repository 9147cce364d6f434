"""Statutory checks of a labour contract before it is sent: a table of rules (`rules.toml`) over facts, pure.

`check` finds all faults at once. docs/statutory-checks.md is printed from the table (`python -m
contracts.checks`). Whether facts are well-formed is asked before (`contracts.facts`).
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from contracts.checks import dispatch, hours, parties, pay, probation, term, text, transfer
from contracts.checks.model import (
    Case,
    Context,
    Find,
    Finding,
    Hit,
    Rule,
    Severity,
    finding,
    findings,
    read_rules,
)
from contracts.checks.wages import MinimumWage, MinimumWages, minimum_wages, read_wages
from contracts.facts import Facts

__all__ = [
    "RULES",
    "Case",
    "Context",
    "Finding",
    "Hit",
    "MinimumWage",
    "MinimumWages",
    "Rule",
    "Severity",
    "check",
    "check_wording",
    "context_for",
    "minimum_wages",
    "read_wages",
]

_FIND: Final[Mapping[str, Find[Case]]] = {
    **parties.FIND,
    **term.FIND,
    **text.FIND,
    **probation.FIND,
    **pay.FIND,
    **hours.FIND,
    **dispatch.FIND,
    **transfer.FIND,
}

RULES: Final = read_rules(Path(__file__).with_name("rules.toml"), _FIND)


def context_for(template: Mapping[str, Any] | None, *, today: date) -> Context:
    """The context of a check today, with the minimum wages that this installation knows."""
    return Context(today, minimum_wages(), template)


def check(facts: Facts, context: Context) -> tuple[Finding, ...]:
    """Everything the rules find in `facts`, errors first, then by field.

    `facts` are valid against contract-facts-1.json; anything else may raise.
    """
    return findings(RULES, Case(facts, context))


def check_wording(field: str, words: str) -> tuple[Finding, ...]:
    """What the rules about phrases find in the words of a template; `field` is the findings' own."""
    return tuple(
        finding(rule, hit)
        for rule in RULES
        if rule.id in text.PHRASES
        for hit in text.hits_in(rule.id, field, words)
    )
