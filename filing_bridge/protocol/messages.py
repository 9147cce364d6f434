"""Messages of the platform: built and signed here, opened and checked by the province with the same code."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from joserfc.jwk import KeySet

from core.canonical import canonical_json, sha256_hex
from filing_bridge.mapping import FilingType, document_no
from filing_bridge.protocol.errors import ProtocolError, RejectItem
from filing_bridge.protocol.jose import Purpose, Signer, sign_payload, verify_payload
from filing_bridge.schemas import Violation, violations

VERSION = "1"
MAX_BATCH = 100
MAX_DOCUMENT = 20 * 1024 * 1024
MAX_REQUEST = 64 * 1024 * 1024
CLOCK_TOLERANCE = timedelta(minutes=5)


class Interface(StrEnum):
    """What a message asks for."""

    SUBMIT = "LC0101"
    QUERY = "LC0102"
    FORM = "LC0103"
    VOID = "LC0104"


class Event(StrEnum):
    """What happened to the employment: a late hire and a transfer are the same event as a hire in time."""

    HIRE = "hire"
    RENEWAL = "renewal"
    CHANGE = "change"
    SUSPENSION = "suspension"
    RESUMPTION = "resumption"
    ENDING = "ending"
    CORRECTION = "correction"


EVENTS: Mapping[str, Event] = {
    FilingType.HIRE: Event.HIRE,
    FilingType.LATE_HIRE: Event.HIRE,
    FilingType.TRANSFER: Event.HIRE,
    FilingType.RENEWAL: Event.RENEWAL,
    FilingType.CHANGE: Event.CHANGE,
    FilingType.SUSPENSION: Event.SUSPENSION,
    FilingType.RESUMPTION: Event.RESUMPTION,
    FilingType.RESCISSION: Event.ENDING,
    FilingType.ENDING: Event.ENDING,
    FilingType.CORRECTION: Event.CORRECTION,
}
VOID_URN = "urn:qianbei:schema:filing-void-record:1"
VOID_TYPE = "62"


@dataclass(frozen=True)
class Message:
    """A request whose signature, form and time have been checked. `body` follows message-1.json."""

    interface: Interface
    system_code: str
    serial_no: str
    time: datetime
    body: Mapping[str, Any]

    @property
    def idempotency_key(self) -> str:
        return str(self.body["idempotency_key"])


def idempotency_key(employer_uscc: str, document_no: str, event: Event, version: int) -> str:
    """The permanent key of one filing: SHA-256 (hex) over the RFC 8785 form of the four in an array."""
    return sha256_hex(canonical_json([employer_uscc, document_no, event.value, version]))


def record_digest(record: Mapping[str, Any]) -> str:
    """What "the same content" means: SHA-256 (hex) of the record's RFC 8785 form."""
    return sha256_hex(canonical_json(record))


def submission(
    record: Mapping[str, Any],
    *,
    version: int,
    employer_signature: str,
    document_size: int,
    document_url: str | None = None,
) -> dict[str, Any]:
    """The body of a submission. It stays the same over retries; store it with the filing.

    `document_size` is the length of the signed PDF in bytes. Without `document_url` the PDF travels beside
    the message (`batch_item`).
    """
    event = EVENTS[record["filing_type"]]
    key = idempotency_key(record["employer"]["uscc"], document_no(record), event, version)
    document: dict[str, Any] = {"digest": record["contract_digest"], "size": document_size}
    if document_url is not None:
        document["url"] = document_url
    return {
        "idempotency_key": key,
        "event": event.value,
        "version": version,
        "record": record,
        "employer_signature": employer_signature,
        "document": document,
    }


def void_record(
    record: Mapping[str, Any], *, key: str, receipt_no: str, reason: str, requested_at: datetime
) -> dict[str, Any]:
    """What the employer signs to withdraw a filing (void-record-1); `record` is what was filed."""
    return {
        "schema": VOID_URN,
        "filing_type": VOID_TYPE,
        "idempotency_key": key,
        "receipt_no": receipt_no,
        "record_digest": record_digest(record),
        "employer": {name: record["employer"][name] for name in ("name", "uscc")},
        "reason": reason,
        "requested_at": requested_at.isoformat(timespec="seconds"),
    }


def void(record: Mapping[str, Any], *, employer_signature: str) -> dict[str, Any]:
    """The body of a withdrawal. It stays the same over retries: store record and signature."""
    return {
        "idempotency_key": record["idempotency_key"],
        "record": record,
        "employer_signature": employer_signature,
    }


