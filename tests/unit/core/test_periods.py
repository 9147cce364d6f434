"""Months as the Civil Code counts them."""

from datetime import date

import pytest

from core.periods import birthday, last_day


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        ("2026-11-03", 1, "2026-12-02"),
        ("2026-11-03", 36, "2029-11-02"),
        ("2026-11-01", 1, "2026-11-30"),
        ("2027-01-01", 1, "2027-01-31"),
        ("2027-01-28", 1, "2027-02-27"),
        ("2027-01-29", 1, "2027-02-28"),
        ("2027-01-31", 1, "2027-02-28"),
        ("2028-01-29", 1, "2028-02-28"),
        ("2028-01-30", 1, "2028-02-29"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-12-31", 2, "2027-02-28"),
    ],
)
def test_last_day(start: str, months: int, last: str) -> None:
    assert last_day(date.fromisoformat(start), months) == date.fromisoformat(last)


def test_birthdays() -> None:
    assert birthday(date(2010, 11, 3), 16) == date(2026, 11, 3)
    assert birthday(date(2008, 2, 29), 16) == date(2024, 2, 29)
    assert birthday(date(2008, 2, 29), 18) == date(2026, 3, 1)
