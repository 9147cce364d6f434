"""Profiles: the right one holds, deadlines are counted right, and no code is lost on the way."""

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from core import codes
from filing_bridge import profiles as package
from filing_bridge.mapping import FilingType
from filing_bridge.profiles import deadline, opens_on, profile_for, profiles, read_profile

NATIONAL = json.loads(Path(package.__file__).with_name("national.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("jurisdiction", "code"),
    [("370303", "370300"), ("370100", "370300"), ("310115", "national"), ("999999", "national")],
)
def test_the_longest_match_holds(jurisdiction: str, code: str) -> None:
    assert profile_for(jurisdiction).code == code


def test_the_day_of_the_event_is_not_counted(facts: dict[str, Any]) -> None:
    """民法典 Art. 201: thirty days from 3 November end on 3 December."""
    profile = profile_for("370303")
    assert deadline(facts, FilingType.HIRE, profile) == date(2026, 12, 3)


def test_a_renewal_counts_from_the_new_contract(facts: dict[str, Any]) -> None:
    facts["contract"]["start"] = "2029-11-03"
    profile = profile_for("370303")
    assert deadline(facts, FilingType.RENEWAL, profile) == date(2029, 12, 3)
    assert deadline(facts, FilingType.HIRE, profile) == date(2026, 12, 3)


def test_when_a_filing_opens(facts: dict[str, Any]) -> None:
    assert opens_on(facts, FilingType.HIRE, profile_for("310115")) == date(2026, 11, 3)
    assert opens_on(facts, FilingType.HIRE, profile_for("370303")) == date(2026, 10, 4)


@pytest.mark.parametrize("profile", profiles().values(), ids=lambda profile: profile.code)
@pytest.mark.parametrize("table", codes.NAMES)
def test_no_code_is_lost_between_us_and_the_province(profile: Any, table: str) -> None:
    local = [profile.local_code(table, code) for code in codes.table(table)]
    assert len(set(local)) == len(local)
    assert [profile.canonical_code(table, code) for code in local] == list(codes.table(table))


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


@pytest.mark.parametrize(
    "change",
    [
        {"omit": ["/worker/id_no"]},
        {"omit": ["/worker/horoscope"]},
        {"omit": ["/contract/end"]},
        {"required": {"11": ["/worker/horoscope"]}},
        {"required": {"11": ["/worker/ethnicity"]}},
        {"review_mode": "perhaps"},
        {"surprise": 1},
    ],
)
def test_a_broken_profile_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="profile national"):
        read_profile(copy.deepcopy(NATIONAL) | change)
