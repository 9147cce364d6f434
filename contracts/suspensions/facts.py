"""The facts of a suspension, or of the resumption that ends it: the contract's own, and the act."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from contracts import facts as contract_facts
from contracts.facts import Facts

SCHEMA_ID: Final = "urn:qianbei:schema:suspension-facts:1"
SCHEMA_FILE: Final = Path(__file__).parents[1] / "schemas" / "suspension-facts-1.json"
ATTACHMENT: Final = "suspension.json"

SUSPEND, RESUME = "1", "2"
AGREED: Final = "1"
_SECTIONS: Final = ("employer", "worker", "contract")
_DAY: Final = timedelta(days=1)

validate = partial(contract_facts.validate_facts, file=SCHEMA_FILE)
"""All faults of facts of a suspension or resumption against their schema."""


@dataclass(frozen=True)
class Wish:
    """What the employer says of an act. `reason`: code table suspension_reason.

    `effective_on` is the first day on which the contract rests, or on which it is performed again; `since`
    (of a resumption) the first day of the suspension, `until` the last day that was foreseen. `evidence`:
    whether the employer holds what the reason asks for; the paper itself stays there, for it may tell of
    an accusation.
    """

    act: str
    reason: str
    effective_on: date
    since: date | None = None
    until: date | None = None
    evidence: bool = False


def is_suspension(facts: Facts) -> bool:
    """Whether these are facts of a suspension or resumption rather than of a contract."""
    return facts.get("schema") == SCHEMA_ID


def signers_of(facts: Facts) -> tuple[str, ...]:
    """Who signs, in order. What was agreed both sign, its end as well unless it comes as foreseen."""
    said = facts["suspension"]
    foreseen = said["act"] == RESUME and "until" in said and said["effective_on"] == _after(said["until"])
    return ("worker", "employer") if said["reason"] == AGREED and not foreseen else ("employer",)


def assemble(contract: Facts, *, contract_digest: str, document_no: str, wish: Wish) -> dict[str, Any]:
    """The facts of an act upon a contract with these facts and this signed document. Pure."""
    schema = contract_facts.facts_schema(SCHEMA_FILE)["properties"]
    said = {
        "document_no": document_no,
        "act": wish.act,
        "reason": wish.reason,
        "effective_on": wish.effective_on.isoformat(),
        "since": wish.since.isoformat() if wish.since else None,
        "until": wish.until.isoformat() if wish.until else None,
        "evidence": wish.evidence or None,
    }
    sections: dict[str, Mapping[str, Any]] = {
        name: {key: contract[name][key] for key in schema[name]["properties"] if key in contract[name]}
        for name in _SECTIONS
    }
    return {
        "schema": SCHEMA_ID,
        "contract_no": contract["contract_no"],
        "contract_digest": contract_digest,
        "jurisdiction_code": contract["jurisdiction_code"],
        **sections,
        "suspension": {name: value for name, value in said.items() if value is not None},
    }


def days_suspended(acts: Iterable[tuple[str, date]], until: date) -> int:
    """Days up to and with `until` on which a contract rested: they are no time of service.

    `acts` are suspensions and resumptions with their days, in turn.
    """
    days, since = 0, None
    for act, day in acts:
        if act == SUSPEND:
            since = day
        elif since is not None:
            days += max(0, (min(day, until + _DAY) - since).days)
            since = None
    return days if since is None else days + max(0, (until + _DAY - since).days)


def _after(day: str) -> str:
    return (date.fromisoformat(day) + _DAY).isoformat()
