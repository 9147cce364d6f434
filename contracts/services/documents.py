"""What changes, suspensions and endings have in common: found by their subject, taken back, closed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction

from contracts.changes import agreement
from contracts.changes.facts import SIGNERS
from contracts.document.engine import Rendered
from contracts.domain import DocumentState
from contracts.endings import certificate
from contracts.endings.facts import signers_of
from contracts.facts import Facts
from contracts.models import Change, LaterDocument, Suspension, Termination
from contracts.services.moving import move
from contracts.suspensions import document as suspension
from contracts.suspensions import facts as suspensions
from core.principal import Permission, Principal
from signing.services.requests import withdraw_request

SYSTEM: Final = "system:contracts"


@dataclass(frozen=True)
class Kind:
    """What differs: the table, the title, how the facts are rendered, who signs, what stands above."""

    model: type[LaterDocument]
    title: Callable[[Facts], str]
    render: Callable[..., Rendered]
    signers: Callable[[Facts], tuple[str, ...]]
    summary: Callable[[Facts], list[dict[str, str]]]


KINDS: Final[Mapping[str, Kind]] = {
    "termination": Kind(
        Termination,
        lambda facts: certificate.TITLE,
        certificate.render_certificate,
        signers_of,
        certificate.summary,
    ),
    "change": Kind(
        Change,
        lambda facts: agreement.TITLE,
        agreement.render_agreement,
        lambda facts: SIGNERS,
        agreement.summary,
    ),
    "suspension": Kind(
        Suspension,
        suspension.title,
        suspension.render_suspension,
        suspensions.signers_of,
        suspension.summary,
    ),
}


def find(subject: str) -> LaterDocument | None:
    """The document that a subject names; None for anything else, a contract too."""
    name, _, identifier = subject.partition(":")
    kind = KINDS.get(name)
    if kind is None:
        return None
    return kind.model._default_manager.select_related("contract", "employer").get(pk=UUID(identifier))


def withdraw(principal: Principal, document: LaterDocument, reason: str) -> None:
    """Take one back that is not signed yet: the contract goes on as it is. Needs `send`."""
    principal.require(Permission.SEND)
    with transaction.atomic():
        if document.state == DocumentState.SIGNING and document.signature_request:
            withdraw_request(request_id=document.signature_request, actor=principal.actor, reason=reason)
        move(
            document,
            DocumentState.WITHDRAWN,
            f"{document.kind}.withdrawn",
            actor=principal.actor,
            close_reason=reason,
        )


def close(document: LaterDocument, new: DocumentState, *, reason: str = "") -> None:
    """Refused by the worker, not signed in time, or overtaken: the contract goes on as it is."""
    move(document, new, f"{document.kind}.{new}", actor=SYSTEM, close_reason=reason)
