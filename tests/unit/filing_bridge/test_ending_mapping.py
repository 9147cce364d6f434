"""The record of an ending: nothing is typed twice, and it says what the certificate says."""

import copy
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from contracts.endings.certificate import render_certificate
from contracts.endings.facts import SCHEMA_FILE
from contracts.facts import facts_schema
from filing_bridge.confirmation import confirmation
from filing_bridge.fields import ENDING_FIELDS, NOT_FILED_OF_ENDINGS
from filing_bridge.form import render_filing_form
from filing_bridge.mapping import (
    Envelope,
    FilingType,
    MappingError,
    SignedContract,
    differences,
    filing_type_for,
    rederive,
    to_filing_record,
)
from filing_bridge.profiles import deadline, profile_for
from filing_bridge.record_check import check_record
from filing_bridge.schemas import load, violations
from tests.support.contract_facts import sample_ending, sample_facts
from tests.support.filing_parties import NOW

DAY = date(2026, 11, 4)


def leaves(schema: dict[str, Any], node: dict[str, Any], pointer: str = "") -> set[str]:
    if node.get("$ref", "").endswith("/digest"):
        return {f"{pointer}/alg", f"{pointer}/value"}
    if "properties" not in node:
        return {pointer}
    return {
        leaf
        for name, child in node["properties"].items()
        for leaf in leaves(schema, child, f"{pointer}/{name}")
    }


@pytest.fixture
def ending() -> dict[str, Any]:
    return sample_ending(
        sample_facts(worker={"name": "测试甲"}),
        reason="3601",
        ends_on=DAY,
        evidence=("agreement",),
        amount="2600.00",
        handover="已交接",
    )


@pytest.fixture
def record(ending: dict[str, Any], signed: SignedContract, envelope: Envelope) -> dict[str, Any]:
    named = replace(envelope, prev_filing_no="TEST37030320261103000001")
    return to_filing_record(ending, signed, FilingType.RESCISSION, named)


def test_every_fact_of_an_ending_is_filed_once_or_named_as_not_filed() -> None:
    schema = facts_schema(SCHEMA_FILE)
    facts = {f"/facts{leaf}" for leaf in leaves(schema, schema)}
    filed = [field.source for field in ENDING_FIELDS if field.source.startswith("/facts/")]
    assert len(filed) == len(set(filed))
    assert set(filed) | set(NOT_FILED_OF_ENDINGS) == facts
    assert not set(filed) & set(NOT_FILED_OF_ENDINGS)


def test_every_field_of_the_record_has_exactly_one_source() -> None:
    schema = dict(load("ending-record-1"))
    targets = [field.target for field in ENDING_FIELDS]
    assert len(targets) == len(set(targets))
    assert set(targets) | {"/schema"} == leaves(schema, schema)


def test_the_record_is_valid_and_nothing_is_wrong_with_it(record: dict[str, Any]) -> None:
    assert violations("ending-record-1", record) == ()
    assert check_record(record, profile_for("370303"), today=NOW.date()) == ()


def test_the_filing_type_follows_the_kind(
    ending: dict[str, Any], signed: SignedContract, envelope: Envelope
) -> None:
    assert filing_type_for(ending, late=False) is FilingType.RESCISSION
    expired = sample_ending(sample_facts(), reason="4402", ends_on=DAY)
    assert filing_type_for(expired, late=True) is FilingType.ENDING
    for kind in (FilingType.HIRE, FilingType.ENDING):
        with pytest.raises(MappingError):
            to_filing_record(ending, signed, kind, envelope)
    with pytest.raises(MappingError):
        to_filing_record(sample_facts(), signed, FilingType.RESCISSION, envelope)


