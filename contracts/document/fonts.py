"""The fonts that documents are set in, and which characters they can print.

Song for text, Hei for headings, HanaMin B for the rare characters of CJK extensions B to F. All under the
SIL Open Font License. HanaMin B is optional: without it, names that need it are refused at entry.
"""

from functools import cache
from pathlib import Path
from typing import Final

import pylopdf_fonts_zh_cn
from fontTools.ttLib import TTFont

# where Debian's fonts-hanazono puts it, and where our set-up unpacks that package when it may not install
HANAZONO_PLACES: Final = (
    Path("/usr/share/fonts/truetype/hanazono/HanaMinB.ttf"),
    Path(__file__).parents[2] / "var/fonts/usr/share/fonts/truetype/hanazono/HanaMinB.ttf",
    Path(__file__).parents[2] / "var/fonts/HanaMinB.ttf",
)


def song() -> Path:
    """Noto Serif SC Regular: the text of documents."""
    return pylopdf_fonts_zh_cn.serif_path()


def hei() -> Path:
    """Noto Sans SC Regular: headings."""
    return pylopdf_fonts_zh_cn.sans_path()


def hanazono() -> Path | None:
    """HanaMin B, if it can be had here."""
    return next((place for place in HANAZONO_PLACES if place.is_file()), None)


@cache
def font_files() -> tuple[Path, ...]:
    """The fallback chain, in order."""
    rare = hanazono()
    return (song(), hei(), *((rare,) if rare else ()))


@cache
def printable_characters() -> frozenset[int]:
    """Code points that text set in Song can print: its own and those of HanaMin B."""
    rare = hanazono()
    return frozenset().union(*(_code_points(font) for font in (song(), *((rare,) if rare else ()))))


def _code_points(font: Path) -> frozenset[int]:
    with TTFont(font, lazy=True) as face:
        return frozenset(face.getBestCmap())
