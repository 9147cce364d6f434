"""Rows that the employers' pages show, put straight into the database: no documents, no signatures."""

import itertools
import uuid
from datetime import date, timedelta
from functools import cache
from typing import Any

from accounts.models import Employer, Worker
from contracts.changes.facts import assemble as change_facts
from contracts.changes.facts import changed_terms
from contracts.document.render import render
from contracts.document.template import load_template
from contracts.domain import ContractState, DocumentState
from contracts.endings.facts import Wish, assemble
from contracts.facts import facts_digest
from contracts.models import Change, Contract, LaterDocument, Suspension, TemplateVersion, Termination
from contracts.services.drafting import assemble_facts, dates_of
from contracts.services.publishing import publish_own_templates
from contracts.suspensions.facts import RESUME, SUSPEND
from contracts.suspensions.facts import Wish as SuspensionWish
from contracts.suspensions.facts import assemble as suspension_facts
from core import audit, blobs, clock
from core.periods import last_day
from filing_bridge.correction import facts_of, items_of
from filing_bridge.domain import FilingState, FormState, Outcome
from filing_bridge.mapping import Envelope, FilingType, SignedContract, filing_type_for, to_filing_record
from filing_bridge.models import (
    AttemptResult,
    Correction,
    EvidencePackage,
    Filing,
    FilingAttempt,
    FilingForm,
    Receipt,
)
from signing.domain import PartyKind, PartyState
from signing.models import SignatureRequest, SigningParty
from tests.support import accounts as make
from tests.support.contract_facts import sample_facts

_serial = itertools.count(1)
FAULT = {
    "field": "worker.education",
    "code": "education_unknown",
    "zh": "“文化程度”不在代码表内。",
    "en": "The education is not in the code table.",
    "remedy_zh": "请核对后改为代码表内的文化程度，并重新报送。",
    "remedy_en": "Choose one of the table and file again.",
}


@cache
def pdf() -> bytes:
    """A real document, for contracts whose pages are looked at."""
    content = load_template("general")
    facts = sample_facts("general")
    facts["worker"]["name"] = "测试甲"
    return render(content, facts, at=clock.now()).pdf


def make_contract(
    employer: Employer,
    state: ContractState = ContractState.DRAFT,
    *,
    turn: str = "",
    start: date | None = None,
    worker: Worker | None = None,
    jurisdiction: str = "370303",
    **terms: Any,
) -> Contract:
    """A contract in this state; `turn` is the role whose signature it waits for."""
    if not TemplateVersion.objects.exists():
        publish_own_templates()
    worker = worker or make.make_worker(employer)
    start = start or clock.today()
    day = start.isoformat()
    usual = sample_facts("general")["contract"]
    probation = {
        "probation_start": day,
        "probation_end": last_day(start, usual["probation_months"]).isoformat(),
    }
    wanted = {**usual, "start": day, "employment_start": day, **probation, **terms}
    template = TemplateVersion.objects.filter(slug="general").latest("number")
    number = f"HT-{start:%Y%m%d}-{next(_serial):08d}"
    frozen = state != ContractState.DRAFT
    facts = assemble_facts(employer, worker, template, wanted, jurisdiction, number)
    contract = Contract.objects.create(
        employer=employer,
        worker=worker,
        template=template,
        contract_no=number,
        jurisdiction_code=jurisdiction,
        terms=wanted,
        state=state,
        **dates_of(wanted),
        created_by=make.make_member(employer).user,
        facts=facts if frozen else None,
        facts_digest=facts_digest(facts) if frozen else "",
        prepared_digest=blobs.put(pdf()) if frozen else "",
        signed_digest=blobs.put(pdf()) if state == ContractState.EFFECTIVE else "",
        effective_at=clock.now() if state == ContractState.EFFECTIVE else None,
        sent_at=clock.now() if frozen else None,
        sign_before=clock.now() + timedelta(days=14) if frozen else None,
    )
    audit.record("contract.drafted", subject=contract.subject, actor="system:contracts", tenant=employer.pk)
    if turn:
        contract.signature_request = _waiting_for(contract, turn).pk
        contract.save()
    if state == ContractState.EFFECTIVE:
        EvidencePackage.objects.create(contract_id=contract.pk, blob=blobs.put(b"PK"), built_at=clock.now())
    return contract


def make_long_running(employer: Employer, **worker: str) -> Contract:
    """In force for nearly three years, with a probation that is long over, and another three months to go."""
    start = clock.today() - timedelta(days=1000)
    return make_contract(
        employer,
        ContractState.EFFECTIVE,
        worker=make.make_worker(employer, **worker),
        start=start,
        end=(clock.today() + timedelta(days=95)).isoformat(),
        probation_start=start.isoformat(),
        probation_end=(start + timedelta(days=88)).isoformat(),
    )


