"""The record of a transfer within the city: a hire that names the employment before it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from filing_bridge.form import render_filing_form
from filing_bridge.mapping import (
    Envelope,
    FilingType,
    MappingError,
    SignedContract,
    filing_type_for,
    to_filing_record,
)
from filing_bridge.profiles import deadline, profile_for
from filing_bridge.protocol import Event
from filing_bridge.protocol.messages import EVENTS
from filing_bridge.record_check import check_record
from filing_bridge.schemas import violations
from tests.support.contract_facts import sample_ending, sample_facts
from tests.support.filing_examples import TRANSFER
from tests.support.filing_parties import NOW


@pytest.fixture
def moved() -> dict[str, Any]:
    return sample_facts(worker={"name": "测试甲"}, contract={"transfer": TRANSFER})


@pytest.fixture
def record(moved: dict[str, Any], signed: SignedContract, envelope: Envelope) -> dict[str, Any]:
    return to_filing_record(moved, signed, FilingType.TRANSFER, envelope)


def test_c01_a_contract_after_a_transfer_is_filed_as_one(
    moved: dict[str, Any], record: dict[str, Any], signed: SignedContract, envelope: Envelope
) -> None:
    assert filing_type_for(moved, late=False) is filing_type_for(moved, late=True) is FilingType.TRANSFER
    assert EVENTS[FilingType.TRANSFER] is Event.HIRE, "one employment is filed once"
    assert record["transfer"] == TRANSFER
    assert violations("filing-record-1", record) == ()
    for jurisdiction in ("370303", "320205", "110101"):
        assert check_record(record, profile_for(jurisdiction), today=NOW.date()) == ()
    with pytest.raises(MappingError):
        to_filing_record(moved, signed, FilingType.HIRE, envelope)


def test_a_transfer_without_the_employment_before_is_incomplete(record: dict[str, Any]) -> None:
    found = check_record(
        {name: value for name, value in record.items() if name != "transfer"},
        profile_for("370303"),
        today=NOW.date(),
    )
    assert {item.field for item in found} == {f"/transfer/{name}" for name in TRANSFER}


def test_a_late_transfer_keeps_its_type_and_says_why(
    moved: dict[str, Any], signed: SignedContract, envelope: Envelope
) -> None:
    profile = profile_for("320205")
    assert deadline(moved, FilingType.TRANSFER, profile) == date(2026, 12, 3)
    late = replace(envelope, submitted_at=NOW.replace(month=12, day=20))
    record = to_filing_record(moved, signed, FilingType.TRANSFER, late)
    [item] = check_record(record, profile, today=date(2026, 12, 20))
    assert (item.field, item.code) == ("/late_reason", "field_missing")


def test_the_form_names_both_employers(record: dict[str, Any]) -> None:
    receipt = {
        "state": "accepted",
        "receipt_no": "TEST37030320261104000002",
        "received_at": "2026-11-04T09:00:00+08:00",
        "decided_at": "2026-11-04T09:00:00+08:00",
        "agency": {"code": "37030301", "name": "示例区公共就业服务中心"},
    }
    text = render_filing_form(record, receipt, at=NOW).page_text[0]
    for words in (
        "市内调动备案表",
        "示例物流（淄博）有限公司",
        "示例制造（淄博）有限公司",
        "ZM-20261102-ABCDEFGH",
    ):
        assert words in text


def test_the_record_of_the_ending_names_the_new_employer_and_the_way_of_the_file(
    signed: SignedContract, envelope: Envelope
) -> None:
    said = {"to_name": "示例物流（淄博）有限公司", "to_uscc": "91370300MA3T0009X0"}
    facts = sample_ending(
        sample_facts(worker={"name": "测试甲"}),
        reason="9001",
        ends_on=NOW.date(),
        evidence=("tripartite agreement",),
        transfer=said,
        archive_mode="10",
    )
    named = replace(envelope, prev_filing_no="TEST37030320261103000001")
    record = to_filing_record(facts, signed, FilingType.ENDING, named)
    assert violations("ending-record-1", record) == ()
    assert check_record(record, profile_for("370303"), today=NOW.date()) == ()
    ending = record["ending"]
    assert (ending["transfer_to_uscc"], ending["archive_mode"]) == ("91370300MA3T0009X0", "10")
