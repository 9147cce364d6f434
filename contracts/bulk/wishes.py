"""From the cells of one row to a worker's particulars and the terms of a contract."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from contracts.bulk.columns import Plan
from contracts.bulk.values import CellError, cell_fault, read_cell
from core.errors import Fault
from core.periods import last_day

WORKER, CONTRACT = "worker.", "contract."
MONTHS_AT_MOST: Final = 1_200


@dataclass(frozen=True)
class Wish:
    """What a row asks for, as far as its cells can be read; `faults` are those of single cells."""

    particulars: Mapping[str, str]
    terms: Mapping[str, Any]
    contract_no: str
    jurisdiction_code: str
    faults: tuple[Fault, ...] = field(default=())


def read_wish(plan: Plan, cells: Mapping[str, str]) -> Wish:
    """Read the cells of a row, by key of the column. Missing particulars are not told here."""
    facts: dict[str, Any] = {}
    faults = []
    for key, column in plan.columns.items():
        try:
            value = read_cell(column, cells.get(key, ""))
        except CellError as error:
            faults.append(cell_fault(column, str(error)))
            continue
        if value is not None:
            facts[key] = value
    particulars = {
        key.removeprefix(WORKER): str(value) for key, value in facts.items() if key.startswith(WORKER)
    }
    terms: dict[str, Any] = {}
    for key, column in plan.columns.items():
        section = key.split(".")[1:-1]
        if column.required and section:
            terms.setdefault(section[0], {})  # what is missing in it is told one by one
    for key, value in {**plan.fixed, **facts}.items():
        if key.startswith(CONTRACT):
            _put(terms, key.removeprefix(CONTRACT).split("."), value)
    _derive(terms, told={fault.field for fault in faults})
    return Wish(
        particulars=particulars,
        terms=terms,
        contract_no=facts.get("contract_no", ""),
        jurisdiction_code=facts.get("jurisdiction_code") or terms.get("work_place_code", ""),
        faults=tuple(faults),
    )


def _put(section: dict[str, Any], path: list[str], value: Any) -> None:
    for name in path[:-1]:
        section = section.setdefault(name, {})
    section[path[-1]] = value


def _derive(terms: dict[str, Any], told: set[str]) -> None:
    """What follows from other terms where nothing else was written: the first day of work, the probation."""
    start, months = terms.get("start"), terms.get("probation_months")
    if not start:
        return
    if "/contract/employment_start" not in told:
        terms.setdefault("employment_start", start)
    if (
        months
        and months < MONTHS_AT_MOST
        and not told & {"/contract/probation_start", "/contract/probation_end"}
    ):
        begin = terms.setdefault("probation_start", start)
        terms.setdefault("probation_end", last_day(date.fromisoformat(begin), months).isoformat())