def make_filing(
    contract: Contract, state: FilingState = FilingState.READY, *, days_left: int = 20, **columns: Any
) -> Filing:
    """A filing of the contract whose deadline is that many days ahead; an accepted one has its form."""
    serial = next(_serial)
    accepted = state == FilingState.ACCEPTED
    now = clock.now()
    values: dict[str, Any] = {
        "tenant": contract.employer_id,
        "contract_id": contract.pk,
        "contract_no": contract.contract_no,
        "employment": uuid.uuid4().hex,
        "starts_on": contract.employment_start,
        "event": "hire",
        "filing_type": "11",
        "jurisdiction": "370303",
        "province": "370300",
        "idempotency_key": uuid.uuid4().hex,
        "document_digest": contract.signed_digest,
        "signed_at": now,
        "deadline": clock.today() + timedelta(days=days_left),
        "record_digest": "0" * 64,
        "record": _record(contract, columns.get("filing_type", "11")),
        "created_at": now,
        "due_at": now,
        "message": "0" * 64,
        "receipt_no": f"TEST370303{serial:06d}" if accepted else "",
        "decided_at": now if accepted else None,
    }
    filing = Filing.objects.create(state=state, **{**values, **columns})
    audit.record("filing.opened", subject=filing.subject, actor="system:filing", tenant=filing.tenant)
    attempt = FilingAttempt.objects.create(
        filing=filing, interface="LC0101", lease=uuid.uuid4(), message="0" * 64, started_at=now
    )
    AttemptResult.objects.create(attempt=attempt, outcome=Outcome.ANSWERED, http_status=200, ended_at=now)
    if accepted:
        blob = blobs.put(b"stands.for.a-jws")
        Receipt.objects.create(
            filing=filing, kind="decision", state=state, receipt_no=filing.receipt_no, blob=blob,
            body={
                "state": state, "receipt_no": filing.receipt_no, "decided_at": now.isoformat(),
                "agency": {"code": "370303", "name": "示例经办机构"},
            }, at=now,
        )  # fmt: skip
        FilingForm.objects.create(
            filing=filing, state=FormState.AGENCY_SEALED, rendered=blobs.put(pdf()), authorisation="x",
            employer_sealed=blobs.put(pdf()), agency_sealed=blobs.put(pdf()), answer="x", created_at=now,
        )  # fmt: skip
    return filing


def _record(contract: Contract, filing_type: str) -> dict[str, Any]:
    """What is filed of the contract; a late hire and an ending only in so far as pages show them."""
    if contract.facts is None:
        return {"filing_type": filing_type}
    envelope = Envelope(str(uuid.uuid4()), "示例人事", "0533-2345678", clock.now())
    signed = SignedContract("0" * 64, clock.now())
    kind = filing_type_for(contract.facts, late=False)
    record = to_filing_record(contract.facts, signed, kind, envelope)
    return {**record, "filing_type": filing_type}


def _waiting_for(contract: Contract | LaterDocument, turn: str) -> SignatureRequest:
    now = clock.now()
    request = SignatureRequest.objects.create(
        tenant=contract.employer_id, subject=contract.subject, title="劳动合同书", sender_name="示例",
        base_digest="0" * 64, current_digest="0" * 64, frames=[], created_at=now, acted_at=now,
        expires_at=now + timedelta(days=14),
    )  # fmt: skip
    for order, role in enumerate(("worker", "employer"), start=1):
        signed = role == "worker" and turn == "employer"
        SigningParty.objects.create(
            request=request, order=order, role=role, field_name=role, name="测试甲", name_index="0" * 64,
            kind=PartyKind.PERSON if role == "worker" else PartyKind.ORGANISATION, id_type="01",
            id_no="0", id_no_index="0" * 64, place={},
            state=PartyState.INVITED if role == turn else PartyState.SIGNED if signed else PartyState.WAITING,
        )  # fmt: skip
    return request


def make_change(
    contract: Contract,
    state: DocumentState = DocumentState.COMPLETED,
    *,
    days: int = 0,
    turn: str = "",
    reason: str = "",
    **terms: Any,
) -> Change:
    """A change that is to hold from so many days after today; `turn`: whose signature it waits for."""
    before, effective_on = contract.facts["contract"], clock.today() + timedelta(days=days)
    number = f"BG-{effective_on:%Y%m%d}-{next(_serial):08d}"
    facts = change_facts(
        {**contract.facts, "contract": changed_terms(before, terms)}, before, agreement_no=number, number=1,
        contract_digest=contract.signed_digest, previous_digest=contract.signed_digest, signed_end=None,
        effective_on=effective_on, reason=reason,
    )  # fmt: skip
    done = state == DocumentState.COMPLETED
    change = Change.objects.create(
        employer=contract.employer, contract=contract, agreement_no=number, number=1,
        effective_on=effective_on, facts=facts, facts_digest=facts_digest(facts), state=state,
        opened_by_id=contract.created_by_id, opened_at=clock.now(),
        prepared_digest="" if state == DocumentState.PLANNED else blobs.put(pdf()),
        signed_digest=blobs.put(pdf() + number.encode()) if done else "",
        completed_at=clock.now() if done else None,
    )  # fmt: skip
    if turn:
        change.signature_request = _waiting_for(change, turn).pk
        change.save()
    return change


