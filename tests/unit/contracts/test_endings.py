"""Endings: every reason, every rule on both sides of its line, severance pay with its working."""

import random
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from contracts.checks import Severity
from contracts.endings.checks import EVIDENCE_ZH, RULES, Case, check
from contracts.endings.compensation import Formula, Pay, compensation, months_due, service
from contracts.endings.facts import Wish, assemble, owed, signers_of, validate
from contracts.endings.reasons import BY_AGENCY, circumstances_of, reason_of
from core import codes
from core.periods import last_day
from tests.support.contract_facts import sample_ending, sample_facts

START = date(2026, 11, 3)  # first day of work in the sample; probation until 2027-02-02, term to 2029-11-02
DAY = date(2028, 6, 30)
WAGES = (Decimal("5200.00"),) * 12
DISMISSAL = ("rules", "facts", "union notice", "proof of service")
LAYOFF = ("layoff plan", "union opinion", "report receipt")
TOLD = {"union_notice_date": date(2028, 5, 1)}
EARLY = {"notice_date": date(2028, 5, 1)}

# reason, circumstance -> kind, initiator, involuntary, compensation (domain notes §3.4, table ER; LCL 46)
CONSEQUENCES = {
    ("3601", ""): ("1", "1", True, True),
    ("3602", ""): ("1", "2", False, False),
    ("3701", ""): ("1", "2", False, False),
    ("3702", ""): ("1", "2", False, False),
    **{(f"380{n}", ""): ("1", "2", True, True) for n in range(1, 8)},
    **{(f"390{n}", ""): ("1", "1", True, False) for n in range(1, 7)},
    **{(f"400{n}", ""): ("1", "1", True, True) for n in range(1, 4)},
    **{(f"410{n}", ""): ("1", "1", True, True) for n in range(1, 5)},
    ("4401", "440101"): ("2", "9", False, False),
    ("4401", "440102"): ("2", "9", True, True),
    ("4401", "440103"): ("2", "9", True, True),
    ("4402", ""): ("2", "9", False, False),
    ("4403", ""): ("2", "9", False, False),
    ("4404", ""): ("2", "9", True, True),
    ("4405", ""): ("2", "9", True, True),
    ("4406", "440601"): ("2", "9", False, False),
    ("4406", "440602"): ("2", "9", True, True),
    ("4406", "440603"): ("2", "9", True, True),
    ("9001", ""): ("2", "3", False, False),
}


@pytest.mark.parametrize(("code", "circumstance"), CONSEQUENCES)
def test_each_reason_has_its_consequences_by_statute(code: str, circumstance: str) -> None:
    reason = reason_of(code, circumstance)
    assert reason is not None
    assert (reason.kind, reason.initiator, reason.involuntary, reason.compensation) == CONSEQUENCES[
        code, circumstance
    ]
    assert reason.settled


def test_no_reason_of_the_table_is_without_consequences() -> None:
    told = {code for code, _ in CONSEQUENCES}
    assert told | {BY_AGENCY} == set(codes.table("end_reason"))
    assert {case for _, case in CONSEQUENCES if case} == set(codes.table("end_circumstance"))
    reasons = [reason_of(code) for code in told]
    evidence = {each for reason in reasons if reason for each in reason.evidence}
    assert evidence <= set(EVIDENCE_ZH)


def test_a_circumstance_belongs_to_its_reason() -> None:
    assert reason_of("4401", "440601") is None
    assert reason_of("9999") is None
    assert [row.code for row in circumstances_of("4406")] == ["440601", "440602", "440603"]


def test_the_worker_signs_too_where_the_ending_was_agreed() -> None:
    facts = sample_facts()
    for code in codes.table("end_reason"):
        signers = signers_of(sample_ending(facts, reason=code, ends_on=DAY))
        assert signers == (("worker", "employer") if code in ("3601", "3602", "9001") else ("employer",))


