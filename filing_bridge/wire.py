"""The protocol's addresses: requests as calls, replies as findings about single filings.

Only a verified answer says anything about a filing. Everything else is sorted by what it proves: that nothing
was taken in, or nothing at all.
"""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from filing_bridge import protocol
from filing_bridge.client import Call, NoReply, Reply, retry_after
from filing_bridge.domain import TIMING, Outcome
from filing_bridge.provinces import Province
from filing_bridge.schemas import violations

MAX_BATCH_BYTES = 48 * 1024 * 1024  # of the 64 MiB that a province takes

# The unsigned problems that leave open whether something was taken in. All others say that nothing was.
IN_DOUBT = frozenset({"server_error", "replayed_message"})

# What is wrong with the sender or its clock: true of every filing, and no fault of this one.
_SENDERS_FAULT = frozenset({"unknown_sender", "signature_invalid", "stale_message"})

# Problems of a whole request that are about the filing it names, not about the province.
_OWN = frozenset({"filing_not_found", "void_invalid"})

_ABOUT_FILINGS = frozenset({protocol.Kind.ACKNOWLEDGEMENT, protocol.Kind.DECISION, protocol.Kind.REFUSAL})
_ABOUT_FORMS = frozenset({protocol.Kind.SEALED_FORM})


@dataclass(frozen=True)
class Subject:
    """What an answer must be about."""

    idempotency_key: str
    record_digest: str


@dataclass(frozen=True)
class Item:
    """A submission: its message and the signed PDF that travels beside it."""

    subject: Subject
    message: bytes
    pdf: bytes

    @property
    def size(self) -> int:
        return len(self.message) + len(self.pdf) * 4 // 3


@dataclass(frozen=True)
class Finding:
    """What one call says about one filing. `answer` and `token` are there when the outcome is ANSWERED.

    `own` tells a fault of this filing from one of the whole call: the others were answered.
    """

    outcome: Outcome
    code: str = ""
    status: int | None = None
    raw: bytes = b""
    answer: protocol.Answer | None = None
    token: bytes = b""
    retry_after: timedelta | None = None
    own: bool = False


def batches(items: Sequence[Item]) -> list[list[int]]:
    """Positions of the items, so grouped that no request is too large."""
    groups: list[list[int]] = []
    room = 0
    for position, item in enumerate(items):
        if not groups or item.size > room or len(groups[-1]) == protocol.MAX_BATCH:
            groups.append([])
            room = MAX_BATCH_BYTES
        groups[-1].append(position)
        room -= item.size
    return groups


def submit_call(province: Province, items: Sequence[Item]) -> Call:
    """POST /v1/filings."""
    body = protocol.batch(
        [{"message": each.message.decode(), "pdf": base64.b64encode(each.pdf).decode()} for each in items]
    )
    seconds = TIMING.push_seconds + TIMING.push_seconds_per_item * len(items)
    return _post(province, "/v1/filings", body, seconds)


def ask_call(province: Province, message: bytes) -> Call:
    """POST /v1/filings/query."""
    return _post(province, "/v1/filings/query", {"message": message.decode()}, TIMING.ask_seconds)


def void_call(province: Province, subject: Subject, message: bytes) -> Call:
    """POST /v1/filings/{idempotency_key}/void."""
    path = f"/v1/filings/{subject.idempotency_key}/void"
    return _post(province, path, {"message": message.decode()}, TIMING.ask_seconds)


def form_call(province: Province, subject: Subject, message: bytes, pdf: bytes) -> Call:
    """POST /v1/filings/{idempotency_key}/form."""
    body = {"message": message.decode(), "pdf": base64.b64encode(pdf).decode()}
    return _post(province, f"/v1/filings/{subject.idempotency_key}/form", body, TIMING.push_seconds)


def read_batch(
    province: Province, reply: Reply | NoReply, subjects: Sequence[Subject], *, now: datetime
) -> list[Finding]:
    """One finding for each item, in order."""
    document = _document(reply, "batch-answer-1")
    if (
        isinstance(reply, NoReply)
        or document is None
        or [each["index"] for each in document["results"]] != list(range(len(subjects)))
    ):
        return [_whole(reply, now)] * len(subjects)
    return [
        _single(province, subject, result, reply, _ABOUT_FILINGS)
        for subject, result in zip(subjects, document["results"], strict=True)
    ]


