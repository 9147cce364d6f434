"""What is read out to the person who confirms a filing that cannot be undone (domain row A12)."""

from datetime import date
from typing import Any

import pytest

from filing_bridge.confirmation import confirmation, words_zh
from filing_bridge.mapping import FilingType

START = date(2026, 11, 3)


def asked(facts: dict[str, Any], *, today: date = START, kind: FilingType = FilingType.HIRE) -> Any:
    return confirmation(facts, sign_date=START, kind=kind, today=today)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 3), "二〇二六年十一月三日，星期二"),
        (date(2030, 10, 10), "二〇三〇年十月十日，星期四"),
        (date(2027, 1, 20), "二〇二七年一月二十日，星期三"),
        (date(2028, 2, 29), "二〇二八年二月二十九日，星期二"),
        (date(2026, 5, 31), "二〇二六年五月三十一日，星期日"),
    ],
)
def test_dates_in_words(day: date, words: str) -> None:
    assert words_zh(day) == words


def test_every_date_comes_with_its_age(facts: dict[str, Any]) -> None:
    shown = {each.pointer: each for each in asked(facts, today=date(2026, 11, 8)).dates}
    assert shown["/contract/employment_start"].days_ago == 5
    assert shown["/contract/employment_start"].words_en == "Tuesday, 3 November 2026"
    assert shown["/contract/end"].days_ago < 0
    assert "/contract/probation_end" in shown
    assert shown["/sign_date"].date == START


@pytest.mark.parametrize(
    ("code", "contract", "today"),
    [
        ("start_to_come", {}, date(2026, 11, 2)),
        ("start_long_ago", {}, date(2026, 12, 4)),
        ("starts_differ", {"start": "2026-11-04"}, START),
        (
            "signed_after_a_month",
            {"employment_start": "2026-10-01", "start": "2026-10-01", "end": "2029-09-30"},
            date(2026, 10, 2),
        ),
        (
            "starts_on_weekend",
            {"employment_start": "2026-11-07", "start": "2026-11-07", "end": "2029-11-06"},
            date(2026, 11, 7),
        ),
        ("term_unusual", {"end": "2092-11-02"}, START),
        ("term_unusual", {"end": "2026-11-13"}, START),
    ],
)
def test_what_looks_odd_is_said_and_nothing_else(
    facts: dict[str, Any], code: str, contract: dict[str, Any], today: date
) -> None:
    assert asked(facts).warnings == ()
    facts["contract"] |= contract
    assert [each.code for each in asked(facts, today=today).warnings] == [code]


def test_an_old_worker_is_pointed_out(facts: dict[str, Any]) -> None:
    facts["worker"]["birth_date"] = "1966-11-03"
    assert [each.code for each in asked(facts).warnings] == ["past_sixty"]


def test_the_digest_names_the_dates_and_the_type_and_not_the_day(facts: dict[str, Any]) -> None:
    digest = asked(facts).digest
    assert asked(facts, today=date(2026, 11, 9)).digest == digest
    assert asked(facts, kind=FilingType.LATE_HIRE).digest != digest
    facts["contract"]["end"] = "2029-11-03"
    assert asked(facts).digest != digest
