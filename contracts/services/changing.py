"""The change of a contract by agreement: proposed, opened with final facts, taken back, and made to hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction

from contracts import selectors
from contracts.changes import checks
from contracts.changes.facts import assemble, changed_terms, validate
from contracts.checks import Finding, Severity
from contracts.document.names import unprintable_faults
from contracts.domain import IN_FORCE, ContractState, DocumentState
from contracts.events import ContractChanged
from contracts.facts import facts_digest
from contracts.models import Change, Contract
from contracts.services import documents
from contracts.services.drafting import assemble_facts, dates_of, faults_of, new_number, refuse_faults
from contracts.services.moving import move
from contracts.services.sending import fault_of
from core import audit, bus, clock, work
from core.errors import Refused
from core.principal import Permission, Principal
from core.webhooks.services import emit

AGREEMENT: Final = "contracts.agreement"
HOLD: Final = "contracts.change_holds"


@dataclass(frozen=True)
class Wish:
    """What is to change. `terms` are those that differ, by their names in the facts; None drops one."""

    terms: Mapping[str, Any]
    effective_on: date
    reason: str = ""


@dataclass(frozen=True)
class Proposal:
    """What a change would be: its facts, and everything the rules say."""

    facts: Mapping[str, Any]
    findings: tuple[Finding, ...]


def propose(*, principal: Principal, contract_id: UUID, wish: Wish) -> Proposal:
    """Look at a change before it is opened; commits nothing.

    Refuses `contract_not_in_force`, `contract_suspended`, and malformed or unprintable facts
    (`facts_faulty`).
    """
    return _proposal(contract_to_change(principal, contract_id), wish)


def open_change(*, principal: Principal, contract_id: UUID, wish: Wish) -> Change:
    """Have the agreement on a change made, for the worker and the employer to sign.

    Commits the change with its final facts, and the due work. Needs `send`. Refuses what `propose` refuses,
    every breach of a rule at once (`change_faults`), and `contract_changes_already` while another is open.
    """
    principal.require(Permission.SEND)
    contract = contract_to_change(principal, contract_id)
    proposal = _proposal(contract, wish)
    errors = [each for each in proposal.findings if each.severity is Severity.ERROR]
    refuse_faults("change_faults", (fault_of(each) for each in errors))
    try:
        with transaction.atomic():
            change = Change.objects.create(
                employer_id=contract.employer_id,
                contract=contract,
                agreement_no=proposal.facts["change"]["agreement_no"],
                number=proposal.facts["change"]["number"],
                effective_on=wish.effective_on,
                facts=proposal.facts,
                facts_digest=facts_digest(proposal.facts),
                opened_by_id=principal.user_id,
                opened_at=clock.now(),
            )
            audit.record(
                "change.opened",
                subject=change.subject,
                actor=principal.actor,
                tenant=principal.tenant,
                detail={"contract": str(contract.pk), "facts_digest": change.facts_digest},
            )
            work.enqueue(AGREEMENT, str(change.pk))
    except IntegrityError as error:
        raise Refused("contract_changes_already") from error
    return change


def withdraw_change(*, principal: Principal, change_id: UUID, reason: str) -> None:
    """Take a change back that is not signed yet. Needs `send`."""
    documents.withdraw(principal, selectors.change_of(principal, change_id), reason)


def complete(change: Change, *, document_digest: str, completed_at: datetime) -> None:
    """Both have signed: the change holds from its day, and its filing is due."""
    move(
        change,
        DocumentState.COMPLETED,
        "change.completed",
        actor=documents.SYSTEM,
        detail={"document_digest": document_digest},
        signed_digest=document_digest,
        completed_at=completed_at,
    )
    if change.effective_on <= clock.today():
        let_hold(change.contract)
    else:
        the_day = datetime.combine(change.effective_on, time(), clock.SHANGHAI)
        work.enqueue(HOLD, str(change.contract_id), due_at=the_day)
    bus.publish(ContractChanged(change.contract_id, change.employer_id, document_digest, completed_at))


def let_hold(contract: Contract) -> None:
    """Set the contract's terms to those of the last change that holds today. May run again.

    Commits them with an audit event and the webhook. A contract that has ended stays as it was.
    """
    change = selectors.last_change(contract, holding_on=clock.today())
    if change is None:
        return
    terms = change.facts["contract"]
    with transaction.atomic():
        mine = Contract.objects.filter(pk=contract.pk, state__in=sorted(IN_FORCE))
        known = mine.first()
        if known is None or known.terms == terms:
            return
        mine.update(terms=terms, **dates_of(terms))
        audit.record(
            "contract.changed",
            subject=contract.subject,
            actor=documents.SYSTEM,
            tenant=contract.employer_id,
            detail={"change": str(change.pk), "document_digest": change.signed_digest},
        )
        emit(
            "contract.changed",
            tenant=contract.employer_id,
            subject=contract.subject,
            data={**contract.told, "change": str(change.pk), "state": contract.state},
        )


def agreed_terms(contract: Contract) -> Mapping[str, Any]:
    """The terms as last agreed, also where they are to hold from a day to come: what a change changes."""
    last = selectors.last_change(contract)
    terms: Mapping[str, Any] = (last or contract).facts["contract"]
    return terms


def contract_to_change(principal: Principal, contract_id: UUID) -> Contract:
    """A contract that may be changed; refuses `contract_suspended` and `contract_not_in_force`."""
    contract = selectors.contract_of(principal, contract_id)
    if contract.state == ContractState.SUSPENDED:
        raise Refused("contract_suspended")
    if contract.state != ContractState.EFFECTIVE:
        raise Refused("contract_not_in_force")
    return contract


def _proposal(contract: Contract, wish: Wish) -> Proposal:
    last = selectors.last_change(contract)
    before = (last or contract).facts["contract"]
    after = assemble_facts(
        contract.employer,
        contract.worker,
        contract.template,
        changed_terms(before, wish.terms),
        contract.jurisdiction_code,
        contract.contract_no,
    )
    refuse_faults("facts_faulty", faults_of(after))
    facts = assemble(
        after,
        before,
        agreement_no=new_number("BG"),
        number=last.number + 1 if last else 1,
        contract_digest=contract.signed_digest,
        previous_digest=last.signed_digest if last else contract.signed_digest,
        signed_end=contract.facts["contract"].get("end"),
        effective_on=wish.effective_on,
        reason=wish.reason,
    )
    refuse_faults("facts_faulty", validate(facts) or unprintable_faults(facts))
    ends_on = selectors.ending_days([contract.pk]).get(contract.pk)
    case = checks.Case(facts, clock.today(), last.effective_on if last else None, ends_on)
    return Proposal(facts, checks.check(case))
