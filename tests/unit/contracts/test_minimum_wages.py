"""Minimum wages: the nearest region, the latest row in force, an operator's own table."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from contracts.checks import minimum_wages, read_wages
from contracts.checks.wages import SHIPPED

HEAD = "region,since,monthly,hourly,verified,source"
ROWS = [
    "# remark",
    HEAD,
    "370000,2020-01-01,1500,15.00,yes,province",
    "370300,2024-01-01,1820,18.00,yes,city",
    "370300,2026-01-01,2010,20.00,no,city",
    "370303,2026-06-01,2200,22.00,yes,district",
]


@pytest.mark.parametrize(
    ("division", "day", "monthly"),
    [
        ("370303", "2026-06-01", "2200"),
        ("370303", "2026-05-31", "2010"),
        ("370304", "2026-06-01", "2010"),
        ("370304", "2025-12-31", "1820"),
        ("370304", "2023-12-31", "1500"),
        ("370102", "2026-06-01", "1500"),
        ("370102", "2019-12-31", None),
        ("310115", "2026-06-01", None),
    ],
)
def test_lookup(division: str, day: str, monthly: str | None) -> None:
    row = read_wages(ROWS).at(division, date.fromisoformat(day))
    assert (row.monthly if row else None) == (Decimal(monthly) if monthly else None)


def test_nothing_shipped_claims_to_be_verified() -> None:
    wages = read_wages(SHIPPED.read_text(encoding="utf-8").splitlines())
    assert wages.rows
    assert not any(row.verified for row in wages.rows)


def test_an_operators_table_takes_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "minimum-wages.csv").write_text("\n".join(ROWS), encoding="utf-8")
    monkeypatch.setenv("QIANBEI_TABLES", str(tmp_path))
    minimum_wages.cache_clear()
    try:
        row = minimum_wages().at("370303", date(2026, 6, 1))
        assert row is not None
        assert row.verified
    finally:
        minimum_wages.cache_clear()


@pytest.mark.parametrize(
    "row",
    [
        "370300,yesterday,1820,18,yes,x",
        "370300,2024-01-01,lots,18,yes,x",
        "370300,2024-01-01,1820,18,maybe,x",
        "3703,2024-01-01,1820,18,yes,x",
        "370300,2024-01-01,18,1820,yes,x",
        "370300",
    ],
)
def test_a_broken_row_is_named(row: str) -> None:
    with pytest.raises(ValueError, match="3703"):
        read_wages([HEAD, row])
