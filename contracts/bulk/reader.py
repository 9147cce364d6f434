"""Reading of workbooks that strangers made: in a process of its own, which has nothing and may use little.

Run as a program it reads a workbook from standard input and prints, line by line in JSON, the rows of the
first sheet that is shown: the row's number and its cells as text. It imports nothing of ours. A file that
wants more memory or time than a sheet of 5,000 people needs ends that process, not ours.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from typing import Any, Final

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_ROWS: Final = 5_000
MAX_COLUMNS: Final = 200
MAX_TEXT: Final = 2_000  # longer than any fact: what is cut off here is told as too long
LINES_ABOVE: Final = 20  # titles, headings and the row of the test
MEMORY: Final = 1024 * 1024 * 1024
SECONDS: Final = 30
TOO_MANY_ROWS, TOO_MANY_COLUMNS = 3, 4

Line = tuple[int, list[str]]


class UnreadableSheetError(ValueError):
    """A file that is no workbook, or one that wants too much."""


class TooLargeSheetError(ValueError):
    """More rows or columns than a bulk sheet may have."""


def read_sheet(data: bytes) -> Iterator[Line]:
    """Number (from 1, as the spreadsheet shows it) and cells of every row that is not empty.

    Raises `UnreadableSheetError` and `TooLargeSheetError` before the first row is given.
    """
    if not data.startswith(b"PK"):  # also refuses workbooks under a password, which are no ZIP files
        raise UnreadableSheetError
    try:
        done = subprocess.run(  # noqa: S603  (our own program, no shell)
            [sys.executable, "-I", __file__],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env={},
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadableSheetError from error
    if done.returncode in (TOO_MANY_ROWS, TOO_MANY_COLUMNS):
        raise TooLargeSheetError
    if done.returncode:
        raise UnreadableSheetError
    return (tuple(json.loads(line)) for line in done.stdout.splitlines())


def _main() -> int:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum, load_workbook

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    book = load_workbook(BytesIO(sys.stdin.buffer.read()))
    shown = [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
    ]
    sheet = book.get_sheet_by_name(shown[0])
    if sheet.width > MAX_COLUMNS:
        return TOO_MANY_COLUMNS
    rows = 0
    for number, row in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        cells = [_text(cell) for cell in row]
        if not any(cells):
            continue
        rows += 1
        if rows > MAX_ROWS + LINES_ABOVE:
            return TOO_MANY_ROWS
        print(json.dumps((number, cells), ensure_ascii=True))  # noqa: T201  (this is the answer)
    return 0


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        # Beyond 15 digits a spreadsheet has lost what was typed: that must be seen, not smoothed over.
        return (
            str(int(cell))
            if cell.is_integer() and abs(cell) < 1e15
            else f"{cell:.14E}"
            if abs(cell) >= 1e15
            else repr(cell)
        )
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).strip()[:MAX_TEXT]


if __name__ == "__main__":
    sys.exit(_main())
