"""What a statutory rule is, what it looks at, and what it finds."""

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as default
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from contracts.checks.wages import MinimumWages
from contracts.document.expand import CannotExpand, expand
from contracts.document.model import Block, Document, Fields, Paragraph, plain
from contracts.facts import Facts
from core.errors import Fault


class Severity(StrEnum):
    """An error stops the sending of a contract; a warning and a notice are shown."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True)
class Context:
    """What the rules must know besides the facts.

    `template` is the content of the template version, or None where only facts are judged.
    """

    today: date
    wages: MinimumWages
    template: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Line:
    """A paragraph or cell of the contract. `field` points to the fact that it is, or to the template.

    `of_template`: no fact has filled in anything.
    """

    field: str
    text: str
    of_template: bool


@dataclass(frozen=True)
class Case:
    """Facts that are valid against their schema, with the context in which they are judged."""

    facts: Facts
    context: Context

    def get(self, pointer: str) -> Any:
        """The fact at a JSON pointer, or None."""
        value: Any = self.facts
        for step in pointer.split("/")[1:]:
            if not isinstance(value, dict) or step not in value:
                return None
            value = value[step]
        return value

    def day(self, pointer: str) -> date | None:
        value = self.get(pointer)
        return None if value is None else date.fromisoformat(value)

    def number(self, pointer: str) -> Decimal | None:
        value = self.get(pointer)
        return None if value is None else Decimal(value)

    @cached_property
    def expansion(self) -> tuple[Document | None, tuple[Fault, ...]]:
        """The contract's text, or the blanks that these facts leave open; nothing without a template."""
        if self.context.template is None:
            return None, ()
        try:
            return expand(self.context.template, self.facts), ()
        except CannotExpand as error:
            return None, error.faults

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """What stands in the contract; without a template what the employer has written freely."""
        document, _ = self.expansion
        if document is not None:
            clauses = (clause for chapter in document.chapters for clause in chapter.clauses)
            return tuple(line for clause in clauses for block in clause.blocks for line in _lines(block))
        free = ("/contract/task_text", "/contract/hazards", "/contract/remark")
        return tuple(Line(pointer, text, False) for pointer in free if (text := self.get(pointer)))

    @property
    def start(self) -> date:
        """First day of the term."""
        return date.fromisoformat(self.facts["contract"]["start"])

    @property
    def employment_start(self) -> date:
        """用工之日."""
        return date.fromisoformat(self.facts["contract"]["employment_start"])

    @property
    def part_time(self) -> bool:
        return bool(self.get("/contract/employment_form") == "2")

    @property
    def dispatch(self) -> bool:
        return bool(self.get("/contract/employment_form") == "3")


def _lines(block: Block) -> Iterator[Line]:
    if isinstance(block, Paragraph):
        runs = [block.runs]
    elif isinstance(block, Fields):
        runs = [field.runs for field in block.fields]
    else:
        runs = [cell for row in block.rows for cell in row]
    for each in runs:
        facts = [run.fact for run in each if run.fact]
        yield Line(facts[0] if len(facts) == 1 == len(each) else "/template", plain(each), not facts)


@dataclass(frozen=True)
class Hit:
    """One place where a rule finds fault: a JSON pointer, and values for the words of the rule."""

    field: str
    words: Mapping[str, object] = default(default_factory=dict)


C = TypeVar("C")
Find = Callable[[C], Iterable[Hit]]
"""Looks at one case and yields every place where the rule is broken."""


@dataclass(frozen=True)
class Rule(Generic[C]):
    """One row of the table. `zh` and `en` may hold {names} that the hits fill."""

    id: str
    source: str
    severity: Severity
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
    find: Find[C]


@dataclass(frozen=True)
class Finding:
    """What a rule says of a contract. `field` is a JSON pointer into the facts, empty for the whole."""

    field: str
    rule_id: str
    source: str
    severity: Severity
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str


def read_rules(words: Path, find: Mapping[str, Find[C]]) -> tuple[Rule[C], ...]:
    """The rules of a TOML file, each with the function that looks for it."""
    table = tomllib.loads(words.read_text(encoding="utf-8"))
    return tuple(
        Rule(id=id, find=find[id], **(row | {"severity": Severity(row["severity"])}))
        for id, row in table.items()
    )


def findings(rules: Iterable[Rule[C]], case: C) -> tuple[Finding, ...]:
    """Everything the rules find in a case, errors first, then by field."""
    found = {finding(rule, hit): None for rule in rules for hit in rule.find(case)}
    return tuple(sorted(found, key=lambda each: (_RANK[each.severity], each.field, each.rule_id)))


_RANK: Final = {severity: rank for rank, severity in enumerate(Severity)}


def finding(rule: Rule[C], hit: Hit) -> Finding:
    """A hit in the words of its rule."""
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
