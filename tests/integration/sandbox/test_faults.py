"""Each misbehaviour, seen from the platform; and that behind it the stand-in stays honest."""

import http.client
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2
import pytest

from filing_bridge import protocol
from filing_bridge.protocol import AnswerMismatchError, AnswerUnreadableError, Interface
from tests.support.sandbox import SYSTEM_CODE, Draft, Platform, wait_until

pytestmark = pytest.mark.processes


@pytest.fixture(autouse=True)
def _honest_afterwards(platform: Platform) -> Iterator[None]:
    yield
    platform.sandbox.admin("DELETE", "faults")


@pytest.fixture
def draft(platform: Platform) -> Draft:
    return platform.draft()


def plan(platform: Platform, *faults: dict[str, Any]) -> None:
    platform.sandbox.admin("PUT", "faults", {"plan": list(faults)})


def send(platform: Platform, draft: Draft, **more: Any) -> httpx2.Response:
    return platform.post("/v1/filings", {"items": [platform.item(draft)]}, **more)


def was_filed(platform: Platform, draft: Draft) -> bool:
    """By the ledger, whatever the answers said."""
    return draft.key in {row["key"] for row in platform.sandbox.ledger()}


def token_of(response: httpx2.Response) -> str:
    return str(response.json()["results"][0]["answer"])


def opened(platform: Platform, draft: Draft, token: str) -> protocol.Answer:
    return protocol.open_answer(
        token,
        platform.sandbox.keys,
        system_code=SYSTEM_CODE,
        idempotency_key=draft.key,
        record_digest=draft.digest,
    )


def test_down_breaks_the_connection_and_does_nothing(platform: Platform, draft: Draft) -> None:
    plan(platform, {"kind": "down"})

    with pytest.raises(httpx2.TransportError):
        send(platform, draft)

    assert not was_filed(platform, draft)
    assert platform.query(draft).code == "filing_not_found"
    assert platform.file(draft).state == "accepted"


def test_a_lost_reply_has_its_effect(platform: Platform, draft: Draft) -> None:
    plan(platform, {"kind": "lost_reply"})

    with pytest.raises(httpx2.TransportError):
        send(platform, draft)

    assert platform.query(draft).state == "accepted"
    assert platform.file(draft).token == platform.query(draft).token


def test_a_cut_reply_has_its_effect(platform: Platform, draft: Draft) -> None:
    plan(platform, {"kind": "cut"})

    with pytest.raises(httpx2.TransportError):
        send(platform, draft)

    assert was_filed(platform, draft)


def test_slow_answers_late_but_in_the_end(platform: Platform, draft: Draft) -> None:
    plan(platform, {"kind": "slow", "seconds": 1.5})

    with pytest.raises(httpx2.TimeoutException):
        send(platform, draft, timeout=0.5)

    assert platform.file(draft).state == "accepted"


def test_clearing_faults_lets_waiting_requests_go_on(platform: Platform, draft: Draft) -> None:
    plan(platform, {"kind": "slow", "seconds": 500})
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(platform.file, draft)
        met = {"kind": "slow", "on": "submit"}
        wait_until(lambda: platform.sandbox.admin("GET", "faults")["served"][-1:] == [met])
        platform.sandbox.admin("DELETE", "faults")

        assert waiting.result(timeout=30).state == "accepted"


def test_drip_sends_byte_by_byte(platform: Platform, draft: Draft) -> None:
    plan(platform, {"kind": "drip", "seconds": 0.002})
    began = time.monotonic()

    response = send(platform, draft)

    assert opened(platform, draft, token_of(response)).state == "accepted"
    assert time.monotonic() - began > 0.002 * len(response.content)


@pytest.mark.parametrize(
    ("fault", "status", "code", "filed"),
    [
        ({"kind": "error"}, 500, "server_error", False),
        ({"kind": "error", "status": 502}, 502, "server_error", False),
        ({"kind": "error_after"}, 500, "server_error", True),
        ({"kind": "maintenance", "retry_after": "7"}, 503, "maintenance", False),
        ({"kind": "too_many"}, 429, "too_many_requests", False),
    ],
)
def test_refusals_of_the_whole_request(
    platform: Platform, draft: Draft, fault: dict[str, Any], status: int, code: str, filed: bool
) -> None:
    plan(platform, fault)

    response = send(platform, draft)

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert was_filed(platform, draft) is filed


