"""Suspensions of a contract and the resumptions that end them: proposed, opened, taken back, made to hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction

from contracts import selectors
from contracts.checks import Finding, Severity
from contracts.document.names import unprintable_faults
from contracts.domain import IN_FORCE, ContractState, DocumentState
from contracts.events import SuspensionSigned
from contracts.facts import facts_digest
from contracts.models import Contract, Suspension
from contracts.services import documents
from contracts.services.drafting import facts_now, new_number, refuse_faults
from contracts.services.moving import move
from contracts.services.sending import fault_of
from contracts.suspensions import checks
from contracts.suspensions.facts import RESUME, SUSPEND, Wish, assemble, validate
from core import audit, bus, clock, work
from core.errors import Refused
from core.principal import Permission, Principal
from signing.services.notices import tell_signers

DOCUMENT: Final = "contracts.suspension"
HOLD: Final = "contracts.suspension_holds"
NOTICE_LIFETIME: Final = timedelta(days=7)


@dataclass(frozen=True)
class Act:
    """What follows from a signed act: the contract's states before and after, and the words for it."""

    old: ContractState
    new: ContractState
    done: str  # of the audit log and the webhooks
    message: str  # to the worker


ACTS: Final[Mapping[str, Act]] = {
    SUSPEND: Act(ContractState.EFFECTIVE, ContractState.SUSPENDED, "contract.suspended", "suspended"),
    RESUME: Act(ContractState.SUSPENDED, ContractState.EFFECTIVE, "contract.resumed", "resumed"),
}


@dataclass(frozen=True)
class Proposal:
    """What a suspension or resumption would be: its facts, and everything the rules say."""

    facts: Mapping[str, Any]
    findings: tuple[Finding, ...]


def last_before(contract: Contract, act: str) -> Suspension | None:
    """The signed suspension or resumption that an act follows. Refuses `contract_suspended`,
    `contract_not_suspended` and `contract_not_in_force` where it would be out of turn."""
    if contract.state not in IN_FORCE:
        raise Refused("contract_not_in_force")
    last = selectors.last_suspension(contract)
    rests = last is not None and last.act == SUSPEND
    if act == SUSPEND and rests:
        raise Refused("contract_suspended")
    if act == RESUME and (contract.state != ContractState.SUSPENDED or not rests):
        raise Refused("contract_not_suspended")
    return last


def suspension(
    contract: Contract, *, reason: str, effective_on: date, until: date | None, evidence: bool
) -> Wish:
    """The wish to suspend a contract. Refuses as `last_before`."""
    last_before(contract, SUSPEND)
    return Wish(SUSPEND, reason, effective_on, until=until, evidence=evidence)


def resumption(contract: Contract, *, effective_on: date) -> Wish:
    """The wish to resume a contract; why and since when it rests is known. Refuses as `last_before`."""
    last = last_before(contract, RESUME)
    assert last is not None  # what is resumed was suspended
    return Wish(RESUME, last.reason, effective_on, since=last.effective_on, until=last.until)


def propose(*, principal: Principal, contract: Contract, wish: Wish) -> Proposal:
    """Look at an act before it is opened; commits nothing. Needs `send`.

    Refuses malformed or unprintable facts (`facts_faulty`), and an act out of turn as `last_before`.
    """
    principal.require(Permission.SEND)
    last_before(contract, wish.act)
    facts = assemble(
        facts_now(contract),
        contract_digest=contract.signed_digest,
        document_no=new_number("ZZ" if wish.act == SUSPEND else "HF"),
        wish=wish,
    )
    refuse_faults("facts_faulty", validate(facts) or unprintable_faults(facts))
    return Proposal(facts, checks.check(checks.Case(facts, clock.today())))


def open_suspension(*, principal: Principal, contract: Contract, wish: Wish) -> Suspension:
    """Have the document of an act made, for those to sign who must.

    Commits it with its final facts, and the due work. Refuses what `propose` refuses, every breach of a rule
    at once (`suspension_faults`), `contract_ends_already` while an ending stands, and
    `contract_suspension_open` while another act is open.
    """
    proposal = propose(principal=principal, contract=contract, wish=wish)
    errors = [each for each in proposal.findings if each.severity is Severity.ERROR]
    refuse_faults("suspension_faults", (fault_of(each) for each in errors))
    if selectors.standing_termination_of(principal, contract.pk):
        raise Refused("contract_ends_already")
    last = selectors.last_suspension(contract)
    try:
        with transaction.atomic():
            suspension = Suspension.objects.create(
                employer_id=contract.employer_id,
                contract=contract,
                document_no=proposal.facts["suspension"]["document_no"],
                number=last.number + 1 if last else 1,
                act=wish.act,
                reason=wish.reason,
                effective_on=wish.effective_on,
                until=wish.until,
                facts=proposal.facts,
                facts_digest=facts_digest(proposal.facts),
                opened_by_id=principal.user_id,
                opened_at=clock.now(),
            )
            audit.record(
                "suspension.opened",
                subject=suspension.subject,
                actor=principal.actor,
                tenant=principal.tenant,
                detail={"contract": str(contract.pk), "facts_digest": suspension.facts_digest},
            )
            work.enqueue(DOCUMENT, str(suspension.pk))
    except IntegrityError as error:
        raise Refused("contract_suspension_open") from error
    return suspension


def withdraw_suspension(*, principal: Principal, suspension_id: UUID, reason: str) -> None:
    """Take an act back that is not signed yet. Needs `send`."""
    documents.withdraw(principal, selectors.suspension_of(principal, suspension_id), reason)


def complete(suspension: Suspension, *, document_digest: str, completed_at: datetime) -> None:
    """All have signed: the act holds from its day, the worker is told, and its filing is due.

    Nothing follows when the contract has ended meanwhile.
    """
    contract = suspension.contract
    move(
        suspension,
        DocumentState.COMPLETED,
        "suspension.completed",
        actor=documents.SYSTEM,
        detail={"document_digest": document_digest},
        signed_digest=document_digest,
        completed_at=completed_at,
    )
    if contract.state not in IN_FORCE:
        return
    if suspension.effective_on <= clock.today():
        let_hold(contract)
    else:
        the_day = datetime.combine(suspension.effective_on, time(), clock.SHANGHAI)
        work.enqueue(HOLD, str(contract.pk), due_at=the_day)
    employer = suspension.facts["employer"]
    params = {
        "day": suspension.effective_on.isoformat(),
        "contact": employer["contact_name"],
        "phone": employer["contact_phone"],
    }
    tell_signers(contract.subject, ACTS[suspension.act].message, params, lifetime=NOTICE_LIFETIME)
    bus.publish(SuspensionSigned(contract.pk, contract.employer_id, document_digest, completed_at))


def let_hold(contract: Contract) -> None:
    """Move the contract to where the last act that holds today puts it. May run again.

    Commits the state with an audit event and the webhook. A contract that has ended stays as it is.
    """
    last = selectors.last_suspension(contract, holding_on=clock.today())
    if last is None or contract.state != ACTS[last.act].old:
        return
    act = ACTS[last.act]
    detail = {"suspension": str(last.pk), "document_digest": last.signed_digest}
    move(contract, act.new, act.done, actor=documents.SYSTEM, detail=detail)
