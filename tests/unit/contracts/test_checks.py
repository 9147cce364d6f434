"""Every statutory rule, with examples on both sides of its line."""

import copy
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from contracts.checks import RULES, Context, Severity, check, context_for, read_wages
from contracts.checks.page import page
from contracts.document.template import load_template
from contracts.facts import validate_facts
from core.periods import last_day
from tests.support.contract_facts import sample_facts

TODAY = date(2026, 11, 2)
WAGES = read_wages(
    [
        "region,since,monthly,hourly,verified,source",
        "370000,2020-01-01,1500,15.00,yes,older",
        "370300,2024-01-01,1820,18.00,yes,test",
        "370300,2026-11-03,2010,20.00,yes,test",
        "370300,2027-01-01,9000,90.00,yes,not yet in force",
        "320000,2024-01-01,2260,22.00,no,test",
    ]
)

Changes = Mapping[str, Any]
PROBATION = {"probation_months": 6, "probation_start": "2026-11-03", "probation_end": "2027-05-02"}
NO_PROBATION = dict.fromkeys(("probation_months", "probation_start", "probation_end", "probation_wage"))
DISPATCH = {
    "host_name": "示例科技（上海）有限公司",
    "host_uscc": "91310115MA1K2C3D6A",
    "start": "2026-11-03",
    "end": "2027-04-30",
    "post_kind": "auxiliary",
}
PASSPORT = {
    "id_type": "08",
    "id_no": "AB1234567",
    "nationality": "FRA",
    "work_permit_no": "W370000001",
    "work_permit_valid_to": "2029-11-02",
}
TRANSFER = {
    "from_name": "示例物流（淄博）有限公司",
    "from_uscc": "91370300MA3T0009X0",
    "left_on": "2026-11-02",
    "certificate_no": "ZM-20261102-ABCDEFGH",
}
NON_COMPETE = {"months": 24, "role": "senior_manager", "monthly_compensation": "2010.00"}
TRAINING = {"fee": "10000.00", "service_months": 24, "damages": "10000.00"}
RENEWAL = {"sign_kind": "2", "previous_end": "2026-11-02", "consecutive_fixed_terms": 1, **NO_PROBATION}


def c(**changes: Any) -> dict[str, Any]:
    return {"contract": changes}


def w(**changes: Any) -> dict[str, Any]:
    return {"worker": changes}


def e(**changes: Any) -> dict[str, Any]:
    return {"employer": changes}