def test_flipping_any_field_is_found_by_deriving_again(
    ending: dict[str, Any], record: dict[str, Any], signed: SignedContract
) -> None:
    assert differences(rederive(record, ending, signed, omit=frozenset()), record) == ()
    for field in ENDING_FIELDS:
        if not field.source.startswith("/facts/"):
            continue
        forged = copy.deepcopy(record)
        *parents, last = field.target.split("/")[1:]
        section = forged
        for step in parents:
            section = section[step]
        if last in section:
            section[last] = f"{section[last]}0"
            found = differences(rederive(forged, ending, signed, omit=frozenset()), forged)
            assert [each.pointer for each in found] == [field.target]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"ending": {"date": "2026-11-02"}}, ("/ending/date", "end_before_start")),
        ({"ending": {"reason": "1234"}}, ("/ending/reason", "code_unknown")),
        ({"ending": {"kind": "2"}}, ("/filing_type", "filing_type_differs")),
        ({"ending": {"date": "2027-01-04"}}, ("/ending/date", "too_early")),
        ({"worker": {"id_no": "370303199003070014"}}, ("/worker/id_no", "id_no_wrong_check_digit")),
    ],
)
def test_what_the_check_finds(record: dict[str, Any], change: Any, fault: tuple[str, str]) -> None:
    wrong = {**record, **{name: {**record[name], **values} for name, values in change.items()}}
    items = {(item.field, item.code) for item in check_record(wrong, profile_for("370303"), today=NOW.date())}
    assert any(field == fault[0] for field, _ in items), items
    if fault[0] != "/worker/id_no":
        assert fault in items


@pytest.mark.parametrize(
    ("jurisdiction", "days"), [("370303", 15), ("310115", 15), ("320205", 10), ("110101", 15)]
)
def test_a08_the_deadline_of_an_ending_in_each_jurisdiction(
    ending: dict[str, Any], jurisdiction: str, days: int
) -> None:
    last = deadline(ending, FilingType.RESCISSION, profile_for(jurisdiction))
    assert (last - DAY).days == days


def test_late_without_a_reason_is_a_fault(record: dict[str, Any]) -> None:
    late = {**record, "submitted_at": "2026-11-20T09:00:00+08:00"}
    items = check_record(late, profile_for("370303"), today=date(2026, 11, 20))
    assert [(item.field, item.code) for item in items] == [("/late_reason", "field_missing")]


def test_a_person_confirms_the_last_day(ending: dict[str, Any]) -> None:
    shown = confirmation(ending, sign_date=DAY, kind=FilingType.RESCISSION, today=date(2026, 11, 25))
    assert "二〇二六年十一月四日，星期三" in [each.words_zh for each in shown.dates]
    assert [each.code for each in shown.warnings] == ["end_long_ago"]
    sooner = confirmation(
        {**ending, "ending": {**ending["ending"], "date": "2026-11-05"}},
        sign_date=DAY, kind=FilingType.RESCISSION, today=date(2026, 11, 4),
    )  # fmt: skip
    assert [each.code for each in sooner.warnings] == ["end_to_come"]
    assert sooner.digest != shown.digest


def test_the_form_of_an_ending_says_what_was_filed(record: dict[str, Any]) -> None:
    receipt = {
        "state": "accepted",
        "receipt_no": "TEST37030320261104000002",
        "received_at": "2026-11-04T09:00:00+08:00",
        "decided_at": "2026-11-04T09:00:00+08:00",
        "agency": {"code": "37030301", "name": "示例区公共就业服务中心"},
    }
    form = render_filing_form(record, receipt, at=NOW)
    assert len(form.page_sizes) == 1
    text = form.page_text[0]
    for words in (
        "解除劳动合同备案表",
        "协商一致（用人单位提出）",
        "2026年11月4日",
        "2,600.00元",
        "0 年零 0 个月",
    ):
        assert words in text


def test_c20_what_becomes_of_the_file_is_filed_and_printed(
    signed: SignedContract, envelope: Envelope
) -> None:
    ending = sample_ending(
        sample_facts(),
        reason="3602",
        ends_on=DAY,
        evidence=("agreement",),
        archive_mode="20",
        archive_to="示例区人才服务中心",
    )
    named = replace(envelope, prev_filing_no="TEST37030320261103000001")
    record = to_filing_record(ending, signed, FilingType.RESCISSION, named)
    assert (record["ending"]["archive_mode"], record["ending"]["archive_to"]) == ("20", "示例区人才服务中心")
    assert not violations("ending-record-1", record)
    assert not list(check_record(record, profile_for("370303"), today=DAY))
    wrong = {**record, "ending": {**record["ending"], "archive_mode": "77"}}
    assert [item.field for item in check_record(wrong, profile_for("370303"), today=DAY)] == [
        "/ending/archive_mode"
    ]
    words = render_certificate(ending, at=NOW).page_text
    assert "由保管机构代转，接收机构：示例区人才服务中心" in "".join(words).replace("\n", "")
