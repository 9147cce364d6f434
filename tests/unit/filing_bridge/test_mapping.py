"""Nothing is typed twice, and the filing says what the parties signed."""

import copy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from contracts.facts import facts_schema
from filing_bridge.fields import FIELDS, NOT_FILED, When
from filing_bridge.mapping import (
    Envelope,
    FilingType,
    MappingError,
    SignedContract,
    differences,
    filing_type_for,
    leaves,
    origins,
    rederive,
    to_filing_record,
    value_at,
)
from filing_bridge.schemas import load, violations
from tests.support.contract_facts import sample_facts

KINDS = ("general", "part-time", "dispatch", "construction")


def schema_leaves(schema: dict[str, Any], node: dict[str, Any], pointer: str = "") -> set[str]:
    if "$ref" in node and node["$ref"].startswith("#/"):
        node = schema["$defs"][node["$ref"].rpartition("/")[2]]
    if "properties" not in node:
        return {pointer}
    return {
        leaf
        for name, child in node["properties"].items()
        for leaf in schema_leaves(schema, child, f"{pointer}/{name}")
    }


def test_every_fact_is_filed_once_or_named_as_not_filed() -> None:
    schema = facts_schema()
    facts = {f"/facts{leaf}" for leaf in schema_leaves(schema, schema)}
    filed = [field.source for field in FIELDS if field.source.startswith("/facts/")]
    assert len(filed) == len(set(filed)), "a fact is filed twice"
    assert set(filed) | set(NOT_FILED) == facts
    assert not set(filed) & set(NOT_FILED)


def test_every_field_of_the_record_has_exactly_one_source() -> None:
    schema = dict(load("filing-record-1"))
    targets = [field.target for field in FIELDS]
    assert len(targets) == len(set(targets))
    assert set(targets) | {"/schema"} == schema_leaves(schema, schema)


def test_fields_that_the_schema_requires_are_always_there_by_the_table() -> None:
    schema = load("filing-record-1")
    required = {f"/{name}" for name in schema["required"] if "properties" not in schema["properties"][name]}
    for section in ("employer", "worker", "contract"):
        required |= {f"/{section}/{name}" for name in schema["properties"][section]["required"]}
    required -= {"/schema", "/contract_digest"}
    always = {field.target for field in FIELDS if field.when is When.ALWAYS}
    assert always - {"/contract_digest/alg", "/contract_digest/value"} == required


@pytest.mark.parametrize("kind", KINDS)
def test_record_is_valid_and_says_what_the_facts_say(
    kind: str, signed: SignedContract, envelope: Envelope
) -> None:
    facts = sample_facts(kind)
    record = to_filing_record(facts, signed, FilingType.HIRE, envelope)
    assert violations("filing-record-1", record) == ()
    compared = 0
    for pointer, field in origins(record).items():
        if field.source.startswith("/facts/"):
            assert value_at(record, pointer) == value_at({"facts": facts}, field.source)
            compared += 1
    unfiled = [f"/facts{pointer}" for pointer, _ in leaves(facts) if f"/facts{pointer}" in NOT_FILED]
    assert compared + len(unfiled) == len(leaves(facts)), "a fact got lost"


def test_instants_become_local_time_and_the_sign_date_is_the_local_day(
    facts: dict[str, Any], envelope: Envelope
) -> None:
    signed = SignedContract("a" * 64, datetime(2026, 11, 3, 16, 0, 0, 999_000, tzinfo=UTC))
    record = to_filing_record(facts, signed, FilingType.HIRE, envelope)
    assert record["signed_at"] == "2026-11-04T00:00:00+08:00"
    assert record["contract"]["sign_date"] == "2026-11-04"


def test_filing_type_follows_the_contract(
    facts: dict[str, Any], signed: SignedContract, envelope: Envelope
) -> None:
    assert filing_type_for(facts, late=False) is FilingType.HIRE
    assert filing_type_for(facts, late=True) is FilingType.LATE_HIRE
    with pytest.raises(MappingError):
        to_filing_record(facts, signed, FilingType.RENEWAL, envelope)
    renewal = sample_facts("general", contract={"sign_kind": "2"})
    assert filing_type_for(renewal, late=True) is FilingType.RENEWAL
    with pytest.raises(MappingError):
        to_filing_record(renewal, signed, FilingType.HIRE, envelope)