def make_ending(
    contract: Contract, state: DocumentState, *, days_ago: int = 0, **columns: Any
) -> Termination:
    """An ending of a contract in force, by the worker's wish; `turn`: whose signature it waits for."""
    turn = columns.pop("turn", "")
    ends_on = clock.today() - timedelta(days=days_ago)
    wish = Wish("3602", ends_on, protected=False, evidence=("agreement",))
    number = f"ZM-{ends_on:%Y%m%d}-{next(_serial):08d}"
    facts = assemble(
        contract.facts, contract_digest=contract.signed_digest, certificate_no=number, wish=wish, amount=None
    )
    done = state == DocumentState.COMPLETED
    values: dict[str, Any] = {
        "employer": contract.employer,
        "contract": contract,
        "certificate_no": number,
        "reason": wish.reason,
        "ends_on": ends_on,
        "facts": facts,
        "facts_digest": facts_digest(facts),
        "opened_by_id": contract.created_by_id,
        "opened_at": clock.now(),
        "prepared_digest": "" if state == DocumentState.PLANNED else blobs.put(pdf()),
        "signed_digest": blobs.put(pdf() + number.encode()) if done else "",
        "completed_at": clock.now() if done else None,
    }
    termination = Termination.objects.create(state=state, **{**values, **columns})
    if turn:
        termination.signature_request = _waiting_for(termination, turn).pk
        termination.save()
    if done:
        Contract.objects.filter(pk=contract.pk).update(state=ContractState.ENDED, ended_on=ends_on)
        make_filing(
            contract, FilingState.READY, event="ending", starts_on=ends_on, filing_type="51",
            document_digest=termination.signed_digest,
        )  # fmt: skip
    return termination


def make_suspension(contract: Contract, act: str = SUSPEND, *, days: int = 0, number: int = 1) -> Suspension:
    """A suspension that was signed, or the resumption of one that began the day before; from so many days
    after today. The contract rests, or goes on."""
    effective_on = clock.today() + timedelta(days=days)
    since = effective_on - timedelta(days=1) if act == RESUME else None
    no = f"ZZ-{effective_on:%Y%m%d}-{next(_serial):08d}"
    facts = suspension_facts(
        contract.facts, contract_digest=contract.signed_digest, document_no=no,
        wish=SuspensionWish(act, "1", effective_on, since),
    )  # fmt: skip
    if days <= 0:
        state = ContractState.SUSPENDED if act == SUSPEND else ContractState.EFFECTIVE
        Contract.objects.filter(pk=contract.pk).update(state=state)
    return Suspension.objects.create(
        employer=contract.employer, contract=contract, document_no=no, number=number, act=act, reason="1",
        effective_on=effective_on, facts=facts, facts_digest=facts_digest(facts),
        state=DocumentState.COMPLETED, opened_by_id=contract.created_by_id, opened_at=clock.now(),
        prepared_digest=blobs.put(pdf()), signed_digest=blobs.put(pdf()), completed_at=clock.now(),
    )  # fmt: skip


def record_of(contract: Contract) -> dict[str, Any]:
    """What is filed of a contract that is out."""
    now = clock.now()
    envelope = Envelope(
        filing_id=str(uuid.uuid4()),
        submitter_name="测试人事",
        submitter_phone="0533-2345678",
        submitted_at=now,
    )
    signed = SignedContract(contract.signed_digest or "0" * 64, now)
    return to_filing_record(contract.facts, signed, FilingType.HIRE, envelope)


def make_correction(
    filing: Filing, changes: dict[str, str] | None = None, *, evidence: bytes = b"", **columns: Any
) -> Correction:
    """A correction of this accepted filing, proposed by somebody who is not a member any more."""
    number = f"GZ-{clock.today():%Y%m%d}-{next(_serial):08d}"
    facts = facts_of(
        filing.record,
        filing.receipt_no,
        correction_no=number,
        items=items_of(filing.record, changes or {"/worker/education": "11"}),
        reason="录入笔误",
        evidence=blobs.put(evidence) if evidence else "",
    )
    values = {
        "tenant": filing.tenant,
        "contract_id": filing.contract_id,
        "filing": filing,
        "correction_no": number,
        "weight": facts["correction"]["weight"],
        "facts": facts,
        "evidence": facts["correction"].get("evidence", {}).get("value", ""),
        "slip": blobs.put(pdf()),
        "proposed_by": "user:0",
        "proposed_at": clock.now(),
    }
    return Correction.objects.create(**{**values, **columns})
