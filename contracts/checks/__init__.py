"""Statutory checks of a labour contract before it is sent: a table of rules (`rules.toml`) over facts, pure.

`check` finds all faults at once. docs/statutory-checks.md is printed from the table (`python -m
contracts.checks`). Whether facts are well-formed is asked before (`contracts.facts`).
"""

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from contracts.checks import dispatch, hours, parties, pay, probation, term, text
from contracts.checks.model import Case, Context, Find, Finding, Hit, Rule, Severity
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

_FIND: Final[Mapping[str, Find]] = {
    **parties.FIND,
    **term.FIND,
    **text.FIND,
    **probation.FIND,
    **pay.FIND,
    **hours.FIND,
    **dispatch.FIND,
}
_WORDS: Final = tomllib.loads(Path(__file__).with_name("rules.toml").read_text(encoding="utf-8"))

RULES: Final[tuple[Rule, ...]] = tuple(
    Rule(id=id, find=_FIND[id], **(words | {"severity": Severity(words["severity"])}))
    for id, words in _WORDS.items()
)
_RANK: Final = {severity: rank for rank, severity in enumerate(Severity)}


def context_for(template: Mapping[str, Any] | None, *, today: date) -> Context:
    """The context of a check today, with the minimum wages that this installation knows."""
    return Context(today, minimum_wages(), template)


def check(facts: Facts, context: Context) -> tuple[Finding, ...]:
    """Everything the rules find in `facts`, errors first, then by field.

    `facts` are valid against contract-facts-1.json; anything else may raise.
    """
    case = Case(facts, context)
    found = {_finding(rule, hit): None for rule in RULES for hit in rule.find(case)}
    return tuple(sorted(found, key=lambda each: (_RANK[each.severity], each.field, each.rule_id)))


def check_wording(field: str, words: str) -> tuple[Finding, ...]:
    """What the rules about phrases find in the words of a template; `field` is the findings' own."""
    return tuple(
        _finding(rule, hit)
        for rule in RULES
        if rule.id in text.PHRASES
        for hit in text.hits_in(rule.id, field, words)
    )


def _finding(rule: Rule, hit: Hit) -> Finding:
    return Finding(
        field=hit.field,
        rule_id=rule.id,
        source=rule.source,
        severity=rule.severity,
        zh=rule.zh.format(**hit.words),
        en=rule.en.format(**hit.words),
        remedy_zh=rule.remedy_zh,
        remedy_en=rule.remedy_en,
    )
