"""Profiles: what a province or city may set differently, as data. Framework-free.

A profile is a JSON file beside this module (profile-1.schema.json). The one whose `covers` is the longest
beginning of a division code holds there; `national` covers everything.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from jsonschema import Draft202012Validator

from core import codes
from filing_bridge.fields import When
from filing_bridge.mapping import BY_TARGET, Document, FilingType, value_at

_FOLDER = Path(__file__).parent
_SCHEMA = "profile-1.schema.json"


@dataclass(frozen=True)
class Deadline:
    """So many days after an event; `start` is the pointer of the event's date, the day itself not counted."""

    days: int
    start: str
    source: str


@dataclass(frozen=True)
class Closing:
    """Days of every month, both counted, on which filings are only pre-registered (结算期)."""

    from_day: int
    to_day: int


@dataclass(frozen=True)
class Route:
    """One of two ways by household registration; `forms` are the titles of its forms by filing type."""

    hukou: Literal["local", "elsewhere"]
    zh: str
    en: str
    forms: Mapping[FilingType, str]


@dataclass(frozen=True)
class Slip:
    """A slip on paper: the filing types that it is about, for whom (None: for all), who keeps each copy."""

    zh: str
    en: str
    types: frozenset[FilingType]
    hukou: Literal["local", "elsewhere"] | None
    copies: tuple[str, ...]


@dataclass(frozen=True)
class Profile:
    """The rules of one jurisdiction. Pointers are into the filing record.

    `approval_percent`: endings of more than this share of the staff need the local authority first.
    """

    code: str
    covers: str
    zh: str
    en: str
    source: str
    agency_code: str | None
    review_mode: Literal["instant", "manual"]
    review_days: int
    final: bool
    closing: Closing | None
    reviewed_reasons: frozenset[str]
    approval_percent: int | None
    resident: bool
    routes: tuple[Route, ...]
    slip: Slip | None
    sheet: str
    deadlines: Mapping[FilingType, Deadline]
    late_reason_required: bool
    max_days_back: int | None
    days_ahead: int
    corrections: frozenset[str]
    required: Mapping[FilingType, tuple[str, ...]]
    omit: frozenset[str]
    code_maps: Mapping[str, Mapping[str, str | None]]

    def local_code(self, table: str, code: str) -> str:
        """The jurisdiction's code for ours. Raises `KeyError` where it has none, or the map knows none."""
        local = self.code_maps[table][code] if table in self.code_maps else code
        if local is None:
            raise KeyError(code)
        return local

    def canonical_code(self, table: str, local: str) -> str:
        """Our code for the jurisdiction's. Raises `KeyError` where there is none, or more than one."""
        if table not in self.code_maps:
            return local
        ours = [code for code, theirs in self.code_maps[table].items() if theirs == local]
        if len(ours) != 1:
            raise KeyError(local)
        return ours[0]


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
    """The last day on which the filing of this contract, or of its ending, is in time.

    `document` is a filing record or the facts behind it: both name the dates alike. Calendar days, the day of
    the event not counted (民法典 Art. 201). The day is not moved past a holiday (民法典 Art. 203): the
    earlier one is the safe one.
    """
    rule = profile.deadlines[filing_type]
    return date.fromisoformat(value_at(document, rule.start)) + timedelta(days=rule.days)


def opens_on(document: Document, filing_type: FilingType, profile: Profile) -> date:
    """The first day on which the contract may be filed: work has begun, or begins soon enough. A correction
    waits for nothing."""
    if filing_type is FilingType.CORRECTION:
        return date.min
    rule = profile.deadlines[filing_type]
    return date.fromisoformat(value_at(document, rule.start)) - timedelta(days=profile.days_ahead)


def reopens_on(profile: Profile, today: date) -> date | None:
    """The day on which filing is open again; None when it is open today."""
    closing = profile.closing
    if closing is None or not closing.from_day <= today.day <= closing.to_day:
        return None
    return today.replace(day=closing.to_day + 1)


def has_hukou(document: Document) -> bool:
    """Whether the worker is registered in a household at all: people from abroad are not."""
    return not str(value_at(document, "/worker/hukou_type")).startswith(("3", "4"))


