"""The tables of a filing's life, and the warning levels of its deadline."""

from datetime import date, timedelta

import pytest

from filing_bridge.domain import (
    ASKED_ABOUT,
    BLOCKING,
    FILING_TRANSITIONS,
    STATE_WORDS,
    UNFILED,
    FilingState,
    Level,
    level_of,
)
from filing_bridge.reasons import words

S = FilingState
TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("left", "level"),
    [(-400, "overdue"), (-1, "overdue"), (0, "day"), (1, "day"), (2, "week"), (7, "week"), (8, "calm")],
)
@pytest.mark.parametrize("state", sorted(UNFILED))
def test_levels_of_what_is_not_with_the_province(state: FilingState, left: int, level: str) -> None:
    assert level_of(state, TODAY + timedelta(days=left), TODAY) == level


@pytest.mark.parametrize("state", sorted(set(S) - UNFILED))
def test_what_the_province_has_is_not_warned_about(state: FilingState) -> None:
    assert level_of(state, TODAY - timedelta(days=9), TODAY) is Level.FILED


def test_every_state_has_words_and_can_be_reached() -> None:
    assert set(STATE_WORDS) == set(S)
    reached = {S.WAITING}
    while more := {new for old in reached for new in FILING_TRANSITIONS.get(old, frozenset())} - reached:
        reached |= {S(state) for state in more}
    assert reached == set(S)


def test_nothing_goes_from_unknown_to_pushing_without_asking() -> None:
    assert S.READY not in FILING_TRANSITIONS[S.UNKNOWN]
    assert S.SENT not in FILING_TRANSITIONS[S.UNKNOWN]
    assert [old for old, news in FILING_TRANSITIONS.items() if S.SENT in news] == [S.READY]


def test_only_what_is_settled_lets_the_next_filing_go() -> None:
    assert set(S) - BLOCKING == {S.ACCEPTED, S.REJECTED, S.REPLACED}
    assert ASKED_ABOUT <= BLOCKING


@pytest.mark.parametrize("code", ["worker_lost", "duplicate_filing", "KeyError"])
def test_every_reason_has_words(code: str) -> None:
    zh, en = words(code)
    assert zh
    assert en