def found(
    *,
    today: date | None = None,
    contract: dict[str, Any] | None = None,
    worker: dict[str, Any] | None = None,
    suspended: bool = False,
    **wish: Any,
) -> set[str]:
    """The rules that an ending breaks: agreed, proposed by the employer, well paid unless told otherwise."""
    given = Wish(
        **{
            "reason": "3601",
            "ends_on": DAY,
            "protected": False,
            "evidence": ("agreement",),
            "wages": WAGES,
            **wish,
        }
    )
    facts = sample_facts(contract=contract or {}, worker=worker or {})
    law = owed(facts["contract"], given, None)
    by_law = law.amount if law else None
    ending = assemble(
        facts,
        contract_digest="c" * 64,
        certificate_no="ZM-20280630-ABCDEFGH",
        wish=given,
        amount=by_law if given.agreed is None else given.agreed,
    )
    assert validate(ending) == []
    case = Case(ending, today or given.ends_on, given.protected, by_law, len(given.wages), suspended)
    return {finding.rule_id for finding in check(case)}


FIRED = {"reason": "3902", "evidence": DISMISSAL, **TOLD}
UNFIT = {"reason": "4002", "evidence": ("notice or pay in lieu",), **TOLD, **EARLY}
LAID_OFF = {"reason": "4102", "evidence": LAYOFF, "layoff_report_no": "裁2028-1", **TOLD, **EARLY}
RESIGNED = {"reason": "3701", "evidence": ("resignation letter",), **EARLY}
EXPIRED = {
    "reason": "4401",
    "circumstance": "440102",
    "evidence": ("renewal offer record",),
    "ends_on": date(2029, 11, 2),
}
TASK = {"contract": {"term_type": "3", "end": None, "task_text": "安装生产线"}}
TO = {"to_name": "示例科技（上海）有限公司", "to_uscc": "91310115MA1K2C3D6A"}
MOVED = {"reason": "9001", "evidence": ("tripartite agreement",), "transfer": TO}
PROBATION_DAY = {"ends_on": date(2027, 1, 15), "wages": WAGES[:2]}

# rule, an ending that breaks it, one that does not
CASES = [
    ("RE1", {"reason": "1234"}, {}),
    ("RE1", {"reason": "9002"}, FIRED),
    ("RE2", {**EXPIRED, "circumstance": ""}, EXPIRED),
    ("RE2", {**EXPIRED, "circumstance": "440601"}, EXPIRED),
    ("RE4", {"ends_on": date(2026, 11, 2)}, {"ends_on": START}),
    ("RE5", {**FIRED, "evidence": DISMISSAL[:3]}, FIRED),
    ("RE5", {"evidence": ()}, {}),
    ("RE21", {**LAID_OFF, **PROBATION_DAY}, LAID_OFF),
    ("RE26", {**UNFIT, "suspended": True}, UNFIT),
    ("RE26", {**FIRED, "reason": "3901", **PROBATION_DAY, "suspended": True}, {**FIRED, "suspended": True}),
    ("RE37a", {**RESIGNED, "notice_date": None}, RESIGNED),
    ("RE37a", {**RESIGNED, "notice_date": date(2028, 6, 1)}, {**RESIGNED, "notice_date": date(2028, 5, 31)}),
    ("RE37b", {**FIRED, "reason": "3901"}, {**FIRED, "reason": "3901", **PROBATION_DAY}),
    ("RE37b", {"reason": "3702"}, {"reason": "3702", **PROBATION_DAY}),
    ("RE40", {**UNFIT, "notice_date": None}, {**UNFIT, "notice_date": None, "pay_in_lieu": True}),
    ("RE40", {**UNFIT, "notice_date": date(2028, 6, 1)}, UNFIT),
    ("RE40", {**LAID_OFF, "notice_date": None, "pay_in_lieu": True}, LAID_OFF),
    ("RE41", {**LAID_OFF, "layoff_report_no": ""}, LAID_OFF),
    ("RE42a", {**UNFIT, "protected": True}, UNFIT),
    ("RE42a", {**LAID_OFF, "protected": True}, {**FIRED, "protected": True}),
    ("RE42a", {**EXPIRED, "protected": True}, {"protected": True}),
    (
        "RE42b",
        {
            **UNFIT,
            "contract": {"service_start": "2010-01-01"},
            "worker": {"birth_date": "1970-03-07"},
        },
        {**UNFIT, "contract": {"service_start": "2010-01-01"}},
    ),
    ("RE43", {**FIRED, "union_notice_date": None}, FIRED),
    ("RE43", {**UNFIT, "union_notice_date": DAY + timedelta(days=1)}, UNFIT),
    ("RE44a", {**EXPIRED, "ends_on": date(2029, 11, 1)}, EXPIRED),
    ("RE44a", {**EXPIRED, "contract": {"term_type": "2", "end": None}}, EXPIRED),
    ("RE44b", {**EXPIRED, "ends_on": date(2029, 11, 3)}, EXPIRED),
    ("RE44c", {"reason": "4402"}, {"reason": "4402", "worker": {"birth_date": "1968-03-07"}}),
    (
        "RE44d",
        {"reason": "4406", "circumstance": "440603"},
        {"reason": "4406", "circumstance": "440603", **TASK},
    ),
    ("RE46a", {"wages": WAGES[:11]}, {}),
    ("RE46a", {**PROBATION_DAY, "wages": ()}, PROBATION_DAY),
    ("RE46b", {"wages": ()}, {"wages": (), "agreed": Decimal("20000.00")}),
    (
        "RE46c",
        {"reason": "4404", "evidence": ("ruling",), "agreed": Decimal("10399.99")},
        {"reason": "4404", "evidence": ("ruling",), "agreed": Decimal("10400.00")},
    ),
    ("RE46d", {"agreed": Decimal("10399.99")}, {"agreed": Decimal("10400.00")}),
    ("RE50", {"today": DAY + timedelta(days=1)}, {"today": DAY}),
    ("RE90a", {**MOVED, "transfer": None}, MOVED),
    ("RE90b", {"transfer": TO}, {}),
    ("RE90c", {**MOVED, "transfer": {**TO, "to_uscc": "91370303MA3TE5T03M"}}, MOVED),
    ("RE90c", {**MOVED, "transfer": {**TO, "to_uscc": "91310115MA1K2C3D6B"}}, MOVED),
    ("RE97", {"contract": {"service_start": "2007-12-31"}}, {"contract": {"service_start": "2008-01-01"}}),
]


