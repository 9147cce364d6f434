"""The published page of the statutory rules, made from the table."""

import re
from collections.abc import Iterable
from typing import Any

from contracts.changes import checks as changes
from contracts.checks import RULES, Rule, Severity
from contracts.endings import checks as endings
from contracts.suspensions import checks as suspensions

_HEAD = """# Statutory checks

Made from `contracts/checks/rules.toml` by `python -m contracts.checks`; do not edit.

Before a contract is sent, every rule looks at its facts, its wording and the day. All faults come at once.
An **error** stops the sending; a **warning** and a **notice** are shown and do not. Words in braces are
filled by what was found. What each rule looks for stands in `contracts/checks/`, under the same id; its
examples on both sides of the line in `tests/unit/contracts/test_checks.py`.

Months are counted with their first day (民法典 Arts. 200-203): a term from 3 November 2026 to 2 November 2029
is three years. R10a2 is a warning on purpose: a contract that is late must still be concluded at once.
Minimum wages come from `minimum-wages.csv` (`region,since,monthly,hourly,verified,source`) in the folder that
`QIANBEI_TABLES` names, else from the example shipped, none of whose rows has been compared with an official
notice. This page is not legal advice.

"""
_SEVERITY = {Severity.ERROR: "错误 error", Severity.WARNING: "警告 warning", Severity.NOTICE: "提示 notice"}


_CHANGES = """
## Changes

Made from `contracts/changes/rules.toml`. The rules look at the facts of a change (变更) before its agreement
is made, and again in the province; examples on both sides of the line stand in
`tests/unit/contracts/test_changes.py`. Besides them a change may not break a rule of contracts that was kept
before.

"""
_SUSPENSIONS = """
## Suspensions

Made from `contracts/suspensions/rules.toml`. The rules look at the facts of a suspension (中止) or a
resumption (恢复) before its document is made, and again in the province; examples on both sides of the line
stand in `tests/unit/contracts/test_suspensions.py`. The reasons are the code table `suspension_reason`.

"""
_ENDINGS = """
## Endings

Made from `contracts/endings/rules.toml`. The rules look at the facts of an ending (解除、终止) before its
certificate is made, and again in the province; examples on both sides of the line stand in
`tests/unit/contracts/test_endings.py`. The reasons and what follows from each are the code tables
`end_reason` and `end_circumstance` (`core/codes/`).

"""


def page() -> str:
    """Markdown: one row a rule, in the order of their numbers: contracts, then what follows them."""
    return "".join(
        (
            _HEAD + _table(RULES),
            _CHANGES + _table(changes.RULES),
            _SUSPENSIONS + _table(suspensions.RULES),
            _ENDINGS + _table(endings.RULES),
        )
    )


def _table(rules: Iterable[Rule[Any]]) -> str:
    lines = [
        "| id | source | severity | 说明 | English | 处理 | remedy |",
        "|---|---|---|---|---|---|---|",
        *(_row(rule) for rule in sorted(rules, key=_order)),
    ]
    return "\n".join(lines) + "\n"


def _row(rule: Rule[Any]) -> str:
    cells = (
        rule.id,
        rule.source,
        _SEVERITY[rule.severity],
        rule.zh,
        rule.en,
        rule.remedy_zh,
        rule.remedy_en,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _order(rule: Rule[Any]) -> tuple[int, str]:
    """Numbered rules by number, then those without one by name."""
    number = re.match(r"RE?(\d+)", rule.id)
    return (int(number[1]) if number else 1000, rule.id)
