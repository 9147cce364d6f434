"""Paragraphs and tables of a document as blocks of a clause: text, lists, label-and-value fields, tables."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from contracts.document.formats import chinese_ordinal
from contracts.uploads.blanks import Blanks, has_gap
from contracts.uploads.word import BLANK, Cell, Paragraph, Part, Table

MAX_TEXT: Final = 4000  # these as in the schema
MAX_ITEMS: Final = 60
MAX_LABEL: Final = 30
MAX_COLUMNS: Final = 8
MAX_ROWS: Final = 60
MAX_FIELDS: Final = 40
SHARES: Final = 12  # of a line, for the columns of a table
_PARTY: Final = re.compile("(甲方|乙方|用人单位|劳动者).{0,12}")
_ITEM: Final = re.compile(r"(?P<label>（[一二三四五六七八九十]+）)\s*(?P<rest>.+)", re.DOTALL)


def blocks_of(
    parts: Iterable[Part], blanks: Blanks, notes: dict[str, list[str]], *, heading: str, details: bool
) -> Iterator[dict[str, Any]]:
    """The blocks, their blanks filled by `blanks`; a table that had to be taken apart is noted."""
    waiting = list(parts)
    while waiting:
        part = waiting.pop(0)
        if isinstance(part, Table):
            yield from _of_table(part, blanks, notes, heading, details)
            continue
        items = _items([part, *waiting])
        if len(items) > 1:
            del waiting[: len(items) - 1]
            yield {"items": [{"text": blanks.filled(text, heading=heading)} for text in items]}
        else:
            for text in _split(part.text.strip()):
                yield {"text": blanks.filled(text, heading=heading, details=details)}


def _items(parts: list[Part]) -> list[str]:
    """The texts of （一）（二）… with which the parts begin, without these numbers."""
    found: list[str] = []
    for part in parts[:MAX_ITEMS]:
        item = _ITEM.fullmatch(part.text.strip()) if isinstance(part, Paragraph) else None
        if (
            item is None
            or item["label"] != f"（{chinese_ordinal(len(found) + 1)}）"
            or len(item["rest"]) > MAX_TEXT // 2
        ):
            break
        found.append(item["rest"])
    return found


def _split(text: str) -> Iterator[str]:
    """As it is, or parted after sentences where it is too long for one block."""
    while len(text) > MAX_TEXT // 2:  # blanks become longer than the room they had
        end = text.rfind("。", 0, MAX_TEXT // 2) + 1 or MAX_TEXT // 2
        yield text[:end]
        text = text[end:]
    if text:
        yield text


def _of_table(
    table: Table, blanks: Blanks, notes: dict[str, list[str]], heading: str, details: bool
) -> Iterator[dict[str, Any]]:
    if fields := _pairs(table):
        for start in range(0, len(fields), MAX_FIELDS):
            yield {
                "fields": [
                    {
                        "label": label,
                        "text": blanks.filled(
                            value or BLANK, heading=heading, lead=f"{label}：", details=True
                        ),
                        **({"wide": True} if wide else {}),
                    }
                    for label, value, wide in fields[start : start + MAX_FIELDS]
                ]
            }
    elif _is_plain(table):
        head, *rows = table.rows
        columns = [_line(cell) for cell in head]
        yield {
            "columns": [
                {"heading": words, "width": share}
                for words, share in zip(columns, _shares(table, len(columns)), strict=True)
            ],
            "rows": [
                [
                    blanks.filled(_line(cell) or BLANK, heading=heading, lead=f"{words}：")
                    for words, cell in zip(columns, row, strict=True)
                ]
                for row in _written(rows)
            ],
        }
    else:
        lines = ["　".join(_line(cell) for cell in row if _line(cell)) for row in table.rows]
        notes.setdefault("tables", []).append(next(filter(None, lines), "")[:40].replace(BLANK, "____"))
        for line in filter(None, lines):
            for text in _split(line):
                yield {"text": blanks.filled(text, heading=heading, details=details)}


def _pairs(table: Table) -> list[tuple[str, str, bool]]:
    """Label, value, and whether the pair has the row to itself; nothing if the table is not of such pairs."""
    pairs: list[tuple[str, str, bool]] = []
    party = ""
    for row in table.rows:
        cells = list(row)
        if len(cells) % 2:
            if not (cells[0].joined or _PARTY.fullmatch(_line(cells[0]))):
                return []
            party = party if cells[0].joined else _line(cells[0])
            del cells[0]
        for label, value in zip(cells[::2], cells[1::2], strict=True):
            words = f"{party} {_line(label).rstrip('：: ')}".strip()
            if not _line(label) and not _line(value):
                continue
            if (
                not _line(label)
                or len(words) > MAX_LABEL
                or has_gap(words)
                or len(value.text) > MAX_TEXT // 2
            ):
                return []
            pairs.append((words, _line(value), len(cells) == 2))
    asking = [value for _, value, _ in pairs if not value or has_gap(value)]
    return pairs if 2 * len(asking) > len(pairs) else []


def _is_plain(table: Table) -> bool:
    """Whether it is a grid under a row of headings."""
    head, *rows = table.rows
    cells = [cell for row in table.rows for cell in row]
    return (
        1 <= len(rows) <= MAX_ROWS
        and len(head) <= MAX_COLUMNS
        and all(len(row) == len(head) for row in rows)
        and all(cell.span == 1 and not cell.joined and len(cell.text) <= MAX_TEXT // 2 for cell in cells)
        and all(0 < len(_line(cell)) <= MAX_LABEL and not has_gap(cell.text) for cell in head)
    )


def _written(rows: list[tuple[Cell, ...]]) -> list[tuple[Cell, ...]]:
    """The rows; of those that are wholly empty, one."""
    empty = [row for row in rows if not any(_line(cell) for cell in row)]
    return [row for row in rows if row not in empty or row is empty[0]]


def _shares(table: Table, columns: int) -> list[int]:
    widths = table.widths if len(table.widths) == columns and all(table.widths) else (1,) * columns
    return [max(1, round(SHARES * width / sum(widths))) for width in widths]


def _line(cell: Cell) -> str:
    return "　".join(cell.text.split("\n")).strip()