@pytest.mark.parametrize(("rule", "breaks", "keeps"), CASES)
def test_each_rule_on_both_sides_of_its_line(
    rule: str, breaks: dict[str, Any], keeps: dict[str, Any]
) -> None:
    assert rule in found(**breaks)
    assert rule not in found(**keeps)


def test_every_rule_has_a_case_and_words_in_both_languages() -> None:
    assert {rule for rule, _, _ in CASES} | {"RE3"} == {rule.id for rule in RULES}
    for rule in RULES:
        assert rule.source
        assert rule.zh != rule.en
        assert rule.remedy_zh != rule.remedy_en


@pytest.mark.parametrize("wish", [FIRED, UNFIT, LAID_OFF, RESIGNED, EXPIRED, MOVED, {}])
def test_a_lawful_ending_breaks_nothing(wish: dict[str, Any]) -> None:
    assert found(**wish) == set()


@pytest.mark.parametrize(("name", "lie"), [("kind", "2"), ("initiator", "2"), ("involuntary", False)])
def test_consequences_that_do_not_follow_from_the_reason_are_found(name: str, lie: Any) -> None:
    ending = sample_ending(sample_facts(), reason="3902", ends_on=DAY, evidence=DISMISSAL)
    ending["ending"][name] = lie
    [finding] = [each for each in check(Case(ending, DAY)) if each.rule_id == "RE3"]
    assert (finding.field, finding.severity) == (f"/ending/{name}", Severity.ERROR)


def test_part_time_work_ends_without_severance_pay() -> None:
    contract = sample_facts("part-time")["contract"]
    wish = Wish(reason="3601", ends_on=DAY, protected=False, wages=WAGES)
    assert owed(contract, wish, None) is None
    assert owed({**contract, "employment_form": "1"}, wish, None) is not None


