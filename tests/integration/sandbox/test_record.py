"""Any change to a record is found: by the employer's signature, and by what the contract itself says."""

import copy
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from filing_bridge.fields import FIELDS
from filing_bridge.mapping import leaves
from tests.support.sandbox import Draft, Platform, Reply
from tests.support.signed_contracts import SignedFile

pytestmark = pytest.mark.processes

ENVELOPE = {field.target for field in FIELDS if field.source.startswith("/envelope")}
# Names the schema, and is fixed by it.
CONSTANT = {"/schema", "/contract_digest/alg"}
# A change of these changes the idempotency key as well, so the record is filed under its own new key.
OTHERS: dict[str, Any] = {
    "/filing_type": "12",
    "/jurisdiction_code": "370302",
    "/contract_no": "HT-OTHER-0001",
    "/employer/uscc": "91370303MA3TE5T03M",
    "/employer/type": "11",
    "/employer/economic_type": "174",
    "/employer/industry": "C3731",
    "/worker/id_type": "17",
    "/worker/sex": {"1": "2", "2": "1"},
    "/worker/hukou_type": "12",
    "/worker/hukou_code": "370302",
    "/worker/education": "21",
    "/worker/mobile": "13900000000",
    "/contract/sign_kind": "2",
    "/contract/term_type": "3",
    "/contract/employment_form": "2",
    "/contract/employment_kind": "020",
    "/contract/worktime_system": "2",
    "/contract/occupation_code": "6-20-01-02",
    "/contract/work_place_code": "370302",
    "/contract/wage_unit": "day",
    "/submitter_phone": "0533-2345679",
}


def changed(record: dict[str, Any], pointer: str) -> dict[str, Any]:
    """The record with another value at `pointer`, one that the schema allows."""
    other = copy.deepcopy(record)
    *parents, last = pointer.split("/")[1:]
    place = other
    for step in parents:
        place = place[step]
    value = place[last]
    choice = OTHERS.get(pointer)
    if isinstance(choice, dict):
        place[last] = choice[value]
    elif choice is not None:
        place[last] = choice
    elif isinstance(value, bool):
        place[last] = not value
    elif isinstance(value, int):
        place[last] = value + 1
    elif pointer in ("/signed_at", "/submitted_at"):
        digit = "0" if value[18] != "0" else "1"
        place[last] = value[:18] + digit + value[19:]
    elif pointer == "/filing_id":
        place[last] = ("0" if value[0] != "0" else "1") + value[1:]
    elif len(value) == 10 and value[4] == "-":
        place[last] = (date.fromisoformat(value) + timedelta(days=1)).isoformat()
    elif len(value) == 64:
        place[last] = ("0" if value[0] != "0" else "1") + value[1:]
    elif value.replace(".", "").isdigit() and "." in value:
        place[last] = str(int(value[0]) % 9 + 1) + value[1:]
    else:
        place[last] = value[:-1] + ("甲" if value[-1] != "甲" else "乙")
    assert place[last] != value
    return other


@pytest.fixture
def draft(platform: Platform, contract: SignedFile) -> Draft:
    return platform.draft(contract, submitter_id="u-1", agency_code="37030301", remark="无")


def pointers(draft: Draft) -> list[str]:
    return [pointer for pointer, _ in leaves(draft.record) if pointer not in CONSTANT]


def test_no_field_can_be_changed_without_the_employer(platform: Platform, draft: Draft) -> None:
    """Somebody between employer and province changes one field: the employer's signature no longer fits."""
    tried = pointers(draft)
    forged = [replace(draft, record=changed(draft.record, pointer)) for pointer in tried]

    replies = platform.submit(*forged)

    for pointer, reply in zip(tried, replies, strict=True):
        assert reply.status == 422, pointer
        # another digest is noticed before the signature is looked at
        expected = {"employer_signature_invalid", "document_digest_mismatch", "sender_not_allowed"}
        assert reply.code in expected, (pointer, reply.code)
    assert [r.code for r in replies].count("employer_signature_invalid") == len(tried) - 1
    assert draft.key not in json.dumps(platform.sandbox.ledger())


