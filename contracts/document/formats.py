"""How a fact reads in a contract: Chinese dates, money with 大写, words for codes."""

import datetime
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final, TypeAlias

from core.codes import table

Labels: TypeAlias = Mapping[str, Mapping[str, str]]
Formatter: TypeAlias = Callable[[object, str, Labels], str]

CHECKED: Final = "■"
UNCHECKED: Final = "□"

_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("", "拾", "佰", "仟")
_GROUPS: Final = ("", "万", "亿")
_ORDINAL_DIGITS: Final = "〇一二三四五六七八九"


class UnknownLabelError(ValueError):
    """A code for which the template's label set has no words."""


def chinese_date(iso: str) -> str:
    """`2026-11-03` → `2026年11月3日`. Raises ValueError for a day that does not exist."""
    day = datetime.date.fromisoformat(iso)
    return f"{day.year}年{day.month}月{day.day}日"


def money(amount: str) -> str:
    """`5200.00` → `5,200.00`."""
    return f"{Decimal(amount):,.2f}"


def capital_money(amount: str) -> str:
    """`5200.50` → `伍仟贰佰元伍角整` (正确填写票据和结算凭证的基本规定: 整 after 元 or 角, 零 for gaps).

    Range: 0.00 … 9999999999.99.
    """
    cents = int(Decimal(amount) * 100)
    yuan, (jiao, fen) = cents // 100, divmod(cents % 100, 10)
    words = f"{_capital_integer(yuan)}元" if yuan or not cents else ""
    if jiao:
        words += f"{_DIGITS[jiao]}角"
    elif fen and yuan:
        words += "零"
    return words + (f"{_DIGITS[fen]}分" if fen else "整")


def _capital_integer(number: int) -> str:
    if number == 0:
        return _DIGITS[0]
    words = ""
    gap = False
    groups = -(-len(str(number)) // 4)
    for group in range(groups - 1, -1, -1):
        value = number // 10_000**group % 10_000
        for place in (3, 2, 1, 0):
            digit = value // 10**place % 10
            if not digit:
                gap = bool(words)
                continue
            words += (_DIGITS[0] if gap else "") + _DIGITS[digit] + _PLACES[place]
            gap = False
        if value:
            words += _GROUPS[group]
    return words


def chinese_ordinal(number: int) -> str:
    """1 → 一, 10 → 十, 21 → 二十一, 105 → 一百零五: numbers of chapters, articles and items, below 1000."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words = f"{_ORDINAL_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        words += ("一" if hundreds and tens == 1 else _ORDINAL_DIGITS[tens] if tens > 1 else "") + "十"
    elif hundreds and ones:
        words += "零"
    return words + (_ORDINAL_DIGITS[ones] if ones else "")


def _label(value: object, name: str, labels: Labels) -> str:
    try:
        return labels[name][str(value)]
    except KeyError:
        raise UnknownLabelError(f"{value!r} has no words in the label set {name!r}") from None


def _code(value: object, name: str, labels: Labels) -> str:
    """The template's own words for a code, or else those of the code table."""
    words = labels.get(name, {}).get(str(value)) or table(name).get(str(value))
    if words is None:
        raise UnknownLabelError(f"{value!r} is not in the code table {name!r}")
    return words if isinstance(words, str) else words.zh


def _choice(value: object, name: str, labels: Labels) -> str:
    _label(value, name, labels)
    options = labels[name].items()
    return "  ".join(f"{CHECKED if str(value) == code else UNCHECKED}{words}" for code, words in options)


def _number(value: object, _: str, __: Labels) -> str:
    """`8.00` → `8`, `7.50` → `7.5`."""
    text = f"{Decimal(str(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


FORMATS: Final[Mapping[str, Formatter]] = MappingProxyType(
    {
        "text": lambda value, _, __: str(value),
        "date": lambda value, _, __: chinese_date(str(value)),
        "money": lambda value, _, __: money(str(value)),
        "capital": lambda value, _, __: capital_money(str(value)),
        "number": _number,
        "label": _label,
        "choice": _choice,
        "code": _code,
        "tick": lambda value, _, __: CHECKED if value is True else UNCHECKED,
    }
)
# formats that need a name after a colon: of one of the template's label sets, or of a code table
LABELLED: Final = frozenset({"label", "choice"})
CODED: Final = frozenset({"code"})