# rule, template, changes that pass, changes that fail (each against the sample facts of the template)
CASES: list[tuple[str, str, list[Changes], list[Changes]]] = [
    ("RID1", "general", [{}], [w(id_no="370303199003070031"), w(id_no="610104620927690")]),
    ("RID2", "general", [{}], [w(birth_date="1990-03-08")]),
    ("RID3", "general", [{}], [w(sex="2")]),
    ("RID4", "general", [w(**PASSPORT)], [w(**(PASSPORT | {"nationality": None}))]),
    (
        "RUSCC",
        "dispatch",
        [{}],
        [e(uscc="91370303MA3TE5T03N"), c(dispatch=DISPATCH | {"host_uscc": "91310115MA1K2C3D6B"})],
    ),
    ("RPHONE", "general", [e(contact_phone="13800000000")], [e(contact_phone="2345678")]),
    ("RCODE", "general", [{}], [w(education="77"), e(industry="C9930"), c(work_place_code="999999")]),
    ("RDIV", "general", [w(hukou_code="370303")], [w(hukou_code="379900"), w(resid_code="999999")]),
    ("R15La", "general", [w(**PASSPORT, birth_date="2010-11-03")], [w(**PASSPORT, birth_date="2010-11-04")]),
    (
        "R15Lb",
        "general",
        [{"worker": {**PASSPORT, "birth_date": "2008-11-03"}, "contract": {"hazardous_work": True}}],
        [{"worker": {**PASSPORT, "birth_date": "2008-11-04"}, "contract": {"hazardous_work": True}}],
    ),
    ("R15Lc", "general", [w(**PASSPORT, birth_date="2008-11-03")], [w(**PASSPORT, birth_date="2008-11-04")]),
    (
        "RFORa",
        "general",
        [w(**PASSPORT)],
        [w(**(PASSPORT | {"work_permit_no": None})), w(**(PASSPORT | {"work_permit_valid_to": None}))],
    ),
    (
        "RFORb",
        "general",
        [w(**(PASSPORT | {"work_permit_valid_to": "2026-11-03"}))],
        [w(**(PASSPORT | {"work_permit_valid_to": "2026-11-02"}))],
    ),
    ("RFORc", "general", [w(**PASSPORT)], [w(**(PASSPORT | {"work_permit_valid_to": "2029-11-01"}))]),
    # today is 2 November 2026
    (
        "R10a1",
        "general",
        [c(employment_start="2026-10-11"), {}],
        [c(employment_start="2026-10-03"), c(employment_start="2026-10-10")],
    ),
    (
        "R10a2",
        "general",
        [c(employment_start="2026-10-03")],
        [c(employment_start="2026-10-02"), c(employment_start="2025-11-03")],
    ),
    (
        "R10a3",
        "general",
        [c(employment_start="2025-11-03"), c(employment_start="2025-11-02", term_type="2", end=None)],
        [c(employment_start="2025-11-02")],
    ),
    ("R10b", "general", [c(employment_start="2026-11-02")], [c(employment_start="2026-11-03")]),
    ("R12a", "general", [{}], [c(end=None)]),
    ("R12b", "general", [c(term_type="2", end=None)], [c(term_type="2"), c(term_type="3", task_text="x")]),
    (
        "R12c",
        "general",
        [c(term_type="3", end=None, task_text="安装")],
        [c(term_type="3", end=None), c(term_type="3", task_text=" ")],
    ),
    ("R12d", "general", [{}], [c(task_text="安装")]),
    ("R12e", "general", [c(end="2026-11-03")], [c(end="2026-11-02")]),
    ("R12f", "general", [{}, c(employment_start="2026-11-05")], [c(employment_start="2026-11-02")]),
    ("R12g", "general", [c(start="2026-11-01", end="2026-11-02")], [c(start="2026-10-01", end="2026-11-01")]),
    (
        "R14a",
        "general",
        [
            c(service_start="2016-11-04"),
            c(service_start="2016-11-03", term_type="2", end=None),
            c(service_start="2010-01-01", worker_requests_fixed_term=True),
        ],
        [c(service_start="2016-11-03")],
    ),
    (
        "R14b",
        "general",
        [
            c(**RENEWAL),
            c(**(RENEWAL | {"consecutive_fixed_terms": 2, "term_type": "2", "end": None})),
            c(**(RENEWAL | {"consecutive_fixed_terms": 2, "worker_requests_fixed_term": True})),
        ],
        [
            c(**(RENEWAL | {"consecutive_fixed_terms": 2})),
            c(**(RENEWAL | {"consecutive_fixed_terms": 2, "term_type": "3", "end": None, "task_text": "x"})),
            # Shandong: signed again within three months is a renewal, whatever it is called
            c(sign_kind="1", previous_end="2026-08-03", consecutive_fixed_terms=2, **NO_PROBATION),
        ],
    ),
    (
        "R14c",
        "general",
        [c(previous_end="2026-08-02"), {"jurisdiction_code": "310115", **c(previous_end="2026-10-01")}],
        [c(previous_end="2026-08-03"), c(previous_end="2026-11-02")],
    ),
    ("R14d", "general", [c(**RENEWAL)], [c(**(RENEWAL | {"previous_end": None}))]),
    ("R14e", "general", [c(**RENEWAL)], [c(**(RENEWAL | {"previous_end": "2026-11-03"}))]),
    ("R14f", "general", [c(**RENEWAL)], [c(**(RENEWAL | {"previous_end": "2026-11-01"}))]),
    (
        "R14g",
        "general",
        [c(**(RENEWAL | {"previous_end": "2026-10-02"}))],
        [c(**(RENEWAL | {"previous_end": "2026-10-01"}))],
    ),
    # terms of three months, a year, three years: one day less is less
    (
        "R19a",
        "general",
        [c(end="2027-02-02", probation_months=1, probation_end="2026-12-02")],
        [
            c(end="2027-02-01", probation_months=1, probation_end="2026-12-02"),
            c(term_type="3", end=None, task_text="x"),
        ],
    ),
    (
        "R19b",
        "general",
        [
            c(**PROBATION),
            c(**PROBATION, term_type="2", end=None),
            c(end="2029-11-01", probation_months=2),
            c(end="2027-11-01", probation_months=1),
        ],
        [
            c(**(PROBATION | {"probation_months": 7})),
            c(end="2029-11-01", probation_months=3),
            c(end="2027-11-01", probation_months=2),
        ],
    ),
    (
        "R19c",
        "general",
        [c(probation_served_before=False)],
        [c(probation_served_before=True), c(sign_kind="2")],
    ),
    (
        "R19d",
        "general",
        [{}, c(**NO_PROBATION)],
        [c(probation_start=None), c(probation_end=None), c(probation_months=None), c(probation_months=0)],
    ),
    ("R19e", "general", [{}], [c(probation_start="2026-11-02"), c(end="2027-02-01")]),
    (
        "R19f",
        "general",
        [{}, c(probation_end="2027-01-31")],
        [c(probation_end="2027-02-03"), c(probation_end="2026-11-02")],
    ),
    (
        "R19g",
        "general",
        [{}],
        [c(end="2027-02-02", probation_months=3, probation_end="2027-02-02")],
    ),
    ("R20a", "general", [c(probation_wage="4160.00")], [c(probation_wage="4159.99")]),
    (
        "R20b",
        "general",
        [
            c(wage_amount="2010.00", probation_wage="2010.00"),
            c(wage_amount="92.42", wage_unit="day", probation_wage=None),
            c(wage_amount="11.56", wage_unit="hour", probation_wage=None),
            c(start="2026-11-02", employment_start="2026-11-02", wage_amount="1820.00", probation_wage=None),
            c(work_place_code="370102", wage_amount="1500.00", probation_wage=None),
            # nobody has verified that minimum: R20c only warns
            c(work_place_code="320205", wage_amount="1000.00", probation_wage=None),
        ],
        [
            c(wage_amount="2009.99", probation_wage=None),
            c(wage_amount="2100.00", probation_wage="2009.99"),
            c(wage_amount="92.41", wage_unit="day", probation_wage=None),
            c(wage_amount="11.55", wage_unit="hour", probation_wage=None),
            c(work_place_code="370102", wage_amount="1499.99", probation_wage=None),
        ],
    ),
    ("R20b", "part-time", [c(wage_amount="20.00")], [c(wage_amount="19.99")]),
    (
        "R20c",
        "general",
        [c(work_place_code="320205"), c(wage_amount="10.00")],
        [c(work_place_code="320205", wage_amount="2259.99")],
    ),
    ("R20d", "general", [{}], [c(work_place_code="310115")]),
    ("R17.6", "general", [{}], [c(wage_amount="0.00")]),
    (
        "RSUM",
        "general",
        [{}, c(wage_items=None)],
        [c(wage_items=[{"name": "基本工资", "amount": "5200.00"}, {"name": "津贴", "amount": "0.01"}])],
    ),
    ("R22a", "general", [c(training=TRAINING)], [c(training=TRAINING | {"damages": "10000.01"})]),
    ("R22b", "general", [c(training=TRAINING)], [c(training=TRAINING | {"fee": "0.00", "damages": "0.00"})]),
    ("R23a", "general", [c(non_compete=NON_COMPETE)], [c(non_compete=NON_COMPETE | {"months": 25})]),
    (
        "R23b",
        "general",
        [c(non_compete=NON_COMPETE)],
        [c(non_compete=NON_COMPETE | {"role": "other"}), c(non_compete={"months": 1})],
    ),
    (
        "R23c",
        "general",
        [c(non_compete=NON_COMPETE)],
        [c(non_compete={"months": 6}), c(non_compete=NON_COMPETE | {"monthly_compensation": "0.00"})],
    ),
    (
        "R23d",
        "general",
        [
            c(non_compete=NON_COMPETE),
            c(wage_amount="10000.00", non_compete=NON_COMPETE | {"monthly_compensation": "3000.00"}),
        ],
        [
            c(non_compete=NON_COMPETE | {"monthly_compensation": "2009.99"}),
            c(wage_amount="10000.00", non_compete=NON_COMPETE | {"monthly_compensation": "2999.99"}),
        ],
    ),
    (
        "R26a",
        "general",
        [
            {},
            {
                "worker": PASSPORT,
                **c(insurance={"pension": False, "unemployment": True, "medical": True, "injury": True}),
            },
        ],
        [
            c(insurance={"pension": False, "unemployment": True, "medical": True, "injury": True}),
            {
                "worker": PASSPORT,
                **c(insurance={"pension": True, "unemployment": True, "medical": True, "injury": False}),
            },
        ],
    ),
    (
        "R26a",
        "part-time",
        [{}],
        [c(insurance={"pension": False, "unemployment": False, "medical": False, "injury": False})],
    ),
    (
        "R26b",
        "general",
        [w(**PASSPORT)],
        [
            {
                "worker": PASSPORT,
                **c(insurance={"pension": False, "unemployment": True, "medical": True, "injury": True}),
            }
        ],
    ),
    ("R36La", "general", [{}], [c(hours_per_day="8.1"), c(hours_per_week="40.5")]),
    (
        "R36Lb",
        "general",
        [
            c(
                worktime_system="3",
                worktime_approval_no="淄人社工时〔2026〕1号",
                worktime_approval_to="2030-01-01",
            )
        ],
        [
            c(worktime_system="3"),
            c(worktime_system="2", worktime_approval_no="x", worktime_approval_to="2030-01-01"),
        ],
    ),
    (
        "R36Lc",
        "general",
        [c(worktime_system="3", worktime_approval_no="x", worktime_approval_to="2026-11-03")],
        [c(worktime_system="3", worktime_approval_no="x", worktime_approval_to="2026-11-02")],
    ),
    (
        "R36Ld",
        "general",
        [c(worktime_system="3", worktime_approval_no="x", worktime_approval_to="2029-11-02")],
        [c(worktime_system="3", worktime_approval_no="x", worktime_approval_to="2029-11-01")],
    ),
    (
        "R68a",
        "part-time",
        [c(hours_per_day="4", hours_per_week="24")],
        [c(hours_per_day="4.1"), c(hours_per_week="24.5")],
    ),
    ("R68b", "part-time", [{}], [c(probation_months=1)]),
    ("R68c", "part-time", [{}], [c(pay_cycle_days=16), c(pay_cycle_days=None)]),
    ("R68d", "part-time", [{}], [c(hours_per_day=None), c(hours_per_week=None)]),
    ("R68e", "part-time", [{}], [c(wage_unit="month")]),
    ("R58a", "dispatch", [{}], [e(is_dispatch_agency=False), e(dispatch_license_no=None)]),
    ("R58b", "dispatch", [c(end="2028-11-02")], [c(end="2028-11-01"), c(term_type="2", end=None)]),
    ("R58c", "dispatch", [{}], [c(dispatch=None)]),
    ("R58d", "general", [{}], [c(dispatch=DISPATCH), c(dispatch=DISPATCH, employment_form="2")]),
    (
        "R58e",
        "dispatch",
        [{}, c(dispatch=DISPATCH | {"end": "2029-11-02"})],
        [
            c(dispatch=DISPATCH | {"end": "2029-11-03"}),
            c(dispatch=DISPATCH | {"start": "2026-11-02"}),
            c(dispatch=DISPATCH | {"end": "2026-11-02"}),
        ],
    ),
    ("R58f", "dispatch", [{}], [c(wage_unit="day")]),
    ("R58g", "dispatch", [{}], [c(dispatch=DISPATCH | {"host_uscc": "91370303MA3TE5T03M"})]),
    (
        "R66a",
        "dispatch",
        [
            c(dispatch=DISPATCH | {"post_kind": "temporary", "end": "2027-05-02"}),
            c(dispatch=DISPATCH | {"end": "2027-05-03"}),
        ],
        [c(dispatch=DISPATCH | {"post_kind": "temporary", "end": "2027-05-03"})],
    ),
    ("R66b", "general", [{}], []),
    ("R66b", "dispatch", [], [{}]),
    ("R17.0", "general", [{}], [c(end=None)]),
    (
        "R09",
        "general",
        [{}, c(remark="甲方不得收取押金。")],
        [c(remark="乙方入职时交纳工作服押金200元。"), c(remark="甲方保管乙方的身份证。")],
    ),
    (
        "R25",
        "general",
        [c(training=TRAINING), c(remark="乙方违反服务期约定的，按培训费用分摊支付违约金。")],
        [c(remark="乙方提前离职的，应支付违约金一个月工资。")],
    ),
    (
        "R26",
        "general",
        [{}, c(remark="乙方不得放弃社会保险。")],
        [
            c(remark="乙方自愿放弃社保。"),
            c(remark="发生工伤概不负责。"),
            c(hazards="高处作业，伤亡自负。"),
            c(remark="乙方同意不缴纳社会保险费，由甲方以现金补贴。"),
        ],
    ),
    ("RTR1", "general", [c(transfer=TRANSFER)], [c(transfer=TRANSFER | {"from_uscc": "91370303MA3TE5T03M"})]),
    ("RTR2", "general", [c(transfer=TRANSFER)], [c(transfer=TRANSFER | {"left_on": "2026-11-03"})]),
    ("RTR3", "general", [c(transfer=TRANSFER)], [c(transfer=TRANSFER, **RENEWAL)]),
    (
        "RTR4",
        "general",
        [{}, c(transfer=TRANSFER)],
        [c(transfer=TRANSFER | {"from_uscc": "91310115MA1K2C3D6A"})],
    ),
    (
        "RTR5",
        "general",
        [c(transfer=TRANSFER | {"left_on": "2026-10-04"})],
        [c(transfer=TRANSFER | {"left_on": "2026-10-03"})],
    ),
    ("R44", "general", [{}], [c(remark="乙方怀孕即视为自动离职。"), c(remark="考核末位的，合同终止。")]),
]


