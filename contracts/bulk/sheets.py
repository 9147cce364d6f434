"""The workbooks that we make: the empty sheet of a template, and faulty rows with what is wrong beside them.

Row 1 holds the titles, row 2 the keys by which a column is known again, whatever its title has become. Every
cell is written as text: nothing in a file of ours is ever a formula.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from contracts.bulk.columns import Column, Kind, Plan
from contracts.bulk.reader import MAX_ROWS
from contracts.bulk.values import NO, YES, option
from core.periods import last_day

NOTE_KEY: Final = "row.note"
NOTE_TITLE: Final = "说明（不导入）"
TEST_MARK: Final = "测试"
LISTS, HELP = "选项", "填写说明"
HEADING_ROWS: Final = 2

_TITLE_FONT: Final = Font(bold=True, color="FFFFFF")
_KEY_FONT: Final = Font(size=8, color="808080")
_TEST_FONT: Final = Font(italic=True, color="9C5700")
_REQUIRED: Final = PatternFill("solid", fgColor="1F4E79")
_OPTIONAL: Final = PatternFill("solid", fgColor="7F7F7F")
_TEST: Final = PatternFill("solid", fgColor="FFEB9C")
_WRONG: Final = PatternFill("solid", fgColor="FFC7CE")
_FORMATS: Final[Mapping[Kind, str]] = {
    Kind.DATE: "yyyy-mm-dd",
    Kind.MONEY: "0.00",
    Kind.HOURS: "0.##",
    Kind.WHOLE: "0",
}
_WIDTHS: Final[Mapping[Kind, int]] = {
    Kind.DIGITS: 22,
    Kind.TEXT: 24,
    Kind.CHOICE: 20,
    Kind.ITEMS: 32,
    Kind.AMOUNTS: 40,
}
_WRITE_AS: Final[Mapping[Kind, str]] = {
    Kind.DATE: "日期，写成 2026-11-03",
    Kind.MONEY: "金额（元），只写数字",
    Kind.HOURS: "小时数，例如 8 或 7.5",
    Kind.WHOLE: "整数",
    Kind.FLAG: f"{YES}或{NO}",
    Kind.CHOICE: "从下拉列表中选择",
    Kind.DIGITS: "文本格式的号码",
    Kind.AMOUNTS: "金额（元），用空格隔开",
}


@dataclass(frozen=True)
class FaultyRow:
    """A row as the file gave it, with `note` telling its faults and the keys of the cells that are wrong."""

    note: str
    cells: Mapping[str, str]
    wrong: frozenset[str]


def template_workbook(plan: Plan, *, title: str, today: date) -> bytes:
    """The sheet to be filled in for a template, with one row of an invented person that is never imported."""
    note = f"{TEST_MARK}样例，导入时自动跳过；请从下一行开始填写"
    return _workbook(
        plan, title, [FaultyRow(note, dict(example_cells(plan, today)), frozenset())], marked=True
    )


def faults_workbook(plan: Plan, *, title: str, rows: Iterable[FaultyRow]) -> bytes:
    """The faulty rows alone, in the form of the template's sheet: mended, the file can be uploaded again."""
    return _workbook(plan, title, rows, marked=False)


def example_cells(plan: Plan, today: date) -> Iterator[tuple[str, str]]:
    """The invented person's cells by key, with terms that begin next month."""
    start = last_day(today.replace(day=1), 1) + timedelta(days=1)
    days = {
        "start": start.isoformat(),
        "end": last_day(start, 36).isoformat(),
        "dispatch_end": last_day(start, 6).isoformat(),
    }
    for column in plan.columns.values():
        if column.example:
            yield column.key, _shown(column, column.example.format(**days))


def _shown(column: Column, example: str) -> str:
    if column.kind is Kind.FLAG:
        return YES if example == "true" else NO
    return option(column, example)


