"""Minimum wages by region and day.

`data/minimum-wages.csv` ships a few rows as an example; an operator puts the full table of his provinces, in
the same form, into the folder that QIANBEI_TABLES names. A row that nobody has compared with the official
notice says so, and then only warns.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

from core.codes import operators_file

SHIPPED: Final = Path(__file__).parent / "data" / "minimum-wages.csv"


@dataclass(frozen=True)
class MinimumWage:
    """Yuan a month for full time and an hour for part time, from a day on (最低工资规定, Art. 5)."""

    region: str
    since: date
    monthly: Decimal
    hourly: Decimal
    verified: bool
    source: str


@dataclass(frozen=True)
class MinimumWages:
    """All rows known."""

    rows: tuple[MinimumWage, ...]

    def at(self, division: str, day: date) -> MinimumWage | None:
        """What holds in a division on a day: of the nearest region listed the latest row in force."""
        for region in (division, f"{division[:4]}00", f"{division[:2]}0000"):
            in_force = [row for row in self.rows if row.region == region and row.since <= day]
            if in_force:
                return max(in_force, key=lambda row: row.since)
        return None


@cache
def minimum_wages() -> MinimumWages:
    """The operator's table where there is one, else the example shipped."""
    path = operators_file("minimum-wages.csv") or SHIPPED
    return read_wages(path.read_text(encoding="utf-8").splitlines())


def read_wages(lines: Iterable[str]) -> MinimumWages:
    """Rows `region,since,monthly,hourly,verified,source`; lines with # are remarks.

    Raises `ValueError` for a row that cannot be, naming its region.
    """
    rows = []
    for row in csv.DictReader(line for line in lines if line.strip() and not line.startswith("#")):
        try:
            wage = MinimumWage(
                row["region"],
                date.fromisoformat(row["since"]),
                Decimal(row["monthly"]),
                Decimal(row["hourly"]),
                {"yes": True, "no": False}[row["verified"]],
                row["source"],
            )
        except (ArithmeticError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"minimum wage of region {row.get('region')!r} cannot be read") from error
        if not (len(wage.region) == 6 and wage.monthly > wage.hourly > 0):
            raise ValueError(f"minimum wage of region {wage.region!r} makes no sense")
        rows.append(wage)
    return MinimumWages(tuple(rows))
