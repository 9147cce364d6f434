"""The one way in which a contract, or a document about it, changes its state: transition, audit, webhook."""

from typing import Any

from django.db import transaction

from contracts.models import Contract, LaterDocument
from core.audit import Detail
from core.errors import Refused
from core.transitions import advance
from core.webhooks.services import emit


def move(
    row: Contract | LaterDocument,
    new: str,
    action: str,
    *,
    actor: str,
    detail: Detail | None = None,
    **changes: Any,
) -> None:
    """Advance a row from the state in which it was read, and tell who listens by webhook.

    Commits both with the audit event. Refuses `state_conflict` when the row has left that state, or cannot
    go on from it to `new`.
    """
    if new not in row.TRANSITIONS.get(row.state, frozenset()):
        raise Refused("state_conflict")
    with transaction.atomic():
        advance(
            type(row),
            row.pk,
            old=row.state,
            new=new,
            actor=actor,
            action=action,
            subject=row.subject,
            tenant=row.employer_id,
            detail=detail,
            **changes,
        )
        emit(action, tenant=row.employer_id, subject=row.subject, data={**row.told, "state": new})
