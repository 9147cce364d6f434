"""Decisions after a review: by an officer through the admin surface, or by the timer."""

from collections.abc import Iterator

import httpx2
import pytest

from tests.support.pki import RunningPki
from tests.support.sandbox import Platform, RunningSandbox, running_sandbox, wait_until

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def sandbox(pki: RunningPki, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    with running_sandbox(tmp_path_factory.mktemp("review"), pki, "--decide", "review") as running:
        yield running


def decide(platform: Platform, reply_to: str, state: str, **more: object) -> None:
    platform.sandbox.admin("POST", "decisions", {"key": reply_to, "state": state, **more})


def test_an_acknowledgement_comes_at_once_and_the_decision_later(platform: Platform) -> None:
    draft = platform.draft()

    acknowledged = platform.file(draft)

    assert (acknowledged.status, acknowledged.state) == (200, "under_review")
    assert platform.query(draft).token == acknowledged.token
    assert platform.sandbox.ledger() == []

    decide(platform, draft.key, "accepted")
    decided = platform.query(draft)

    assert decided.state == "accepted"
    assert decided.answer is not None
    assert acknowledged.answer is not None
    assert decided.answer.receipt_no == acknowledged.answer.receipt_no
    assert [row["key"] for row in platform.sandbox.ledger()] == [draft.key]
    assert {platform.query(draft).token, platform.file(draft).token} == {decided.token}


def test_a_returned_filing_says_why_and_may_come_again_as_a_new_version(platform: Platform) -> None:
    draft = platform.draft()
    platform.file(draft)
    item = {
        "field": "/worker/name",
        "code": "not_known",
        "text": "姓名与证件不符。",
        "remedy": "请核对证件。",
    }
    decide(platform, draft.key, "returned", items=[item])

    reply = platform.query(draft)

    assert (reply.state, reply.items) == ("returned", {("/worker/name", "not_known")})
    again = platform.next_version(draft)
    assert platform.file(again).state == "under_review"
    decide(platform, again.key, "accepted")
    effects = {row["key"] for row in platform.sandbox.ledger()}
    assert again.key in effects
    assert draft.key not in effects


def test_a_decision_is_made_once(platform: Platform) -> None:
    draft = platform.draft()
    platform.file(draft)
    decide(platform, draft.key, "rejected")
    rejected = platform.query(draft)

    with pytest.raises(httpx2.HTTPStatusError) as refusal:
        decide(platform, draft.key, "accepted")

    assert refusal.value.response.status_code == 409
    assert platform.query(draft).token == rejected.token
    assert draft.key not in {row["key"] for row in platform.sandbox.ledger()}


def test_nobody_can_decide_what_was_never_filed(platform: Platform) -> None:
    with pytest.raises(httpx2.HTTPStatusError) as refusal:
        decide(platform, "0" * 64, "accepted")

    assert refusal.value.response.status_code == 404


def test_the_timer_decides_when_nobody_else_does(platform: Platform) -> None:
    platform.sandbox.settings(review_seconds=0.2)
    try:
        draft = platform.draft()
        assert platform.file(draft).state == "under_review"
        wait_until(lambda: platform.query(draft).state == "accepted")
    finally:
        platform.sandbox.settings(review_seconds=None)

    assert draft.key in {row["key"] for row in platform.sandbox.ledger()}


def test_the_mode_can_be_changed_while_it_runs(platform: Platform) -> None:
    platform.sandbox.settings(decide="instant")
    try:
        assert platform.file(platform.draft()).state == "accepted"
    finally:
        platform.sandbox.settings(decide="review")


def test_the_clock_can_be_moved(platform: Platform) -> None:
    """For tests of long outages: six minutes on, every message is stale."""
    platform.sandbox.settings(clock_offset=360)
    try:
        assert platform.query(platform.draft()).code == "stale_message"
    finally:
        platform.sandbox.settings(clock_offset=0)