def _workbook(plan: Plan, title: str, rows: Iterable[FaultyRow], *, marked: bool) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = plan.name
    columns = list(plan.columns.values())
    _put_headings(sheet, columns)
    for number, row in enumerate(rows, start=HEADING_ROWS + 1):
        _put(sheet.cell(number, 1), row.note)
        for place, column in enumerate(columns, start=2):
            cell = sheet.cell(number, place)
            _put(cell, row.cells.get(column.key, ""))
            if column.key in row.wrong:
                cell.fill = _WRONG
        if marked:
            for cell in sheet[number]:
                cell.fill, cell.font = _TEST, _TEST_FONT
    _put_lists(book, sheet, columns)
    _put_help(book.create_sheet(HELP), columns, f"《{title}》{plan.name}填写说明")
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def _put(cell: Cell | MergedCell, text: str) -> None:
    """Text and nothing but text: what begins with = or + stays words, also when somebody edits the cell."""
    if text:
        cell.value = text
        cell.data_type = "s"
        cell.number_format = "@"
        cell.quotePrefix = text[0] in "=+-@\t\r"


def _put_headings(sheet: Worksheet, columns: Sequence[Column]) -> None:
    _put(sheet.cell(1, 1), NOTE_TITLE)
    _put(sheet.cell(2, 1), NOTE_KEY)
    sheet.column_dimensions["A"].width = 26
    for place, column in enumerate(columns, start=2):
        heading, key = sheet.cell(1, place), sheet.cell(2, place)
        _put(heading, column.zh + ("*" if column.required else ""))
        _put(key, column.key)
        heading.comment = Comment(_help(column), "签备", width=260, height=120)
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = _WIDTHS.get(column.kind, 14)
        # A format of the whole column: what people paste into empty rows keeps its zeros and its last digits.
        sheet.column_dimensions[letter].number_format = _FORMATS.get(column.kind, "@")
    for place, cell in enumerate(sheet[1]):
        cell.font = _TITLE_FONT
        cell.fill = _REQUIRED if place and columns[place - 1].required else _OPTIONAL
        cell.alignment = Alignment(wrap_text=True, vertical="center")
    for cell in sheet[2]:
        cell.font = _KEY_FONT
    sheet.row_dimensions[1].height = 32
    sheet.freeze_panes = "C3"


def _put_lists(book: Workbook, sheet: Worksheet, columns: Sequence[Column]) -> None:
    """The drop-down lists. A list that is too long to be closed helps, but does not forbid."""
    lists = book.create_sheet(LISTS)
    lists.sheet_state = "hidden"
    places: dict[tuple[str, ...], str] = {}
    for place, column in enumerate(columns, start=2):
        words = _offered(column)
        if not words:
            continue
        if words not in places:
            letter = get_column_letter(len(places) + 1)
            for number, word in enumerate(words, start=1):
                _put(lists[f"{letter}{number}"], word)
            places[words] = f"={quote_sheetname(LISTS)}!${letter}$1:${letter}${len(words)}"
        strict = column.closed or column.kind is Kind.FLAG
        rule = DataValidation("list", formula1=places[words], allow_blank=True, showErrorMessage=strict)
        rule.errorTitle, rule.error = column.zh, "请从下拉列表中选择。"
        letter = get_column_letter(place)
        rule.add(f"{letter}{HEADING_ROWS + 1}:{letter}{HEADING_ROWS + MAX_ROWS + 1}")
        sheet.add_data_validation(rule)


def _offered(column: Column) -> tuple[str, ...]:
    if column.kind is Kind.FLAG:
        return (YES, NO)
    return tuple(option(column, code) for code in column.options)


def _put_help(sheet: Worksheet, columns: Sequence[Column], title: str) -> None:
    lines = [
        (title, "", "", ""),
        (f"一行一名劳动者，最多 {MAX_ROWS} 行。标题带 * 的列必填；第 2 行的代号请保留。", "", "", ""),
        ("列", "English", "必填", "填写方法"),
        *((column.zh, column.en, YES if column.required else "", _help(column)) for column in columns),
    ]
    for number, line in enumerate(lines, start=1):
        for place, text in enumerate(line, start=1):
            _put(sheet.cell(number, place), text)
    for letter, width in zip("ABCD", (24, 30, 8, 90), strict=True):
        sheet.column_dimensions[letter].width = width
    for number in (1, 3):
        for cell in sheet[number]:
            cell.font = Font(bold=True)


def _help(column: Column) -> str:
    need = "必填。" if column.required else "选填。"
    way = _WRITE_AS.get(column.kind, "")
    return need + (f"{way}。" if way else "") + column.note
