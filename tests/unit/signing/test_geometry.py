import json
import math
import random
from pathlib import Path
from typing import Any

import pytest

from signing.pades.errors import PlaceRefused
from signing.pades.geometry import Box, PageFrame, box_from_points, check_place, to_box, to_rect

TABLE = json.loads((Path(__file__).parents[2] / "data" / "geometry-cases.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: case["name"])
def test_a_box_has_its_place_in_user_space(case: dict[str, Any]) -> None:
    left, bottom, right, top = case["crop"]
    frame = PageFrame(left, bottom, right, top, case["rotate"])
    box = Box(1, *case["box"])
    assert to_rect(box, frame) == pytest.approx(case["rect"])
    back = to_box(tuple(case["rect"]), frame, 1)
    assert (back.x, back.y, back.w, back.h) == pytest.approx(case["box"])


@pytest.mark.parametrize("case", TABLE["places"], ids=lambda case: case["name"])
def test_where_a_mark_may_stand(case: dict[str, Any]) -> None:
    pages: list[tuple[float, float, float, float, int]] = case["pages"]
    frames = [PageFrame(*page) for page in pages]
    zone = Box(*case["zone"]) if "zone" in case else None
    keep_clear = [Box(*other) for other in case.get("keep_clear", [])]
    if case["code"] is None:
        check_place(Box(*case["box"]), frames, zone=zone, keep_clear=keep_clear)
        return
    with pytest.raises(PlaceRefused) as caught:
        check_place(Box(*case["box"]), frames, zone=zone, keep_clear=keep_clear)
    assert caught.value.code == case["code"]
    assert caught.value.message("zh")


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("which", ["x", "y", "w", "h"])
def test_numbers_that_are_none_are_refused(bad: float, which: str) -> None:
    numbers = {"x": 0.1, "y": 0.1, "w": 0.2, "h": 0.2, which: bad}
    with pytest.raises(PlaceRefused):
        check_place(Box(1, **numbers), [PageFrame(0, 0, 600, 800)])


def test_there_and_back_again() -> None:
    seed = 20261121
    print("seed", seed)  # noqa: T201  (the seed, to run it again)
    chance = random.Random(seed)
    for _ in range(500):
        left, bottom = chance.uniform(-500, 500), chance.uniform(-500, 500)
        width, height = chance.uniform(100, 2000), chance.uniform(100, 2000)
        frame = PageFrame(left, bottom, left + width, bottom + height, chance.choice((0, 90, 180, 270)))
        x, y = chance.uniform(0, 0.9), chance.uniform(0, 0.9)
        box = Box(3, x, y, chance.uniform(0.01, 1 - x), chance.uniform(0.01, 1 - y))
        back = to_box(to_rect(box, frame), frame, 3)
        assert (back.x, back.y, back.w, back.h) == pytest.approx((box.x, box.y, box.w, box.h))


def test_points_from_the_layout_become_fractions() -> None:
    assert box_from_points(2, 59.5, 84.2, 119, 42.1, (595, 842)) == Box(2, 0.1, 0.1, 0.2, 0.05)
