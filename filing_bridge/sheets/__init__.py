"""Sheets that agencies' counters take: which columns there are, and how a record becomes words and back.

A sheet is a TOML file beside this module. A cell is filled only with what is certain: a code without a word
on the sheet is left for a person, in both directions, and never guessed. Framework-free.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from core import codes
from filing_bridge.mapping import Document, value_at
from filing_bridge.profiles import Profile

_FOLDER: Final = Path(__file__).parent
TICK: Final = "√"


class Kind(StrEnum):
    """How a value stands in its cell."""

    TEXT = "text"
    SERIAL = "serial"  # the row's number
    TICK = "tick"
    MONTHLY = "monthly"  # money by the month; wages by day or hour are not converted
    LOCAL = "local"  # the code of the profile's own map
    PROVINCE = "province"  # the name of the province of a division


class Need(StrEnum):
    """When a cell must be filled, by the status of the row."""

    NEVER = "never"
    ALWAYS = "always"
    HIRE = "hire"  # new, renewed or changed
    END = "end"  # ended or suspended


@dataclass(frozen=True)
class Column:
    """One column. `words` are what the drop-down offers, each with the codes of ours that it stands for: the
    first one is meant when the word is read back. Without `pointer` the column is for a person."""

    title: str
    pointer: str
    kind: Kind
    need: Need
    words: Mapping[str, tuple[str, ...]]
    table: str
    width: int


@dataclass(frozen=True)
class Sheet:
    """A sheet with the particulars of the employer above its columns, as (label, pointer)."""

    name: str
    title: str
    head: tuple[tuple[str, str], ...]
    columns: tuple[Column, ...]


class NoWordError(ValueError):
    """The sheet has no word for this value, or we have no value for this word."""


@cache
def sheets() -> Mapping[str, Sheet]:
    """Every sheet shipped, by name."""
    return MappingProxyType({path.stem: _read(path) for path in sorted(_FOLDER.glob("*.toml"))})


def word_of(column: Column, record: Document, profile: Profile) -> str:
    """What stands in the cell; empty for what the record does not have. Raises `NoWordError`."""
    value = value_at(record, column.pointer) if column.pointer else None
    if value is None:
        return ""
    match column.kind:
        case Kind.TICK:
            return TICK if value else ""
        case Kind.MONTHLY if value_at(record, "/contract/wage_unit") != "month":
            raise NoWordError(column.title)
        case Kind.LOCAL:
            return _local(column, str(value), profile)
        case Kind.PROVINCE:
            return codes.describe(codes.DIVISION, f"{str(value)[:2]}0000")
    if not column.words:
        return str(value)
    for word, meant in column.words.items():
        if value in meant:
            return word
    raise NoWordError(column.title)


def value_of(column: Column, word: str, profile: Profile) -> object:
    """What a cell means; None for an empty one, and for a province's name, which is no division yet.

    Raises `NoWordError` for a word that the sheet does not have.
    """
    if column.kind is Kind.TICK:
        if word not in ("", TICK):
            raise NoWordError(column.title)
        return word == TICK
    if not word or column.kind is Kind.PROVINCE:
        return None
    if column.kind is Kind.LOCAL:
        try:
            return profile.canonical_code(column.table, word)
        except KeyError as error:
            raise NoWordError(column.title) from error
    if column.words:
        if word not in column.words:
            raise NoWordError(column.title)
        return column.words[word][0]
    return word


def choices(column: Column, profile: Profile) -> Sequence[str]:
    """What the drop-down of a column offers; empty for a column that is written freely."""
    if column.kind is Kind.LOCAL:
        local = profile.code_maps.get(column.table, {code: code for code in codes.table(column.table)})
        return sorted({theirs for theirs in local.values() if theirs is not None})
    return [TICK] if column.kind is Kind.TICK else list(column.words)


def is_end(record: Document) -> bool:
    """Whether a row ends or suspends an employment, rather than beginning or changing one."""
    return str(record["filing_type"])[0] in "45"


def _local(column: Column, code: str, profile: Profile) -> str:
    try:
        return profile.local_code(column.table, code)
    except KeyError as error:
        raise NoWordError(column.title) from error


def _read(path: Path) -> Sheet:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    columns = tuple(_column(row) for row in data["columns"])
    return Sheet(
        path.stem, data["title"], tuple((label, pointer) for label, pointer in data["head"]), columns
    )


def _column(row: Mapping[str, Any]) -> Column:
    kind, table = Kind(row.get("kind", "text")), row.get("table", "")
    words = {word: tuple(meant) for word, meant in row.get("words", ())}
    if table and kind is not Kind.LOCAL:
        words = {code.zh: (code.code,) for code in codes.table(table).values()}
    return Column(
        title=row["title"],
        pointer=row.get("pointer", ""),
        kind=kind,
        need=Need(row.get("need", "never")),
        words=MappingProxyType(words),
        table=table,
        width=row.get("width", 14),
    )