def changed(kind: str, changes: Changes) -> dict[str, Any]:
    sections = {key: value for key, value in changes.items() if key != "jurisdiction_code"}
    facts = sample_facts(kind, **copy.deepcopy(sections))
    return facts | {key: value for key, value in changes.items() if key == "jurisdiction_code"}


def found(kind: str, changes: Changes, today: date = TODAY) -> set[str]:
    facts = changed(kind, changes)
    assert validate_facts(facts) == []
    return {finding.rule_id for finding in check(facts, Context(today, WAGES, load_template(kind)))}


@pytest.mark.parametrize(
    ("rule", "kind", "changes"),
    [(rule, kind, changes) for rule, kind, passing, _ in CASES for changes in passing],
)
def test_passes(rule: str, kind: str, changes: Changes) -> None:
    assert rule not in found(kind, changes)


@pytest.mark.parametrize(
    ("rule", "kind", "changes"),
    [(rule, kind, changes) for rule, kind, _, failing in CASES for changes in failing],
)
def test_fails(rule: str, kind: str, changes: Changes) -> None:
    assert rule in found(kind, changes)


def test_every_rule_has_examples_on_both_sides() -> None:
    both = {rule for rule, _, passing, _ in CASES if passing} & {
        rule for rule, *_, failing in CASES if failing
    }
    assert both | {"R17"} == {rule.id for rule in RULES}  # R17 has a test of its own below


