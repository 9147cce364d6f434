"""The facts of an ending: what the contract's own facts say, and what the employer adds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Final

from contracts import facts as contract_facts
from contracts.endings.compensation import Compensation, Formula, Pay, compensation, service
from contracts.endings.reasons import RESCISSION, Reason, reason_of
from contracts.facts import Facts

SCHEMA_ID: Final = "urn:qianbei:schema:termination-facts:1"
SCHEMA_FILE: Final = Path(__file__).parents[1] / "schemas" / "termination-facts-1.json"
ATTACHMENT: Final = "termination.json"

_SECTIONS: Final = ("employer", "worker", "contract")
PART_TIME: Final = "2"

validate = partial(contract_facts.validate_facts, file=SCHEMA_FILE)
"""All faults of facts of an ending against their schema."""


@dataclass(frozen=True)
class Wish:
    """What the employer says of an ending. Codes: end_reason, end_circumstance; money in yuan.

    `protected`: whether one of the circumstances of Article 42 holds; it never becomes a fact, since it
    would tell of the worker's health. `evidence`: kinds that the employer holds (column evidence of
    end_reason). `wages`: gross pay of the last months, oldest first. `agreed`: an amount other than the one
    computed. `transfer`: the employer to which the worker goes (`to_name`, `to_uscc`).
    """

    reason: str
    ends_on: date
    protected: bool
    circumstance: str = ""
    notice_date: date | None = None
    pay_in_lieu: bool = False
    union_notice_date: date | None = None
    layoff_report_no: str = ""
    evidence: tuple[str, ...] = ()
    handover: str = ""
    archive_mode: str = ""
    archive_to: str = ""
    wages: tuple[Decimal, ...] = ()
    local_average: Decimal | None = None
    agreed: Decimal | None = None
    transfer: Mapping[str, str] | None = None


def is_ending(facts: Facts) -> bool:
    """Whether these are facts of an ending rather than of a contract."""
    return facts.get("schema") == SCHEMA_ID


def reason_in(facts: Facts) -> Reason | None:
    """The reason that facts of an ending name."""
    return reason_of(facts["ending"]["reason"], facts["ending"].get("circumstance", ""))


def signers_of(facts: Facts) -> tuple[str, ...]:
    """Who signs the certificate, in order: the worker first where the ending was agreed."""
    reason = reason_in(facts)
    return ("worker", "employer") if reason is not None and reason.both_sign else ("employer",)


def starts_service(contract: Facts, suspended_days: int = 0) -> date:
    """From when service with the employer counts: later by the days on which the employment rested."""
    first = min(date.fromisoformat(contract[name]) for name in _STARTS if name in contract)
    return first + timedelta(days=suspended_days)


def owed(
    contract: Facts, wish: Wish, minimum: Decimal | None, suspended_days: int = 0
) -> Compensation | None:
    """What the law makes the employer pay; None when nothing, or when it cannot be told yet.

    Part-time work ends without severance pay (劳动合同法 Art. 71).
    """
    reason = reason_of(wish.reason, wish.circumstance)
    start = starts_service(contract)
    due = reason is not None and reason.compensation and contract["employment_form"] != PART_TIME
    if reason is None or not due or not wish.wages or wish.ends_on < start:
        return None
    formula = Formula.N_PLUS_1 if reason.or_pay and wish.pay_in_lieu else Formula.N
    pay = Pay(wish.wages, wish.local_average, minimum)
    return compensation(start, wish.ends_on, pay, formula, suspended_days=suspended_days)


def assemble(
    contract: Facts,
    *,
    contract_digest: str,
    certificate_no: str,
    wish: Wish,
    amount: Decimal | None,
    suspended_days: int = 0,
) -> dict[str, Any]:
    """The facts of the ending of a contract with these facts and this signed document. Pure.

    The `suspended_days` of the employment are left out of its service.

    An unknown reason leaves the kind a rescission by the employer; the checks refuse it.
    """
    schema = contract_facts.facts_schema(SCHEMA_FILE)["properties"]
    reason = reason_of(wish.reason, wish.circumstance)
    start = starts_service(contract["contract"], suspended_days)
    years, months = service(start, wish.ends_on) if wish.ends_on >= start else (0, 0)
    ending = {
        "kind": reason.kind if reason else RESCISSION,
        "reason": wish.reason,
        "circumstance": wish.circumstance,
        "initiator": reason.initiator if reason else "1",
        "involuntary": bool(reason and reason.involuntary),
        "date": wish.ends_on.isoformat(),
        "notice_date": _iso(wish.notice_date),
        "pay_in_lieu": wish.pay_in_lieu or None,
        "union_notice_date": _iso(wish.union_notice_date),
        "layoff_report_no": wish.layoff_report_no,
        "evidence": list(wish.evidence),
        "service_years": years,
        "service_months": months,
        "suspended_days": suspended_days or None,
        "compensation": None if amount is None else f"{amount:.2f}",
        "transfer": dict(wish.transfer) if wish.transfer else None,
        "handover": wish.handover,
        "archive_mode": wish.archive_mode,
        "archive_to": wish.archive_to,
    }
    sections: dict[str, Mapping[str, Any]] = {
        name: {key: contract[name][key] for key in schema[name]["properties"] if key in contract[name]}
        for name in _SECTIONS
    }
    return {
        "schema": SCHEMA_ID,
        "certificate_no": certificate_no,
        "contract_no": contract["contract_no"],
        "contract_digest": contract_digest,
        "jurisdiction_code": contract["jurisdiction_code"],
        **sections,
        "ending": {name: value for name, value in ending.items() if value not in (None, "")},
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


_STARTS: Final = ("service_start", "employment_start")
