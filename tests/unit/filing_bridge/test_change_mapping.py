"""The record of a change: nothing is typed twice, and it says what the agreement says."""

import copy
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from contracts.changes.facts import SCHEMA_FILE, items_follow, terms_before, validate
from contracts.facts import facts_schema
from filing_bridge.confirmation import confirmation
from filing_bridge.fields import CHANGE_FIELDS, NOT_FILED_OF_CHANGES
from filing_bridge.form import render_filing_form
from filing_bridge.mapping import (
    Envelope,
    FilingType,
    MappingError,
    SignedContract,
    differences,
    document_no,
    filed_items,
    filing_type_for,
    leaves,
    rederive,
    to_filing_record,
)
from filing_bridge.profiles import deadline, profile_for
from filing_bridge.record_check import check_record
from filing_bridge.schemas import load, violations
from tests.support.contract_facts import sample_change, sample_facts
from tests.support.filing_parties import NOW
from tests.unit.filing_bridge.test_ending_mapping import leaves as schema_leaves

DAY = date(2026, 11, 4)


@pytest.fixture
def change() -> dict[str, Any]:
    facts = sample_facts(worker={"name": "测试甲"})
    insurance = {**facts["contract"]["insurance"], "injury": False}
    return sample_change(facts, effective_on=DAY, job_title="班组长", pay_day=10, insurance=insurance)


@pytest.fixture
def record(change: dict[str, Any], signed: SignedContract, envelope: Envelope) -> dict[str, Any]:
    named = replace(envelope, prev_filing_no="TEST37030320261103000001")
    return to_filing_record(change, signed, FilingType.CHANGE, named)


def test_every_fact_of_a_change_is_filed_once_or_named_as_not_filed() -> None:
    schema = facts_schema(SCHEMA_FILE)
    facts = {f"/facts{leaf}" for leaf in schema_leaves(schema, schema)}
    filed = [field.source for field in CHANGE_FIELDS if field.source.startswith("/facts/")]
    assert len(filed) == len(set(filed))
    assert set(filed) | set(NOT_FILED_OF_CHANGES) == facts
    assert not set(filed) & set(NOT_FILED_OF_CHANGES)


def test_every_field_of_the_record_has_exactly_one_source() -> None:
    schema = dict(load("change-record-1"))
    targets = [field.target for field in CHANGE_FIELDS]
    assert len(targets) == len(set(targets))
    assert set(targets) | {"/schema"} == schema_leaves(schema, schema)


def test_the_record_is_valid_and_nothing_is_wrong_with_it(record: dict[str, Any]) -> None:
    assert violations("change-record-1", record) == ()
    for jurisdiction in ("370303", "110101"):
        assert check_record(record, profile_for(jurisdiction), today=NOW.date()) == ()


def test_only_what_is_filed_is_told_under_the_names_of_the_record(
    change: dict[str, Any], record: dict[str, Any]
) -> None:
    assert len(change["change"]["items"]) == 3
    assert (
        record["change"]["items"]
        == filed_items(change)
        == [
            {"field": "/contract/si_injury", "old": True, "new": False},
            {"field": "/contract/job_title", "old": "装配工", "new": "班组长"},
        ]
    )
    for item in record["change"]["items"]:
        assert dict(leaves(record))[item["field"]] == item["new"]


def test_the_items_are_exactly_what_differs(change: dict[str, Any]) -> None:
    assert validate(change) == []
    assert items_follow(change)
    assert terms_before(change) == sample_facts()["contract"]
    for wrong in ({"old": "电工"}, {"new": "班长"}):
        forged = copy.deepcopy(change)
        forged["change"]["items"][1] |= wrong
        assert items_follow(forged) == ("old" in wrong), "an old value is for the province to compare"


def test_the_filing_type_follows_the_facts(
    change: dict[str, Any], signed: SignedContract, envelope: Envelope
) -> None:
    assert filing_type_for(change, late=True) is FilingType.CHANGE
    assert (document_no(change), document_no(sample_facts())) == ("BG-20261104-ABCDEFG1", "HT-2026-000123")
    for kind in (FilingType.HIRE, FilingType.ENDING):
        with pytest.raises(MappingError):
            to_filing_record(change, signed, kind, envelope)


def test_flipping_any_field_is_found_by_deriving_again(
    change: dict[str, Any], record: dict[str, Any], signed: SignedContract
) -> None:
    assert differences(rederive(record, change, signed, omit=frozenset()), record) == ()
    for pointer, _value in leaves(record):
        if pointer.startswith(("/contract/", "/worker/", "/employer/", "/change/")):
            forged = copy.deepcopy(record)
            _, section, name = pointer.split("/")
            forged[section][name] = "forged"
            found = differences(rederive(forged, change, signed, omit=frozenset()), forged)
            assert pointer in {each.pointer for each in found}, pointer


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"change": {"effective_on": "2026-11-02"}}, ("/change/effective_on", "change_outside_term")),
        ({"change": {"effective_on": "2027-01-04"}}, ("/change/effective_on", "too_early")),
        ({"contract": {"work_place_code": "999999"}}, ("/contract/work_place_code", "code_unknown")),
    ],
)
def test_what_the_check_finds(record: dict[str, Any], wrong: Any, fault: tuple[str, str]) -> None:
    forged = {**record, **{name: {**record[name], **values} for name, values in wrong.items()}}
    items = {
        (item.field, item.code) for item in check_record(forged, profile_for("370303"), today=NOW.date())
    }
    assert fault in items


def test_a_change_is_due_within_thirty_days(change: dict[str, Any]) -> None:
    for jurisdiction in ("370303", "310115", "320205", "110101"):
        assert (deadline(change, FilingType.CHANGE, profile_for(jurisdiction)) - DAY).days == 30


def test_a_person_confirms_the_day_of_the_change(change: dict[str, Any]) -> None:
    shown = confirmation(change, sign_date=DAY, kind=FilingType.CHANGE, today=date(2026, 11, 3))
    assert "/change/effective_on" in [each.pointer for each in shown.dates]
    assert [each.code for each in shown.warnings] == ["change_to_come"]
    late = confirmation(change, sign_date=DAY, kind=FilingType.CHANGE, today=date(2026, 12, 6))
    assert [each.code for each in late.warnings] == ["change_long_ago"]


def test_the_form_of_a_change_says_what_was_filed(record: dict[str, Any]) -> None:
    receipt = {
        "state": "accepted",
        "receipt_no": "TEST37030320261104000002",
        "received_at": "2026-11-04T09:00:00+08:00",
        "decided_at": "2026-11-04T09:00:00+08:00",
        "agency": {"code": "37030301", "name": "示例区公共就业服务中心"},
    }
    form = render_filing_form(record, receipt, at=NOW)
    assert len(form.page_sizes) == 1
    for words in ("劳动合同变更备案表", "装配工　变更为　班组长", "2026年11月4日", "BG-20261104-ABCDEFG1"):
        assert words in form.page_text[0]
