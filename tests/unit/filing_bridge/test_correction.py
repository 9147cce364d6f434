"""What may be corrected, how weighty it is, and what then holds."""

from typing import Any

import pytest

from filing_bridge.correction import (
    WEIGHTS,
    Weight,
    correctable,
    corrected,
    facts_of,
    items_of,
    misfits,
    weight_of,
)
from filing_bridge.mapping import (
    BY_TARGET,
    Envelope,
    FilingType,
    SignedContract,
    differences,
    document_no,
    rederive,
    to_filing_record,
)
from filing_bridge.profiles import profile_for, profiles
from filing_bridge.record_check import check_corrected, check_record
from filing_bridge.schemas import violations
from tests.support.contract_facts import sample_change, sample_facts
from tests.support.filing_parties import NOW

SIGNED = SignedContract("a" * 64, NOW)
ENVELOPE = Envelope(
    filing_id="3f0c0a52-7d1e-4c55-9a55-0d6d8f6f0a01",
    submitter_name="示例人事",
    submitter_phone="0533-2345678",
    submitted_at=NOW,
)
OMIT = profile_for("370303").omit


@pytest.fixture
def record() -> dict[str, Any]:
    return to_filing_record(sample_facts("general"), SIGNED, FilingType.HIRE, ENVELOPE, omit=OMIT)


def made(record: dict[str, Any], changes: dict[str, str], evidence: str = "") -> dict[str, Any]:
    facts = facts_of(
        record,
        "SD1",
        correction_no="GZ-20261104-7K3MPQRS",
        items=items_of(record, changes),
        reason="录入笔误",
        evidence=evidence,
    )
    return to_filing_record(facts, SIGNED, FilingType.CORRECTION, ENVELOPE, omit=OMIT)


def test_d05_the_heaviest_field_counts() -> None:
    assert weight_of(["/worker/education", "/worker/mobile"]) is Weight.MINOR
    assert weight_of(["/worker/education", "/contract/end"]) is Weight.MATERIAL
    with pytest.raises(KeyError):
        weight_of(["/contract/wage_unit"])
    with pytest.raises(ValueError, match="person"):
        weight_of(["/worker/name", "/worker/id_no"])


def test_every_correctable_field_is_in_the_published_table() -> None:
    assert set(WEIGHTS) <= set(BY_TARGET)


def test_only_what_differs_is_an_item_and_nothing_is_overwritten(record: dict[str, Any]) -> None:
    items = items_of(
        record, {"/worker/education": "31", "/contract/job_title": " 质检员 ", "/worker/postcode": ""}
    )
    assert items == [{"field": "/contract/job_title", "old": "装配工", "new": "质检员"}]
    after = corrected(record, items)
    assert (record["contract"]["job_title"], after["contract"]["job_title"]) == ("装配工", "质检员")
    assert [each.pointer for each in differences(record, after)] == ["/contract/job_title"]
    assert misfits(record, items) == []
    assert misfits(after, items) == ["/contract/job_title"]


def test_a_value_is_taken_out_and_put_in(record: dict[str, Any]) -> None:
    items = items_of(record, {"/contract/end": ""})
    assert items == [{"field": "/contract/end", "old": record["contract"]["end"]}]
    without = corrected(record, items)
    assert "end" not in without["contract"]
    back = items_of(without, {"/contract/end": "2030-01-01"})
    assert back == [{"field": "/contract/end", "new": "2030-01-01"}]
    assert corrected(without, back)["contract"]["end"] == "2030-01-01"


def test_what_an_agreement_changed_is_not_corrected() -> None:
    facts = sample_change(sample_facts("general"), effective_on=NOW.date(), job_title="班组长")
    record = to_filing_record(facts, SIGNED, FilingType.CHANGE, ENVELOPE, omit=OMIT)
    assert "/contract/job_title" not in correctable(record)
    assert "/contract/end" in correctable(record)
    assert "/worker/education" not in correctable(record), "it is not in this record"


def test_a_correction_makes_a_record_without_fault(record: dict[str, Any]) -> None:
    minor = made(record, {"/contract/job_title": "质检员"})
    material = made(record, {"/contract/end": "2029-12-02"}, evidence="b" * 64)
    for each in (minor, material):
        assert violations("correction-record-1", each) == ()
        assert check_record(each, profile_for("370303"), today=NOW.date()) == ()
    assert document_no(minor) == "GZ-20261104-7K3MPQRS"


def test_the_province_makes_the_same_record_from_the_slip(record: dict[str, Any]) -> None:
    items = items_of(record, {"/contract/job_title": "质检员"})
    facts = facts_of(record, "SD1", correction_no="GZ-1", items=items, reason="笔误")
    filed = to_filing_record(facts, SIGNED, FilingType.CORRECTION, ENVELOPE, omit=OMIT)
    assert rederive(filed, facts, SIGNED, omit=OMIT) == filed


def codes(record: dict[str, Any], jurisdiction: str = "370303") -> set[tuple[str, str]]:
    found = check_record(record, profile_for(jurisdiction), today=NOW.date())
    return {(item.field, item.code) for item in found}


def test_class_fields_evidence_and_person_are_checked(record: dict[str, Any]) -> None:
    good = made(record, {"/contract/end": "2029-12-02"}, evidence="b" * 64)

    def with_(**changes: Any) -> dict[str, Any]:
        return {**good, "correction": {**good["correction"], **changes}}

    assert codes(with_(weight="minor")) == {("/correction/weight", "correction_weight_differs")}
    bare = {**good, "correction": {k: v for k, v in good["correction"].items() if k != "evidence"}}
    assert ("/correction/evidence/value", "field_missing") in codes(bare)
    unknown = [{"field": "/contract/wage_unit", "old": "month", "new": "day"}]
    assert ("/contract/wage_unit", "correction_not_of_field") in codes(with_(items=unknown))
    person = [{"field": f"/worker/{name}", "old": "a", "new": "b"} for name in ("name", "id_no")]
    assert ("/worker/id_no", "correction_of_person") in codes(with_(items=person))


@pytest.mark.parametrize("weight", list(Weight))
def test_a12_each_jurisdiction_takes_what_its_profile_says(record: dict[str, Any], weight: Weight) -> None:
    changes = {"/contract/job_title": "质检员"} if weight is Weight.MINOR else {"/contract/end": "2029-12-02"}
    filed = made(record, changes, evidence="" if weight is Weight.MINOR else "b" * 64)
    for profile in profiles().values():
        found = {item.code for item in check_record(filed, profile, today=NOW.date())}
        assert ("correction_not_online" in found) == (weight not in profile.corrections)
    assert profile_for("310115").corrections == frozenset()


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"/contract/end": "2026-01-01"}, {("/contract/end", "end_before_start")}),
        ({"/contract/term_type": "2"}, {("/contract/end", "end_forbidden")}),
        ({"/contract/term_type": "2", "/contract/end": ""}, set()),
        ({"/contract/end": "soon"}, {("/contract/end", "field_malformed")}),
        ({"/worker/birth_date": "1991-03-07"}, {("/worker/birth_date", "birth_date_differs")}),
        ({"/contract/employment_start": "2026-11-03"}, set()),
        ({"/contract/employment_start": "2027-06-01"}, {("/contract/employment_start", "too_early")}),
    ],
)
def test_a_correction_leaves_no_fault_that_was_not_there(
    record: dict[str, Any], changes: dict[str, str], found: set[tuple[str, str]]
) -> None:
    items = items_of(record, changes)
    faults = check_corrected(record, items, profile_for("370303"), now=NOW)
    assert {(item.field, item.code) for item in faults} == found
