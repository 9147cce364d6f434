"""What contracts do when others tell them something, in the same transaction."""

from collections.abc import Callable, Mapping
from uuid import UUID

from accounts.events import EmployerApproved
from accounts.services.workers import follow_phone
from contracts.domain import ContractState, DocumentState
from contracts.events import ContractEffective
from contracts.models import Change, Contract, LaterDocument, Suspension, Termination
from contracts.services import changing, documents, ending, suspending
from contracts.services.moving import move
from contracts.services.reaching import ask_for_paper
from core import bus, clock
from core.webhooks.services import emit
from signing.events import (
    PaperWanted,
    PartyDisowned,
    PhoneChanged,
    RequestCompleted,
    RequestExpired,
    RequestRefused,
)
from signing.services.keyroom import enrol_organisation_key

SYSTEM = "system:contracts"

# What follows from the signatures on a document about a contract.
_COMPLETE: Mapping[type[LaterDocument], Callable[..., None]] = {
    Change: changing.complete,
    Suspension: suspending.complete,
    Termination: ending.complete,
}


def _contract(subject: str) -> Contract:
    """The contract that a subject is about: itself, or the one that the document is about."""
    if document := documents.find(subject):
        return document.contract
    kind, _, identifier = subject.partition(":")
    if kind != "contract":
        raise ValueError(f"not a contract: {kind}")
    return Contract.objects.get(pk=UUID(identifier))


def on_completed(event: RequestCompleted) -> None:
    """The signed document passed the acceptance rule: the contract is in force, changed, rests or goes on,
    or ends; a filing is due."""
    document = documents.find(event.subject)
    if document is not None:
        complete = _COMPLETE[type(document)]
        complete(document, document_digest=event.document_digest, completed_at=event.completed_at)
        return
    contract = _contract(event.subject)
    move(
        contract,
        ContractState.EFFECTIVE,
        "contract.effective",
        actor=SYSTEM,
        detail={"document_digest": event.document_digest},
        signed_digest=event.document_digest,
        effective_at=event.completed_at,
    )
    bus.publish(
        ContractEffective(
            contract_id=contract.pk,
            tenant=contract.employer_id,
            facts_digest=contract.facts_digest,
            document_digest=event.document_digest,
            signed_at=event.completed_at,
        )
    )


def on_refused(event: RequestRefused) -> None:
    """A party refused to sign; the reason is kept with the document."""
    if document := documents.find(event.subject):
        documents.close(document, DocumentState.REFUSED, reason=event.reason)
        return
    contract = _contract(event.subject)
    move(contract, ContractState.REFUSED, "contract.refused", actor=SYSTEM, end_reason=event.reason)


def on_expired(event: RequestExpired) -> None:
    """The time to sign ran out."""
    if document := documents.find(event.subject):
        documents.close(document, DocumentState.EXPIRED)
        return
    move(_contract(event.subject), ContractState.EXPIRED, "contract.expired", actor=SYSTEM)


def on_disowned(event: PartyDisowned) -> None:
    """The signing link reached somebody else: the employer is told, to correct the phone and send again."""
    contract = _contract(event.subject)
    if event.subject == contract.subject:
        Contract.objects.filter(pk=contract.pk).update(wrong_person_at=clock.now())
    emit(
        "contract.wrong_person",
        tenant=contract.employer_id,
        subject=contract.subject,
        data={"contract": str(contract.pk), "contract_no": contract.contract_no, "state": contract.state},
    )


def on_phone_changed(event: PhoneChanged) -> None:
    """A worker has a new phone: the rosters follow, and each employer is told which row changed."""
    actor = f"person:{event.person_id}"
    for worker in follow_phone(id_no_index=event.id_no_index, mobile=event.mobile, actor=actor):
        emit(
            "worker.phone_changed",
            tenant=worker.employer_id,
            subject=worker.subject,
            data={"worker": str(worker.pk)},
        )


def on_paper_wanted(event: PaperWanted) -> None:
    """The worker asks for a copy on paper."""
    ask_for_paper(_contract(event.subject), actor=f"party:{event.party_id}")


def on_employer_approved(event: EmployerApproved) -> None:
    """An approved employer gets an organisation certificate: it may sign from now on."""
    enrol_organisation_key(tenant=event.tenant, legal_name=event.name, uscc=event.uscc, actor=SYSTEM)


bus.subscribe(EmployerApproved, on_employer_approved)
bus.subscribe(RequestCompleted, on_completed)
bus.subscribe(RequestRefused, on_refused)
bus.subscribe(RequestExpired, on_expired)
bus.subscribe(PartyDisowned, on_disowned)
bus.subscribe(PhoneChanged, on_phone_changed)
bus.subscribe(PaperWanted, on_paper_wanted)
