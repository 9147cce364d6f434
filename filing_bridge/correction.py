"""Corrections of accepted filings: what may be corrected, how weighty that is, and what then holds.

Minor corrections an officer carries out; material ones want evidence, a second officer and notice to the
worker. Another person is never a correction: that filing is revoked and made anew. Pure functions.
"""

import copy
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from filing_bridge.mapping import Document, layout_of, value_at

# No statute says when a correction has to be filed: this is ours, so that none is forgotten.
SETTLED_WITHIN: Final = timedelta(days=30)
ATTACHMENT: Final = "correction.json"
"""The facts of a correction, attached to its slip."""

Item = Mapping[str, str]
"""`field`, and `old` and `new` where something stands there; the form of correction-record-1."""


class Weight(StrEnum):
    """How much a correction takes."""

    MINOR = "minor"
    MATERIAL = "material"


CLASSES: Final[Mapping[Weight, str]] = {Weight.MINOR: "一般更正", Weight.MATERIAL: "重要更正"}

# What may be corrected at all. Everything else is the contract's, and changes with it.
WEIGHTS: Final[Mapping[str, Weight]] = MappingProxyType(
    dict.fromkeys(
        (
            "/worker/mobile",
            "/worker/resid_code",
            "/worker/resid_address",
            "/worker/postcode",
            "/worker/education",
            "/contract/job_title",
            "/employer/contact_name",
            "/employer/contact_phone",
        ),
        Weight.MINOR,
    )
    | dict.fromkeys(
        (
            "/worker/name",
            "/worker/id_no",
            "/worker/sex",
            "/worker/birth_date",
            "/contract/employment_start",
            "/contract/start",
            "/contract/end",
            "/contract/term_type",
            "/contract/wage_amount",
            "/ending/date",
            "/ending/reason",
        ),
        Weight.MATERIAL,
    )
)
PERSON: Final = frozenset({"/worker/name", "/worker/id_no"})


def weight_of(fields: Collection[str]) -> Weight:
    """The heaviest of the fields counts. Raises `KeyError` for a field that is never corrected, and
    `ValueError` for a change of both name and number: that is another person."""
    weights = {WEIGHTS[pointer] for pointer in fields}
    if set(fields) >= PERSON:
        raise ValueError("another person")
    return Weight.MATERIAL if Weight.MATERIAL in weights else Weight.MINOR


def correctable(record: Document) -> tuple[str, ...]:
    """The fields of this record that may be corrected, in the published order. What an agreement has changed
    is not among them: another agreement changes it again."""
    agreed = {item["field"] for item in record.get("change", {}).get("items", ())}
    targets = (field.target for field in layout_of(record["filing_type"]).fields)
    return tuple(target for target in targets if target in WEIGHTS and target not in agreed)


def items_of(record: Document, changes: Mapping[str, str]) -> list[dict[str, str]]:
    """What really differs: each field with its old and its new value. An empty new value takes it out."""
    items = []
    for pointer in sorted(changes):
        old, new = value_at(record, pointer), changes[pointer].strip()
        if new != (old or ""):
            values = {"old": old, "new": new}
            items.append({"field": pointer, **{side: value for side, value in values.items() if value}})
    return items


def misfits(record: Document, items: Iterable[Item]) -> list[str]:
    """The fields whose old value is not what the record says."""
    return [item["field"] for item in items if item.get("old") != value_at(record, item["field"])]


def corrected(record: Document, items: Iterable[Item]) -> dict[str, Any]:
    """The record as it holds once these items are accepted; the given one stays as it is."""
    result: dict[str, Any] = copy.deepcopy(dict(record))
    for item in items:
        _, section, name = item["field"].split("/")
        if "new" in item:
            result[section][name] = item["new"]
        else:
            result[section].pop(name, None)
    return result


def facts_of(
    record: Document,
    receipt_no: str,
    *,
    correction_no: str,
    items: Sequence[Item],
    reason: str,
    evidence: str = "",
) -> dict[str, Any]:
    """The facts of a correction, from the record that holds before it: what its own record is made from.

    `evidence` is the SHA-256 (hex) of the paper that shows it. Raises what `weight_of` raises.
    """
    correction: dict[str, Any] = {
        "receipt_no": receipt_no,
        "correction_no": correction_no,
        "weight": weight_of([item["field"] for item in items]).value,
        "reason": reason,
        "items": [dict(item) for item in items],
    }
    if evidence:
        correction["evidence"] = {"alg": "SHA-256", "value": evidence}
    return {
        "contract_no": record["contract_no"],
        "jurisdiction_code": record["jurisdiction_code"],
        "employer": _some(record["employer"], ("name", "uscc", "type", "contact_name", "contact_phone")),
        "worker": _some(record["worker"], ("name", "id_type", "id_no", "nationality")),
        "correction": correction,
    }


def _some(section: Document, names: Iterable[str]) -> dict[str, Any]:
    return {name: section[name] for name in names if name in section}
