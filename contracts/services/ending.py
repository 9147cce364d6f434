"""What follows from the signatures on the certificate of an ending, in the transaction of the last one."""

from datetime import datetime, timedelta

from contracts.domain import ContractState, DocumentState
from contracts.events import ContractEnded
from contracts.models import Termination
from contracts.services.moving import move
from core import bus
from signing.services.notices import tell_signers

SYSTEM = "system:contracts"
DEATH = "4403"
NOTICE_LIFETIME = timedelta(days=7)


def complete(termination: Termination, *, document_digest: str, completed_at: datetime) -> None:
    """The certificate is signed: the contract ends, the worker is told, and the filing is due."""
    contract = termination.contract
    move(
        termination,
        DocumentState.COMPLETED,
        "termination.completed",
        actor=SYSTEM,
        detail={"document_digest": document_digest},
        signed_digest=document_digest,
        completed_at=completed_at,
    )
    move(
        contract,
        ContractState.ENDED,
        "contract.ended",
        actor=SYSTEM,
        detail={"termination": str(termination.pk), "certificate_digest": document_digest},
        ended_on=termination.ends_on,
    )
    if termination.reason != DEATH:
        employer = termination.facts["employer"]
        params = {
            "day": termination.ends_on.isoformat(),
            "contact": employer["contact_name"],
            "phone": employer["contact_phone"],
        }
        tell_signers(contract.subject, "ended", params, lifetime=NOTICE_LIFETIME)
    bus.publish(ContractEnded(contract.pk, contract.employer_id, document_digest, completed_at))
