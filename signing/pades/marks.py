"""What a party leaves on the page: handwriting, a typed name, or a seal. Values, checked when made."""

import math
from dataclasses import dataclass

from signing.pades.errors import MarkRefused

MAX_LINES = 300
MAX_POINTS = 6000
MAX_NAME = 50


@dataclass(frozen=True)
class Strokes:
    """Handwriting: lines of points (x, y) on a pad of `width` × `height` in any unit, y down.

    Raises MarkRefused("mark_unreadable") for nothing, a mere dot, points off the pad, or far too many points.
    """

    lines: tuple[tuple[tuple[float, float], ...], ...]
    width: float
    height: float

    def __post_init__(self) -> None:
        points = [point for line in self.lines for point in line]
        if not points or len(self.lines) > MAX_LINES or len(points) > MAX_POINTS or not all(self.lines):
            raise MarkRefused("mark_unreadable")
        if not (
            math.isfinite(self.width) and math.isfinite(self.height) and min(self.width, self.height) > 0
        ):
            raise MarkRefused("mark_unreadable")
        # NaN compares false, so it is refused here too
        if not all(0 <= x <= self.width and 0 <= y <= self.height for x, y in points):
            raise MarkRefused("mark_unreadable")
        xs, ys = zip(*points, strict=True)
        if max(xs) - min(xs) < 0.02 * self.width and max(ys) - min(ys) < 0.02 * self.height:
            raise MarkRefused("mark_unreadable")


@dataclass(frozen=True)
class TypedName:
    """A name set in a brush hand (in Song where that lacks a character), for who does not write."""

    name: str

    def __post_init__(self) -> None:
        if not 1 <= len(self.name.strip()) <= MAX_NAME:
            raise MarkRefused("mark_unreadable")


@dataclass(frozen=True)
class Seal:
    """A round seal by 国发〔1999〕25号: full legal name along the upper rim, star, at most 45 mm.

    `purpose` is the line under the star (e.g. 合同专用章), `code` the 13 digits of the police register along
    the lower rim. A drawn seal must not pass for a registered one: `test` writes 测试 across it, and only a
    production system with a real certification authority switches that off.
    Raises MarkRefused("seal_invalid").
    """

    name: str
    purpose: str = ""
    code: str = ""
    diameter_mm: float = 40.0
    rim_mm: float = 1.0
    star_mm: float = 14.0
    test: bool = True

    def __post_init__(self) -> None:
        if not 2 <= len(self.name) <= MAX_NAME or len(self.purpose) > 12:
            raise MarkRefused("seal_invalid")
        if self.code and not (len(self.code) == 13 and self.code.isascii() and self.code.isdigit()):
            raise MarkRefused("seal_invalid")
        if not (30 <= self.diameter_mm <= 45 and 0.5 <= self.rim_mm <= 2 and 8 <= self.star_mm <= 16):
            raise MarkRefused("seal_invalid")


@dataclass(frozen=True)
class SealPicture:
    """An uploaded seal as a stencil, printed in the one red of all seals: hence nothing transparent in it.

    `bits`: rows from the top, each padded to whole bytes, the most significant bit leftmost; 0 is printed.
    `width` × `height` are pixels, `width_mm` the size on paper. `test` as for a drawn seal.
    Raises MarkRefused("seal_invalid").
    """

    width: int
    height: int
    bits: bytes
    width_mm: float = 40.0
    test: bool = True

    def __post_init__(self) -> None:
        if min(self.width, self.height) < 1 or len(self.bits) != (self.width + 7) // 8 * self.height:
            raise MarkRefused("seal_invalid")
        if not 30 <= self.width_mm <= 45:
            raise MarkRefused("seal_invalid")


Mark = Strokes | TypedName | Seal | SealPicture
