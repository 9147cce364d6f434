"""The numbers that Word puts before paragraphs by itself (ECMA-376-1, 17.9): they stand in no run of text."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.etree.ElementTree import Element

from contracts.document.formats import chinese_ordinal
from contracts.uploads.package import name_of, value_of

DEEPEST: Final = 20  # styles that are based on styles
MOST: Final = 999
_ROMAN: Final = (
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
)


def _roman(number: int) -> str:
    words = ""
    for value, sign in _ROMAN:
        words += sign * (number // value)
        number %= value
    return words


def _letters(number: int) -> str:
    return chr(ord("a") + (number - 1) % 26) * (1 + (number - 1) // 26)


def _circled(number: int) -> str:
    return chr(ord("①") + number - 1) if number <= 20 else f"({number})"


# What is not here is written as 1, 2, 3.
_FORMATS: Final[Mapping[str, Callable[[int], str]]] = {
    **dict.fromkeys(
        (
            "chineseCounting", "chineseCountingThousand", "ideographTraditional", "ideographDigital",
            "japaneseCounting", "japaneseDigitalTenThousand", "taiwaneseCounting",
            "taiwaneseCountingThousand",
        ),
        chinese_ordinal,
    ),
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalZero": lambda number: f"{number:02}",
    "lowerLetter": _letters,
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
    "none": lambda _: "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    format: str
    text: str
    decimal: bool


@dataclass
class _List:
    """The levels that several numberings may share, and how far each has counted."""

    levels: dict[int, _Level]
    by_style: dict[str, int]
    counts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """Counts along the document: ask for the paragraphs in their order."""

    def __init__(self, numbering: Element | None, styles: Element | None) -> None:
        self._lists: dict[str, _List] = {}
        self._numbers: dict[str, tuple[str, dict[int, int]]] = {}
        self._styles: dict[str, tuple[str, tuple[str, str] | None]] = {}
        self._restarted: set[str] = set()
        for each in numbering if numbering is not None else ():
            if name_of(each) == "abstractNum":
                self._lists[value_of(each, "abstractNumId")] = _list(each)
            elif name_of(each) == "num":
                self._numbers[value_of(each, "numId")] = _number(each)
        for each in styles if styles is not None else ():
            if name_of(each) == "style":
                properties = child(each, "pPr")
                based = child(each, "basedOn")
                given = None if properties is None else _given(properties)
                self._styles[value_of(each, "styleId")] = ("" if based is None else value_of(based), given)

    def label(self, properties: Element | None) -> str:
        """The number before the paragraph with these properties; empty without one."""
        style = "" if properties is None else _style(properties)
        given = None if properties is None else _given(properties)
        found = given if given and given[0] else self._of_style(style)
        if found is None or found[0] not in self._numbers:
            return ""
        number, level = found[0], (given or found)[1]
        name, restarts = self._numbers[number]
        numbered = self._lists.get(name)
        if numbered is None:
            return ""
        depth = int(level) if level.isdecimal() else numbered.by_style.get(style, 0)
        if number not in self._restarted:
            self._restarted.add(number)
            numbered.counts.update({at: start - 1 for at, start in restarts.items()})
        return _counted(numbered, depth)

    def _of_style(self, style: str) -> tuple[str, str] | None:
        for _ in range(DEEPEST):
            based, given = self._styles.get(style, ("", None))
            if given is not None:
                return given
            style = based
        return None


def child(element: Element, name: str) -> Element | None:
    """The first child of that name."""
    return next((each for each in element if name_of(each) == name), None)


def _counted(numbered: _List, depth: int) -> str:
    level = numbered.levels.get(depth)
    if level is None:
        return ""
    if level.format == "bullet":
        return "·"
    counts = numbered.counts
    counts[depth] = min(counts.get(depth, level.start - 1) + 1, MOST)
    for deeper in [at for at in counts if at > depth]:
        del counts[deeper]
    words = level.text
    for at, each in numbered.levels.items():
        if f"%{at + 1}" in words:
            count = max(counts.setdefault(at, each.start), 0)
            written = str if level.decimal else _FORMATS.get(each.format, str)
            words = words.replace(f"%{at + 1}", written(count) if count else "0")
    return words


def _list(element: Element) -> _List:
    levels, by_style = {}, {}
    for each in element:
        if name_of(each) == "lvl":
            at = _integer(value_of(each, "ilvl"))
            parts = {name_of(part): part for part in each}
            values = {name: value_of(part) for name, part in parts.items()}
            start = _integer(values.get("start", "1"))
            decimal = "isLgl" in parts and values["isLgl"] not in ("0", "false")
            levels[at] = _Level(start, values.get("numFmt", "decimal"), values.get("lvlText", ""), decimal)
            if "pStyle" in values:
                by_style[values["pStyle"]] = at
    return _List(levels, by_style)


def _number(element: Element) -> tuple[str, dict[int, int]]:
    name, restarts = "", {}
    for each in element:
        if name_of(each) == "abstractNumId":
            name = value_of(each)
        elif name_of(each) == "lvlOverride" and (start := child(each, "startOverride")) is not None:
            restarts[_integer(value_of(each, "ilvl"))] = _integer(value_of(start))
    return name, restarts


def _given(properties: Element) -> tuple[str, str] | None:
    """Numbering and level; the level is empty where the style decides it."""
    given = child(properties, "numPr")
    if given is None:
        return None
    number, level = child(given, "numId"), child(given, "ilvl")
    return "" if number is None else value_of(number), "" if level is None else value_of(level)


def _style(properties: Element) -> str:
    style = child(properties, "pStyle")
    return "" if style is None else value_of(style)


def _integer(words: str) -> int:
    return min(int(words), MOST) if words.isdecimal() else 0
