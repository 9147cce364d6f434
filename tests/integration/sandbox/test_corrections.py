"""The province looks at corrections as closely as at hires, and gives back what nobody has decided."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from core.canonical import sha256_hex
from filing_bridge import protocol
from filing_bridge.correction import facts_of, items_of
from filing_bridge.mapping import Envelope, FilingType, SignedContract, to_filing_record
from filing_bridge.profiles import profile_for
from filing_bridge.protocol import Interface
from filing_bridge.slip import render_slip
from tests.support.contract_facts import sample_ending
from tests.support.papers import picture
from tests.support.sandbox import SYSTEM_CODE, Draft, Platform, Reply, employer_signature
from tests.support.signed_contracts import SignedFile, sign_certificate

pytestmark = pytest.mark.processes


@dataclass
class OnFile:
    """An accepted hire and what holds of it by now."""

    platform: Platform
    contract: SignedFile
    hire: Draft
    receipt_no: str
    count: int = 0

    def correction(
        self, changes: dict[str, str], *, evidence: bytes = b"", receipt_no: str = "", **facts: Any
    ) -> Draft:
        """A correct correction; `facts` changes its facts, in the slip and in the record alike."""
        self.count += 1
        now = datetime.now(UTC)
        made = facts_of(
            self.hire.record,
            receipt_no or self.receipt_no,
            correction_no=f"GZ-{self.hire.key[:8].upper()}-{self.count}",
            items=items_of(self.hire.record, changes),
            reason="录入笔误",
            evidence=sha256_hex(evidence) if evidence else "",
        )
        made["correction"] |= facts
        slip = render_slip(self.hire.record, now.isoformat(), made, evidence=evidence, at=now).pdf
        return self.platform.seal_record(self.record(made, slip), slip)

    def record(self, facts: dict[str, Any], slip: bytes) -> dict[str, Any]:
        now = datetime.now(UTC)
        envelope = Envelope(
            filing_id=str(UUID(int=self.platform.chance.getrandbits(128), version=4)),
            submitter_name="测试人事",
            submitter_phone="0533-2345678",
            submitted_at=now,
        )
        omit = profile_for("370303").omit
        signed = SignedContract(sha256_hex(slip), now)
        return to_filing_record(facts, signed, FilingType.CORRECTION, envelope, omit=omit)


@pytest.fixture
def on_file(platform: Platform) -> OnFile:
    contract = platform.contract("general")
    hire = platform.draft(contract)
    reply = platform.file(hire)
    assert reply.answer is not None
    return OnFile(platform, contract, hire, str(reply.answer.receipt_no))


def accept(on_file: OnFile, draft: Draft) -> Reply:
    """An officer accepts."""
    on_file.platform.sandbox.admin("POST", "decisions", {"key": draft.key, "state": "accepted"})
    return on_file.platform.query(draft)


def end_after(on_file: OnFile, days: int) -> dict[str, str]:
    end = date.fromisoformat(on_file.hire.record["contract"]["end"]) + timedelta(days=days)
    return {"/contract/end": end.isoformat()}


def test_d05_a_minor_correction_is_accepted_at_once_and_made_once(on_file: OnFile) -> None:
    draft = on_file.correction({"/contract/job_title": "质检员"})
    reply = on_file.platform.file(draft)
    assert (reply.status, reply.state) == (200, "accepted"), (reply.code, reply.items)
    assert on_file.platform.file(draft).token == reply.token, "the same key again is the same correction"
    effects = [row["filing_type"] for row in on_file.platform.sandbox.ledger() if row["key"] == draft.key]
    assert effects == ["61"]
    second = on_file.correction({"/contract/job_title": "检验员"})
    refused = on_file.platform.file(second)
    assert (refused.code, refused.items) == (
        "record_invalid",
        {("/contract/job_title", "differs_from_file")},
    ), "it starts from what was filed first, which does not hold any more"


def test_a_material_correction_waits_for_people_and_moves_what_is_on_file(on_file: OnFile) -> None:
    draft = on_file.correction(end_after(on_file, 30), evidence=picture())
    reply = on_file.platform.file(draft)
    assert reply.state == "under_review", (reply.code, reply.items)
    another = on_file.platform.file(on_file.correction({"/contract/job_title": "质检员"}))
    assert (another.code, another.items) == ("duplicate_filing", {("/prev_filing_no", "correction_pending")})
    assert accept(on_file, draft).state == "accepted"


def test_papers_signed_before_a_correction_still_fit(on_file: OnFile) -> None:
    """The certificate repeats the post of the signed contract; the correction has changed what is on file."""
    assert on_file.platform.file(on_file.correction({"/contract/job_title": "质检员"})).state == "accepted"
    today = date.fromisoformat(on_file.contract.facts["contract"]["start"])
    facts = sample_ending(on_file.contract.facts, reason="3602", evidence=("agreement",), ends_on=today)
    certificate = sign_certificate(on_file.platform.authorities, facts)
    draft = on_file.platform.draft(certificate, prev_filing_no=on_file.receipt_no)
    reply = on_file.platform.file(draft)
    assert reply.state == "accepted", (reply.code, reply.items)


@pytest.mark.parametrize(
    ("facts", "places"),
    [
        ({"weight": "minor"}, {("/correction/weight", "correction_weight_differs")}),
        (
            {"items": [{"field": "/contract/wage_unit", "old": "month", "new": "day"}]},
            {("/contract/wage_unit", "correction_not_of_field")},
        ),
    ],
)
def test_class_and_fields_are_looked_at(
    on_file: OnFile, facts: dict[str, Any], places: set[tuple[str, str]]
) -> None:
    draft = on_file.correction(end_after(on_file, 30), evidence=picture(), **facts)
    reply = on_file.platform.file(draft)
    assert reply.code == "record_invalid"
    assert places <= reply.items


def test_evidence_is_demanded_and_has_to_be_the_one_that_is_named(on_file: OnFile) -> None:
    bare = on_file.platform.file(on_file.correction(end_after(on_file, 30)))
    assert ("/correction/evidence/value", "field_missing") in bare.items
    other = on_file.correction(end_after(on_file, 30), evidence=picture())
    record = {
        **other.record,
        "correction": {**other.record["correction"], "evidence": {"alg": "SHA-256", "value": "0" * 64}},
    }
    reply = on_file.platform.file(on_file.platform.seal_record(record, other.pdf))
    assert ("/correction/evidence/value", "correction_without_evidence") in reply.items
    assert reply.code == "record_differs"


def test_another_person_is_never_a_correction(on_file: OnFile) -> None:
    changes = {"/worker/name": "测试乙"}
    draft = on_file.correction(changes, evidence=picture())
    other = {
        "field": "/worker/id_no",
        "old": on_file.hire.record["worker"]["id_no"],
        "new": "110105194912310021",
    }
    items = [*draft.record["correction"]["items"], other]
    record = {**draft.record, "correction": {**draft.record["correction"], "items": items}}
    reply = on_file.platform.file(on_file.platform.seal_record(record, draft.pdf))
    assert ("/worker/id_no", "correction_of_person") in reply.items


def test_only_ones_own_accepted_filings_are_corrected(on_file: OnFile, stranger: Platform) -> None:
    unknown = on_file.correction({"/contract/job_title": "质检员"}, receipt_no="TEST37030320200101000001")
    assert on_file.platform.file(unknown).items == {("/prev_filing_no", "previous_filing_unknown")}
    first = on_file.correction({"/contract/job_title": "质检员"})
    reply = on_file.platform.file(first)
    assert reply.answer is not None
    of_itself = on_file.correction({"/contract/job_title": "检验员"}, receipt_no=str(reply.answer.receipt_no))
    assert on_file.platform.file(of_itself).items == {("/prev_filing_no", "previous_filing_unknown")}
    stranger.register(jurisdictions=["37"])
    foreign = on_file.correction({"/contract/job_title": "检验员"})
    assert stranger.file(foreign).items == {("/prev_filing_no", "previous_filing_unknown")}


def test_a_correction_that_would_leave_a_fault_is_refused(on_file: OnFile) -> None:
    start = on_file.hire.record["contract"]["start"]
    before = (date.fromisoformat(start) - timedelta(days=1)).isoformat()
    reply = on_file.platform.file(on_file.correction({"/contract/end": before}, evidence=picture()))
    assert ("/contract/end", "end_before_start") in reply.items


def test_a_slip_that_says_something_else_is_found_out(on_file: OnFile) -> None:
    shown = on_file.correction({"/contract/job_title": "质检员"})
    item = {**shown.record["correction"]["items"][0], "new": "厂长"}
    record = {**shown.record, "correction": {**shown.record["correction"], "items": [item]}}
    reply = on_file.platform.file(on_file.platform.seal_record(record, shown.pdf))
    assert (reply.code, reply.items) == ("record_differs", {("/correction/items", "differs_from_contract")})
    no_slip = on_file.platform.seal_record(
        {**shown.record, "contract_digest": {"alg": "SHA-256", "value": sha256_hex(b"%PDF-1.7")}}, b"%PDF-1.7"
    )
    assert on_file.platform.file(no_slip).code == "document_invalid"


@pytest.fixture
def reviewing(platform: Platform) -> Iterator[Platform]:
    """The stand-in waits for people."""
    platform.sandbox.settings(decide="review", review_seconds=None)
    yield platform
    platform.sandbox.settings(decide="instant")


def void(platform: Platform, draft: Draft, receipt_no: str, wrong: dict[str, str] | None = None) -> Reply:
    """Withdraw a filing; `wrong` changes the record before it is signed."""
    record = protocol.void_record(
        draft.record,
        key=draft.key,
        receipt_no=receipt_no,
        reason="合同尚需修改",
        requested_at=datetime.now(UTC),
    )
    record |= wrong or {}
    employer = draft.record["employer"]
    key = platform.authorities.organisation(employer["name"], employer["uscc"])
    body = protocol.void(record, employer_signature=employer_signature(record, key))
    return send_void(platform, draft, {**body, "idempotency_key": draft.key})


def send_void(platform: Platform, draft: Draft, body: dict[str, Any]) -> Reply:
    message = platform.message(Interface.VOID, body)
    response = platform.post(f"/v1/filings/{draft.key}/void", {"message": message})
    document = response.json()
    if response.status_code != 200:
        return Reply(response.status_code, problem=document)
    answer = protocol.open_answer(
        document["answer"],
        platform.sandbox.keys,
        system_code=SYSTEM_CODE,
        idempotency_key=draft.key,
        record_digest=draft.digest,
    )
    return Reply(200, answer, token=document["answer"])


def taken_in(platform: Platform) -> tuple[Draft, str]:
    draft = platform.draft()
    reply = platform.file(draft)
    assert reply.state == "under_review"
    assert reply.answer is not None
    return draft, str(reply.answer.receipt_no)


def test_a_withdrawal_is_answered_with_how_the_filing_stands_and_always_alike(reviewing: Platform) -> None:
    draft, receipt_no = taken_in(reviewing)
    first = void(reviewing, draft, receipt_no)
    assert first.state == "voided"
    assert void(reviewing, draft, receipt_no).token == first.token
    assert reviewing.query(draft).token == first.token
    assert reviewing.file(draft).token == first.token, "the key stays used"
    assert reviewing.file(reviewing.next_version(draft)).state == "under_review"
    assert not [row for row in reviewing.sandbox.ledger() if row["key"] == draft.key]


@pytest.mark.parametrize("decision", ["accepted", "rejected"])
def test_a_review_that_came_first_stays(reviewing: Platform, decision: str) -> None:
    draft, receipt_no = taken_in(reviewing)
    reviewing.sandbox.admin("POST", "decisions", {"key": draft.key, "state": decision})
    assert void(reviewing, draft, receipt_no).state == decision


def test_who_may_not_withdraw_changes_nothing(reviewing: Platform, stranger: Platform) -> None:
    draft, receipt_no = taken_in(reviewing)
    assert void(stranger, draft, receipt_no).code == "filing_not_found"
    for wrong in ({"receipt_no": "TEST1"}, {"record_digest": "0" * 64}, {"idempotency_key": "0" * 64}):
        assert void(reviewing, draft, receipt_no, wrong).code == "void_invalid", wrong
    record = protocol.void_record(
        draft.record, key=draft.key, receipt_no=receipt_no, reason="x", requested_at=datetime.now(UTC)
    )
    someone = reviewing.authorities.organisation("别家公司", "91370303MA3TE5T03M")
    forged = protocol.void(record, employer_signature=employer_signature(record, someone))
    assert send_void(reviewing, draft, forged).code == "void_invalid"
    assert reviewing.query(draft).state == "under_review"


def test_a_correction_is_not_withdrawn(on_file: OnFile) -> None:
    draft = on_file.correction(end_after(on_file, 30), evidence=picture())
    reply = on_file.platform.file(draft)
    assert reply.answer is not None
    assert void(on_file.platform, draft, str(reply.answer.receipt_no)).code == "void_invalid"
    assert on_file.platform.query(draft).state == "under_review"