@pytest.mark.parametrize("kind", ["general", "part-time", "dispatch", "construction"])
def test_the_samples_of_our_templates_break_no_rule(kind: str) -> None:
    facts = changed(kind, {})
    findings = check(facts, Context(TODAY, WAGES, load_template(kind)))
    assert [finding for finding in findings if finding.severity is not Severity.NOTICE] == []


@pytest.mark.parametrize("item", range(1, 10))
def test_each_mandatory_clause_is_missed_when_it_is_gone(item: int) -> None:
    template = copy.deepcopy(dict(load_template("dispatch")))
    for chapter in template["chapters"]:
        chapter["clauses"] = [each for each in chapter["clauses"] if item not in each.get("covers", ())]
    findings = check(sample_facts("dispatch"), Context(TODAY, WAGES, template))
    assert [finding.rule_id for finding in findings if finding.severity is Severity.ERROR] == ["R17"]


def test_void_wording_in_a_template_is_found() -> None:
    template = copy.deepcopy(dict(load_template("general")))
    clause = template["chapters"][-1]["clauses"][-1]
    clause["blocks"] = [{"text": "乙方自愿放弃社保，入职时交纳押金500元。"}]
    findings = check(sample_facts("general"), Context(TODAY, WAGES, template))
    assert {(each.rule_id, each.field) for each in findings if each.severity is Severity.ERROR} == {
        ("R09", "/template"),
        ("R26", "/template"),
    }


