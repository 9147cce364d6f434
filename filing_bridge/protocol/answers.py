"""Answers of the province: built and signed there, opened and checked by the platform with the same code.

Only a signed answer about this very filing changes the filing's state.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from joserfc.jwk import KeySet

from filing_bridge.protocol.errors import CODES, ProtocolError, RejectItem
from filing_bridge.protocol.jose import Purpose, Signer, sign_payload, verify_payload
from filing_bridge.schemas import violations

VERSION = "1"


class State(StrEnum):
    """Where a filing stands at the province."""

    PRE_REGISTERED = "pre_registered"  # during the settlement period; to be sent again after it
    RECEIVED = "received"
    UNDER_REVIEW = "under_review"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    REJECTED = "rejected"
    VOIDED = "voided"  # withdrawn by the employer before it was decided


class Kind(StrEnum):
    """Kinds of signed answers."""

    ACKNOWLEDGEMENT = "acknowledgement"
    DECISION = "decision"
    REFUSAL = "refusal"
    SEALED_FORM = "sealed_form"


@dataclass(frozen=True)
class Agency:
    """The filing agency that answers."""

    code: str
    name: str


@dataclass(frozen=True)
class Answer:
    """An answer whose signature, form and subject have been checked. `body` follows answer-1.json."""

    kind: Kind
    time: datetime
    body: Mapping[str, Any]

    @property
    def state(self) -> State | None:
        """The filing's state, or None for a refusal and a sealed form."""
        return State(self.body["state"]) if "state" in self.body else None

    @property
    def receipt_no(self) -> str | None:
        return self.body.get("receipt_no")

    @property
    def reject_items(self) -> tuple[RejectItem, ...]:
        return tuple(RejectItem(**item) for item in self.body.get("reject_items", ()))


class AnswerError(Exception):
    """An answer that proves nothing: keep its bytes, change no state, ask again."""


class AnswerUnreadableError(AnswerError):
    """Not a signed answer of this protocol, or its signature does not verify with the province's keys."""


class AnswerMismatchError(AnswerError):
    """A genuine answer, but about another filing or other content."""


def acknowledgement(
    *, key: str, digest: str, receipt_no: str, state: State, received_at: datetime, agency: Agency
) -> dict[str, Any]:
    """The body that says a filing was taken in. `state` is RECEIVED or UNDER_REVIEW."""
    return {
        "kind": Kind.ACKNOWLEDGEMENT.value,
        "idempotency_key": key,
        "record_digest": digest,
        "receipt_no": receipt_no,
        "state": state.value,
        "received_at": received_at.isoformat(timespec="seconds"),
        "agency": asdict(agency),
    }


def decision(
    *,
    key: str,
    digest: str,
    receipt_no: str,
    state: State,
    received_at: datetime,
    decided_at: datetime,
    agency: Agency,
    reject_items: Sequence[RejectItem] = (),
) -> dict[str, Any]:
    """The body of the receipt. `state` is ACCEPTED or VOIDED (no items), RETURNED or REJECTED (all items at
    once)."""
    return {
        "kind": Kind.DECISION.value,
        "idempotency_key": key,
        "record_digest": digest,
        "receipt_no": receipt_no,
        "state": state.value,
        "received_at": received_at.isoformat(timespec="seconds"),
        "decided_at": decided_at.isoformat(timespec="seconds"),
        "agency": asdict(agency),
        "reject_items": [asdict(item) for item in reject_items],
    }


def refusal(*, key: str, digest: str, code: str, reject_items: Sequence[RejectItem] = ()) -> dict[str, Any]:
    """The body that says a submission was not taken in; `code` is one whose row says `signed`."""
    row = CODES[code]
    if not row.signed:
        raise ValueError(f"{code} travels in a problem document")
    return {
        "kind": Kind.REFUSAL.value,
        "idempotency_key": key,
        "record_digest": digest,
        "code": code,
        "zh": row.zh,
        "en": row.en,
        "remedy_zh": row.remedy_zh,
        "remedy_en": row.remedy_en,
        "reject_items": [asdict(item) for item in reject_items],
    }


def sealed_form(
    *, key: str, receipt_no: str, form_digest: str, sealed_digest: str, sealed_at: datetime, agency: Agency
) -> dict[str, Any]:
    """The body that goes with a filing form on which the agency has put its seal."""
    return {
        "kind": Kind.SEALED_FORM.value,
        "idempotency_key": key,
        "receipt_no": receipt_no,
        "form_digest": form_digest,
        "sealed_digest": sealed_digest,
        "sealed_at": sealed_at.isoformat(timespec="seconds"),
        "agency": asdict(agency),
    }


def sign_answer(body: Mapping[str, Any], *, system_code: str, now: datetime, signer: Signer) -> str:
    """A signed answer. Keep a decision as signed: every later query returns the same bytes.

    Raises `ValueError` when the answer would break answer-1.json.
    """
    head = {
        "system_code": system_code,
        "serial_no": secrets.token_hex(16),
        "time": now.isoformat(timespec="seconds"),
        "version": VERSION,
    }
    answer = {"head": head, "body": body}
    if broken := violations("answer-1", answer):
        raise ValueError(f"the answer breaks its schema at {broken[0].pointer} ({broken[0].keyword})")
    return sign_payload(answer, Purpose.ANSWER, signer)


def open_answer(
    token: str, keys: KeySet, *, system_code: str, idempotency_key: str, record_digest: str
) -> Answer:
    """Check an answer: signed by the province, of its system, well-formed, about this very filing.

    Raises `AnswerUnreadableError` or `AnswerMismatchError`.
    """
    try:
        payload = verify_payload(token, Purpose.ANSWER, keys).payload
    except ProtocolError as error:
        raise AnswerUnreadableError(error.code) from error
    if broken := violations("answer-1", payload):
        raise AnswerUnreadableError(f"breaks its schema at {broken[0].pointer} ({broken[0].keyword})")
    if payload["head"]["system_code"] != system_code:
        raise AnswerMismatchError("from another system")
    body = payload["body"]
    if body["idempotency_key"] != idempotency_key:
        raise AnswerMismatchError("about another filing")
    if body.get("record_digest", record_digest) != record_digest:
        raise AnswerMismatchError("about other content")
    return Answer(Kind(body["kind"]), datetime.fromisoformat(payload["head"]["time"]), body)
