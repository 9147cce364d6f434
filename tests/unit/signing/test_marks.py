"""Marks are checked when made, and drawn as paths by the rule of the seal."""

import math
import re

import pytest

from signing.pades.appearance import POINTS_PER_MM, draw, typed_name_outline
from signing.pades.errors import MarkRefused
from signing.pades.glyphs import has_hand, outline
from signing.pades.marks import MAX_LINES, MAX_POINTS, Seal, Strokes, TypedName

NAME = "示例制造（淄博）有限公司"
LINE = ((10.0, 10.0), (50.0, 40.0), (90.0, 10.0))
PLACED = re.compile(rb"q ([-\d. ]+) cm ")


def placed(content: bytes) -> list[tuple[float, float, float, float, float, float]]:
    """The matrices with which characters are placed."""
    found = [tuple(float(number) for number in match.split()) for match in PLACED.findall(content)]
    return [(a, b, c, d, e, f) for a, b, c, d, e, f in found]


@pytest.mark.parametrize(
    ("lines", "width", "height"),
    [
        ((), 100, 100),
        (((),), 100, 100),
        (((10, 10),), 100, 100),  # not a line of points
        ((((10.0, 10.0),),), 100, 100),  # a mere dot
        ((((10.0, 10.0), (101.0, 10.0)),), 100, 100),
        ((((10.0, 10.0), (-1.0, 10.0)),), 100, 100),
        ((((10.0, 10.0), (math.nan, 10.0)),), 100, 100),
        ((LINE,), 0, 100),
        ((LINE,), math.inf, 100),
        ((LINE,) * (MAX_LINES + 1), 100, 100),
        (((*LINE,) * MAX_POINTS,), 100, 100),
    ],
)
def test_strokes_that_are_no_signature(lines: object, width: float, height: float) -> None:
    with pytest.raises((MarkRefused, TypeError)) as caught:
        Strokes(lines, width, height)  # type: ignore[arg-type]  # wrong on purpose
    if isinstance(caught.value, MarkRefused):
        assert caught.value.code == "mark_unreadable"


def test_strokes_become_smooth_lines_cropped_to_what_was_written() -> None:
    drawing = draw(Strokes((LINE,), 400, 200))
    assert drawing.content.count(b" m") == 1
    assert drawing.content.count(b" c") == 1
    assert drawing.content.endswith(b"l S")
    assert drawing.width == pytest.approx(80 / 400 * 200 + 6.4)
    assert drawing.height == pytest.approx(30 / 400 * 200 + 6.4)
    assert not drawing.true_size


@pytest.mark.parametrize("name", ["", "   ", "张" * 51])
def test_a_typed_name_must_be_one(name: str) -> None:
    with pytest.raises(MarkRefused):
        TypedName(name)


@pytest.mark.needs("rare_font")
def test_names_with_rare_characters_and_dots_are_drawn() -> None:
    assert len(placed(draw(TypedName("𠮷野·买买提䶮")).content)) == 7


def test_a_typed_name_is_written_by_one_hand() -> None:
    brush, song = outline("甲", by_hand=True), outline("甲")
    assert brush.path != song.path
    assert brush.path in draw(TypedName("测试甲")).content
    assert has_hand("买买提·吐尔逊")
    assert not has_hand("龚䶮")  # the brush lacks 䶮, so the whole name is set in Song
    assert outline("龚").path in draw(TypedName("龚䶮")).content


def test_the_screen_is_told_the_outline_that_the_document_gets() -> None:
    drawing, (width, height, path) = draw(TypedName("测试甲")), typed_name_outline("测试甲")
    assert (width, height) == (drawing.width, drawing.height)
    assert path.count("M") == drawing.content.count(b" m")
    xs = [float(number) for number in re.findall(r"M([\d.]+) ", path)]
    ys = [float(number) for number in re.findall(r"M[\d.]+ ([\d.]+)", path)]
    assert 0 <= min(xs) < max(xs) <= width
    assert 0 <= min(ys) < max(ys) <= height


def test_a_character_that_no_font_has_is_named() -> None:
    with pytest.raises(MarkRefused) as caught:
        outline("\U000e0041")
    assert caught.value.code == "mark_character_missing"
    assert "\U000e0041" in caught.value.message("zh")


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "公"},
        {"name": "公" * 51},
        {"purpose": "章" * 13},
        {"code": "370303001234"},
        {"code": "37030300123456"},
        {"code": "370303001234X"},
        {"code": "３７０３０３００１２３４５"},
        {"diameter_mm": 46.0},
        {"diameter_mm": 29.0},
        {"rim_mm": 0.1},
        {"star_mm": 30.0},
    ],
)
def test_a_seal_keeps_the_rule(wrong: dict[str, object]) -> None:
    with pytest.raises(MarkRefused) as caught:
        Seal(**{"name": NAME, **wrong})  # type: ignore[arg-type]  # wrong on purpose
    assert caught.value.code == "seal_invalid"


@pytest.mark.parametrize("diameter", [38.0, 40.0, 42.0, 45.0])
@pytest.mark.parametrize("name", ["鲁班", NAME, "某" * 20, "某" * 50])
def test_everything_stays_inside_the_rim(diameter: float, name: str) -> None:
    seal = Seal(name, "劳动合同专用章", "3703030012345", diameter_mm=diameter)
    drawing = draw(seal)
    assert drawing.true_size
    assert drawing.width == drawing.height == pytest.approx(diameter * POINTS_PER_MM)
    reach = diameter / 2 - seal.rim_mm
    text = "测试" + name + seal.purpose + seal.code
    matrices = placed(drawing.content)
    assert len(matrices) == len(text)
    for character, (a, b, c, d, e, f) in zip(text, matrices, strict=True):
        glyph = outline(character)
        numbers = [float(n) for n in re.findall(rb"-?\d+", glyph.path)]
        for x, y in zip(numbers[::2], numbers[1::2], strict=True):
            assert math.hypot(a * x + c * y + e, b * x + d * y + f) <= reach + 0.01


def test_the_name_runs_left_to_right_over_the_top_with_heads_outward() -> None:
    matrices = placed(draw(Seal(NAME, test=False)).content)
    angles = [math.degrees(math.atan2(b, a)) for a, b, *_ in matrices]
    assert angles == sorted(angles, reverse=True)
    assert angles[0] == pytest.approx(-angles[-1])
    assert angles[0] > 90  # begins below the middle on the left


def test_the_code_reads_upright_along_the_bottom() -> None:
    matrices = placed(draw(Seal(NAME, code="3703030012345", test=False)).content)[len(NAME) :]
    assert all(abs(math.degrees(math.atan2(b, a))) < 45 for a, b, *_ in matrices)
    across = [e for *_, e, _ in matrices]
    assert across == sorted(across)
    assert all(f < 0 for *_, f in matrices)


def test_long_names_are_condensed_and_then_made_smaller() -> None:
    def size(name: str) -> tuple[float, float]:
        a, b, c, d, *_ = placed(draw(Seal(name, test=False)).content)[0]
        return math.hypot(a, b), math.hypot(c, d)

    short, long, longest = size("某" * 10), size("某" * 20), size("某" * 50)
    assert short[0] == pytest.approx(short[1], rel=1e-3)
    assert long[0] < short[0]
    assert long[1] == pytest.approx(short[1], rel=1e-3)
    assert longest[1] < short[1]


def test_a_drawn_seal_says_that_it_is_a_test_unless_told_otherwise() -> None:
    assert len(placed(draw(Seal(NAME)).content)) == len(NAME) + 2
    assert len(placed(draw(Seal(NAME, test=False)).content)) == len(NAME)
