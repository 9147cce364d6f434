"""The employer's seal on contracts: the clerk applies, the seal keeper approves with a second factor."""

from collections.abc import Sequence
from uuid import UUID

from accounts.services.stepup import require_strong
from contracts import selectors
from core.errors import Refused
from core.principal import Permission, Principal
from signing.models import SealApplication
from signing.services import seals

PROOF = "totp"


def apply_for_seal(
    *, principal: Principal, seal_id: UUID, contract_ids: Sequence[UUID], reason: str
) -> SealApplication:
    """Ask for the seal on contracts that the workers have signed; any number of them in one application.

    Refuses `document_not_ready` when a contract is not out for signature, and what signing refuses.
    """
    wanted = set(contract_ids)
    found = dict(
        selectors.contracts_of(principal).filter(pk__in=wanted).values_list("pk", "signature_request")
    )
    if len(found) != len(wanted):
        raise Refused("not_found")
    requests = [request for request in found.values() if request is not None]
    if len(requests) != len(wanted):
        raise Refused("document_not_ready")
    return seals.apply_for_seal(principal=principal, seal_id=seal_id, request_ids=requests, reason=reason)


def approve(*, principal: Principal, application_id: UUID, code: str) -> seals.Outcome:
    """Approve after one strong re-authentication, however many contracts are in the application."""
    principal.require(Permission.SEAL_APPROVE)
    require_strong(principal, code)
    return seals.approve_application(principal=principal, application_id=application_id, step_up_proof=PROOF)


def refuse(*, principal: Principal, application_id: UUID, code: str, note: str) -> SealApplication:
    """Turn an application down, with the same proof of who decides."""
    principal.require(Permission.SEAL_APPROVE)
    require_strong(principal, code)
    return seals.refuse_application(
        principal=principal, application_id=application_id, step_up_proof=PROOF, note=note
    )
