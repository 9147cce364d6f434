"""Looking at a contract in full, which shows personal data unmasked and is therefore on record."""

from typing import Literal
from uuid import UUID

from contracts import selectors
from contracts.models import Contract, Termination
from core import audit
from core.principal import Permission, Principal


def open_in_full(
    *, principal: Principal, contract_id: UUID, what: Literal["document", "facts", "evidence", "pages"]
) -> Contract:
    """The contract, after writing down who looked at what. Needs `view_pii`."""
    principal.require(Permission.VIEW_PII)
    contract = selectors.contract_of(principal, contract_id)
    audit.record(
        "contract.viewed",
        subject=contract.subject,
        actor=principal.actor,
        tenant=principal.tenant,
        detail={"what": what},
    )
    return contract


def open_certificate(*, principal: Principal, termination_id: UUID) -> Termination:
    """The ending whose certificate is looked at, after writing that down. Needs `view_pii`."""
    principal.require(Permission.VIEW_PII)
    termination = selectors.termination_of(principal, termination_id)
    audit.record(
        "termination.viewed", subject=termination.subject, actor=principal.actor, tenant=principal.tenant
    )
    return termination
