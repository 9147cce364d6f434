"""Sheets as Excel files: drop-downs, colours by what is needed when, and no cell that is ever a formula."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from contracts.bulk.reader import MAX_ROWS, read_sheet
from filing_bridge.mapping import Document, value_at
from filing_bridge.profiles import Profile
from filing_bridge.sheets import Column, Kind, Need, NoWordError, Sheet, choices, is_end, value_of, word_of

LISTS: Final = "选项"
# Beside what can be seen stands what can be read: the colours are named in the row above the titles.
LEGEND: Final = (
    "红色：必填；蓝色：新签、续签、变更时必填；绿色：终止、中止时必填；"
    "黄色单元格：系统没有对应的词，请人工填写"
)
_NEEDS: Final = {Need.ALWAYS: "C00000", Need.HIRE: "1F4E79", Need.END: "2E7D32", Need.NEVER: "7F7F7F"}
_BY_HAND: Final = PatternFill("solid", fgColor="FFF2AB")


@dataclass(frozen=True)
class RowRead:
    """A row of a filled sheet: values by pointer, titles of cells that mean nothing to us or are missing."""

    number: int
    values: dict[str, object]
    unknown: tuple[str, ...]
    missing: tuple[str, ...]


class NotThisSheetError(ValueError):
    """No line of the file has the titles of the sheet."""


def write_sheet(sheet: Sheet, records: Sequence[Document], profile: Profile) -> bytes:
    """The bytes of an .xlsx file with one row for each record; all records are of one employer.

    Cells for which the sheet has no word, and needed ones that are empty, are coloured for a person.
    """
    book = Workbook()
    page = book.worksheets[0]
    page.title = "备案"
    _put(page.cell(1, 1), sheet.title, Font(bold=True, size=14))
    line = 2
    for label, pointer in sheet.head:
        _put(page.cell(line, 1), label)
        _put(page.cell(line, 2), str(value_at(records[0], pointer) or "") if records else "")
        line += 1
    _put(page.cell(line, 1), LEGEND, Font(size=9, color="595959"))
    titles = line + 1
    for place, column in enumerate(sheet.columns, start=1):
        title = page.cell(titles, place)
        _put(title, column.title, Font(bold=True, color="FFFFFF"))
        title.fill = PatternFill("solid", fgColor=_NEEDS[column.need])
        page.column_dimensions[get_column_letter(place)].width = column.width
    for number, record in enumerate(records, start=1):
        for place, column in enumerate(sheet.columns, start=1):
            filled = page.cell(titles + number, place)
            word, by_hand = _word(column, record, profile, number)
            _put(filled, word)
            if by_hand:
                filled.fill = _BY_HAND
    page.freeze_panes = f"D{titles + 1}"
    _put_choices(book, page, sheet, profile, titles + 1)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def read_rows(sheet: Sheet, data: bytes, profile: Profile) -> Iterator[RowRead]:
    """The rows below the titles, in order.

    Raises `NotThisSheetError`, and what `contracts.bulk.reader.read_sheet` raises for a file that cannot be
    read. Columns are known by their titles, in whatever order they stand.
    """
    places: dict[str, int] = {}
    for number, cells in read_sheet(data):
        if not places:
            if {column.title for column in sheet.columns} <= set(cells):
                places = {column.title: cells.index(column.title) for column in sheet.columns}
            continue
        yield _row(sheet, number, {title: cells[place] for title, place in places.items()}, profile)
    if not places:
        raise NotThisSheetError(sheet.name)


def _row(sheet: Sheet, number: int, cells: dict[str, str], profile: Profile) -> RowRead:
    values: dict[str, object] = {}
    unknown = []
    for column in sheet.columns:
        if column.pointer:
            try:
                values[column.pointer] = value_of(column, cells[column.title], profile)
            except NoWordError:
                unknown.append(column.title)
    end = is_end({"filing_type": values.get("/filing_type") or "11"})
    missing = [
        column.title for column in sheet.columns if _needed(column, end=end) and not cells[column.title]
    ]
    return RowRead(number, values, tuple(unknown), tuple(missing))


def _word(column: Column, record: Document, profile: Profile, number: int) -> tuple[str, bool]:
    """The cell's text, and whether a person has to look at it."""
    if column.kind is Kind.SERIAL:
        return str(number), False
    try:
        word = word_of(column, record, profile)
    except NoWordError:
        return "", True
    return word, not word and _needed(column, end=is_end(record))


def _needed(column: Column, *, end: bool) -> bool:
    return column.need is Need.ALWAYS or column.need is (Need.END if end else Need.HIRE)


def _put(cell: Cell | MergedCell, text: str, font: Font | None = None) -> None:
    """Text and nothing but text: what begins with = or + stays words, also when somebody edits the cell."""
    if text:
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
        cell.data_type = "s"
        cell.quotePrefix = True
    cell.number_format = "@"
    if font:
        cell.font = font


def _put_choices(book: Workbook, page: Worksheet, sheet: Sheet, profile: Profile, first: int) -> None:
    """A drop-down for each column that has words, fed from a page of its own."""
    lists = book.create_sheet(LISTS)
    for place, column in enumerate(sheet.columns, start=1):
        offered = choices(column, profile)
        if not offered:
            continue
        letter = get_column_letter(place)
        _put(lists.cell(1, place), column.title, Font(bold=True))
        for line, word in enumerate(offered, start=2):
            _put(lists.cell(line, place), word)
        allowed = DataValidation(
            type="list",
            formula1=f"{quote_sheetname(LISTS)}!${letter}$2:${letter}${len(offered) + 1}",
            allow_blank=True,
            showErrorMessage=True,
            errorTitle="请从下拉列表中选择",
            error="这一列只能填写下拉列表中的词。",
        )
        allowed.add(f"{letter}{first}:{letter}{first + MAX_ROWS}")
        page.add_data_validation(allowed)
