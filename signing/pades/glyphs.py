"""Characters as outlines. Drawn as paths, no font need be embedded: a CJK font would cost half a second.

Song (宋体, as the rule for seals demands) from Noto Serif SC; rare characters from HanaMin B where it is
installed; typed names in the brush hand of Ma Shan Zheng. All under the SIL Open Font License.
"""

import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pylopdf_fonts_zh_cn
from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont

from signing.pades.errors import MarkRefused

ROOT = Path(__file__).parents[2]
HANAMIN_B = (
    Path("/usr/share/fonts/truetype/hanazono/HanaMinB.ttf"),
    ROOT / "var/fonts/HanaMinB.ttf",
)
BRUSH = ROOT / "node_modules/@fontsource/ma-shan-zheng/files/ma-shan-zheng-chinese-simplified-400-normal.woff"
SHARED = "· "  # what parts the parts of a name is the same in every hand
_lock = threading.Lock()  # a lazily read font has one file position


@dataclass(frozen=True)
class Glyph:
    """An outline as PDF path operators in font units, its advance, and the units of an em."""

    path: bytes
    advance: int
    units: int


def outline(character: str, *, by_hand: bool = False) -> Glyph:
    """The glyph of one character. Raises MarkRefused("mark_character_missing") when no font has it."""
    with _lock:
        return _outline(character, by_hand)


def has_hand(name: str) -> bool:
    """Whether the brush can write the whole of a name; two hands in one name would look forged."""
    with _lock:
        brush = _brush()
        return brush is not None and all(ord(c) in brush.getBestCmap() for c in name if c not in SHARED)


@cache
def _outline(character: str, by_hand: bool) -> Glyph:
    brush = _brush() if by_hand else None
    for font in (*([brush] if brush else ()), *_fonts()):
        name = font.getBestCmap().get(ord(character))
        if name is not None:
            glyphs = font.getGlyphSet()
            pen = _PathPen(glyphs)
            glyphs[name].draw(pen)
            return Glyph(b" ".join(pen.operators), int(glyphs[name].width), font["head"].unitsPerEm)
    raise MarkRefused("mark_character_missing", params={"character": character})


@cache
def _fonts() -> tuple[TTFont, ...]:
    rare = [path for path in HANAMIN_B if path.is_file()][:1]
    return tuple(TTFont(path, lazy=True) for path in (pylopdf_fonts_zh_cn.serif_path(), *rare))


@cache
def _brush() -> TTFont | None:
    return TTFont(BRUSH, lazy=True) if BRUSH.is_file() else None


class _PathPen(BasePen):  # type: ignore[misc]  # fontTools has no types
    """Writes PDF path construction operators (ISO 32000-1, table 59)."""

    def __init__(self, glyphs: object) -> None:
        super().__init__(glyphs)
        self.operators: list[bytes] = []

    def _moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802  (fontTools' name)
        self.operators.append(b"%d %d m" % point)

    def _lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802  (fontTools' name)
        self.operators.append(b"%d %d l" % point)

    def _curveToOne(  # noqa: N802  (fontTools' name)
        self, first: tuple[float, float], second: tuple[float, float], end: tuple[float, float]
    ) -> None:
        self.operators.append(b"%d %d %d %d %d %d c" % (*first, *second, *end))

    def _closePath(self) -> None:  # noqa: N802  (fontTools' name)
        self.operators.append(b"h")