def test_only_optional_fields_can_be_left_out(
    facts: dict[str, Any], signed: SignedContract, envelope: Envelope
) -> None:
    omit = frozenset({"/worker/hukou_code"})
    record = to_filing_record(facts, signed, FilingType.HIRE, envelope, omit=omit)
    assert "hukou_code" not in record["worker"]
    with pytest.raises(MappingError):
        to_filing_record(facts, signed, FilingType.HIRE, envelope, omit=frozenset({"/worker/id_no"}))


def test_mapping_changes_neither_facts_nor_shares_them(
    facts: dict[str, Any], signed: SignedContract, envelope: Envelope
) -> None:
    before = copy.deepcopy(facts)
    record = to_filing_record(facts, signed, FilingType.HIRE, envelope)
    record["worker"]["name"] = "改动"
    assert facts == before


def test_b04_flipping_any_field_is_found_by_deriving_again(
    facts: dict[str, Any], record: dict[str, Any], signed: SignedContract
) -> None:
    assert differences(rederive(record, facts, signed, omit=frozenset()), record) == ()
    for pointer, field in origins(record).items():
        if field.source.startswith("/envelope/"):
            continue  # the province has no second source for these: the employer's signature covers them
        forged = copy.deepcopy(record)
        *parents, last = pointer.split("/")[1:]
        section = forged
        for step in parents:
            section = section[step]
        section[last] = (
            not section[last] if isinstance(section[last], bool) else _other(pointer, section[last])
        )
        try:
            found = differences(rederive(forged, facts, signed, omit=frozenset()), forged)
        except MappingError:
            continue
        assert [each.pointer for each in found] == [pointer] or pointer == "/filing_type"


def _other(pointer: str, value: object) -> object:
    if pointer == "/filing_type":
        return "21"
    return value + 1 if isinstance(value, int) else f"{value}0"


def test_added_and_missing_fields_are_differences(record: dict[str, Any]) -> None:
    other = copy.deepcopy(record)
    del other["worker"]["mobile"]
    other["worker"]["postcode"] = "255000"
    assert [each.pointer for each in differences(record, other)] == ["/worker/mobile", "/worker/postcode"]


def test_true_is_not_one(record: dict[str, Any]) -> None:
    other = copy.deepcopy(record)
    other["employer"]["is_dispatch_agency"] = 0
    assert [each.pointer for each in differences(record, other)] == ["/employer/is_dispatch_agency"]


@st.composite
def varied_facts(draw: st.DrawFn) -> dict[str, Any]:
    """Facts of any template with any subset of the facts that the schema leaves optional."""
    facts = sample_facts(draw(st.sampled_from(KINDS)))
    schema = facts_schema()
    for section in ("employer", "worker", "contract"):
        required = set(schema["properties"][section]["required"])
        for name in sorted(facts[section].keys() - required):
            if draw(st.booleans()):
                del facts[section][name]
    facts["worker"]["name"] = draw(st.text("测试甲乙·𠮷䶮ABC", min_size=1, max_size=50))
    facts["contract"]["wage_amount"] = f"{draw(st.integers(0, 10**9))}.{draw(st.integers(0, 99)):02}"
    facts["employer"]["headcount"] = draw(st.integers(0, 10**6))
    return facts


@seed(20261121)
@settings(max_examples=150, deadline=None)
@given(facts=varied_facts(), moment=st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)))  # noqa: DTZ001  (the strategy adds the zone)
def test_any_facts_map_and_map_back(facts: dict[str, Any], moment: datetime) -> None:
    signed = SignedContract("b" * 64, moment.replace(tzinfo=UTC))
    envelope = Envelope(
        "3f0c0a52-7d1e-4c55-9a55-0d6d8f6f0a01", "甲", "13800000000", moment.replace(tzinfo=UTC)
    )
    record = to_filing_record(facts, signed, filing_type_for(facts, late=False), envelope)
    assert violations("filing-record-1", record) == ()
    assert differences(rederive(record, facts, signed, omit=frozenset()), record) == ()
    for pointer, field in origins(record).items():
        if field.source.startswith("/facts/"):
            assert value_at(record, pointer) == value_at({"facts": facts}, field.source)
