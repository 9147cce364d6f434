"""Which system takes a filing (A29)."""

from typing import Any

import pytest

from filing_bridge.profiles import profile_for
from filing_bridge.provinces import province_code

SYSTEMS = ("37", "3703", "31", "3101")


@pytest.mark.parametrize(
    ("division", "system"),
    [
        ("370303", "3703"),
        ("370100", "37"),
        ("310115", "3101"),
        ("310230", "3102"),
        ("310300", "31"),
        ("320205", ""),
    ],
)
def test_a29_a_filing_goes_to_the_centre_of_its_district(settings: Any, division: str, system: str) -> None:
    """The longest beginning that is registered; where none is, a filing waits and goes nowhere."""
    settings.PROVINCES = {covers: {} for covers in (*SYSTEMS, "3102")}
    assert province_code(division) == system


def test_a29_one_system_may_serve_all(settings: Any) -> None:
    settings.PROVINCES = {"": {}, "31": {}}
    assert (province_code("370303"), province_code("310115")) == ("all", "31")


def test_a29_the_rules_follow_the_district_too() -> None:
    assert profile_for("310115").code != profile_for("370303").code