def sign_message(
    interface: Interface, body: Mapping[str, Any], *, system_code: str, now: datetime, signer: Signer
) -> str:
    """A signed message with a serial number of its own. Sign anew for every transmission.

    Raises `ValueError` when the message would break message-1.json: that is a fault of the sender.
    """
    head = {
        "interface_code": interface.value,
        "system_code": system_code,
        "serial_no": secrets.token_hex(16),
        "time": now.isoformat(timespec="seconds"),
        "version": VERSION,
    }
    message = {"head": head, "body": body}
    if broken := violations("message-1", message):
        raise ValueError(f"the message breaks its schema at {broken[0].pointer} ({broken[0].keyword})")
    return sign_payload(message, Purpose.MESSAGE, signer)


def open_message(token: str, senders: Mapping[str, KeySet], *, now: datetime) -> Message:
    """Check a message: signature by a key of its sender, form, time within five minutes of `now`.

    `senders` maps system codes to their registered keys. The caller still has to refuse a serial number it
    has seen (`replayed_message`) and a jurisdiction that the sender may not use (`sender_not_allowed`).
    Raises `ProtocolError`; for a submission whose record breaks its schema the code is `record_invalid`
    with all items, though the message itself is authentic.
    """
    everyone = KeySet([key for keys in senders.values() for key in keys.keys])
    verified = verify_payload(token, Purpose.MESSAGE, everyone)
    payload = verified.payload
    broken = violations("message-1", payload)
    if broken and any(not each.pointer.startswith("/body/record") for each in broken):
        raise ProtocolError("malformed_message", f"{broken[0].pointer} {broken[0].keyword}")
    head = payload["head"]
    if verified.kid not in {key.kid for key in senders.get(head["system_code"], KeySet([])).keys}:
        raise ProtocolError("unknown_sender", "the key belongs to another system")
    time = datetime.fromisoformat(head["time"])
    if abs(now - time) > CLOCK_TOLERANCE:
        raise ProtocolError("stale_message")
    message = Message(
        Interface(head["interface_code"]), head["system_code"], head["serial_no"], time, payload["body"]
    )
    if broken:
        raise RecordInvalidError(message, tuple(_item(each) for each in broken))
    return message


class RecordInvalidError(ProtocolError):
    """An authentic submission whose record breaks its schema: it gets a signed refusal."""

    def __init__(self, message: Message, items: tuple[RejectItem, ...]) -> None:
        super().__init__("record_invalid", items=items)
        self.message = message


def check_submission(message: Message, pdf: bytes | None) -> None:
    """What can be said of a submission without opening the PDF: key, event, and the document's digest.

    `pdf` is what came beside the message or was fetched. Raises `ProtocolError` with a code for a signed
    refusal: `key_mismatch`, `document_missing` or `document_digest_mismatch`.
    """
    body, record = message.body, message.body["record"]
    event = EVENTS[record["filing_type"]]
    expected = idempotency_key(record["employer"]["uscc"], document_no(record), event, body["version"])
    if body["event"] != event or body["idempotency_key"] != expected:
        raise ProtocolError("key_mismatch")
    if pdf is None:
        raise ProtocolError("document_missing")
    digest = {"alg": "SHA-256", "value": hashlib.sha256(pdf).hexdigest()}
    document = body["document"]
    if document["digest"] != digest or record["contract_digest"] != digest or document["size"] != len(pdf):
        raise ProtocolError("document_digest_mismatch")


def batch(items: Sequence[dict[str, str]]) -> dict[str, Any]:
    """The body of POST /v1/filings. Raises `ValueError` beyond 100 items."""
    if not 1 <= len(items) <= MAX_BATCH:
        raise ValueError(f"a batch holds 1 to {MAX_BATCH} items")
    return {"items": list(items)}


def _item(violation: Violation) -> RejectItem:
    text, remedy = _SCHEMA_WORDS.get(
        violation.keyword, ("这一项格式不符合规定。", "请按备案记录数据规范改正。")
    )
    return RejectItem(violation.pointer.removeprefix("/body/record"), "field_malformed", text, remedy)


_SCHEMA_WORDS: Mapping[str, tuple[str, str]] = {
    "required": ("缺少这一项。", "请补填这一项。"),
    "additionalProperties": ("没有这一项目。", "请删除这一项。"),
    "enum": ("不在可选范围内。", "请从选项中选择。"),
}
