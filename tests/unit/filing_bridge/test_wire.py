"""How replies are read: what is believed, what proves that nothing was taken in, what proves nothing."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from filing_bridge import protocol, wire
from filing_bridge.client import NoReply, Reply
from filing_bridge.domain import Outcome
from filing_bridge.protocol import Agency, State
from filing_bridge.provinces import Province
from tests.support.filing_parties import Party, p256

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
KEY, DIGEST = "a" * 64, "b" * 64
SUBJECT = wire.Subject(KEY, DIGEST)
SYSTEM = "SD-TEST"
PARTY = Party(p256())
PROVINCE = Province("all", "https://province.example", SYSTEM, "token", PARTY.keys)


def token(state: State = State.UNDER_REVIEW, *, key: str = KEY, system: str = SYSTEM) -> str:
    body = protocol.acknowledgement(
        key=key, digest=DIGEST, receipt_no="R1", state=state, received_at=NOW, agency=Agency("1", "测试")
    )
    return protocol.sign_answer(body, system_code=system, now=NOW, signer=PARTY.signer)


def reply(document: object, status: int = 200, **headers: str) -> Reply:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Reply(status, headers, body)


def batch(*results: dict[str, Any]) -> Reply:
    return reply({"results": [{"index": i, **each} for i, each in enumerate(results)]})


def test_an_answer_is_believed() -> None:
    [found] = wire.read_batch(PROVINCE, batch({"status": 200, "answer": token()}), [SUBJECT], now=NOW)
    assert found.answer is not None
    assert (found.outcome, found.answer.state, found.own) == (Outcome.ANSWERED, "under_review", True)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("a.b.c", "answer_not_genuine"),
        (token()[:-8] + "AAAAAAAA", "answer_not_genuine"),
        (token(key="c" * 64), "answer_about_another_filing"),
        (token(system="SD-OTHER"), "answer_about_another_filing"),
    ],
)
def test_an_answer_that_proves_nothing(answer: str, code: str) -> None:
    for found in (
        *wire.read_batch(PROVINCE, batch({"status": 200, "answer": answer}), [SUBJECT], now=NOW),
        *wire.read_question(PROVINCE, reply({"answer": answer}), [SUBJECT], now=NOW),
    ):
        assert (found.outcome, found.code, found.answer) == (Outcome.UNREADABLE, code, None)


def test_an_answer_about_other_content() -> None:
    other = wire.Subject(KEY, "d" * 64)
    [found] = wire.read_question(PROVINCE, reply({"answer": token()}), [other], now=NOW)
    assert (found.outcome, found.code) == (Outcome.UNREADABLE, "answer_about_another_filing")


@pytest.mark.parametrize(
    "document",
    [
        b"<html>",
        b"",
        b"[]",
        b'"x"',
        b"[" * 100_000,
        {"results": []},
        {"results": [{"index": 1, "status": 200, "answer": token()}]},
        {"results": [{"index": 0, "status": 200, "answer": token()}] * 2},
        {"results": [{"index": 0, "status": 200}]},
    ],
)
def test_a_200_that_is_no_answer_to_the_batch(document: object) -> None:
    [found] = wire.read_batch(PROVINCE, reply(document), [SUBJECT], now=NOW)
    assert (found.outcome, found.code, found.own) == (Outcome.UNREADABLE, "answer_unreadable", False)


def test_a_proper_answer_with_another_status_is_not_believed() -> None:
    [found] = wire.read_question(PROVINCE, reply({"answer": token()}, 500), [SUBJECT], now=NOW)
    assert (found.outcome, found.code) == (Outcome.UNREADABLE, "http_500")


@pytest.mark.parametrize("code", sorted(protocol.CODES))
def test_every_code_of_the_protocol_as_a_problem(code: str) -> None:
    """An unsigned problem may say that nothing was taken in; it never says what the province decided."""
    problem = protocol.problem(code)
    row = protocol.CODES[code]
    [item] = wire.read_batch(PROVINCE, batch({"status": row.status, "problem": problem}), [SUBJECT], now=NOW)
    [whole] = wire.read_question(PROVINCE, reply(problem, row.status), [SUBJECT], now=NOW)
    doubtful = row.signed or code in ("server_error", "replayed_message")
    expected = Outcome.LOST if doubtful else Outcome.NOT_TAKEN_IN
    assert (item.outcome, whole.outcome) == (expected, expected)
    assert item.answer is whole.answer is None


def test_a_problem_under_another_status_is_in_doubt() -> None:
    [found] = wire.read_question(PROVINCE, reply(protocol.problem("maintenance"), 502), [SUBJECT], now=NOW)
    assert found.outcome is Outcome.LOST


def test_retry_after_counts_for_the_whole_call() -> None:
    busy = reply(protocol.problem("too_many_requests"), 429, **{"retry-after": "7"})
    [found] = wire.read_batch(PROVINCE, busy, [SUBJECT], now=NOW)
    assert (found.retry_after, found.own) == (timedelta(seconds=7), False)


@pytest.mark.parametrize(("sent", "outcome"), [(True, Outcome.LOST), (False, Outcome.NOT_SENT)])
def test_no_reply(sent: bool, outcome: Outcome) -> None:
    for found in wire.read_batch(PROVINCE, NoReply(sent, "x"), [SUBJECT, SUBJECT], now=NOW):
        assert found.outcome is outcome
    finding, pdf = wire.read_form(PROVINCE, NoReply(sent, "x"), SUBJECT, now=NOW)
    assert (finding.outcome, pdf) == (outcome, b"")


@pytest.mark.parametrize(
    "document", [{"answer": token(), "pdf": "JVBERg=="}, {"answer": token(), "pdf": "%"}]
)
def test_a_form_needs_an_answer_about_a_form(document: dict[str, str]) -> None:
    finding, _ = wire.read_form(PROVINCE, reply(document), SUBJECT, now=NOW)
    assert (finding.outcome, finding.answer) == (Outcome.UNREADABLE, None)


def test_batches_keep_within_the_limits() -> None:
    small = wire.Item(SUBJECT, b"m", b"p")
    assert [len(group) for group in wire.batches([small] * 250)] == [100, 100, 50]
    large = wire.Item(SUBJECT, b"m", b"p" * (15 * 1024 * 1024))
    assert [len(group) for group in wire.batches([large] * 5)] == [2, 2, 1]
    assert wire.batches([]) == []