def test_without_a_template_the_employers_own_words_are_judged() -> None:
    facts = changed("general", c(remark="乙方自愿放弃社保。"))
    findings = check(facts, Context(TODAY, WAGES))
    assert [(each.rule_id, each.field) for each in findings if each.severity is Severity.ERROR] == [
        ("R26", "/contract/remark")
    ]


def test_all_faults_come_at_once_errors_first() -> None:
    facts = changed(
        "general", {**w(id_no="370303199003070031"), **c(end="2026-11-02"), **e(uscc="91370303MA3TE5T03N")}
    )
    findings = check(facts, Context(TODAY, WAGES, load_template("general")))
    ids = [finding.rule_id for finding in findings]
    assert {"RID1", "R12e", "RUSCC"} <= set(ids)
    ranks = [list(Severity).index(finding.severity) for finding in findings]
    assert ranks == sorted(ranks)
    assert len(set(findings)) == len(findings)


def test_check_is_pure() -> None:
    facts = sample_facts("general")
    before = copy.deepcopy(facts)
    context = Context(TODAY, WAGES, load_template("general"))
    assert check(facts, context) == check(facts, context)
    assert facts == before


def test_every_rule_has_its_source_words_and_remedy() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert all((rule.source, rule.zh, rule.en, rule.remedy_zh, rule.remedy_en)), rule.id


