"""Contract facts become a filing record: a pure function over one table.

Nothing is typed twice: every field of the record has exactly one source (`filing_bridge/fields.py`). The
province runs the same function over the facts embedded in the signed PDF and compares
(docs/filing-protocol.md).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from filing_bridge.fields import (
    CHANGE_FIELDS,
    CORRECTION_FIELDS,
    ENDING_FIELDS,
    FIELDS,
    SUSPENSION_FIELDS,
    Field,
    When,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")

Document = Mapping[str, Any]


class FilingType(StrEnum):
    """The filing types that carry a document (code table filing_type); 62 only withdraws one of them."""

    HIRE = "11"
    LATE_HIRE = "12"
    RENEWAL = "21"
    CHANGE = "31"
    TRANSFER = "33"
    SUSPENSION = "41"
    RESUMPTION = "42"
    RESCISSION = "51"
    ENDING = "52"
    CORRECTION = "61"


HIRES = frozenset({FilingType.HIRE, FilingType.LATE_HIRE, FilingType.TRANSFER})
ENDINGS = frozenset({FilingType.RESCISSION, FilingType.ENDING})
SUSPENSIONS = frozenset({FilingType.SUSPENSION, FilingType.RESUMPTION})


@dataclass(frozen=True)
class Layout:
    """The form of a kind of record: its schema's file name and identifier, and its fields."""

    schema: str
    urn: str
    fields: tuple[Field, ...]


_OF_CONTRACTS = Layout("filing-record-1", "urn:qianbei:schema:filing-record:1", FIELDS)
_OF_CHANGES = Layout("change-record-1", "urn:qianbei:schema:filing-change-record:1", CHANGE_FIELDS)
_OF_SUSPENSIONS = Layout(
    "suspension-record-1", "urn:qianbei:schema:filing-suspension-record:1", SUSPENSION_FIELDS
)
_OF_ENDINGS = Layout("ending-record-1", "urn:qianbei:schema:filing-ending-record:1", ENDING_FIELDS)
_OF_CORRECTIONS = Layout(
    "correction-record-1", "urn:qianbei:schema:filing-correction-record:1", CORRECTION_FIELDS
)


@dataclass(frozen=True)
class SignedContract:
    """What the finished signature adds: SHA-256 (hex) of the final PDF, time in the last token, and whether
    it was made on another platform."""

    contract_digest: str
    signed_at: datetime
    elsewhere: bool = False

    @property
    def sign_date(self) -> date:
        """The local day of the last signature."""
        return self.signed_at.astimezone(SHANGHAI).date()


@dataclass(frozen=True)
class Envelope:
    """What the act of filing adds. Fixed when the record is built: a retry sends the same record again."""

    filing_id: str
    submitter_name: str
    submitter_phone: str
    submitted_at: datetime
    submitter_id: str | None = None
    agency_code: str | None = None
    prev_filing_no: str | None = None
    late_reason: str | None = None
    remark: str | None = None


@dataclass(frozen=True)
class Difference:
    """A field on which two records disagree; an absent value is None."""

    pointer: str
    expected: object
    found: object


class MappingError(ValueError):
    """Facts that cannot become a filing of the type asked for."""


_LATER = (*CORRECTION_FIELDS, *CHANGE_FIELDS, *SUSPENSION_FIELDS, *ENDING_FIELDS)
BY_TARGET = {field.target: field for field in (*_LATER, *FIELDS)}
_TARGETS = {field.source: field.target for field in CHANGE_FIELDS}
_LAYOUTS: Mapping[str, Layout] = {
    FilingType.CHANGE: _OF_CHANGES,
    FilingType.CORRECTION: _OF_CORRECTIONS,
    **dict.fromkeys(SUSPENSIONS, _OF_SUSPENSIONS),
    **dict.fromkeys(ENDINGS, _OF_ENDINGS),
}


def layout_of(filing_type: str) -> Layout:
    """The form of the records of a filing type."""
    return _LAYOUTS.get(filing_type, _OF_CONTRACTS)


_NUMBERS = ("/change/agreement_no", "/suspension/document_no", "/correction/correction_no", "/contract_no")


def document_no(document: Document) -> str:
    """The number of the document behind facts or a record: a contract may be changed or suspended, and its
    filing corrected, several times."""
    return str(next(number for each in _NUMBERS if (number := value_at(document, each))))


def filed_items(facts: Document) -> list[dict[str, Any]]:
    """What of a change is filed: the items whose terms stand in the record, under the names that they have
    there. Empty when the change is between the parties only; then nothing is filed."""
    return [
        {**item, "field": _TARGETS[f"/facts{item['field']}"]}
        for item in facts["change"]["items"]
        if f"/facts{item['field']}" in _TARGETS
    ]


