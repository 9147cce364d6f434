"""Suspensions: every rule on both sides of its line, the time that does not count, the document's words."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from contracts.endings.compensation import Pay, compensation
from contracts.lineage import Earlier, joined_terms
from contracts.suspensions.checks import RULES, Case, check
from contracts.suspensions.document import render_suspension, summary, title
from contracts.suspensions.facts import RESUME, SUSPEND, days_suspended, signers_of, validate
from tests.support.contract_facts import sample_facts, sample_suspension

DAY = date(2027, 3, 1)  # work began on 2026-11-03, the term ends on 2029-11-02
UNTIL = date(2027, 5, 31)
AT = datetime(2026, 11, 4, tzinfo=UTC)
USUAL: dict[str, Any] = {"effective_on": DAY, "until": UNTIL}
BACK: dict[str, Any] = {
    "act": RESUME,
    "since": DAY,
    "until": UNTIL,
    "effective_on": UNTIL + timedelta(days=1),
}

# rule, what is not caught, what is
EXAMPLES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("RS1", USUAL, {**USUAL, "reason": "9"}),
    ("RS2", {"effective_on": date(2026, 11, 3)}, {"effective_on": date(2026, 11, 2)}),
    ("RS2", {"effective_on": date(2029, 11, 2)}, {"effective_on": date(2029, 11, 3)}),
    ("RS3", {**USUAL, "until": DAY}, {**USUAL, "until": DAY - timedelta(days=1)}),
    ("RS4", {**USUAL, "reason": "2", "evidence": True}, {**USUAL, "reason": "2"}),
    ("RS4", USUAL, {**USUAL, "reason": "3"}),
    ("RS5", {**BACK, "effective_on": DAY + timedelta(days=1)}, {**BACK, "effective_on": DAY}),
    ("RS6", USUAL, {"effective_on": date(2026, 11, 3)}),
    ("RS7", USUAL, {"effective_on": DAY}),
    ("RS8", {**USUAL, "until": date(2029, 11, 1)}, {**USUAL, "until": date(2029, 11, 2)}),
    ("RS9", BACK, {**BACK, "effective_on": UNTIL + timedelta(days=2)}),
]


def found(wish: dict[str, Any]) -> set[str]:
    facts = sample_suspension(sample_facts(), **wish)
    assert validate(facts) == []
    return {each.rule_id for each in check(Case(facts, date(2026, 11, 4)))}


@pytest.mark.parametrize(("rule", "good", "bad"), EXAMPLES)
def test_each_rule_on_both_sides_of_its_line(rule: str, good: dict[str, Any], bad: dict[str, Any]) -> None:
    assert rule not in found(good)
    assert rule in found(bad)


def test_every_rule_has_an_example() -> None:
    assert {rule.id for rule in RULES} == {each[0] for each in EXAMPLES}


@pytest.mark.parametrize(
    ("wish", "signers", "name"),
    [
        (USUAL, ("worker", "employer"), "劳动合同中止协议书"),
        ({**USUAL, "reason": "2"}, ("employer",), "劳动合同中止通知书"),
        (BACK, ("employer",), "劳动合同恢复履行通知书"),
        ({**BACK, "effective_on": UNTIL}, ("worker", "employer"), "劳动合同恢复履行协议书"),
        ({**BACK, "until": None}, ("worker", "employer"), "劳动合同恢复履行协议书"),
        ({**BACK, "reason": "3", "until": None}, ("employer",), "劳动合同恢复履行通知书"),
    ],
)
def test_both_sign_what_was_not_agreed_before(wish: dict[str, Any], signers: Any, name: str) -> None:
    facts = sample_suspension(sample_facts(), **wish)
    assert (signers_of(facts), title(facts)) == (signers, name)
    made = render_suspension(facts, at=AT)
    assert {each.key for each in made.anchors} == {
        {"worker": "worker_signature", "employer": "employer_seal"}[role] for role in signers
    }


def test_the_document_says_in_words_from_when_until_when_and_what_follows() -> None:
    facts = sample_suspension(sample_facts(), **USUAL)
    text = "\n".join(render_suspension(facts, at=AT).page_text)
    for words in (
        "双方协商一致",
        "自2027年3月1日起中止履行，预计至2027年5月31日为止",
        "不计算为乙方在甲方的工作年限",
        "ZZ-20261104-ABCDEFG1",
    ):
        assert words in text
    assert render_suspension(facts, at=AT).pdf == render_suspension(facts, at=AT).pdf
    assert [row["label_en"] for row in summary(facts)] == [
        "Employer",
        "Suspended from",
        "Foreseen until",
        "Reason of the suspension",
    ]


@pytest.mark.parametrize(
    ("acts", "days"),
    [
        ([], 0),
        ([(SUSPEND, DAY)], 31),
        ([(SUSPEND, DAY), (RESUME, DAY + timedelta(days=10))], 10),
        ([(SUSPEND, DAY), (RESUME, DAY + timedelta(days=10)), (SUSPEND, date(2027, 3, 31))], 11),
        ([(SUSPEND, date(2027, 4, 1))], 0),
        ([(SUSPEND, DAY), (RESUME, date(2028, 1, 1))], 31),
    ],
)
def test_the_days_that_are_no_service_up_to_the_end_of_march(acts: Any, days: int) -> None:
    assert days_suspended(acts, date(2027, 3, 31)) == days


def test_rsus_severance_pay_leaves_the_suspension_out() -> None:
    """Two years less one day, of which a hundred and eighty-four days rested: a year and a half."""
    start, end, pay = date(2024, 1, 1), date(2025, 12, 30), Pay([Decimal("6000.00")] * 12)
    assert compensation(start, end, pay).months == 2
    rested = compensation(start, end, pay, suspended_days=184)
    assert (rested.months, rested.amount) == (Decimal("1.5"), Decimal("9000.00"))
    assert "其中中止 184 天不计入" in rested.lines[0].zh
    assert "without 184 days" in rested.lines[0].en


def test_a_renewal_remembers_how_long_the_employment_rested() -> None:
    terms = sample_facts()["contract"]
    before = Earlier(terms, "370303", date(2029, 11, 2), None, suspended_days=92)
    wish = {**terms, "start": "2029-11-03", "end": "2032-11-02", "suspended_days": 1}
    assert joined_terms(before, wish)["suspended_days"] == 92
    again = Earlier(terms, "370303", date(2029, 11, 2), date(2029, 11, 2), suspended_days=92)
    assert "suspended_days" not in joined_terms(again, wish), "a new employment begins anew"
