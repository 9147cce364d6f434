"""The province looks at endings as closely as at hires: certificate, signers, the contract on file."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest

from tests.support.contract_facts import sample_ending
from tests.support.sandbox import Draft, Platform
from tests.support.signed_contracts import SignedFile, sign_certificate

pytestmark = pytest.mark.processes

DISMISSAL = ("rules", "facts", "union notice", "proof of service")


@dataclass
class Hired:
    """A contract on file with the province."""

    platform: Platform
    contract: SignedFile
    receipt_no: str

    def facts(self, **wish: Any) -> dict[str, Any]:
        """Facts of its ending today: agreed, by the worker's wish, unless told otherwise."""
        today = date.fromisoformat(self.contract.facts["contract"]["employment_start"])
        agreed = {"reason": "3602", "evidence": ("agreement",), "ends_on": today}
        return sample_ending(self.contract.facts, **{**agreed, **wish})

    def draft(self, certificate: SignedFile | None = None, **envelope: Any) -> Draft:
        certificate = certificate or sign_certificate(self.platform.authorities, self.facts())
        return self.platform.draft(certificate, **{"prev_filing_no": self.receipt_no, **envelope})


@pytest.fixture
def hired(platform: Platform) -> Hired:
    contract = platform.contract("general")
    reply = platform.file(platform.draft(contract))
    assert reply.answer is not None
    return Hired(platform, contract, str(reply.answer.receipt_no))


def test_an_ending_that_both_have_signed_is_accepted(hired: Hired) -> None:
    draft = hired.draft()
    reply = hired.platform.file(draft)
    assert (reply.status, reply.state) == (200, "accepted"), (reply.code, reply.items)
    [effect] = [row for row in hired.platform.sandbox.ledger() if row["key"] == draft.key]
    assert effect["filing_type"] == "51"


def test_a_dismissal_needs_the_employers_seal_only(hired: Hired) -> None:
    day = date.fromisoformat(hired.contract.facts["contract"]["employment_start"])
    facts = hired.facts(reason="3902", evidence=DISMISSAL, union_notice_date=day)
    reply = hired.platform.file(hired.draft(sign_certificate(hired.platform.authorities, facts)))
    assert reply.state == "accepted", (reply.code, reply.items)


def test_an_agreed_ending_that_the_worker_has_not_signed_is_refused(hired: Hired) -> None:
    alone = sign_certificate(hired.platform.authorities, hired.facts(), roles=("employer",))
    reply = hired.platform.file(hired.draft(alone))
    assert (reply.code, reply.items) == ("document_invalid", {("/contract_digest", "parties_missing")})


def test_a_record_that_differs_from_the_certificate_is_refused(hired: Hired) -> None:
    draft = hired.draft()
    record = {**draft.record, "ending": {**draft.record["ending"], "reason": "3701", "involuntary": True}}
    reply = hired.platform.file(hired.platform.seal_record(record, draft.pdf))
    assert reply.code == "record_differs"
    assert {field for field, code in reply.items if code == "differs_from_contract"} == {
        "/ending/involuntary",
        "/ending/reason",
    }


def test_an_unlawful_ending_is_refused_with_every_fault(hired: Hired) -> None:
    facts = hired.facts(reason="3902", evidence=("rules",))
    reply = hired.platform.file(hired.draft(sign_certificate(hired.platform.authorities, facts)))
    assert reply.code == "record_invalid"
    assert reply.items == {("/ending/evidence", "rule_re5"), ("/ending/union_notice_date", "rule_re43")}


def test_an_ending_of_nothing_is_refused(hired: Hired) -> None:
    reply = hired.platform.file(hired.draft(prev_filing_no="TEST37030320200101000001"))
    assert (reply.code, reply.items) == (
        "record_invalid",
        {("/prev_filing_no", "previous_filing_unknown")},
    )


def test_an_ending_names_the_filing_of_its_own_contract(hired: Hired) -> None:
    certificate = sign_certificate(
        hired.platform.authorities, {**hired.facts(), "contract_no": "HT-2026-OTHER-0001"}
    )
    reply = hired.platform.file(hired.draft(certificate))
    assert (reply.code, reply.items) == ("record_invalid", {("/contract_no", "not_the_contract_on_file")})


def test_a_contract_ends_once(hired: Hired) -> None:
    first = hired.draft()
    assert hired.platform.file(first).state == "accepted"
    assert hired.platform.file(first).state == "accepted", "the same key again is the same filing"
    reply = hired.platform.file(replace(hired.draft(), version=2))
    assert (reply.code, reply.items) == ("duplicate_filing", {("/contract_no", "already_filed")})
    assert [row["filing_type"] for row in hired.platform.sandbox.ledger() if row["key"] == first.key] == [
        "51"
    ]


def test_a_contract_sent_as_a_certificate_is_refused(hired: Hired) -> None:
    draft = hired.draft()
    record = {
        **draft.record,
        "contract_digest": hired.platform.draft(hired.contract).record["contract_digest"],
    }
    reply = hired.platform.file(hired.platform.seal_record(record, hired.contract.pdf))
    assert (reply.code, reply.items) == ("document_invalid", {("/contract_digest", "facts_unreadable")})
