"""Profiles: what a province or city may set differently, as data. Framework-free.

A profile is a JSON file beside this module (profile-1.schema.json). The one whose `covers` is the longest
beginning of a division code holds there; `national` covers everything.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from jsonschema import Draft202012Validator

from core import codes
from filing_bridge.fields import FIELDS, When
from filing_bridge.mapping import Document, FilingType, value_at

_FOLDER = Path(__file__).parent
_SCHEMA = "profile-1.schema.json"


@dataclass(frozen=True)
class Deadline:
    """So many days after an event; `start` is the pointer of the event's date, the day itself not counted."""

    days: int
    start: str
    source: str


@dataclass(frozen=True)
class Profile:
    """The rules of one jurisdiction. Pointers are into the filing record."""

    code: str
    covers: str
    zh: str
    en: str
    source: str
    agency_code: str | None
    review_mode: Literal["instant", "manual"]
    review_days: int
    deadlines: Mapping[FilingType, Deadline]
    late_reason_required: bool
    max_days_back: int | None
    days_ahead: int
    required: Mapping[FilingType, tuple[str, ...]]
    omit: frozenset[str]
    code_maps: Mapping[str, Mapping[str, str]]

    def local_code(self, table: str, code: str) -> str:
        """The jurisdiction's code for ours. Raises `KeyError` for a code that the map does not know."""
        return self.code_maps[table][code] if table in self.code_maps else code

    def canonical_code(self, table: str, local: str) -> str:
        """Our code for the jurisdiction's. Raises `KeyError` for a code that the map does not know."""
        if table not in self.code_maps:
            return local
        return {theirs: ours for ours, theirs in self.code_maps[table].items()}[local]


@cache
def profiles() -> Mapping[str, Profile]:
    """Every profile shipped, by code."""
    files = sorted(path for path in _FOLDER.glob("*.json") if path.name != _SCHEMA)
    loaded = [read_profile(json.loads(path.read_text(encoding="utf-8"))) for path in files]
    return MappingProxyType({profile.code: profile for profile in loaded})


@cache
def profile_for(jurisdiction_code: str) -> Profile:
    """The profile that holds in a division (GB/T 2260, six digits)."""
    fitting = [each for each in profiles().values() if jurisdiction_code.startswith(each.covers)]
    return max(fitting, key=lambda profile: len(profile.covers))


def deadline(document: Document, filing_type: FilingType, profile: Profile) -> date:
    """The last day on which the filing of this contract is in time.

    `document` is a filing record or contract facts: both name the dates alike. Calendar days, the day of the
    event not counted (民法典 Art. 201). The day is not moved past a holiday (民法典 Art. 203): the earlier
    one is the safe one.
    """
    rule = profile.deadlines[filing_type]
    return date.fromisoformat(value_at(document, rule.start)) + timedelta(days=rule.days)


def opens_on(document: Document, filing_type: FilingType, profile: Profile) -> date:
    """The first day on which the contract may be filed: work has begun, or begins soon enough."""
    rule = profile.deadlines[filing_type]
    return date.fromisoformat(value_at(document, rule.start)) - timedelta(days=profile.days_ahead)


def read_profile(data: Mapping[str, Any]) -> Profile:
    """A profile from its JSON form.

    Raises `ValueError` when it breaks the schema, asks for or omits a field that cannot be, or has a code
    map that loses a code: every code of the table must be there and no local code may stand twice.
    """
    if error := next(iter(_validator().iter_errors(data)), None):
        raise ValueError(f"profile {data.get('code')}: {error.message}")
    rows = {field.target: field for field in FIELDS}
    demanded = {pointer for pointers in data["required"].values() for pointer in pointers}
    for pointer in (*demanded, *data["omit"]):
        if pointer not in rows or rows[pointer].when is When.ALWAYS:
            raise ValueError(f"profile {data['code']}: {pointer} is unknown or always there")
    if wrong := [p for p in data["omit"] if p in demanded or rows[p].when is not When.OPTIONAL]:
        raise ValueError(f"profile {data['code']}: {wrong[0]} cannot be omitted")
    for name, pairs in data["code_maps"].items():
        if pairs.keys() != codes.table(name).keys() or len(set(pairs.values())) != len(pairs):
            raise ValueError(f"profile {data['code']}: the code map {name} loses a code")
    return Profile(
        code=data["code"],
        covers=data["covers"],
        zh=data["zh"],
        en=data["en"],
        source=data["source"],
        agency_code=data.get("agency_code"),
        review_mode=data["review_mode"],
        review_days=data["review_days"],
        deadlines={
            FilingType(kind): Deadline(rule["days"], rule["from"], rule["source"])
            for kind, rule in data["deadlines"].items()
        },
        late_reason_required=data["late"]["reason_required"],
        max_days_back=data["late"].get("max_days_back"),
        days_ahead=data["days_ahead"],
        required={FilingType(kind): tuple(pointers) for kind, pointers in data["required"].items()},
        omit=frozenset(data["omit"]),
        code_maps=data["code_maps"],
    )


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads((_FOLDER / _SCHEMA).read_text(encoding="utf-8")))
