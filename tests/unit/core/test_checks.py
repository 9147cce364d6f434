"""Production settings refuse every stand-in; others run with them."""

from typing import Any

import pytest

from core.checks import STAND_INS, stand_ins_stay_out_of_production


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in STAND_INS.items() for value in values]
)
def test_a_stand_in_stops_production(settings: Any, name: str, value: str) -> None:
    settings.PRODUCTION = True
    for other in STAND_INS:
        setattr(settings, other, "http")
    assert stand_ins_stay_out_of_production(None) == []
    setattr(settings, name, value)
    (error,) = stand_ins_stay_out_of_production(None)
    assert name in error.msg
    settings.PRODUCTION = False
    assert stand_ins_stay_out_of_production(None) == []
