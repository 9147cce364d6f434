"""What every test of the bridge starts from."""

from datetime import timedelta
from typing import Any

import pytest

from core.canonical import sha256_hex
from filing_bridge.mapping import Envelope, FilingType, SignedContract, to_filing_record
from tests.support.contract_facts import sample_facts
from tests.support.filing_parties import NOW, PDF, Employer, Party, make_employer, p256


@pytest.fixture(scope="session")
def platform() -> Party:
    return Party(p256())


@pytest.fixture(scope="session")
def province() -> Party:
    return Party(p256())


@pytest.fixture(scope="session")
def employer() -> Employer:
    return make_employer()


@pytest.fixture
def facts() -> dict[str, Any]:
    return sample_facts("general")


@pytest.fixture
def signed() -> SignedContract:
    return SignedContract(sha256_hex(PDF), NOW - timedelta(minutes=1))


@pytest.fixture
def envelope() -> Envelope:
    return Envelope(
        filing_id="3f0c0a52-7d1e-4c55-9a55-0d6d8f6f0a01",
        submitter_name="示例人事",
        submitter_phone="0533-2345678",
        submitted_at=NOW,
    )


@pytest.fixture
def record(facts: dict[str, Any], signed: SignedContract, envelope: Envelope) -> dict[str, Any]:
    return to_filing_record(facts, signed, FilingType.HIRE, envelope)
