"""The ending of a contract: proposed and computed, opened with final facts, taken back."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from contracts import selectors
from contracts.checks import Finding, Severity, minimum_wages
from contracts.document.names import unprintable_faults
from contracts.domain import IN_FORCE, ContractState
from contracts.endings import checks
from contracts.endings.compensation import Compensation
from contracts.endings.facts import Wish, assemble, owed, validate
from contracts.events import EndingDecided
from contracts.facts import facts_digest
from contracts.models import Contract, Termination
from contracts.services import documents
from contracts.services.drafting import facts_now, new_number, refuse_faults
from contracts.services.sending import fault_of
from core import audit, bus, clock, work
from core.errors import Refused
from core.principal import Permission, Principal

CERTIFICATE = "contracts.certificate"


@dataclass(frozen=True)
class Proposal:
    """What an ending would mean: its facts, everything the rules say, and the severance pay by law."""

    facts: Mapping[str, Any]
    findings: tuple[Finding, ...]
    owed: Compensation | None


def propose(*, principal: Principal, contract_id: UUID, wish: Wish) -> Proposal:
    """Look at an ending before it is opened; commits nothing.

    Refuses `contract_not_in_force`, and malformed or unprintable facts (`facts_faulty`).
    """
    return proposal_of(_in_force(principal, contract_id), wish)


def open_termination(*, principal: Principal, contract_id: UUID, wish: Wish) -> Termination:
    """Decide that a contract ends. Its certificate is made on the day of the ending, at once if that is past.

    Commits the ending with its final facts, and the due work. Needs `send`. Refuses what `propose` refuses,
    every breach of a rule at once (`ending_faults`), `contract_ends_already`, and whatever they refuse
    who are told (`EndingDecided`).
    """
    principal.require(Permission.SEND)
    contract = _in_force(principal, contract_id)
    proposal = proposal_of(contract, wish)
    errors = [each for each in proposal.findings if each.severity is Severity.ERROR]
    refuse_faults("ending_faults", (fault_of(each) for each in errors))
    try:
        with transaction.atomic():
            termination = Termination.objects.create(
                employer_id=contract.employer_id,
                contract=contract,
                certificate_no=proposal.facts["certificate_no"],
                reason=wish.reason,
                ends_on=wish.ends_on,
                facts=proposal.facts,
                facts_digest=facts_digest(proposal.facts),
                working=_working(proposal.owed),
                opened_by_id=principal.user_id,
                opened_at=clock.now(),
            )
            audit.record(
                "termination.opened",
                subject=termination.subject,
                actor=principal.actor,
                tenant=principal.tenant,
                detail={"contract": str(contract.pk), "facts_digest": termination.facts_digest},
            )
            the_day = datetime.combine(wish.ends_on, time(), clock.SHANGHAI)
            work.enqueue(CERTIFICATE, str(termination.pk), due_at=max(the_day, clock.now()))
            bus.publish(
                EndingDecided(termination.pk, contract.pk, principal.tenant, wish.reason, principal.actor)
            )
    except IntegrityError as error:
        raise Refused("contract_ends_already") from error
    return termination


def withdraw_termination(*, principal: Principal, termination_id: UUID, reason: str) -> None:
    """Take an ending back that is not signed yet: the contract goes on. Needs `send`."""
    documents.withdraw(principal, selectors.termination_of(principal, termination_id), reason)


def _in_force(principal: Principal, contract_id: UUID) -> Contract:
    contract = selectors.contract_of(principal, contract_id)
    if contract.state not in IN_FORCE:
        raise Refused("contract_not_in_force")
    return contract


def proposal_of(contract: Contract, wish: Wish) -> Proposal:
    """`propose` about a contract that was found already; whether it is in force is not asked."""
    current = facts_now(contract)
    minimum = minimum_wages().at(current["contract"]["work_place_code"], wish.ends_on)
    rested = selectors.days_suspended_in(contract, wish.ends_on)
    law = owed(current["contract"], wish, minimum.monthly if minimum else None, rested)
    by_law = law.amount if law else None
    facts = assemble(
        current,
        contract_digest=contract.signed_digest,
        certificate_no=new_number("ZM"),
        wish=wish,
        amount=by_law if wish.agreed is None else wish.agreed,
        suspended_days=rested,
    )
    refuse_faults("facts_faulty", validate(facts) or unprintable_faults(facts))
    resting = contract.state == ContractState.SUSPENDED
    case = checks.Case(facts, clock.today(), wish.protected, by_law, len(wish.wages), resting)
    return Proposal(facts, checks.check(case), law)


def _working(law: Compensation | None) -> dict[str, Any] | None:
    if law is None:
        return None
    return {
        "amount": f"{law.amount:.2f}",
        "months": str(law.months),
        "monthly": f"{law.monthly:.2f}",
        "lines": [asdict(line) for line in law.lines],
    }
