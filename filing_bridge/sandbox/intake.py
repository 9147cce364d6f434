"""Submissions and questions: from the bytes of a request to signed answers, one item at a time."""

import base64
import binascii
import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc.jwk import KeySet

from filing_bridge.protocol import (
    MAX_DOCUMENT,
    Event,
    Interface,
    Message,
    ProtocolError,
    RecordInvalidError,
    check_submission,
    key_set,
    open_message,
    problem,
    record_digest,
    refusal,
    sign_answer,
)
from filing_bridge.sandbox.clock import Clock
from filing_bridge.sandbox.decisions import Decisions
from filing_bridge.sandbox.examination import Examiner
from filing_bridge.sandbox.province import SYSTEM_CODE, Province
from filing_bridge.sandbox.store import Filing, Sender, Store
from filing_bridge.schemas import violations

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Result:
    """What becomes of one item: an HTTP status with a signed answer or a problem document."""

    status: int
    answer: str | None = None
    problem: Mapping[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        if self.answer is not None:
            return {"status": self.status, "answer": self.answer}
        return {"status": self.status, "problem": self.problem}


class Intake:
    """Thread-safe. Nothing is answered as taken in that has not reached the disk."""

    def __init__(
        self, store: Store, decisions: Decisions, examiner: Examiner, province: Province, clock: Clock
    ) -> None:
        self._store = store
        self._decisions = decisions
        self._examiner = examiner
        self._province = province
        self._clock = clock

    def sender(self, token: str) -> Sender:
        """The platform that owns a bearer token. Raises `ProtocolError("unknown_sender")`."""
        sender = self._store.sender_with(hashlib.sha256(token.encode()).hexdigest())
        if sender is None:
            raise ProtocolError("unknown_sender")
        return sender

    def submit(self, sender: Sender, body: bytes) -> dict[str, Any]:
        """POST /v1/filings: the body follows batch-1.json, what is returned batch-answer-1.json.

        Every item has its own fate. Raises `ProtocolError("malformed_request")` for the whole.
        """
        batch = read_json(body, "batch-1")
        results = [
            {"index": index, **self._submit_one(sender, item).as_json()}
            for index, item in enumerate(batch["items"])
        ]
        return {"results": results}

    def query(self, sender: Sender, body: bytes) -> str:
        """POST /v1/filings/query: the latest answer about a filing of this sender. Raises `ProtocolError`."""
        token = read_json(body, "query-1")["message"]
        return self.own_filing(sender, self.open(sender, token, Interface.QUERY)).answer

    def void(self, sender: Sender, key: str, body: bytes) -> str:
        """POST /v1/filings/<key>/void: the answer about the filing as it then stands. One that was decided
        before stays decided, and the answer says so. Raises `ProtocolError`."""
        token = read_json(body, "query-1")["message"]
        try:
            message = self.open(sender, token, Interface.VOID)
        except RecordInvalidError as error:
            raise ProtocolError("void_invalid", "the record breaks its schema") from error
        if message.idempotency_key != key:
            raise ProtocolError("malformed_message", "the address names another filing")
        filing = self.own_filing(sender, message)
        _refuse_misfit(message.body["record"], filing)
        self._examiner.examine_void(message)
        return self._decisions.void(key, message.body["record"]).answer

    def own_filing(self, sender: Sender, message: Message) -> Filing:
        """The filing that a message is about. Raises `ProtocolError("filing_not_found")`."""
        filing = self._store.filing(message.idempotency_key)
        if filing is None or filing.system_code != sender.system_code:
            raise ProtocolError("filing_not_found")
        return filing

    def open(self, sender: Sender, token: str, interface: Interface) -> Message:
        """An authentic message of this sender that has not been seen before. Raises `ProtocolError`."""
        broken: RecordInvalidError | None = None
        try:
            message = open_message(token, _keys_of(sender), now=self._clock.now())
        except RecordInvalidError as error:
            broken, message = error, error.message
        if message.interface is not interface:
            raise ProtocolError("malformed_message", f"this address takes {interface.value}")
        if not self._store.use_serial(sender.system_code, message.serial_no, self._clock.now()):
            raise ProtocolError("replayed_message")
        if broken is not None:
            raise broken
        return message

    def _submit_one(self, sender: Sender, item: Mapping[str, str]) -> Result:
        message: Message | None = None
        try:
            try:
                message = self.open(sender, item["message"], Interface.SUBMIT)
            except RecordInvalidError as error:
                message = error.message
                raise
            filing = self._take_in(sender, message, decode_pdf(item["pdf"]) if "pdf" in item else None)
        except ProtocolError as error:
            return self._refused(error, message)
        except Exception as error:  # noqa: BLE001  (one item must not take the batch with it)
            log_failure(error)
            return Result(500, problem=problem("server_error"))
        return Result(200, answer=filing.answer)

    def _take_in(self, sender: Sender, message: Message, pdf: bytes | None) -> Filing:
        record = message.body["record"]
        if not record["jurisdiction_code"].startswith(sender.jurisdictions):
            raise ProtocolError("sender_not_allowed")
        if pdf is None and "url" in message.body["document"]:
            raise ProtocolError("document_unreachable", "the stand-in fetches nothing")
        check_submission(message, pdf)
        assert pdf is not None
        digest = record_digest(record)
        if self._same_filing(sender, message.idempotency_key, digest) is not None:
            return self._decisions.take_up(message.idempotency_key)
        self._examiner.examine(message, pdf)
        self._decisions.take_in(message.idempotency_key, sender.system_code, record, digest, pdf)
        filing = self._same_filing(sender, message.idempotency_key, digest)
        assert filing is not None
        return filing

    def _same_filing(self, sender: Sender, key: str, digest: str) -> Filing | None:
        """What is known under this key, if it is the very same; raises when it is something else."""
        filing = self._store.filing(key)
        if filing is None:
            return None
        if filing.system_code != sender.system_code:
            raise ProtocolError("duplicate_filing")
        if filing.record_digest != digest:
            raise ProtocolError("filing_conflict")
        return filing

    def _refused(self, error: ProtocolError, message: Message | None) -> Result:
        if message is None or not error.row.signed:
            return Result(error.row.status, problem=problem(error.code, error.detail))
        body = refusal(
            key=message.idempotency_key,
            digest=record_digest(message.body["record"]),
            code=error.code,
            reject_items=error.items[:200],
        )
        answer = sign_answer(
            body, system_code=SYSTEM_CODE, now=self._clock.now(), signer=self._province.signer
        )
        return Result(error.row.status, answer=answer)


def read_json(body: bytes, schema: str) -> Any:
    """A request's body, once it follows the schema. Raises `ProtocolError("malformed_request")`."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("malformed_request") from error
    if broken := violations(schema, document):
        raise ProtocolError("malformed_request", f"{broken[0].pointer} {broken[0].keyword}")
    return document


def log_failure(error: BaseException) -> None:
    """Where it failed and with what kind of error; never the message, which may hold personal data."""
    frames = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(
            f"{code.co_qualname if hasattr(code, 'co_qualname') else code.co_name}:{trace.tb_lineno}"
        )
        trace = trace.tb_next
    LOG.error("failed: %s at %s", type(error).__name__, " > ".join(frames[-8:]))


def _refuse_misfit(record: Mapping[str, Any], filing: Filing) -> None:
    """A withdrawal names this very filing. A correction is not withdrawn: another one corrects it."""
    said = (
        record["idempotency_key"],
        record["receipt_no"],
        record["record_digest"],
        record["employer"]["uscc"],
    )
    if said != (filing.key, filing.receipt_no, filing.record_digest, filing.period.employer):
        raise ProtocolError("void_invalid", "the record names another filing")
    if filing.event == Event.CORRECTION:
        raise ProtocolError("void_invalid", "corrections are not withdrawn")


def _keys_of(sender: Sender) -> dict[str, KeySet]:
    return {sender.system_code: key_set(sender.jwks)}


def decode_pdf(text: str) -> bytes:
    """The document beside a message. Raises `ProtocolError`."""
    try:
        pdf = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ProtocolError("malformed_message", "pdf is not base64") from error
    if len(pdf) > MAX_DOCUMENT:
        raise ProtocolError("request_too_large")
    return pdf
