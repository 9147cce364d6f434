"""Looking at a contract in full, which shows personal data unmasked and is therefore on record."""

from typing import Literal, TypeVar
from uuid import UUID

from contracts import selectors
from contracts.models import Change, Contract, LaterDocument, Suspension, Termination
from core import audit
from core.principal import Permission, Principal

D = TypeVar("D", bound=LaterDocument)


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
    return _open(principal, selectors.termination_of(principal, termination_id))


def open_agreement(*, principal: Principal, change_id: UUID) -> Change:
    """The change whose agreement is looked at, after writing that down. Needs `view_pii`."""
    return _open(principal, selectors.change_of(principal, change_id))


def open_suspension_document(*, principal: Principal, suspension_id: UUID) -> Suspension:
    """The suspension whose document is looked at, after writing that down. Needs `view_pii`."""
    return _open(principal, selectors.suspension_of(principal, suspension_id))


def _open(principal: Principal, document: D) -> D:
    principal.require(Permission.VIEW_PII)
    audit.record(
        f"{document.kind}.viewed", subject=document.subject, actor=principal.actor, tenant=principal.tenant
    )
    return document
