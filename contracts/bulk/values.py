"""From what stands in a cell to a fact, and back to what a clerk reads.

A cell is text: the reader of files has made text of dates and numbers already. Faults name the column, never
the value.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from contracts.bulk.columns import Column, Kind
from core.errors import Fault

YES, NO = "是", "否"
MOST_AMOUNTS: Final = 12  # a year of months
_FLAGS: Final = dict.fromkeys((YES, "√", "✓", "TRUE", "Y", "YES", "1", "有"), True) | dict.fromkeys(
    (NO, "×", "FALSE", "N", "NO", "0", "无"), False
)
_DATE: Final = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]00:00(?::00(?:\.0+)?)?)?|(\d{4})(\d\d)(\d\d)"
)
_SPOILED: Final = re.compile(r"\d(?:\.\d+)?E\+?\d+")
_MONEY: Final = re.compile(r"\d{1,10}(?:\.\d{1,2})?")
_HOURS: Final = re.compile(r"\d{1,3}(?:\.\d{1,2})?")
_BETWEEN: Final = re.compile(r"[\s;；、]+")
_ITEM: Final = re.compile(
    r"(?P<name>[^\d：:=]+?)\s*[：:=]?\s*(?P<amount>\d{1,10}(?:\.\d{1,2})?)\s*元?(?:\s+(?P<note>.+))?"
)


class CellError(ValueError):
    """A cell that cannot be read as what its column holds; the argument is a code of `WORDS`."""


def read_cell(column: Column, text: str) -> Any:
    """The fact that a cell means; None for an empty cell without default. Raises `CellError`."""
    text = text.strip()
    if not text:
        return column.default or None
    return _READERS[column.kind](column, text)


def cell_fault(column: Column, code: str) -> Fault:
    """What to tell about a cell."""
    zh, en, remedy_zh, remedy_en = WORDS[code]
    return Fault(
        column.pointer, code, zh.format(name=column.zh), en.format(name=column.en), remedy_zh, remedy_en
    )


def show_fact(column: Column, value: Any) -> str:
    """A fact as it stands in a cell."""
    if value is None:
        return ""
    if column.kind is Kind.FLAG:
        return YES if value else NO
    if column.kind is Kind.CHOICE:
        return option(column, str(value))
    return str(value)


def option(column: Column, code: str) -> str:
    """`01 居民身份证`: what lists offer and cells hold; the words alone where the code is a word of ours."""
    words = column.options.get(code)
    if not words:
        return code
    return f"{code} {words}" if code[0].isdigit() else words


def _digits(_: Column, text: str) -> str:
    if _SPOILED.fullmatch(text.upper()):
        raise CellError("cell_lost_digits")
    return text


def _day(_: Column, text: str) -> str:
    found = _DATE.fullmatch(unicodedata.normalize("NFKC", text).replace(" 年", "年"))
    if found is None:
        raise CellError("cell_not_date")
    year, month, day = (int(part) for part in found.groups() if part is not None)
    try:
        return date(year, month, day).isoformat()
    except ValueError as error:
        raise CellError("cell_not_date") from error


def _plain_number(text: str) -> str:
    """Half-width digits without grouping, currency signs and units."""
    return re.sub(r"[,，\s¥￥元]", "", unicodedata.normalize("NFKC", text))


def _money(_: Column, text: str) -> str:
    number = _plain_number(text)
    if not _MONEY.fullmatch(number):
        raise CellError("cell_not_money")
    return f"{Decimal(number):.2f}"


def _hours(_: Column, text: str) -> str:
    number = _plain_number(text).removesuffix("小时")
    if not _HOURS.fullmatch(number):
        raise CellError("cell_not_hours")
    return number


def _whole(_: Column, text: str) -> int:
    number = re.sub(r"个?[月日天次号]$", "", _plain_number(text))
    try:
        value = Decimal(number)
    except InvalidOperation as error:
        raise CellError("cell_not_whole") from error
    if not value.is_finite() or value != int(value) or not 0 <= value < 10_000:
        raise CellError("cell_not_whole")
    return int(value)


def _flag(_: Column, text: str) -> bool:
    known = _FLAGS.get(unicodedata.normalize("NFKC", text).upper())
    if known is None:
        raise CellError("cell_not_flag")
    return known


def _choice(column: Column, text: str) -> str:
    """`01 居民身份证`, `01`, `1` (what a spreadsheet leaves of 01) or the words alone."""
    options = column.options
    code = text.split(maxsplit=1)[0]
    if code in options:
        return code
    widths = {len(option) for option in options}
    padded = code.zfill(widths.pop()) if len(widths) == 1 else code
    if padded in options:
        return padded
    named = [option for option, words in options.items() if words == text]
    if len(named) == 1:
        return named[0]
    if column.closed:
        raise CellError("cell_not_option")
    return code


def _items(_: Column, text: str) -> list[dict[str, str]]:
    items = []
    for part in re.split(r"[;；\n]", text):
        if not part.strip():
            continue
        found = _ITEM.fullmatch(part.strip())
        if found is None:
            raise CellError("cell_not_items")
        item = {"name": found["name"].strip(), "amount": f"{Decimal(found['amount']):.2f}"}
        items.append(item | ({"note": found["note"].strip()} if found["note"] else {}))
    return items


def _amounts(column: Column, text: str) -> list[str]:
    """`5200 5300.50；5400`: amounts, a comma between thousands only."""
    amounts = [_money(column, each) for each in _BETWEEN.split(text) if each]
    if len(amounts) > MOST_AMOUNTS:
        raise CellError("cell_too_many_amounts")
    return amounts


_READERS: Final[Mapping[Kind, Callable[[Column, str], Any]]] = {
    Kind.TEXT: lambda _, text: text,
    Kind.DIGITS: _digits,
    Kind.DATE: _day,
    Kind.MONEY: _money,
    Kind.HOURS: _hours,
    Kind.WHOLE: _whole,
    Kind.FLAG: _flag,
    Kind.CHOICE: _choice,
    Kind.ITEMS: _items,
    Kind.AMOUNTS: _amounts,
}
# code → words in Chinese and English, remedy in both
WORDS: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "cell_missing": ("请填写{name}。", "The {name} is missing.", "此项必填。", "This cell is required."),
    "cell_lost_digits": (
        "{name}被 Excel 改成了数字，后几位已经丢失。",
        "The spreadsheet has made a number of the {name} and lost its last digits.",
        "请把单元格设为文本格式后重新填写。",
        "Format the cell as text and type it again.",
    ),
    "cell_not_date": (
        "{name}不是有效的日期。",
        "The {name} is not a date that exists.",
        "请写成 2026-11-03。",
        "Write it like 2026-11-03.",
    ),
    "cell_not_money": (
        "{name}不是金额。",
        "The {name} is not an amount.",
        "只写数字，最多两位小数，例如 5200 或 5200.50。",
        "Write digits, with two decimals at most, like 5200 or 5200.50.",
    ),
    "cell_not_hours": (
        "{name}不是小时数。",
        "The {name} is not a number of hours.",
        "只写数字，例如 8 或 7.5。",
        "Write a number like 8 or 7.5.",
    ),
    "cell_not_whole": (
        "{name}应为整数。",
        "The {name} must be a whole number.",
        "只写数字，例如 3。",
        "Write digits only, like 3.",
    ),
    "cell_not_flag": (
        "{name}应填是或否。",
        "The {name} must be yes or no.",
        "请选“是”或“否”。",
        "Choose 是 or 否.",
    ),
    "cell_not_option": (
        "{name}不在选项中。",
        "The {name} is not one of the options.",
        "请从单元格的下拉列表中选择。",
        "Choose from the list of the cell.",
    ),
    "cell_not_items": (
        "{name}的写法不对。",
        "The {name} cannot be read.",
        "请写成“基本工资 3600；岗位工资 1600”。",
        "Write “name amount”, separated by semicolons.",
    ),
    "cell_too_many_amounts": (
        "{name}最多填写十二个金额。",
        "The {name} may have twelve amounts at most.",
        "请只填最近十二个月，用空格隔开，由远到近。",
        "Enter the last twelve months, the oldest first, with spaces between.",
    ),
}
