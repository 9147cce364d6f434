"""The columns of a bulk sheet: a worker's particulars and the terms that a contract template needs.

Nothing is listed twice: particulars come from `accounts.particulars`, terms from the schema of the facts, cut
down to what the template prints or tests. A key is the fact's path, such as `contract.insurance.pension`.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from accounts.particulars import WORKER_FIELDS, Field
from contracts.document.template import facts_used
from contracts.facts import facts_schema, schema_at
from core.codes import DIVISION, load, table
from core.codes.fields import CODE_FIELDS

# Not printed, but the statutory rules or the filing ask for them.
ASKED_BY_LAW: Final = (
    "contract.consecutive_fixed_terms",
    "contract.service_start",
    "contract.worker_requests_fixed_term",
    "contract.hazardous_work",
    "contract.special_work",
    "contract.remark",
)
# From so many options on a cell is typed, with the list as a help. People's papers name abolished divisions.
LONG_LIST: Final = 200
_OPEN_ENDED: Final = frozenset(
    pointer[1:].replace("/", ".") for pointer, name in CODE_FIELDS.items() if load(name).prefix
)
_NUMBERS: Final = ("id_no", "nationality", "employment_cert_no", "work_permit_no")
_DIVISIONS: Final = ("hukou_code", "resid_code")
_MORE: Final[Mapping[str, Mapping[str, Any]]] = tomllib.loads(
    Path(__file__).with_name("columns.toml").read_text(encoding="utf-8")
)


class Kind(StrEnum):
    """How a cell is read."""

    TEXT = "text"
    DIGITS = "digits"  # text that a spreadsheet would spoil as a number: identity, telephone, bank card
    DATE = "date"
    MONEY = "money"
    HOURS = "hours"
    WHOLE = "whole"
    FLAG = "flag"
    CHOICE = "choice"
    ITEMS = "items"
    AMOUNTS = "amounts"  # several, one after the other


@dataclass(frozen=True)
class Column:
    """One column. `options` are code → Chinese words; an empty cell means `default`, a code.

    `closed`: only the options are allowed, and they are few enough to choose from.
    """

    key: str
    zh: str
    en: str
    kind: Kind
    required: bool
    options: Mapping[str, str]
    closed: bool
    default: str
    example: str
    note: str
    aliases: tuple[str, ...]

    @property
    def pointer(self) -> str:
        """The JSON pointer of the fact."""
        return "/" + self.key.replace(".", "/")

    @property
    def usual(self) -> bool:
        """Whether most sheets fill it in; the other columns stand to the right of these."""
        return self.required or bool(self.example)


@dataclass(frozen=True)
class Plan:
    """The columns of a sheet by key, and the terms about which a template leaves no choice.

    `name` is what the sheet is for, in Chinese.
    """

    columns: Mapping[str, Column]
    fixed: Mapping[str, str]
    name: str = "批量发送"


def plan_for(template: Mapping[str, Any]) -> Plan:
    """The plan of a template's content, a millisecond's work."""
    applies: Mapping[str, list[str]] = template["applies_to"]
    allowed = {
        "contract.employment_form": applies["employment_forms"],
        "contract.term_type": applies["term_types"],
    }
    used = facts_used(template) | set(ASKED_BY_LAW)
    columns = (*_of_worker(), *_of_section("contract", used, allowed, needed=True), *_of_contract())
    fixed = {key: codes[0] for key, codes in allowed.items() if len(codes) == 1}
    usual_first = sorted(columns, key=lambda column: not column.usual)
    return Plan({each.key: each for each in usual_first if each.key not in fixed}, fixed)


def _of_worker() -> Iterator[Column]:
    for name, field in WORKER_FIELDS.items():
        codes = field.codes or (DIVISION if name in _DIVISIONS else None)
        yield _column(
            f"worker.{name}", field.zh, field.en, _kind_of_field(name, field), field.required, _words(codes)
        )


def _kind_of_field(name: str, field: Field) -> Kind:
    if field.rule or name in _NUMBERS:
        return Kind.DIGITS
    if field.codes or name in _DIVISIONS:
        return Kind.CHOICE
    return Kind.DATE if field.day else Kind.TEXT


def _of_section(
    path: str, used: frozenset[str], allowed: Mapping[str, list[str]], *, needed: bool
) -> Iterator[Column]:
    section = schema_at(path.split(".")) or {}
    for name, node in section["properties"].items():
        key = f"{path}.{name}"
        required = needed and name in section["required"]
        if not required and not _is_used(key, used):
            continue
        if node.get("type") == "object":
            yield from _of_section(key, used, allowed, needed=required)
            continue
        codes = CODE_FIELDS.get("/" + key.replace(".", "/"))
        options = _words(codes) if codes else _MORE.get(key, {}).get("choices", {})
        offered = allowed.get(key, node.get("enum", options))
        yield _column(
            key,
            node["title"],
            _english(key),
            Kind.CHOICE if options else _kind_of_fact(node),
            required,
            {code: words for code, words in options.items() if code in offered},
        )


def _kind_of_fact(node: Mapping[str, Any]) -> Kind:
    shape = str(node.get("$ref", "")).removeprefix("#/$defs/")
    if shape in (Kind.DATE, Kind.MONEY, Kind.HOURS):
        return Kind(shape)
    types = {"integer": Kind.WHOLE, "boolean": Kind.FLAG, "array": Kind.ITEMS}
    return types.get(node.get("type", ""), Kind.TEXT)


def _of_contract() -> Iterator[Column]:
    titles = {
        name: facts_schema()["properties"][name]["title"] for name in ("contract_no", "jurisdiction_code")
    }
    yield _column("contract_no", titles["contract_no"], "contract number", Kind.DIGITS, False, {})
    yield _column(
        "jurisdiction_code",
        titles["jurisdiction_code"],
        "division of filing",
        Kind.CHOICE,
        True,
        _words(DIVISION),
    )


def _column(key: str, zh: str, en: str, kind: Kind, required: bool, options: Mapping[str, str]) -> Column:
    more = _MORE.get(key, {})
    told = more.get("derived", False) or "default" in more
    return Column(
        key=key,
        zh=zh,
        en=en,
        kind=kind,
        required=required and not told,
        options=options,
        closed=0 < len(options) < LONG_LIST and key not in _OPEN_ENDED,
        default=more.get("default", ""),
        example=more.get("example", ""),
        note=more.get("note", ""),
        aliases=tuple(more.get("aliases", ())),
    )


def _english(key: str) -> str:
    return key.removeprefix("contract.").replace(".", ": ").replace("_", " ")


def _words(codes: str | None) -> Mapping[str, str]:
    return {code: row.zh for code, row in table(codes).items()} if codes else {}


def _is_used(key: str, used: frozenset[str]) -> bool:
    """Whether the fact, something inside it, or the whole that it belongs to is used."""
    return any(f"{path}.".startswith(f"{key}.") or f"{key}.".startswith(f"{path}.") for path in used)
