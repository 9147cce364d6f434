"""Changes: every rule on both sides of its line, and the words of the agreement."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from contracts.changes.agreement import render_agreement, summary, words
from contracts.changes.checks import RULES, Case, check
from tests.support.contract_facts import sample_change, sample_facts

DAY = date(2027, 3, 1)  # work began on 2026-11-03, probation is over, the term ends on 2029-11-02
USUAL: dict[str, Any] = {"job_title": "班组长"}
SECOND = {"consecutive_fixed_terms": 1}
LONGER = {"end": "2029-11-03"}
OPEN = {"term_type": "2", "end": None}

# rule, what is not caught, what is; each: the contract's own terms, the change, further words of the case
EXAMPLES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("RC1", {"terms": USUAL}, {"terms": {"job_title": "装配工"}}),
    ("RC3", {"terms": USUAL}, {"terms": {"employment_start": "2026-10-01"}}),
    ("RC3", {"terms": OPEN}, {"terms": {"probation_months": 6}}),
    ("RC4", {"day": date(2026, 11, 3)}, {"day": date(2026, 11, 2)}),
    ("RC4", {"day": date(2029, 11, 2)}, {"day": date(2029, 11, 3)}),
    ("RC5", {"not_before": DAY}, {"not_before": DAY + timedelta(days=1)}),
    ("RC6", {"today": DAY}, {"today": DAY + timedelta(days=1)}),
    ("RC7", {"ends_on": DAY}, {"ends_on": DAY - timedelta(days=1)}),
    ("RC14a", {"terms": LONGER}, {"own": SECOND, "terms": LONGER}),
    ("RC14a", {"own": SECOND, "terms": OPEN}, {"own": {"consecutive_fixed_terms": 2}, "terms": LONGER}),
    ("RC14b", {"terms": USUAL}, {"terms": LONGER}),
    ("RC14b", {"place": "310115", "terms": {"end": "2030-11-01"}},
     {"place": "310115", "terms": {"end": "2030-11-02"}}),
    ("RC35a", {"terms": LONGER}, {"terms": {"end": "2029-11-01"}}),
    ("RC35b", {"terms": {"wage_amount": "5200.01", "wage_items": None}},
     {"terms": {"wage_amount": "5199.99", "wage_items": None}}),
]  # fmt: skip


def found(**wish: Any) -> dict[str, str]:
    """The rules that find something: id -> field."""
    facts = sample_facts(contract=wish.get("own", {}))
    facts["jurisdiction_code"] = wish.get("place", "370303")
    change = sample_change(facts, effective_on=wish.get("day", DAY), **wish.get("terms", USUAL))
    today = wish.get("today", date(2026, 11, 1))
    case = Case(change, today, wish.get("not_before"), wish.get("ends_on"))
    return {each.rule_id: each.field for each in check(case)}


@pytest.mark.parametrize(("rule", "good", "bad"), EXAMPLES)
def test_each_rule_on_both_sides_of_its_line(rule: str, good: dict[str, Any], bad: dict[str, Any]) -> None:
    assert rule not in found(**good)
    assert rule in found(**bad)


def test_every_rule_has_an_example() -> None:
    assert {rule.id for rule in RULES} - {each[0] for each in EXAMPLES} == {"RC2"}, "RC2: next test"


def test_items_that_are_not_what_differs_are_found() -> None:
    change = sample_change(sample_facts(), effective_on=DAY, **USUAL)
    change["change"]["items"][0]["new"] = "经理"
    assert "RC2" in {each.rule_id for each in check(Case(change, DAY))}


def test_a_rule_of_contracts_counts_when_the_change_breaks_it() -> None:
    flexible = {"worktime_system": "3"}
    assert found(terms=flexible)["R36Lb"] == "/contract/worktime_approval_to"
    assert "R36Lb" not in found(own=flexible), "that was so before, and is no matter of this change"


def test_pay_after_probation_does_not_look_back_at_its_pay() -> None:
    more = {"wage_amount": "9000.00", "wage_items": None}
    assert "R20a" not in found(terms=more)
    assert "R20a" in found(terms=more, day=date(2026, 12, 1))


def test_the_agreement_says_each_term_in_words_before_and_after() -> None:
    terms: dict[str, Any] = {
        "job_title": "班组长",
        "worktime_system": "2",
        "worktime_cycle": "month",
        **LONGER,
    }
    change = sample_change(sample_facts(), effective_on=DAY, reason="岗位调整", wage_items=None, **terms)
    made = render_agreement(change, at=datetime(2026, 11, 4, tzinfo=UTC))
    text = "\n".join(made.page_text)
    for line in (
        "岗位名称\t装配工\t班组长",
        "工时制度\t标准工时\t综合计算工时",
        "综合计算周期\t（未约定）\t月",
        "合同终止日期\t2029年11月2日\t2029年11月3日",
        "岗位调整",
        "上述变更自2027年3月1日起执行。",
    ):
        assert line in text
    assert {anchor.key for anchor in made.anchors} == {"worker_signature", "employer_seal"}
    assert made.pdf == render_agreement(change, at=datetime(2026, 11, 4, tzinfo=UTC)).pdf
    labels = [row["label"] for row in summary(change)]
    assert (labels[0], *labels[-2:]) == ("用人单位", "变更原因", "变更生效日期")


@pytest.mark.parametrize(
    ("pointer", "value", "expected"),
    [
        ("/contract/wage_amount", "5200.00", "5,200.00 元"),
        ("/contract/insurance/injury", True, "是"),
        ("/contract/pay_day", 15, "15"),
        ("/contract/term_type", "2", "无固定期限"),
        ("/contract/wage_items", [{"name": "基本工资", "amount": "3600.00"}], "基本工资 3,600.00 元"),
        ("/contract/end", None, "（未约定）"),
    ],
)
def test_terms_in_words(pointer: str, value: object, expected: str) -> None:
    assert words(pointer, value) == expected
