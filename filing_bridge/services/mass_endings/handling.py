"""What people do with the rows that no rule lets through; and how an ending that is opened finds its row."""

from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.selectors import members_of
from contracts.events import EndingDecided
from contracts.models import Contract
from core import audit, work
from core.errors import Refused
from core.principal import Permission, Principal
from core.transitions import advance
from filing_bridge import selectors
from filing_bridge.mass_endings import GATE_PASSED, TO_COME, EndingBatchState, EndingRowState
from filing_bridge.models import EndingBatch, EndingRow
from filing_bridge.services.mass_endings.gate import RUN, refuse_single, staff_of
from filing_bridge.services.mass_endings.warning import warn_if_many


def admit(event: EndingDecided) -> None:
    """An ending is opened: as a row of a batch whose gate is passed, or by itself, if it may be.

    A row is found by contract and reason, so one that a person ends on the pages of single endings is done
    as well. Call in the transaction that opens the ending; raises what `refuse_single` raises.
    """
    row = (
        EndingRow.objects.filter(
            contract_id=event.contract_id,
            reason=event.reason,
            batch__state__in=sorted(GATE_PASSED),
            state__in=sorted(TO_COME),
        )
        .select_related("batch")
        .first()
    )
    if row is not None:
        _advance(row, EndingRowState.OPENED, "opened", event.actor, termination_id=event.termination_id)
        return
    jurisdiction = Contract.objects.values_list("jurisdiction_code", flat=True).get(pk=event.contract_id)
    refuse_single(event.tenant, event.reason, jurisdiction)
    warn_if_many(event.tenant, staff=staff_of(event.tenant))


def assign_row(
    *, principal: Principal, batch_id: UUID, number: int, owner: UUID | None, note: str
) -> EndingRow:
    """Say who looks after a row that waits for a person, by membership, and what is known of it.

    Commits both with an audit event. Needs `send`. Refuses `not_found`, and `state_conflict` for other rows.
    """
    principal.require(Permission.SEND)
    row = selectors.ending_row_of(principal, batch_id, number)
    member = members_of(principal).filter(pk=owner, active=True).first() if owner else None
    if owner and member is None:
        raise Refused("not_found")
    with transaction.atomic():
        manual = EndingRow.objects.filter(pk=row.pk, state=EndingRowState.MANUAL)
        row.owner = member.user if member else None
        row.note = note
        if not manual.update(owner=row.owner, note=note):
            raise Refused("state_conflict")
        audit.record(
            "ending_batch.row_assigned",
            subject=row.batch.subject,
            actor=principal.actor,
            tenant=principal.tenant,
            detail={"row": number, "owner": f"user:{member.user_id}" if member else None},
        )
    return row


def leave_out(*, principal: Principal, batch_id: UUID, number: int, note: str) -> EndingRow:
    """Take a row out that waits for a person: the contract goes on. `note` says why. Needs `send`."""
    principal.require(Permission.SEND)
    row = selectors.ending_row_of(principal, batch_id, number)
    if row.state != EndingRowState.MANUAL:
        raise Refused("state_conflict")
    _advance(row, EndingRowState.LEFT_OUT, "left_out", principal.actor, note=note)
    return selectors.ending_row_of(principal, batch_id, number)


def let_go(*, principal: Principal, batch_id: UUID, number: int) -> EndingRow:
    """Somebody has looked: the row goes by itself, as it was frozen. What breaks a rule comes back.

    Commits the row's state and, where the batch was done, its going on. Needs `send`.
    """
    principal.require(Permission.SEND)
    row = selectors.ending_row_of(principal, batch_id, number)
    batch = row.batch
    if row.state != EndingRowState.MANUAL:
        raise Refused("state_conflict")
    with transaction.atomic():
        _advance(row, EndingRowState.WAITING, "let_go", principal.actor)
        if batch.state == EndingBatchState.DONE:
            advance(
                EndingBatch,
                batch.pk,
                old=EndingBatchState.DONE,
                new=EndingBatchState.RUNNING,
                actor=principal.actor,
                action="ending_batch.resumed",
                subject=batch.subject,
                tenant=batch.employer_id,
                started_by_id=principal.user_id,
                finished_at=None,
            )
        if batch.state in (EndingBatchState.DONE, EndingBatchState.RUNNING):
            work.enqueue(RUN, str(batch.pk))
    return selectors.ending_row_of(principal, batch_id, number)


def _advance(row: EndingRow, new: EndingRowState, action: str, actor: str, **changes: Any) -> None:
    advance(
        EndingRow,
        row.pk,
        old=row.state,
        new=new,
        actor=actor,
        action=f"ending_batch.row_{action}",
        subject=row.batch.subject,
        tenant=row.batch.employer_id,
        detail={"row": row.number},
        **changes,
    )
