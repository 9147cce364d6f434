"""Sending: the moment from which nothing about a contract's content can change."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction

from accounts.domain import EmployerState
from contracts import selectors
from contracts.checks import Finding, Severity
from contracts.domain import ContractState
from contracts.facts import facts_digest
from contracts.models import Contract
from contracts.services.drafting import (
    facts_of_draft,
    faults_of,
    findings_of,
    refuse_faults,
    refuse_suspended,
)
from contracts.services.moving import move
from core import clock, work
from core.errors import Fault, Refused
from core.principal import Permission, Principal
from signing.services.requests import extend_request, withdraw_request

SIGNING_PERIOD = timedelta(days=14)
LONGEST_EXTENSION = timedelta(days=90)


def send_contract(*, principal: Principal, contract_id: UUID) -> tuple[Finding, ...]:
    """Freeze the facts and set the document in motion; returns the warnings that remain.

    Commits the frozen facts with the state `rendering` and the due work. Refuses a contract that is not a
    draft, an employer that is not approved, the renewal of a contract that rests, malformed facts, and every
    breach of a statutory rule at once.
    """
    principal.require(Permission.SEND)
    contract = selectors.contract_of(principal, contract_id)
    if contract.employer.state != EmployerState.APPROVED:
        raise Refused("employer_not_approved")
    refuse_suspended(contract.follows)
    facts = facts_of_draft(contract)
    refuse_faults("facts_faulty", faults_of(facts))
    findings = findings_of(contract)
    refuse_faults("statutory_faults", (fault_of(f) for f in findings if f.severity is Severity.ERROR))
    digest = facts_digest(facts)
    with transaction.atomic():
        move(
            contract,
            ContractState.RENDERING,
            "contract.sent",
            actor=principal.actor,
            detail={"facts_digest": digest, "template_digest": contract.template.digest},
            facts=facts,
            facts_digest=digest,
            sent_at=clock.now(),
            sign_before=clock.now() + SIGNING_PERIOD,
        )
        work.enqueue("contracts.render", str(contract.pk))
    return tuple(f for f in findings if f.severity is not Severity.ERROR)


def withdraw_contract(*, principal: Principal, contract_id: UUID, reason: str) -> None:
    """Take back a contract that is not in force yet; links and open codes die with it."""
    principal.require(Permission.SEND)
    contract = selectors.contract_of(principal, contract_id)
    with transaction.atomic():
        if contract.state == ContractState.SIGNING and contract.signature_request:
            withdraw_request(request_id=contract.signature_request, actor=principal.actor, reason=reason)
        move(
            contract, ContractState.WITHDRAWN, "contract.withdrawn", actor=principal.actor, end_reason=reason
        )


def extend_contract(*, principal: Principal, contract_id: UUID, until: date) -> None:
    """Give the parties until the end of that day (in China) to sign.

    Refuses `extension_out_of_range` for a day that is not later than the present one or more than ninety days
    ahead, and a contract that is not out for signature.
    """
    principal.require(Permission.SEND)
    contract = selectors.contract_of(principal, contract_id)
    if contract.state != ContractState.SIGNING or contract.signature_request is None:
        raise Refused("state_conflict")
    end = datetime.combine(until, time.max, clock.SHANGHAI).replace(microsecond=0)
    present = contract.sign_before
    if present is None or not present < end <= clock.now() + LONGEST_EXTENSION:
        raise Refused("extension_out_of_range", params={"days": LONGEST_EXTENSION.days})
    with transaction.atomic():
        extend_request(request_id=contract.signature_request, until=end, actor=principal.actor)
        Contract.objects.filter(pk=contract.pk, state=ContractState.SIGNING).update(sign_before=end)


def fault_of(finding: Finding) -> Fault:
    return Fault(finding.field, finding.rule_id, finding.zh, finding.en, finding.remedy_zh, finding.remedy_en)
