"""A list as an Excel file, in which no cell is ever a formula."""

import io
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTH = 22


def workbook(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """The bytes of an .xlsx file with one sheet. Every cell is text, whatever it begins with.

    A cell that begins with `=` would otherwise run as a formula on the machine of whoever opens the file; the
    quote prefix keeps it text even when it is edited or pasted on.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for number in range(len(head)):
        sheet.column_dimensions[chr(ord("A") + number)].width = WIDTH

    def cell(text: str, *, bold: bool = False) -> Cell:
        made = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text))
        made.data_type = "s"
        made.quotePrefix = True
        if bold:
            made.font = Font(bold=True)
        return made

    sheet.append([cell(text, bold=True) for text in head])
    for row in rows:
        sheet.append([cell(text) for text in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
