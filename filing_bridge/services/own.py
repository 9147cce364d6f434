"""What a worker takes home: contract, what was signed about it, evidence, each time on record."""

from uuid import UUID

from contracts import selectors
from contracts.domain import DocumentState
from contracts.models import Contract
from core import audit, blobs
from core.errors import Refused
from filing_bridge.services import evidence
from signing.domain import PartyState
from signing.models import Person, SigningParty
from signing.selectors import parties_of
from signing.services.downloads import record_download


def party_in(person: Person, contract: Contract) -> SigningParty:
    """The person's part in a contract of theirs."""
    return parties_of(person).select_related("request").get(request_id=contract.signature_request)


def take_document(person: Person, contract_id: UUID) -> bytes:
    """The newest revision of a contract that the person has signed; for life, and free (指引 Art. 12).

    Commits the record of the download. Refuses `not_found`, and `document_not_ready` before they have signed.
    """
    contract = selectors.contract_signed_by(person, contract_id)
    party = party_in(person, contract)
    if party.state != PartyState.SIGNED:
        raise Refused("document_not_ready")
    record_download(party, actor=person.subject)
    return blobs.get(party.request.current_digest)


def take_certificate(person: Person, contract_id: UUID) -> tuple[str, bytes]:
    """The number and the signed certificate of the ending of a contract of theirs; for life, and free.

    Commits the record of the download. Refuses `not_found`, also before it is signed.
    """
    contract = selectors.contract_signed_by(person, contract_id)
    ending = contract.terminations.filter(state=DocumentState.COMPLETED).first()
    if ending is None:
        raise Refused("not_found")
    audit.record(
        "termination.downloaded", subject=ending.subject, actor=person.subject, tenant=contract.employer_id
    )
    return ending.certificate_no, blobs.get(ending.signed_digest)


def take_agreement(person: Person, contract_id: UUID, change_id: UUID) -> tuple[str, bytes]:
    """The number and the signed agreement on a change of a contract of theirs; for life, and free.

    Commits the record of the download. Refuses `not_found`, also before it is signed.
    """
    contract = selectors.contract_signed_by(person, contract_id)
    change = contract.changes.filter(pk=change_id, state=DocumentState.COMPLETED).first()
    if change is None:
        raise Refused("not_found")
    audit.record(
        "change.downloaded", subject=change.subject, actor=person.subject, tenant=contract.employer_id
    )
    return change.agreement_no, blobs.get(change.signed_digest)


def take_suspension(person: Person, contract_id: UUID, suspension_id: UUID) -> tuple[str, bytes]:
    """The number and the signed document of a suspension or resumption of a contract of theirs; for life, and
    free.

    Commits the record of the download. Refuses `not_found`, also before it is signed.
    """
    contract = selectors.contract_signed_by(person, contract_id)
    suspension = contract.suspensions.filter(pk=suspension_id, state=DocumentState.COMPLETED).first()
    if suspension is None:
        raise Refused("not_found")
    audit.record(
        "suspension.downloaded", subject=suspension.subject, actor=person.subject, tenant=contract.employer_id
    )
    return suspension.document_no, blobs.get(suspension.signed_digest)


def take_evidence(person: Person, contract_id: UUID) -> bytes:
    """The newest evidence package. Refuses `not_found` and `evidence_not_ready`."""
    contract = selectors.contract_signed_by(person, contract_id)
    package = evidence.evidence_of(contract)
    audit.record(
        "evidence.downloaded", subject=contract.subject, actor=person.subject, tenant=contract.employer_id
    )
    return package
