"""The province looks at changes as closely as at hires: agreement, signers, what is on file."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pytest

from tests.support.contract_facts import sample_change, sample_ending
from tests.support.sandbox import Draft, Platform, Reply
from tests.support.signed_contracts import SignedFile, sign_agreement, sign_certificate

pytestmark = pytest.mark.processes


@dataclass
class Hired:
    """A contract on file with the province; `receipt_no` is that of its latest filing."""

    platform: Platform
    contract: SignedFile
    receipt_no: str
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return date.fromisoformat(self.contract.facts["contract"]["start"])

    def change(self, *, number: int = 1, **terms: Any) -> dict[str, Any]:
        """Facts of a change from the first day on, of what holds so far."""
        signed = self.contract.facts
        before = {**signed, "contract": self.facts.get("contract", signed["contract"])}
        return sample_change(before, effective_on=self.today, number=number, **terms)

    def draft(self, facts: dict[str, Any], **envelope: Any) -> Draft:
        signed = sign_agreement(self.platform.authorities, facts)
        return self.platform.draft(signed, **{"prev_filing_no": self.receipt_no, **envelope})

    def file(self, facts: dict[str, Any], **envelope: Any) -> Reply:
        reply = self.platform.file(self.draft(facts, **envelope))
        if reply.state == "accepted":
            assert reply.answer is not None
            self.receipt_no, self.facts = str(reply.answer.receipt_no), facts
        return reply


@pytest.fixture
def hired(platform: Platform) -> Hired:
    contract = platform.contract("general")
    reply = platform.file(platform.draft(contract))
    assert reply.answer is not None
    return Hired(platform, contract, str(reply.answer.receipt_no))


def test_changes_that_both_have_signed_are_accepted_one_after_another(hired: Hired) -> None:
    first = hired.draft(hired.change(job_title="班组长", pay_day=10))
    reply = hired.platform.file(first)
    assert (reply.status, reply.state) == (200, "accepted"), (reply.code, reply.items)
    [effect] = [row for row in hired.platform.sandbox.ledger() if row["key"] == first.key]
    assert effect["filing_type"] == "31"
    assert first.record["change"]["items"] == [
        {"field": "/contract/job_title", "old": "装配工", "new": "班组长"}
    ]
    assert reply.answer is not None
    hired.receipt_no, hired.facts = str(reply.answer.receipt_no), hired.change(job_title="班组长", pay_day=10)
    second = hired.file(hired.change(number=2, job_title="车间主任", wage_amount="5300.00", wage_items=None))
    assert second.state == "accepted", (second.code, second.items)


def test_an_ending_after_a_change_is_about_the_contract_as_changed(hired: Hired) -> None:
    assert hired.file(hired.change(job_title="班组长")).state == "accepted"
    agreed: dict[str, Any] = {"reason": "3602", "evidence": ("agreement",), "ends_on": hired.today}
    for contract, state in ((hired.contract.facts, None), (hired.facts, "accepted")):
        certificate = sign_certificate(hired.platform.authorities, sample_ending(contract, **agreed))
        draft = hired.platform.draft(certificate, prev_filing_no=hired.receipt_no)
        reply = hired.platform.file(draft)
        assert reply.state == state, (reply.code, reply.items)
        if state is None:
            assert reply.items == {("/contract/job_title", "differs_from_hire")}


def test_a_record_that_differs_from_the_agreement_is_refused(hired: Hired) -> None:
    draft = hired.draft(hired.change(wage_amount="6200.00", wage_items=None))
    items = [{"field": "/contract/wage_amount", "old": "5200.00", "new": "9200.00"}]
    contract = {**draft.record["contract"], "wage_amount": "9200.00"}
    record = {**draft.record, "contract": contract, "change": {**draft.record["change"], "items": items}}
    reply = hired.platform.file(hired.platform.seal_record(record, draft.pdf))
    assert reply.code == "record_differs"
    assert {place for place, code in reply.items if code == "differs_from_contract"} == {
        "/change/items",
        "/contract/wage_amount",
    }


def test_an_unlawful_change_is_refused_with_every_fault(hired: Hired) -> None:
    """Another first day of work, and flexible hours without an approval: both sides signed it."""
    facts = hired.change(employment_start="2020-01-01", worktime_system="3", wage_items=None)
    reply = hired.file(facts)
    assert reply.code == "record_invalid"
    assert {("/contract/employment_start", "rule_rc3")} <= reply.items
    assert "rule_r36lb" in {code for _, code in reply.items}


def test_items_that_are_not_what_differs_are_found_out(hired: Hired) -> None:
    facts = hired.change(job_title="班组长")
    [item] = facts["change"]["items"]
    facts["change"]["items"] = [{**item, "new": "班长"}]
    reply = hired.file(facts)
    assert ("/change/items", "rule_rc2") in reply.items


def test_a_change_of_something_else_than_what_is_on_file_is_refused(hired: Hired) -> None:
    """An earlier change was never filed."""
    hired.facts = hired.change(job_title="班组长")
    reply = hired.file(hired.change(number=2, job_title="车间主任"))
    assert (reply.code, reply.items) == ("record_invalid", {("/contract/job_title", "differs_from_file")})


@pytest.mark.parametrize("prev", ["TEST37030320200101000001", "another's"])
def test_a_change_of_nothing_is_refused(hired: Hired, prev: str) -> None:
    if prev == "another's":
        reply = hired.platform.file(hired.platform.draft())
        assert reply.answer is not None
        prev = str(reply.answer.receipt_no)
    reply = hired.file(hired.change(job_title="班组长"), prev_filing_no=prev)
    assert (reply.code, reply.items) == (
        "record_invalid",
        {("/prev_filing_no", "previous_filing_unknown")},
    )


def test_a_change_is_filed_once(hired: Hired) -> None:
    first = hired.draft(hired.change(job_title="班组长"))
    assert hired.platform.file(first).state == "accepted"
    assert hired.platform.file(first).state == "accepted", "the same key again is the same filing"
    reply = hired.platform.file(replace(first, version=2))
    assert (reply.code, reply.items) == ("duplicate_filing", {("/contract_no", "already_filed")})
