"""The province looks at suspensions: document, signers, and whether the contract on file rests."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from contracts.suspensions.facts import RESUME, SUSPEND
from tests.support.contract_facts import sample_change, sample_suspension
from tests.support.sandbox import Platform, Reply
from tests.support.signed_contracts import SHANGHAI, SignedFile, sign_agreement, sign_suspension

pytestmark = pytest.mark.processes


@dataclass
class Hired:
    """A contract on file with the province; `receipt_no` is that of its latest filing."""

    platform: Platform
    contract: SignedFile
    receipt_no: str
    number: int = 0

    @property
    def start(self) -> date:
        return date.fromisoformat(self.contract.facts["contract"]["start"])

    def act(self, act: str, *, roles: tuple[str, ...] | None = None, **wish: Any) -> Reply:
        """File a suspension from the first day on, or a resumption of it."""
        self.number += 1
        usual = {"effective_on": self.start, "reason": "3", "evidence": True}
        facts = sample_suspension(self.contract.facts, number=self.number, act=act, **{**usual, **wish})
        return self._file(sign_suspension(self.platform.authorities, facts, roles=roles))

    def change(self, **terms: Any) -> Reply:
        facts = sample_change(self.contract.facts, effective_on=self.start, **terms)
        return self._file(sign_agreement(self.platform.authorities, facts))

    def _file(self, signed: SignedFile) -> Reply:
        reply = self.platform.file(self.platform.draft(signed, prev_filing_no=self.receipt_no))
        if reply.state == "accepted":
            assert reply.answer is not None
            self.receipt_no = str(reply.answer.receipt_no)
        return reply


@pytest.fixture
def hired(platform: Platform) -> Hired:
    """Work began three days ago, so that a contract may rest and go on by today."""
    day = datetime.now(SHANGHAI).date() - timedelta(days=3)
    starts = dict.fromkeys(("start", "employment_start"), day.isoformat())
    probation = dict.fromkeys(("probation_months", "probation_start", "probation_end", "probation_wage"))
    contract = platform.contract("general", contract={**starts, **probation})
    reply = platform.file(platform.draft(contract))
    assert reply.answer is not None, (reply.code, reply.items)
    return Hired(platform, contract, str(reply.answer.receipt_no))


def back(hired: Hired, **wish: Any) -> Reply:
    return hired.act(
        RESUME, **{"since": hired.start, "effective_on": hired.start + timedelta(days=1), **wish}
    )


def test_c01_a_suspension_and_its_resumption_are_accepted_in_turn(hired: Hired) -> None:
    for _ in range(2):
        reply = hired.act(SUSPEND)
        assert reply.state == "accepted", (reply.code, reply.items)
        reply = back(hired)
        assert reply.state == "accepted", (reply.code, reply.items)
    types = [row["filing_type"] for row in hired.platform.sandbox.ledger()[-4:]]
    assert types == ["41", "42", "41", "42"]


def test_what_rests_is_not_suspended_again(hired: Hired) -> None:
    assert hired.act(SUSPEND).state == "accepted"
    reply = hired.act(SUSPEND)
    assert (reply.code, reply.items) == ("record_invalid", {("/filing_type", "suspended_already")})


def test_only_a_suspension_on_file_is_resumed(hired: Hired) -> None:
    assert back(hired).items == {("/filing_type", "not_suspended")}
    assert hired.act(SUSPEND).state == "accepted"
    wrong = back(hired, since=hired.start + timedelta(days=1), effective_on=hired.start + timedelta(days=2))
    assert wrong.items == {("/filing_type", "not_suspended")}, "it began on another day"
    assert back(hired).state == "accepted"
    assert back(hired).items == {("/filing_type", "not_suspended")}


def test_a_change_after_a_resumption_is_of_the_terms_on_file_before_it(hired: Hired) -> None:
    assert hired.act(SUSPEND).state == "accepted"
    assert back(hired).state == "accepted"
    reply = hired.change(job_title="班组长")
    assert reply.state == "accepted", (reply.code, reply.items)


def test_what_was_agreed_needs_both_signatures(hired: Hired) -> None:
    reply = hired.act(SUSPEND, reason="1", roles=("employer",))
    assert ("/contract_digest", "parties_missing") in reply.items


def test_an_unlawful_suspension_is_refused(hired: Hired) -> None:
    reply = hired.act(SUSPEND, evidence=False)
    assert ("/suspension/evidence", "rule_rs4") in reply.items