def filing_type_for(facts: Document, *, late: bool) -> FilingType:
    """A correction, a renewal, a change, a suspension and a resumption are filed as such; a first contract as
    a transfer or as a hire, in time or late; an ending by its kind."""
    if "correction" in facts:
        return FilingType.CORRECTION
    if "change" in facts:
        return FilingType.CHANGE
    if "suspension" in facts:
        return FilingType.SUSPENSION if facts["suspension"]["act"] == "1" else FilingType.RESUMPTION
    if "ending" in facts:
        return FilingType.RESCISSION if facts["ending"]["kind"] == "1" else FilingType.ENDING
    if "transfer" in facts["contract"]:
        return FilingType.TRANSFER
    if facts["contract"]["sign_kind"] == "2":
        return FilingType.RENEWAL
    return FilingType.LATE_HIRE if late else FilingType.HIRE


def to_filing_record(
    facts: Document,
    signed: SignedContract,
    filing_type: FilingType,
    envelope: Envelope,
    *,
    omit: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    """The canonical filing record of a signed contract (filing-record-1), change (change-record-1),
    suspension or resumption (suspension-record-1), certificate (ending-record-1) or correction slip
    (correction-record-1).

    `facts` follow contract-facts-1.json, change-facts-1.json, suspension-facts-1.json or
    termination-facts-1.json; those of a correction come from `correction.facts_of`. `omit` names optional
    targets that the jurisdiction does not ask for (`Profile.omit`): data minimisation, PIPL Art. 6.
    Raises `MappingError` when the filing type and the facts disagree or a field of the floor would be left
    out.
    """
    if filing_type is not filing_type_for(facts, late=filing_type is FilingType.LATE_HIRE):
        raise MappingError(f"filing type {filing_type} does not fit the facts")
    for target in omit:
        if BY_TARGET[target].when is not When.OPTIONAL:
            raise MappingError(f"{target} cannot be left out")
    sources = {
        "facts": facts,
        "signed": {
            "digest_alg": "SHA-256",
            "contract_digest": signed.contract_digest,
            "signed_at": _instant(signed.signed_at),
            "sign_date": signed.sign_date.isoformat(),
            "elsewhere": signed.elsewhere or None,
        },
        "envelope": asdict(envelope) | {"submitted_at": _instant(envelope.submitted_at)},
        "event": {"filing_type": filing_type.value},
        "derived": {"change_items": filed_items(facts)} if "change" in facts else {},
    }
    layout = layout_of(filing_type)
    record: dict[str, Any] = {"schema": layout.urn}
    for field in layout.fields:
        value = value_at(sources, field.source)
        if value is not None and field.target not in omit:
            _put(record, field.target, value)
    return record


def rederive(
    record: Document, facts: Document, signed: SignedContract, *, omit: frozenset[str]
) -> dict[str, Any]:
    """The record that these facts and this signature would give under the envelope that `record` carries.

    Raises `MappingError` as `to_filing_record` does, and when `record` has no readable envelope.
    """
    carried = {
        field.source.removeprefix("/envelope/"): value_at(record, field.target)
        for field in FIELDS
        if field.source.startswith("/envelope/")
    }
    try:
        carried["submitted_at"] = datetime.fromisoformat(carried["submitted_at"])
        filing_type = FilingType(record["filing_type"])
    except (KeyError, TypeError, ValueError) as error:
        raise MappingError("the record's envelope cannot be read") from error
    return to_filing_record(facts, signed, filing_type, Envelope(**carried), omit=omit)


def differences(expected: Document, found: Document) -> tuple[Difference, ...]:
    """Every leaf on which two records disagree, ordered by pointer; empty when they are the same."""
    left, right = dict(leaves(expected)), dict(leaves(found))
    return tuple(
        Difference(pointer, left.get(pointer), right.get(pointer))
        for pointer in sorted(left.keys() | right.keys())
        if pointer not in left or pointer not in right or not _same(left[pointer], right[pointer])
    )


def origins(record: Document) -> dict[str, Field]:
    """The table's row for every field present, by JSON pointer; `KeyError` for a field without a row."""
    return {pointer: BY_TARGET[pointer] for pointer, _ in leaves(record) if pointer != "/schema"}


def leaves(document: Document, prefix: str = "") -> list[tuple[str, object]]:
    """Every value of a nested document with its JSON pointer; lists and empty objects count as values."""
    found: list[tuple[str, object]] = []
    for key, value in document.items():
        if isinstance(value, Mapping) and value:
            found += leaves(value, f"{prefix}/{key}")
        else:
            found.append((f"{prefix}/{key}", value))
    return found


def value_at(document: Document, pointer: str) -> Any:
    """The value at a JSON pointer, or None when any step is missing."""
    value: Any = document
    for step in pointer.split("/")[1:]:
        if not isinstance(value, Mapping) or step not in value:
            return None
        value = value[step]
    return value


def _put(record: dict[str, Any], pointer: str, value: object) -> None:
    _, *parents, last = pointer.split("/")
    for step in parents:
        record = record.setdefault(step, {})
    record[last] = value


def _instant(moment: datetime) -> str:
    """Local time of the filing with its offset, whole seconds (ISO 8601)."""
    return moment.astimezone(SHANGHAI).isoformat(timespec="seconds")


def _same(left: object, right: object) -> bool:
    """Equal as JSON: True is not 1."""
    return type(left) is type(right) and left == right