def test_whether_somebody_is_protected_never_becomes_a_fact() -> None:
    ending = sample_ending(sample_facts(), reason="3602", ends_on=DAY, protected=True)
    assert "protected" not in str(ending)


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2026-11-03", "2026-11-03", "0.5"),
        ("2026-11-03", "2027-05-01", "0.5"),
        ("2026-11-03", "2027-05-02", "1"),  # six months to the day: 以上 includes the number
        ("2026-11-03", "2027-11-02", "1"),
        ("2026-11-03", "2027-11-03", "1.5"),
        ("2026-11-03", "2028-06-30", "2"),
        ("2024-02-29", "2025-02-28", "1"),
        ("2010-01-01", "2026-06-30", "17"),
    ],
)
def test_months_of_pay_for_a_length_of_service(start: str, end: str, months: str) -> None:
    assert months_due(date.fromisoformat(start), date.fromisoformat(end)) == Decimal(months)


def test_the_formulas_and_their_working() -> None:
    pay = Pay((*WAGES[:11], Decimal("6400.00")), Decimal("7000"), Decimal("2010"))
    n = compensation(START, DAY, pay)
    assert (n.amount, n.months, n.monthly) == (Decimal("10600.00"), Decimal(2), Decimal("5300.00"))
    more = compensation(START, DAY, pay, Formula.N_PLUS_1)
    assert (more.amount, more.months) == (
        Decimal("17000.00"),
        Decimal(3),
    )  # last month's pay, not the average
    twice = compensation(START, DAY, pay, Formula.TWO_N)
    assert twice.amount == 2 * n.amount
    for result in (n, more, twice):
        assert f"{result.amount:,}" in result.lines[-1].zh
        assert f"{result.amount:,}" in result.lines[-1].en
        assert all(line.zh and line.en for line in result.lines)


def test_the_cap_of_three_times_and_twelve_years() -> None:
    start, end = date(2008, 1, 1), date(2026, 12, 31)  # nineteen years
    rich = compensation(start, end, Pay((Decimal("30000.01"),), Decimal("10000")))
    assert (rich.amount, rich.months) == (Decimal("360000.00"), Decimal(12))
    usual = compensation(start, end, Pay((Decimal("30000.00"),), Decimal("10000")))
    assert (usual.amount, usual.months) == (Decimal("570000.00"), Decimal(19))
    assert any(
        "三倍" in line.zh and "未核对" in line.zh for line in compensation(start, end, Pay(WAGES)).lines
    )


def test_below_the_minimum_wage_the_minimum_counts() -> None:
    poor = compensation(START, DAY, Pay((Decimal("1500.00"),), None, Decimal("2010")))
    assert poor.monthly == Decimal("2010")


def test_without_any_pay_nothing_is_computed() -> None:
    with pytest.raises(ValueError, match="pay"):
        compensation(START, DAY, Pay(()))


def test_the_computation_agrees_with_a_plain_reckoning_for_random_cases() -> None:
    """An independent reckoning: whole years, and the rest by the date on which half a year is reached."""
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")  # noqa: T201  (shown when the test fails)
    chance = random.Random(seed)
    for _ in range(2_000):
        start = date(2008, 1, 1) + timedelta(days=chance.randrange(6_000))
        end = start + timedelta(days=chance.randrange(9_000))
        months = tuple(
            Decimal(chance.randrange(100_000, 5_000_000)) / 100 for _ in range(chance.randint(1, 12))
        )
        local = chance.choice([None, Decimal(chance.randrange(4_000, 14_000))])
        years = 0
        while last_day(start, 12 * (years + 1)) <= end:
            years += 1
        rest_starts = last_day(start, 12 * years) + timedelta(days=1)
        count = Decimal(years)
        if rest_starts <= end:
            count += 1 if last_day(start, 12 * years + 6) <= end else Decimal("0.5")
        monthly = (sum(months, Decimal()) / len(months)).quantize(Decimal("0.01"), ROUND_HALF_UP)
        if local is not None and monthly > 3 * local:
            monthly, count = 3 * local, min(count, Decimal(12))
        result = compensation(start, end, Pay(months, local))
        assert result.amount == (monthly * count).quantize(Decimal("0.01"), ROUND_HALF_UP), (
            start,
            end,
            months,
        )
        assert compensation(start, end, Pay(months, local), Formula.TWO_N).amount == 2 * result.amount
        later = compensation(start, end + timedelta(days=chance.randrange(400)), Pay(months, local))
        assert later.amount >= result.amount, "longer service never costs less"
        whole, further = service(start, end)
        assert (whole, 0 <= further < 12) == (years, True)
