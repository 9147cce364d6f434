from typing import Any, cast

import pytest

from contracts.document.template import shipped_slugs
from contracts.facts import canonical_facts, facts_digest, field_title, validate_facts
from tests.support.contract_facts import sample_facts


@pytest.mark.parametrize("slug", shipped_slugs())
def test_sample_facts_are_well_formed(slug: str) -> None:
    assert validate_facts(sample_facts(slug)) == []


@pytest.mark.parametrize(
    ("section", "changes", "field", "code"),
    [
        ("worker", {"name": None}, "/worker/name", "facts_missing"),
        ("worker", {"name": "甲" * 51}, "/worker/name", "facts_too_long"),
        ("worker", {"nick_name": "小甲"}, "/worker/nick_name", "facts_unknown_field"),
        ("worker", {"mobile": "12800000000"}, "/worker/mobile", "facts_wrong_format"),
        ("worker", {"birth_date": "1990-02-30"}, "/worker/birth_date", "facts_wrong_date"),
        ("worker", {"birth_date": "1990-2-3"}, "/worker/birth_date", "facts_wrong_format"),
        ("worker", {"name": "测试\n甲"}, "/worker/name", "facts_control_character"),
        ("worker", {"name": "测试\ud800"}, "/worker/name", "facts_control_character"),
        ("employer", {"is_dispatch_agency": "yes"}, "/employer/is_dispatch_agency", "facts_wrong_type"),
        ("employer", {"headcount": -1}, "/employer/headcount", "facts_too_small"),
        ("contract", {"term_type": "9"}, "/contract/term_type", "facts_unknown_code"),
        ("contract", {"wage_amount": "5200"}, "/contract/wage_amount", "facts_wrong_format"),
        ("contract", {"wage_amount": "5200.00\n"}, "/contract/wage_amount", "facts_control_character"),
        ("contract", {"probation_months": 13}, "/contract/probation_months", "facts_too_large"),
        ("contract", {"wage_items": []}, "/contract/wage_items", "facts_too_few"),
        ("contract", {"wage_items": [{"amount": "1.00"}]}, "/contract/wage_items/0/name", "facts_missing"),
        ("contract", {"insurance": {}}, "/contract/insurance/injury", "facts_missing"),
        ("template", {"slug": "general", "version": 0}, "/template/version", "facts_too_small"),
    ],
)
def test_each_fault_names_its_field_and_says_what_to_do(
    section: str, changes: dict[str, Any], field: str, code: str
) -> None:
    faults = validate_facts(sample_facts(**cast(Any, {section: changes})))
    found = [fault for fault in faults if fault.field == field and fault.code == code]
    assert len(found) == 1, faults
    (fault,) = found
    assert all((fault.zh, fault.en, fault.remedy_zh, fault.remedy_en))
    assert field_title(field) in fault.zh


def test_all_faults_are_reported_at_once() -> None:
    facts = sample_facts(
        worker={"name": None, "mobile": "1"}, contract={"term_type": "9", "start": "2026-13-01"}
    )
    assert {fault.field for fault in validate_facts(facts)} == {
        "/worker/name",
        "/worker/mobile",
        "/contract/term_type",
        "/contract/start",
    }


@pytest.mark.parametrize("value", [None, [], "facts", 1])
def test_what_is_no_object_is_refused(value: object) -> None:
    (fault,) = validate_facts(value)
    assert (fault.field, fault.code) == ("", "facts_wrong_type")


def test_digest_does_not_depend_on_the_order_of_entry() -> None:
    facts = sample_facts()
    turned = {name: facts[name] for name in reversed(facts)}
    assert canonical_facts(turned) == canonical_facts(facts)
    assert facts_digest(turned) == facts_digest(facts)
    assert facts_digest(sample_facts(worker={"mobile": "13800000001"})) != facts_digest(facts)


def test_fields_have_chinese_names() -> None:
    assert field_title("/worker/name") == "姓名"
    assert field_title("/contract/insurance/injury") == "工伤保险"
    assert field_title("/contract/wage_items/3/amount") == "金额"
    assert field_title("/nowhere") == "/nowhere"
