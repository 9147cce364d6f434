"""What the columns of somebody's sheet hold: by our own keys, by what was said before, by their titles."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final

from contracts.bulk.columns import Plan
from contracts.bulk.reader import Line
from contracts.bulk.sheets import NOTE_KEY, NOTE_TITLE, TEST_MARK

LOOK_AT: Final = 10  # rows above the people: titles, remarks, headings
IGNORED: Final = ""  # what a heading means that the clerk has told us to leave out


@dataclass(frozen=True)
class Sheet:
    """A sheet that was understood so far: its headings, the columns of each key, and the people's rows.

    `certain`: nothing had to be guessed.
    """

    headings: list[str]
    mapping: dict[str, int]
    certain: bool
    rows: Iterator[Line]


def understand(plan: Plan, lines: Iterable[Line], remembered: Mapping[str, str]) -> Sheet:
    """Find the headings among the first rows; `remembered` is what the employer's own headings mean.

    A row marked as a test is no person's. A sheet without any rows has no headings.
    """
    lines = iter(lines)
    top = list(islice(lines, LOOK_AT))
    if not top:
        return Sheet([], {}, False, iter(()))
    meanings = _meanings(plan) | dict(remembered)
    scores = [sum(plain(cell) in meanings for cell in cells if cell) for _, cells in top]
    place = scores.index(max(scores))
    headings = top[place][1]
    rest = top[place + 1 :]
    by_key: dict[str, int] = {}
    if rest and _is_key_row(plan, rest[0][1]):
        by_key = {key: number for number, key in enumerate(rest.pop(0)[1]) if key in plan.columns}
    by_title: dict[str, int] = {}
    for number, heading in enumerate(headings):
        key = meanings.get(plain(heading), IGNORED)
        if key != IGNORED:
            by_title.setdefault(key, number)
    known = all(not heading or plain(heading) in remembered for heading in headings)
    return Sheet(
        headings=headings,
        mapping=by_key or by_title,
        certain=bool(by_key) or known,
        rows=(line for line in chain(rest, lines) if not _is_test(headings, line)),
    )


def plain(heading: str) -> str:
    """A heading without what does not tell it from another: spaces, stars, width."""
    return re.sub(r"[\s*:：]", "", unicodedata.normalize("NFKC", heading)).lower()


def _meanings(plan: Plan) -> dict[str, str]:
    meanings: dict[str, str] = {}
    for column in plan.columns.values():
        for name in (column.zh, column.en, column.key, *column.aliases):
            meanings.setdefault(plain(name), column.key)
    return meanings


def _is_key_row(plan: Plan, cells: list[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return 2 * sum(cell in plan.columns or cell == NOTE_KEY for cell in filled) > len(filled)


def _is_test(headings: list[str], line: Line) -> bool:
    return headings[0] == NOTE_TITLE and line[1][0].startswith(TEST_MARK)
