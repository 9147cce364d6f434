"""The facts of a change: the contract's facts as they will be, and what differs from those that held."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

from contracts import facts as contract_facts
from contracts.facts import Facts

SCHEMA_ID: Final = "urn:qianbei:schema:change-facts:1"
SCHEMA_FILE: Final = Path(__file__).parents[1] / "schemas" / "change-facts-1.json"
ATTACHMENT: Final = "change.json"
SIGNERS: Final = ("worker", "employer")

validate = partial(contract_facts.validate_facts, file=SCHEMA_FILE)
"""All faults of facts of a change against their schema."""

Item = Mapping[str, Any]


def is_change(facts: Facts) -> bool:
    """Whether these are facts of a change rather than of a contract."""
    return facts.get("schema") == SCHEMA_ID


def changed_terms(terms: Facts, given: Mapping[str, Any]) -> dict[str, Any]:
    """The agreed terms with `given` over them; None takes one out."""
    return {name: value for name, value in {**terms, **given}.items() if value is not None}


def assemble(
    facts: Facts,
    before: Facts,
    *,
    agreement_no: str,
    number: int,
    contract_digest: str,
    previous_digest: str,
    signed_end: str | None,
    effective_on: date,
    reason: str = "",
) -> dict[str, Any]:
    """The facts of a change from a contract's facts as they will be and the terms that held. Pure."""
    change = {
        "agreement_no": agreement_no,
        "number": number,
        "contract_digest": contract_digest,
        "previous_digest": previous_digest,
        "signed_end": signed_end,
        "effective_on": effective_on.isoformat(),
        "reason": reason or None,
        "items": list(_items(before, facts["contract"])),
    }
    return {
        **facts,
        "schema": SCHEMA_ID,
        "change": {name: value for name, value in change.items() if value is not None},
    }


def terms_before(facts: Facts) -> dict[str, Any]:
    """The terms that held before: those of the facts with every item undone."""
    terms = dict(_leaves(facts["contract"]))
    for item in facts["change"]["items"]:
        terms.pop(item["field"], None)
        if "old" in item:
            terms[item["field"]] = item["old"]
    found: dict[str, Any] = {}
    for pointer, value in terms.items():
        _, _, name, *inner = pointer.split("/")
        if inner:
            found.setdefault(name, {})[inner[0]] = value
        else:
            found[name] = value
    return found


def items_follow(facts: Facts) -> bool:
    """Whether the items are exactly what differs between the facts and the terms before."""
    found = facts["change"]["items"]
    return bool(list(_items(terms_before(facts), facts["contract"])) == found)


def _items(before: Facts, after: Facts) -> Iterator[Item]:
    old, new = dict(_leaves(before)), dict(_leaves(after))
    for pointer in sorted(old.keys() | new.keys()):
        if pointer in old and pointer in new and _same(old[pointer], new[pointer]):
            continue
        item = {"field": pointer, "old": old.get(pointer), "new": new.get(pointer)}
        yield {name: value for name, value in item.items() if value is not None}


def _leaves(terms: Facts) -> Iterator[tuple[str, Any]]:
    """Every term with its JSON pointer; a list is one term."""
    for name, value in terms.items():
        if isinstance(value, Mapping):
            yield from ((f"/contract/{name}/{inner}", each) for inner, each in value.items())
        else:
            yield f"/contract/{name}", value


def _same(left: object, right: object) -> bool:
    """Equal as JSON: True is not 1."""
    return type(left) is type(right) and left == right