def test_the_installations_own_wages_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    context = context_for(load_template("general"), today=TODAY)
    assert context.today == TODAY
    assert context.wages.at("370303", TODAY) is not None


# probation against a slow, independent count of calendar months


def months_between(start: date, end: date) -> int:
    """Whole months that the days start…end hold, counted by walking month ends one by one."""
    count = 0
    while True:
        target_month = (start.month - 1 + count + 1) % 12 + 1
        target_year = start.year + (start.month - 1 + count + 1) // 12
        day = start.day
        while True:
            try:
                mark = date(target_year, target_month, day)
                break
            except ValueError:
                day -= 1
        full = mark if day < start.day else mark - timedelta(days=1)
        if full > end:
            return count
        count += 1


@seed(20261121)
@settings(max_examples=300, deadline=None)
@given(
    start=st.dates(date(2020, 1, 1), date(2032, 12, 31)),
    length=st.integers(1, 1500),
    months=st.integers(1, 8),
)
def test_probation_limits_for_any_dates(start: date, length: int, months: int) -> None:
    end = start + timedelta(days=length)
    whole = months_between(start, end)
    allowed = 6 if whole >= 36 else 2 if whole >= 12 else 1 if whole >= 3 else 0
    facts = changed(
        "general",
        c(
            start=start.isoformat(),
            employment_start=start.isoformat(),
            end=end.isoformat(),
            probation_months=months,
            probation_start=start.isoformat(),
            probation_end=last_day(start, months).isoformat(),
        ),
    )
    ids = {finding.rule_id for finding in check(facts, Context(start, WAGES))}
    assert ("R19a" in ids) == (allowed == 0)
    assert ("R19b" in ids) == (0 < allowed < months)
    assert ("R19e" in ids) == (last_day(start, months) > end)
    assert ("R19g" in ids) == (last_day(start, months) == end)


@seed(20261121)
@settings(max_examples=200, deadline=None)
@given(started=st.dates(date(2020, 1, 1), date(2032, 12, 31)), days=st.integers(-40, 800))
def test_the_clock_of_the_written_contract_for_any_day(started: date, days: int) -> None:
    """Exactly one of: nothing to say, due soon, double pay, deemed open-ended."""
    today = started + timedelta(days=days)
    facts = changed("general", c(start=started.isoformat(), employment_start=started.isoformat()))
    ids = {finding.rule_id for finding in check(facts, Context(today, WAGES))} & {"R10a1", "R10a2", "R10a3"}
    month, year = last_day(started, 1), last_day(started, 12)
    if today > year:
        assert ids == {"R10a3"}
    elif today > month:
        assert ids == {"R10a2"}
    elif (month - today).days <= 7:
        assert ids == {"R10a1"}
    else:
        assert ids == set()


def test_the_published_page_is_up_to_date() -> None:
    """Drift: run `python -m contracts.checks > docs/statutory-checks.md`."""
    published = Path(__file__).parents[3] / "docs" / "statutory-checks.md"
    assert published.read_text(encoding="utf-8") == page()