def read_question(
    province: Province, reply: Reply | NoReply, subjects: Sequence[Subject], *, now: datetime
) -> list[Finding]:
    """The finding of a question about one filing, or of the wish to withdraw it."""
    [subject] = subjects
    document = _document(reply, "query-answer-1")
    if isinstance(reply, NoReply) or document is None:
        return [_whole(reply, now)]
    return [_single(province, subject, document, reply, _ABOUT_FILINGS)]


def read_form(
    province: Province, reply: Reply | NoReply, subject: Subject, *, now: datetime
) -> tuple[Finding, bytes]:
    """The finding about a form, and the sealed PDF."""
    document = _document(reply, "form-answer-1")
    try:
        pdf = base64.b64decode(document["pdf"], validate=True) if document else b""
    except binascii.Error:
        document = None
    if isinstance(reply, NoReply) or document is None:
        return _whole(reply, now), b""
    return _single(province, subject, document, reply, _ABOUT_FORMS), pdf


def _single(
    province: Province,
    subject: Subject,
    result: Mapping[str, Any],
    reply: Reply,
    kinds: frozenset[protocol.Kind],
) -> Finding:
    """One item's answer or problem."""
    status = result.get("status", reply.status)
    if "answer" not in result:
        code = result["problem"]["code"]
        outcome = Outcome.NOT_TAKEN_IN if _says_not_processed(code, status) else Outcome.LOST
        return Finding(outcome, code, status, reply.body, own=code not in _SENDERS_FAULT)
    token = result["answer"]
    try:
        answer = protocol.open_answer(
            token,
            province.keys,
            system_code=province.system_code,
            idempotency_key=subject.idempotency_key,
            record_digest=subject.record_digest,
        )
    except protocol.AnswerUnreadableError:
        return Finding(Outcome.UNREADABLE, "answer_not_genuine", status, reply.body, own=True)
    except protocol.AnswerMismatchError:
        return Finding(Outcome.UNREADABLE, "answer_about_another_filing", status, reply.body, own=True)
    if answer.kind not in kinds:
        return Finding(Outcome.UNREADABLE, "answer_of_another_kind", status, reply.body, own=True)
    return Finding(Outcome.ANSWERED, "", status, reply.body, answer, token.encode(), own=True)


def _whole(reply: Reply | NoReply, now: datetime) -> Finding:
    """What a reply says that does not have the form of an answer."""
    if isinstance(reply, NoReply):
        return Finding(Outcome.LOST if reply.sent else Outcome.NOT_SENT, reply.code)
    wait = retry_after(reply.headers, now=now, ceiling=timedelta(seconds=TIMING.retry_after_ceiling))
    document = _json(reply)
    if not violations("problem-1", document):
        code = document["code"]
        own = code in _OWN
        if _says_not_processed(code, reply.status):
            return Finding(Outcome.NOT_TAKEN_IN, code, reply.status, reply.body, retry_after=wait, own=own)
        return Finding(Outcome.LOST, code, reply.status, reply.body, retry_after=wait)
    code = "answer_unreadable" if reply.status < 400 else f"http_{reply.status}"
    return Finding(Outcome.UNREADABLE, code, reply.status, reply.body, retry_after=wait)


def _says_not_processed(code: str, status: int) -> bool:
    row = protocol.CODES.get(code)
    return row is not None and not row.signed and row.status == status and code not in IN_DOUBT


def _document(reply: Reply | NoReply, schema: str) -> dict[str, Any] | None:
    """The body of a reply, once it came with 200 and follows the schema."""
    document = _json(reply) if isinstance(reply, Reply) and reply.status == 200 else {}
    return None if violations(schema, document) else document


def _json(reply: Reply) -> dict[str, Any]:
    """The object in a body; empty when there is none."""
    try:
        document = json.loads(reply.body)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _post(province: Province, path: str, body: Mapping[str, Any], seconds: float) -> Call:
    return Call(
        "POST",
        province.url + path,
        seconds,
        json.dumps(body, separators=(",", ":")).encode(),
        {"Authorization": f"Bearer {province.token}", "Content-Type": "application/json"},
    )