@pytest.mark.parametrize("value", ["120", "0", "-5", "99999999999999999999", "soon", "", None])
def test_retry_after_goes_out_as_ordered_sane_or_not(
    platform: Platform, draft: Draft, value: str | None
) -> None:
    plan(platform, {"kind": "too_many", "retry_after": value})

    assert send(platform, draft).headers.get("Retry-After") == value


def test_retry_after_may_be_a_date(platform: Platform, draft: Draft) -> None:
    plan(platform, {"kind": "too_many", "retry_after_date": 90})

    date = parsedate_to_datetime(send(platform, draft).headers["Retry-After"])

    assert 80 < (date - datetime.now(UTC)).total_seconds() <= 90


@pytest.mark.parametrize("kind", ["html", "truncated"])
def test_garbage_looks_like_success_and_is_no_answer(platform: Platform, draft: Draft, kind: str) -> None:
    plan(platform, {"kind": kind})

    response = send(platform, draft)

    assert response.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        response.json()
    assert was_filed(platform, draft)


@pytest.mark.parametrize("kind", ["wrong_key", "forged"])
def test_answers_under_another_key_prove_nothing(platform: Platform, draft: Draft, kind: str) -> None:
    plan(platform, {"kind": kind})

    token = token_of(send(platform, draft))

    with pytest.raises(AnswerUnreadableError):
        opened(platform, draft, token)
    assert platform.query(draft).state == "accepted"


def test_a_genuine_answer_about_another_filing(platform: Platform, draft: Draft) -> None:
    plan(platform, {"kind": "other_filing"})

    token = token_of(send(platform, draft))

    with pytest.raises(AnswerMismatchError):
        opened(platform, draft, token)


def test_a_contradictory_answer_is_genuine_and_false(platform: Platform, draft: Draft) -> None:
    accepted = platform.file(draft)
    plan(platform, {"kind": "contradictory", "on": ["query"]})

    contradiction, truth = platform.query(draft), platform.query(draft)

    assert contradiction.state == "returned"
    assert contradiction.items == {("", "contradictory_answer")}
    assert truth.token == accepted.token
    assert was_filed(platform, draft)


def test_a_batch_may_be_done_in_part(platform: Platform) -> None:
    drafts = [platform.draft() for _ in range(3)]
    plan(platform, {"kind": "partial", "items": 1})

    replies = platform.submit(*drafts)

    assert [(reply.status, reply.state or reply.code) for reply in replies] == [
        (200, "accepted"),
        (503, "not_processed"),
        (503, "not_processed"),
    ]
    assert [was_filed(platform, draft) for draft in drafts] == [True, False, False]


def test_a_fault_meets_the_interface_it_was_planned_for(platform: Platform, draft: Draft) -> None:
    plan(platform, {"kind": "error", "on": ["query"], "times": 2})

    assert platform.file(draft).state == "accepted"
    assert [platform.query(draft).status for _ in range(3)] == [500, 500, 200]


def statuses(platform: Platform, seed: int, requests: int = 60) -> list[int]:
    """What so many questions meet under a schedule."""
    kinds = ["error", "too_many", "maintenance", "html"]
    schedule = {"seed": seed, "rate": 0.4, "kinds": kinds, "on": ["query"]}
    platform.sandbox.admin("PUT", "faults", {"schedule": schedule})
    met = []
    for _ in range(requests):
        message = platform.message(Interface.QUERY, {"idempotency_key": "0" * 64})
        met.append(platform.post("/v1/filings/query", {"message": message}).status_code)
    return met


def test_a_schedule_repeats_by_its_seed(platform: Platform) -> None:
    first, again, other = statuses(platform, 7), statuses(platform, 7), statuses(platform, 8)

    assert first == again != other
    assert {404, 500, 429, 503, 200} == set(first)


@pytest.mark.parametrize(
    "plan_of_faults",
    [
        {"plan": [{"kind": "unheard of"}]},
        {"plan": [{"kind": "down", "on": ["admin"]}]},
        {"plan": [{"kind": "down", "spelt_wrong": 1}]},
        {"schedule": {"seed": 1, "rate": 2, "kinds": ["down"]}},
        {"schedule": {"seed": 1, "rate": 0.5, "kinds": []}},
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(platform: Platform, plan_of_faults: object) -> None:
    with pytest.raises(httpx2.HTTPStatusError) as refusal:
        platform.sandbox.admin("PUT", "faults", plan_of_faults)

    assert refusal.value.response.status_code == http.client.BAD_REQUEST
