"""B16 at the province: a contract signed elsewhere is filed as such, and looked at by an officer."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest

from filing_bridge.mapping import Envelope, SignedContract, filing_type_for, to_filing_record
from filing_bridge.profiles import profile_for
from tests.support.sandbox import Draft, Platform, RunningSandbox
from tests.support.signed_contracts import SignedFile, random_facts
from tests.support.signed_elsewhere import sign_elsewhere


@pytest.fixture
def as_profiled(sandbox: RunningSandbox) -> Iterator[None]:
    sandbox.settings(decide="profile")
    yield
    sandbox.settings(decide="instant")


def draft(platform: Platform, signed: SignedFile, **changes: dict[str, Any]) -> Draft:
    """The filing of a file from elsewhere; `changes` by section let the record say something else."""
    facts = {
        **signed.facts,
        **{name: {**signed.facts[name], **values} for name, values in changes.items()},
    }
    record = to_filing_record(
        facts,
        SignedContract(sha256(signed.pdf).hexdigest(), signed.signed_at, elsewhere=True),
        filing_type_for(facts, late=False),
        Envelope(
            filing_id=str(UUID(int=platform.chance.getrandbits(128), version=4)),
            submitter_name="测试人事",
            submitter_phone="0533-2345678",
            submitted_at=datetime.now(UTC),
        ),
        omit=profile_for(facts["jurisdiction_code"]).omit,
    )
    return platform.seal_record(record, signed.pdf)


@pytest.fixture
def signed(platform: Platform) -> SignedFile:
    return sign_elsewhere(platform.authorities, random_facts(platform.chance, "general"))


def test_b16_an_officer_looks_at_it_where_others_are_accepted_at_once(
    platform: Platform, as_profiled: None, signed: SignedFile
) -> None:
    assert platform.file(platform.draft()).state == "accepted"
    reply = platform.file(draft(platform, signed))
    assert reply.state == "under_review", (reply.code, reply.items)


def test_b16_filed_as_if_it_were_signed_here_it_is_refused(platform: Platform, signed: SignedFile) -> None:
    here = draft(platform, signed)
    record = {name: value for name, value in here.record.items() if name != "signed_elsewhere"}
    reply = platform.file(platform.seal_record(record, signed.pdf))
    assert (reply.code, reply.items) == ("document_invalid", {("/contract_digest", "not_certified")})


def test_b16_the_record_names_who_signed(platform: Platform, signed: SignedFile) -> None:
    reply = platform.file(draft(platform, signed, worker={"name": "测试旁人"}))
    assert reply.items == {("/worker/name", "signer_is_not_the_worker")}


def test_b16_the_record_states_when_it_was_signed(platform: Platform, signed: SignedFile) -> None:
    later = replace(signed, signed_at=signed.signed_at - timedelta(days=1))
    reply = platform.file(draft(platform, later))
    assert reply.code == "record_differs"
    assert {field for field, _ in reply.items} >= {"/signed_at"}


def test_b16_facts_in_the_file_are_compared(platform: Platform) -> None:
    own = platform.contract("general")
    reply = platform.file(draft(platform, own, contract={"job_title": "总经理"}))
    assert (reply.code, reply.items) == (
        "record_differs",
        {("/contract/job_title", "differs_from_contract")},
    )
