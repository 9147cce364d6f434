"""Profiles: the right one holds, deadlines are counted right, and no code is lost on the way."""

import copy
import json
from collections.abc import Mapping, Set
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from core import codes
from filing_bridge import profiles as package
from filing_bridge.mapping import FilingType
from filing_bridge.profiles import (
    deadline,
    opens_on,
    profile_for,
    profiles,
    read_profile,
    reopens_on,
    route_of,
)

ROUTE = {"hukou": "local", "zh": "本地", "en": "local", "forms": {"11": "a", "12": "b", "21": "c"}}
NATIONAL = json.loads(Path(package.__file__).with_name("national.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("jurisdiction", "code"),
    [
        ("370303", "370300"),
        ("370100", "370300"),
        ("310115", "310000"),
        ("320205", "320200"),
        ("440106", "national"),
        ("999999", "national"),
    ],
)
def test_the_longest_match_holds(jurisdiction: str, code: str) -> None:
    assert profile_for(jurisdiction).code == code


def test_a07_the_day_of_the_event_is_not_counted(facts: dict[str, Any]) -> None:
    """民法典 Art. 201: thirty days from 3 November end on 3 December."""
    profile = profile_for("370303")
    assert deadline(facts, FilingType.HIRE, profile) == date(2026, 12, 3)


def test_a_renewal_counts_from_the_new_contract(facts: dict[str, Any]) -> None:
    facts["contract"]["start"] = "2029-11-03"
    profile = profile_for("370303")
    assert deadline(facts, FilingType.RENEWAL, profile) == date(2029, 12, 3)
    assert deadline(facts, FilingType.HIRE, profile) == date(2026, 12, 3)


def test_when_a_filing_opens(facts: dict[str, Any]) -> None:
    assert opens_on(facts, FilingType.HIRE, profile_for("440106")) == date(2026, 11, 3)
    assert opens_on(facts, FilingType.HIRE, profile_for("370303")) == date(2026, 10, 4)


# Stated here once more, by hand: a code that drops out of a profile's map fails the test below.
UNMAPPED: Mapping[tuple[str, str], Set[str]] = {
    ("310000", "employment_form"): {"3", "4", "5"},
    ("310000", "education"): {"90"},
    ("320200", "employment_kind"): {"020", "021", "023", "030", "990"},
}
MERGED: Mapping[tuple[str, str], Set[str]] = {("310000", "education"): {"A", "D"}}


@pytest.mark.parametrize("profile", profiles().values(), ids=lambda profile: profile.code)
@pytest.mark.parametrize("table", codes.NAMES)
def test_no_code_is_lost_between_us_and_the_province(profile: Any, table: str) -> None:
    """A code goes over and comes back, or both ways say aloud that a person has to ask."""
    merged = MERGED.get((profile.code, table), set())
    silent = set(codes.table(table)) - UNMAPPED.get((profile.code, table), set())
    for code in codes.table(table):
        if code not in silent:
            with pytest.raises(KeyError):
                profile.local_code(table, code)
        elif (local := profile.local_code(table, code)) in merged:
            with pytest.raises(KeyError):
                profile.canonical_code(table, local)
        else:
            assert profile.canonical_code(table, local) == code


def test_a_map_works_both_ways() -> None:
    pairs = {"0": "00", "1": "01", "2": "02", "9": "09"}
    profile = read_profile(NATIONAL | {"code_maps": {"sex": pairs}})
    assert profile.local_code("sex", "1") == "01"
    assert profile.canonical_code("sex", "02") == "2"
    with pytest.raises(KeyError):
        profile.canonical_code("sex", "2")
    assert profile.local_code("education", "21") == "21"


@pytest.mark.parametrize(
    "pairs",
    [
        {"1": "01", "2": "02"},
        {"0": "00", "1": "01", "2": "01", "9": "09"},
        {"0": "00", "1": "01", "2": "02", "9": "09", "3": "03"},
    ],
)
def test_a_map_that_loses_a_code_is_refused(pairs: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="loses a code"):
        read_profile(NATIONAL | {"code_maps": {"sex": pairs}})


def test_merged_codes_are_named() -> None:
    pairs = {"0": "0", "1": "1", "2": "1", "9": None}
    data = NATIONAL | {"code_maps": {"sex": pairs}}
    with pytest.raises(ValueError, match="loses a code"):
        read_profile(data)
    profile = read_profile(data | {"merged": {"sex": ["1"]}})
    assert (profile.local_code("sex", "2"), profile.canonical_code("sex", "0")) == ("1", "0")
    with pytest.raises(KeyError):
        profile.canonical_code("sex", "1")


def test_the_settlement_period_of_jiangsu() -> None:
    """C: from the 7th to the 10th only pre-registration, open again on the 11th."""
    profile = profile_for("320205")
    open_days = [day for day in range(1, 31) if reopens_on(profile, date(2026, 11, day)) is None]
    assert open_days == [*range(1, 7), *range(11, 31)]
    assert reopens_on(profile, date(2026, 11, 7)) == date(2026, 11, 11)
    assert reopens_on(profile_for("310115"), date(2026, 11, 7)) is None


@pytest.mark.parametrize(
    ("hukou", "title"),
    [
        ({"hukou_code": "310104"}, "本市户籍人员招工登记表"),
        ({"hukou_code": "370303"}, "外来从业人员用工备案登记表"),
        ({"hukou_code": "370303", "hukou_type": "40"}, None),
    ],
)
def test_shanghai_has_two_ways_by_household(facts: dict[str, Any], hukou: Any, title: str | None) -> None:
    """A10. Who has no household registration goes neither."""
    facts["worker"] |= hukou
    route = route_of(facts, profile_for("310115"))
    assert (route and route.forms[FilingType.HIRE]) == title
    assert route_of(facts, profile_for("320205")) is None


@pytest.mark.parametrize(
    "change",
    [
        {"omit": ["/worker/id_no"]},
        {"omit": ["/worker/horoscope"]},
        {"omit": ["/contract/end"]},
        {"required": {"11": ["/worker/horoscope"]}},
        {"required": {"11": ["/worker/ethnicity"]}},
        {"review_mode": "perhaps"},
        {"reviewed_reasons": ["9999"]},
        {"surprise": 1},
        {"closing": {"from_day": 7, "to_day": 31, "source": "test"}},
        {"routes": [ROUTE]},
        {"routes": [ROUTE, ROUTE]},
    ],
)
def test_a_broken_profile_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="profile national"):
        read_profile(copy.deepcopy(NATIONAL) | change)


def test_c13_a_jurisdiction_sorts_people_by_categories_of_its_own() -> None:
    """A category that a province needs (prison enterprises, say) is data: demanded, left out, or renamed."""
    own = {code: f"K{code}" for code in codes.table("person_category")}
    demanding = read_profile(
        NATIONAL
        | {
            "required": {"11": ["/worker/person_category"]},
            "omit": [],
            "code_maps": {"person_category": own},
        }
    )
    assert demanding.required[FilingType.HIRE] == ("/worker/person_category",)
    assert demanding.local_code("person_category", "24") == "K24"
    assert demanding.canonical_code("person_category", "K24") == "24"
    assert "/worker/person_category" in read_profile(NATIONAL).omit