def test_no_field_of_the_contract_can_be_changed_by_the_employer(platform: Platform, draft: Draft) -> None:
    """The employer files, and signs, something else than was agreed: the contract inside the PDF says so."""
    tried = [pointer for pointer in pointers(draft) if pointer not in ENVELOPE]
    lies = [changed(draft.record, pointer) for pointer in tried]
    key = platform.authorities.organisation(
        draft.record["employer"]["name"], draft.record["employer"]["uscc"]
    )

    replies = platform.submit(*(platform.seal_record(lie, draft.pdf, key) for lie in lies))

    for pointer, reply in zip(tried, replies, strict=True):
        assert reply.status == 422, (pointer, reply.code)
        assert any(field == pointer for field, _ in reply.items) or reply.code in (
            "document_digest_mismatch",
            "employer_mismatch",
        ), (pointer, reply.code, reply.items)
    assert len(tried) > 50
    assert draft.key not in json.dumps(platform.sandbox.ledger())


def refused(platform: Platform, record: dict[str, Any], pdf: bytes) -> Reply:
    reply = platform.file(platform.seal_record(record, pdf))
    assert reply.status == 422
    return reply


def test_what_the_contract_does_not_say_cannot_be_added(platform: Platform, draft: Draft) -> None:
    record = copy.deepcopy(draft.record)
    record["employer"]["affiliation"] = "90"

    reply = refused(platform, record, draft.pdf)

    assert (reply.code, reply.items) == (
        "record_differs",
        {("/employer/affiliation", "differs_from_contract")},
    )


def test_what_the_contract_says_cannot_be_left_out(platform: Platform, draft: Draft) -> None:
    record = copy.deepcopy(draft.record)
    del record["employer"]["si_no"]

    assert ("/employer/si_no", "differs_from_contract") in refused(platform, record, draft.pdf).items


def test_all_faults_are_told_at_once_each_with_a_remedy(platform: Platform, draft: Draft) -> None:
    record = copy.deepcopy(draft.record)
    record["worker"]["education"] = "99"
    record["contract"]["wage_amount"] = "9999.00"
    record["submitter_phone"] = "12345"

    reply = refused(platform, record, draft.pdf)

    assert {
        ("/worker/education", "differs_from_contract"),
        ("/worker/education", "code_unknown"),
        ("/contract/wage_amount", "differs_from_contract"),
    } <= reply.items
    assert any(field == "/submitter_phone" for field, _ in reply.items)
    assert reply.answer is not None
    assert all(item.text and item.remedy for item in reply.answer.reject_items)


def test_a_required_field_of_the_profile_is_demanded(platform: Platform, draft: Draft) -> None:
    record = copy.deepcopy(draft.record)
    del record["contract"]["si_injury"]

    assert ("/contract/si_injury", "field_missing") in refused(platform, record, draft.pdf).items


def test_a_record_against_its_schema_is_refused_with_the_fields_named(
    platform: Platform, draft: Draft
) -> None:
    record = copy.deepcopy(draft.record)
    record["schema"] = "urn:qianbei:schema:filing-record:2"
    record["contract_digest"]["alg"] = "SM3"
    record["worker"]["mobile"] = "12"

    reply = platform.file_unchecked({**draft.body, "record": record})

    assert (reply.status, reply.code) == (422, "record_invalid")
    assert {"/schema", "/contract_digest/alg", "/worker/mobile"} <= {field for field, _ in reply.items}


@pytest.mark.parametrize(
    ("shift", "code"), [(-86400, "submitted_before_signing"), (120, "submitted_after_sending")]
)
def test_the_time_of_filing_must_be_possible(
    platform: Platform, contract: SignedFile, shift: int, code: str
) -> None:
    moment = datetime.now(UTC) + timedelta(seconds=shift)

    reply = platform.file(platform.draft(contract, submitted_at=moment))

    assert ("/submitted_at", code) in reply.items
