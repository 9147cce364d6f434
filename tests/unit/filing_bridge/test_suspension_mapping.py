"""The record of a suspension and of its resumption: nothing is typed twice, nothing is left over."""

import copy
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from contracts.facts import facts_schema
from contracts.suspensions.facts import RESUME, SCHEMA_FILE
from filing_bridge.confirmation import confirmation
from filing_bridge.fields import NOT_FILED_OF_SUSPENSIONS, SUSPENSION_FIELDS
from filing_bridge.form import render_filing_form
from filing_bridge.mapping import (
    Envelope,
    FilingType,
    MappingError,
    SignedContract,
    differences,
    document_no,
    filing_type_for,
    leaves,
    rederive,
    to_filing_record,
)
from filing_bridge.profiles import deadline, profile_for
from filing_bridge.record_check import check_record
from filing_bridge.schemas import load, violations
from tests.support.contract_facts import sample_facts, sample_suspension
from tests.support.filing_parties import NOW
from tests.unit.filing_bridge.test_ending_mapping import leaves as schema_leaves

DAY = date(2026, 11, 4)


@pytest.fixture
def suspension() -> dict[str, Any]:
    return sample_suspension(
        sample_facts(worker={"name": "测试甲"}), effective_on=DAY, until=date(2027, 1, 31)
    )


@pytest.fixture
def resumption() -> dict[str, Any]:
    facts = sample_facts(worker={"name": "测试甲"})
    return sample_suspension(facts, act=RESUME, since=date(2026, 11, 3), effective_on=DAY)


@pytest.fixture
def named(envelope: Envelope) -> Envelope:
    return replace(envelope, prev_filing_no="TEST37030320261103000001")


@pytest.fixture
def record(suspension: dict[str, Any], signed: SignedContract, named: Envelope) -> dict[str, Any]:
    return to_filing_record(suspension, signed, FilingType.SUSPENSION, named)


def test_every_fact_of_a_suspension_is_filed_once_or_named_as_not_filed() -> None:
    schema = facts_schema(SCHEMA_FILE)
    facts = {f"/facts{leaf}" for leaf in schema_leaves(schema, schema)}
    filed = [field.source for field in SUSPENSION_FIELDS if field.source.startswith("/facts/")]
    assert len(filed) == len(set(filed))
    assert set(filed) | set(NOT_FILED_OF_SUSPENSIONS) == facts
    assert not set(filed) & set(NOT_FILED_OF_SUSPENSIONS)


def test_every_field_of_the_record_has_exactly_one_source() -> None:
    schema = dict(load("suspension-record-1"))
    targets = [field.target for field in SUSPENSION_FIELDS]
    assert len(targets) == len(set(targets))
    assert set(targets) | {"/schema"} == schema_leaves(schema, schema)


def test_the_records_are_valid_and_nothing_is_wrong_with_them(
    record: dict[str, Any], resumption: dict[str, Any], signed: SignedContract, named: Envelope
) -> None:
    for each in (record, to_filing_record(resumption, signed, FilingType.RESUMPTION, named)):
        assert violations("suspension-record-1", each) == ()
        for jurisdiction in ("370303", "110101"):
            assert check_record(each, profile_for(jurisdiction), today=NOW.date()) == ()


def test_the_filing_type_follows_the_act(
    suspension: dict[str, Any], resumption: dict[str, Any], signed: SignedContract, envelope: Envelope
) -> None:
    assert filing_type_for(suspension, late=True) is FilingType.SUSPENSION
    assert filing_type_for(resumption, late=True) is FilingType.RESUMPTION
    assert document_no(suspension) == "ZZ-20261104-ABCDEFG1"
    for kind in (FilingType.CHANGE, FilingType.RESUMPTION):
        with pytest.raises(MappingError):
            to_filing_record(suspension, signed, kind, envelope)


def test_flipping_any_field_is_found_by_deriving_again(
    suspension: dict[str, Any], record: dict[str, Any], signed: SignedContract
) -> None:
    assert differences(rederive(record, suspension, signed, omit=frozenset()), record) == ()
    for pointer, _value in leaves(record):
        if pointer.startswith(("/contract/", "/worker/", "/employer/", "/suspension/")):
            forged = copy.deepcopy(record)
            _, section, name = pointer.split("/")
            forged[section][name] = "forged"
            found = differences(rederive(forged, suspension, signed, omit=frozenset()), forged)
            assert pointer in {each.pointer for each in found}, pointer


@pytest.mark.parametrize(
    ("kind", "wrong", "fault"),
    [
        ("41", {"effective_on": "2026-11-02"}, ("/suspension/effective_on", "suspension_outside_term")),
        ("41", {"effective_on": "2027-01-04"}, ("/suspension/effective_on", "too_early")),
        ("41", {"reason": "9"}, ("/suspension/reason", "code_unknown")),
        ("42", {}, ("/suspension/since", "field_missing")),
        ("42", {"since": "2026-11-04"}, ("/suspension/since", "resumed_before")),
    ],
)
def test_what_the_check_finds(
    record: dict[str, Any], kind: str, wrong: dict[str, str], fault: tuple[str, str]
) -> None:
    forged = {**record, "filing_type": kind, "suspension": {**record["suspension"], **wrong}}
    items = {
        (item.field, item.code) for item in check_record(forged, profile_for("370303"), today=NOW.date())
    }
    assert fault in items


def test_a_suspension_is_due_within_thirty_days(suspension: dict[str, Any]) -> None:
    for jurisdiction in ("370303", "310115", "320205", "110101"):
        for kind in (FilingType.SUSPENSION, FilingType.RESUMPTION):
            assert (deadline(suspension, kind, profile_for(jurisdiction)) - DAY).days == 30


def test_a_person_confirms_the_day(suspension: dict[str, Any]) -> None:
    for today, code in (
        (date(2026, 11, 3), "suspension_to_come"),
        (date(2026, 12, 6), "suspension_long_ago"),
    ):
        shown = confirmation(suspension, sign_date=DAY, kind=FilingType.SUSPENSION, today=today)
        assert "/suspension/effective_on" in [each.pointer for each in shown.dates]
        assert [each.code for each in shown.warnings] == [code]


def test_the_form_says_what_was_filed(record: dict[str, Any]) -> None:
    receipt = {
        "state": "accepted",
        "receipt_no": "TEST37030320261104000002",
        "received_at": "2026-11-04T09:00:00+08:00",
        "decided_at": "2026-11-04T09:00:00+08:00",
        "agency": {"code": "37030301", "name": "示例区公共就业服务中心"},
    }
    form = render_filing_form(record, receipt, at=NOW)
    assert len(form.page_sizes) == 1
    for words in (
        "劳动合同中止备案表",
        "双方协商一致",
        "2026年11月4日",
        "2027年1月31日",
        "ZZ-20261104-ABCDEFG1",
    ):
        assert words in form.page_text[0]