def route_of(document: Document, profile: Profile) -> Route | None:
    """The way that a worker's household registration calls for; None where all go the same way.

    Also None while the registration's division is not known: that is a fault, and never guessed.
    """
    division = value_at(document, "/worker/hukou_code")
    if not profile.routes or not division or not has_hukou(document):
        return None
    hukou = "local" if division.startswith(profile.covers) else "elsewhere"
    return next(route for route in profile.routes if route.hukou == hukou)


def read_profile(data: Mapping[str, Any]) -> Profile:
    """A profile from its JSON form.

    Raises `ValueError` when it breaks the schema, asks for or omits a field that cannot be, has a path for
    some workers only, or a code map that loses a code: every code of the table must be there, and a local
    code may stand twice only where `merged` says so.
    """
    if error := next(iter(_validator().iter_errors(data)), None):
        raise ValueError(f"profile {data.get('code')}: {error.message}")
    demanded = {pointer for pointers in data["required"].values() for pointer in pointers}
    for pointer in (*demanded, *data["omit"]):
        if pointer not in BY_TARGET or BY_TARGET[pointer].when is When.ALWAYS:
            raise ValueError(f"profile {data['code']}: {pointer} is unknown or always there")
    if wrong := [p for p in data["omit"] if p in demanded or BY_TARGET[p].when is not When.OPTIONAL]:
        raise ValueError(f"profile {data['code']}: {wrong[0]} cannot be omitted")
    for name, pairs in data["code_maps"].items():
        local = Counter(theirs for theirs in pairs.values() if theirs is not None)
        merged = {theirs for theirs, times in local.items() if times > 1}
        if pairs.keys() != codes.table(name).keys() or merged != set(data.get("merged", {}).get(name, ())):
            raise ValueError(f"profile {data['code']}: the code map {name} loses a code")
    routes = [each["hukou"] for each in data.get("routes", ())]
    if routes and sorted(routes) != ["elsewhere", "local"]:
        raise ValueError(f"profile {data['code']}: a worker has no path, or two")
    return Profile(
        code=data["code"],
        covers=data["covers"],
        zh=data["zh"],
        en=data["en"],
        source=data["source"],
        agency_code=data.get("agency_code"),
        review_mode=data["review_mode"],
        review_days=data["review_days"],
        final=data.get("final", False),
        closing=_closing(data.get("closing")),
        reviewed_reasons=_reasons(data),
        approval_percent=data.get("approval", {}).get("percent"),
        resident=data.get("resident", False),
        routes=tuple(
            Route(each["hukou"], each["zh"], each["en"], _by_type(each["forms"]))
            for each in data.get("routes", ())
        ),
        slip=_slip(data.get("slip")),
        sheet=data["sheet"],
        deadlines={
            FilingType(kind): Deadline(rule["days"], rule["from"], rule["source"])
            for kind, rule in data["deadlines"].items()
        },
        late_reason_required=data["late"]["reason_required"],
        max_days_back=data["late"].get("max_days_back"),
        days_ahead=data["days_ahead"],
        corrections=frozenset(data["corrections"]),
        required={FilingType(kind): tuple(pointers) for kind, pointers in data["required"].items()},
        omit=frozenset(data["omit"]),
        code_maps=data["code_maps"],
    )


def _closing(data: Mapping[str, Any] | None) -> Closing | None:
    return None if data is None else Closing(data["from_day"], data["to_day"])


def _reasons(data: Mapping[str, Any]) -> frozenset[str]:
    reasons = frozenset(data.get("reviewed_reasons", ()))
    if unknown := reasons - codes.table("end_reason").keys():
        raise ValueError(f"profile {data['code']}: no reasons of endings: {sorted(unknown)}")
    return reasons


def _slip(data: Mapping[str, Any] | None) -> Slip | None:
    if data is None:
        return None
    types = frozenset(FilingType(each) for each in data["types"])
    return Slip(data["zh"], data["en"], types, data.get("hukou"), tuple(data["copies"]))


def _by_type(titles: Mapping[str, str]) -> Mapping[FilingType, str]:
    return {FilingType(kind): title for kind, title in titles.items()}


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads((_FOLDER / _SCHEMA).read_text(encoding="utf-8")))
