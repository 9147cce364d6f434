"""Changes of state and events of a signature request, filed under the request's subject in the audit log."""

from collections.abc import Mapping
from typing import Any

from core import audit
from core.audit import Detail
from core.errors import Refused
from core.transitions import advance
from signing.models import (
    IdentityCheck,
    OneTimeCode,
    SignatureRequest,
    SigningJob,
    SigningParty,
    SigningSession,
)

Row = SignatureRequest | SigningParty | SigningSession | IdentityCheck | OneTimeCode | SigningJob


def note(request: SignatureRequest, action: str, *, actor: str, detail: Detail) -> None:
    """Write one event."""
    audit.record(action, subject=request.subject, actor=actor, tenant=request.tenant, detail=detail)


def move(
    row: Row,
    new: str,
    action: str,
    *,
    request: SignatureRequest,
    actor: str,
    detail: Detail,
    only_if: Mapping[str, Any] | None = None,
    **changes: Any,
) -> None:
    """Advance a row from the state in which it was read; `state_conflict` when it is not there any more."""
    if new not in row.TRANSITIONS.get(row.state, frozenset()):
        raise Refused("state_conflict")
    advance(
        type(row),
        row.pk,
        old=row.state,
        new=new,
        actor=actor,
        action=action,
        subject=request.subject,
        tenant=request.tenant,
        detail=detail,
        only_if=only_if,
        **changes,
    )
