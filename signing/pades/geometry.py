"""Where things are on a page: fractions of what the reader sees, and PDF user space.

A browser knows only the displayed page: the crop box, turned by /Rotate (ISO 32000-1, 7.7.3.3 and 14.11.2).
Positions travel as fractions of it, 0 … 1, origin at the top left, x to the right, y down. User space has
its origin anywhere, y up, and is not turned. `tests/data/geometry-cases.json` holds the cases that this
module and its TypeScript twin must both satisfy.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from signing.pades.errors import PlaceRefused

TOLERANCE = 1e-6
MIN_POINTS = 10.0  # 3.5 mm: less cannot be read on paper

Rect = tuple[float, float, float, float]
"""Left, bottom, right, top in user space (points)."""


@dataclass(frozen=True)
class Box:
    """A place on the displayed page: page from 1; top left corner x, y and size w, h as fractions 0 … 1."""

    page: int
    x: float
    y: float
    w: float
    h: float

    def contains(self, other: "Box") -> bool:
        """Whether `other` lies wholly inside, on the same page."""
        return (
            self.page == other.page
            and other.x >= self.x - TOLERANCE
            and other.y >= self.y - TOLERANCE
            and other.x + other.w <= self.x + self.w + TOLERANCE
            and other.y + other.h <= self.y + self.h + TOLERANCE
        )

    def overlaps(self, other: "Box") -> bool:
        """Whether the two share more than an edge, on the same page."""
        return (
            self.page == other.page
            and self.x + TOLERANCE < other.x + other.w
            and other.x + TOLERANCE < self.x + self.w
            and self.y + TOLERANCE < other.y + other.h
            and other.y + TOLERANCE < self.y + self.h
        )


@dataclass(frozen=True)
class PageFrame:
    """The crop box in user space and /Rotate (0, 90, 180 or 270, clockwise)."""

    left: float
    bottom: float
    right: float
    top: float
    rotate: int = 0

    @property
    def size(self) -> tuple[float, float]:
        """Width and height as displayed, in points."""
        width, height = self.right - self.left, self.top - self.bottom
        return (height, width) if self.rotate in (90, 270) else (width, height)


def box_from_points(page: int, x: float, y: float, w: float, h: float, size: tuple[float, float]) -> Box:
    """A box from points measured from the displayed page's top left corner; `size` is the displayed size."""
    width, height = size
    return Box(page, x / width, y / height, w / width, h / height)


def to_rect(box: Box, frame: PageFrame) -> Rect:
    """The box in user space."""
    corners = [
        _to_user(u, v, frame) for u, v in ((box.x, box.y), (box.x + box.w, box.y + box.h))
    ]  # fmt: skip
    (xs, ys) = zip(*corners, strict=True)
    return (min(xs), min(ys), max(xs), max(ys))


def to_box(rect: Rect, frame: PageFrame, page: int) -> Box:
    """The rectangle as fractions of the displayed page; the inverse of `to_rect`."""
    corners = [_to_displayed(x, y, frame) for x, y in ((rect[0], rect[1]), (rect[2], rect[3]))]
    (us, vs) = zip(*corners, strict=True)
    return Box(page, min(us), min(vs), max(us) - min(us), max(vs) - min(vs))


def check_place(
    box: Box, frames: Sequence[PageFrame], *, zone: Box | None = None, keep_clear: Iterable[Box] = ()
) -> None:
    """Raise PlaceRefused unless a mark may stand at `box`.

    It must be on a page and within it, in its `zone` if there is one, off every box of `keep_clear`, and at
    least 10 points wide and high.
    """
    numbers = (box.x, box.y, box.w, box.h)
    if not 1 <= box.page <= len(frames) or not all(math.isfinite(n) for n in numbers):
        raise PlaceRefused("place_outside_page")
    if not Box(box.page, 0, 0, 1, 1).contains(box):
        raise PlaceRefused("place_outside_page")
    width, height = frames[box.page - 1].size
    if box.w * width < MIN_POINTS - TOLERANCE or box.h * height < MIN_POINTS - TOLERANCE:
        raise PlaceRefused("place_too_small")
    if zone is not None and not zone.contains(box):
        raise PlaceRefused("place_outside_zone")
    if any(box.overlaps(other) for other in keep_clear):
        raise PlaceRefused("place_overlaps")


# /Rotate turns the page clockwise. (a, b) are fractions of the unturned crop box, b up; (u, v) are fractions
# of the displayed page, v down.
_DISPLAYED_FROM_PAGE = {
    0: lambda a, b: (a, 1 - b),
    90: lambda a, b: (b, a),
    180: lambda a, b: (1 - a, b),
    270: lambda a, b: (1 - b, 1 - a),
}
_PAGE_FROM_DISPLAYED = {
    0: lambda u, v: (u, 1 - v),
    90: lambda u, v: (v, u),
    180: lambda u, v: (1 - u, v),
    270: lambda u, v: (1 - v, 1 - u),
}


def _to_user(u: float, v: float, frame: PageFrame) -> tuple[float, float]:
    a, b = _PAGE_FROM_DISPLAYED[frame.rotate](u, v)
    return frame.left + a * (frame.right - frame.left), frame.bottom + b * (frame.top - frame.bottom)


def _to_displayed(x: float, y: float, frame: PageFrame) -> tuple[float, float]:
    a = (x - frame.left) / (frame.right - frame.left)
    b = (y - frame.bottom) / (frame.top - frame.bottom)
    return _DISPLAYED_FROM_PAGE[frame.rotate](a, b)
