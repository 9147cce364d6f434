"""Draw a mark as PDF operators: paths, or a stencil; no font, no transparency: nothing PDF/A objects to."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from signing.pades.glyphs import Glyph, has_hand, outline
from signing.pades.marks import Mark, Seal, SealPicture, Strokes, TypedName

POINTS_PER_MM = 72 / 25.4
RED = b"0.902 0 0"  # RGB 230, 0, 0, the usual vermilion
PALE = b"1 0.78 0.78"
INK = b"0 0 0"
CIRCLE = 0.5522847498  # distance of control points that makes four Béziers a circle

# Proportions of the seal, as fractions of the diameter or in degrees
NAME_HEIGHT = 0.135
NAME_SPAN = 240.0
WIDEST_STEP = 34.0  # a short name is spread, but not all around
NAME_PITCH = 1.12  # advance along the arc, in character heights
NARROWEST = 0.5  # a character is condensed to half its width; beyond that it becomes smaller
PURPOSE_HEIGHT = 0.085
PURPOSE_LINE = -0.27
CODE_HEIGHT = 0.04
CODE_SPAN = 84.0
TEST_HEIGHT = 0.3
TEST_TILT = 20.0

# A typed name, in points: height of a character, space around
NAME_SIZE = 40.0
NAME_MARGIN = 4.0
# A line of words, in points: the height of a character
LINE_SIZE = 12.0
SVG_OPERATORS = {b"m": "M", b"l": "L", b"c": "C", b"h": "Z"}


@dataclass(frozen=True)
class Drawing:
    """Operators in a box of `width` × `height` points, origin at its lower left.

    `true_size`: it may be made smaller to fit its place, never larger.
    """

    width: float
    height: float
    content: bytes
    true_size: bool = False


@lru_cache(maxsize=512)
def draw(mark: Mark) -> Drawing:
    """The drawing of a mark. Raises MarkRefused("mark_character_missing") for a character no font has."""
    match mark:
        case Strokes():
            return _draw_strokes(mark)
        case TypedName():
            return _draw_name(mark)
        case Seal():
            return _draw_seal(mark)
        case SealPicture():
            return _draw_picture(mark)


def _draw_strokes(mark: Strokes) -> Drawing:
    """Each line a smooth curve through the middles of its segments, cropped to what was written."""
    scale = 200 / mark.width
    thickness = 3.2
    xs = [x * scale for line in mark.lines for x, _ in line]
    ys = [(mark.height - y) * scale for line in mark.lines for _, y in line]
    left, bottom = min(xs) - thickness, min(ys) - thickness
    parts = [b"%s RG %s w 1 J 1 j" % (INK, _numbers(thickness))]
    for line in mark.lines:
        points = [(x * scale - left, (mark.height - y) * scale - bottom) for x, y in line]
        parts.append(_numbers(*points[0]) + b" m")
        here = points[0]
        for point, following in pairwise(points[1:]):
            middle = ((point[0] + following[0]) / 2, (point[1] + following[1]) / 2)
            # a quadratic curve with `point` as control, written as a cubic one
            first = (here[0] + (point[0] - here[0]) * 2 / 3, here[1] + (point[1] - here[1]) * 2 / 3)
            second = (middle[0] + (point[0] - middle[0]) * 2 / 3, middle[1] + (point[1] - middle[1]) * 2 / 3)
            parts.append(_numbers(*first, *second, *middle) + b" c")
            here = middle
        parts.append(_numbers(*points[-1]) + b" l S")
    width, height = max(xs) - left + thickness, max(ys) - bottom + thickness
    return Drawing(width, height, b"\n".join(parts))


def _draw_name(mark: TypedName) -> Drawing:
    content, width = [INK + b" rg"], 0.0
    for glyph, (scale, across, up) in _name_set(mark.name):
        content.append(_placed(glyph.path, (scale, 0, 0, scale, across, up)))
        width = across + glyph.advance * scale + NAME_MARGIN
    return Drawing(width, NAME_SIZE + 2 * NAME_MARGIN, b"\n".join(content))


def typed_name_outline(name: str) -> tuple[float, float, str]:
    """Width, height and SVG path (y down) of a typed name, for a screen to show what `draw` draws."""
    height = NAME_SIZE + 2 * NAME_MARGIN
    width, path = 0.0, []
    for glyph, (scale, across, up) in _name_set(name):
        numbers: list[str] = []
        for token in glyph.path.split():
            if token.isalpha():
                path.append(SVG_OPERATORS[token] + " ".join(numbers))
                numbers = []
            else:
                down = len(numbers) % 2
                value = float(token) * scale
                numbers.append(f"{height - up - value:.1f}" if down else f"{across + value:.1f}")
        width = across + glyph.advance * scale + NAME_MARGIN
    return width, height, "".join(path)


def _name_set(name: str) -> Iterator[tuple[Glyph, tuple[float, float, float]]]:
    """The characters of a name beside one another, each with its scale and where its origin stands."""
    by_hand = has_hand(name.strip())
    across = NAME_MARGIN
    for character in name.strip():
        glyph = outline(character, by_hand=by_hand)
        scale = NAME_SIZE / glyph.units
        yield glyph, (scale, across, NAME_MARGIN + 0.14 * NAME_SIZE)
        across += glyph.advance * scale


@lru_cache(maxsize=64)
def draw_words(words: str) -> Drawing:
    """A line of words in Song, as high as its characters. Raises as `draw`."""
    content, across = [INK + b" rg"], 0.0
    for glyph in map(outline, words):
        scale = LINE_SIZE / glyph.units
        content.append(_placed(glyph.path, (scale, 0, 0, scale, across, 0.14 * LINE_SIZE)))
        across += glyph.advance * scale
    return Drawing(across, LINE_SIZE, b"\n".join(content))


def _draw_seal(seal: Seal) -> Drawing:
    """In millimetres around the centre; one matrix at the front turns them into points."""
    diameter = seal.diameter_mm
    radius = diameter / 2
    half = radius * POINTS_PER_MM
    parts = [_numbers(POINTS_PER_MM, 0, 0, POINTS_PER_MM, half, half) + b" cm"]
    if seal.test:
        parts += [PALE + b" rg", *_across("测试", TEST_HEIGHT * diameter, -0.13 * diameter, TEST_TILT)]
    parts.append(b"%s RG %s rg %s w" % (RED, RED, _numbers(seal.rim_mm)))
    parts.append(_circle(radius - seal.rim_mm / 2) + b" S")
    parts.append(_star(seal.star_mm / 2) + b" f")
    inner = radius - seal.rim_mm - 0.02 * diameter
    parts += _name_on_arc(seal.name, inner, diameter)
    if seal.purpose:
        height = min(PURPOSE_HEIGHT * diameter, 0.62 * diameter / len(seal.purpose))
        parts += _across(seal.purpose, height, PURPOSE_LINE * diameter, 0)
    if seal.code:
        parts += _code_on_arc(seal.code, inner, CODE_HEIGHT * diameter)
    return Drawing(2 * half, 2 * half, b"\n".join(parts), true_size=True)


def _draw_picture(seal: SealPicture) -> Drawing:
    """The stencil as an inline image, in hexadecimal, so that nothing in it looks like an operator."""
    width, height = seal.width_mm, seal.width_mm * seal.height / seal.width
    points = (width * POINTS_PER_MM, height * POINTS_PER_MM)
    parts = [_numbers(POINTS_PER_MM, 0, 0, POINTS_PER_MM, points[0] / 2, points[1] / 2) + b" cm"]
    if seal.test:
        parts += [PALE + b" rg", *_across("测试", TEST_HEIGHT * width, -0.13 * width, TEST_TILT)]
    parts += [
        RED + b" rg q " + _numbers(width, 0, 0, height, -width / 2, -height / 2) + b" cm",
        b"BI /W %d /H %d /IM true /BPC 1 /F /AHx ID" % (seal.width, seal.height),
        seal.bits.hex().encode() + b">",
        b"EI Q",
    ]
    return Drawing(*points, b"\n".join(parts), true_size=True)


def _name_on_arc(name: str, inner: float, diameter: float) -> Iterable[bytes]:
    """Left to right over the top, heads outward. Long names are condensed, then made smaller."""
    height = NAME_HEIGHT * diameter
    middle = inner - height / 2
    pitch = math.degrees(NAME_PITCH * height / middle)
    condensed = min(1.0, NAME_SPAN / (len(name) * pitch))
    if condensed < NARROWEST:
        height *= condensed / NARROWEST
        condensed = NARROWEST
    step = min(WIDEST_STEP, NAME_SPAN / len(name))
    start = 90 + step * (len(name) - 1) / 2
    for index, character in enumerate(name):
        yield _on_arc(character, start - index * step, inner - height / 2, height, condensed)


def _code_on_arc(code: str, inner: float, height: float) -> Iterable[bytes]:
    """Left to right along the bottom, heads inward, so that it reads upright."""
    step = CODE_SPAN / len(code)
    start = 270 - step * (len(code) - 1) / 2
    for index, digit in enumerate(code):
        yield _on_arc(digit, start + index * step, -(inner - height / 2), height, 1.0)


def _on_arc(character: str, angle: float, radius: float, height: float, condensed: float) -> bytes:
    """One character centred at `angle` (degrees, counter-clockwise from the right).

    A positive radius puts its head outward, a negative one inward.
    """
    glyph = outline(character)
    scale = height / glyph.units
    # the character is drawn upright, moved up by the radius, then turned about the centre
    turn = math.radians(angle - 90 if radius > 0 else angle - 270)
    cosine, sine = math.cos(turn), math.sin(turn)
    across, up = scale * condensed, scale
    left = -glyph.advance * across / 2
    low = (
        radius - height / 2 + 0.14 * height
    )  # 0.14 em below the baseline belongs to the square of a Han glyph
    return _placed(
        glyph.path,
        (
            across * cosine, across * sine, -up * sine, up * cosine,
            left * cosine - low * sine, left * sine + low * cosine,
        ),
    )  # fmt: skip


def _across(text: str, height: float, baseline: float, tilt: float) -> Iterable[bytes]:
    """A line of text centred on the middle, tilted by so many degrees."""
    glyphs = [outline(character) for character in text]
    cosine, sine = math.cos(math.radians(tilt)), math.sin(math.radians(tilt))
    across = -sum(glyph.advance / glyph.units for glyph in glyphs) * height / 2
    low = baseline + 0.14 * height
    for glyph in glyphs:
        scale = height / glyph.units
        yield _placed(
            glyph.path,
            (
                scale * cosine, scale * sine, -scale * sine, scale * cosine,
                across * cosine - low * sine, across * sine + low * cosine,
            ),
        )  # fmt: skip
        across += glyph.advance * scale


def _circle(r: float) -> bytes:
    k = r * CIRCLE
    quarters = (
        (r, k, k, r, 0, r), (-k, r, -r, k, -r, 0), (-r, -k, -k, -r, 0, -r), (k, -r, r, -k, r, 0),
    )  # fmt: skip
    return b" ".join((_numbers(r, 0) + b" m", *(_numbers(*q) + b" c" for q in quarters), b"h"))


def _star(outer: float) -> bytes:
    inner = outer * math.sin(math.radians(18)) / math.sin(math.radians(54))
    corners = []
    for corner in range(10):
        reach, angle = (outer, inner)[corner % 2], math.radians(90 + 36 * corner)
        corners.append(_numbers(reach * math.cos(angle), reach * math.sin(angle)))
    return b" ".join((corners[0] + b" m", *(corner + b" l" for corner in corners[1:]), b"h"))


Matrix = tuple[float, float, float, float, float, float]


def _placed(path: bytes, matrix: Matrix) -> bytes:
    return b"q %s cm %s f Q" % (_numbers(*matrix), path)


def _numbers(*values: float) -> bytes:
    """PDF numbers: six decimals, no exponent, no trailing zeros."""
    return b" ".join(f"{value:.6f}".rstrip("0").rstrip(".").encode() or b"0" for value in values)
