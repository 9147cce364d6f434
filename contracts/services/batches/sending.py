"""From a confirmed batch to contracts sent: each row once, whatever dies in between.

One work item stands for the batch; it sends a few rows and lets others have their turn before the next. A
row's worker, contract, frozen facts and state commit together, so a process that is killed leaves a row
untouched or done.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction

from accounts import selectors as accounts
from accounts.domain import EmployerState
from accounts.models import Worker
from accounts.services.workers import create_worker, update_worker
from contracts import selectors
from contracts.domain import BatchState, RowState
from contracts.models import Batch, BatchRow
from contracts.services.batches.checking import SYSTEM, Judge
from contracts.services.batches.turns import ROWS_A_TURN, take_turn
from contracts.services.drafting import create_draft
from contracts.services.sending import send_contract
from core import clock, work
from core.errors import Refused
from core.principal import Permission, Principal
from core.transitions import advance, advance_all

SEND = "contracts.send_batch"

log = structlog.get_logger()


def confirm_batch(*, principal: Principal, batch_id: UUID, skip_faulty: bool = False) -> Batch:
    """Have the rows without faults sent in the background.

    Commits the state and the due work. Refuses an employer that is not approved, `batch_nothing_to_send`, and
    `batch_has_faults` unless the faulty rows are to be left out.
    """
    principal.require(Permission.DRAFT)
    principal.require(Permission.SEND)
    batch = selectors.batch_of(principal, batch_id)
    if accounts.employer_of(principal).state != EmployerState.APPROVED:
        raise Refused("employer_not_approved")
    tally = selectors.tallies_of([batch])[batch.pk]
    if not tally.good:
        raise Refused("batch_nothing_to_send")
    if tally.faulty and not skip_faulty:
        raise Refused("batch_has_faults", params={"count": tally.faulty})
    return _set_running(
        principal,
        batch,
        BatchState.READY,
        "batch.confirmed",
        confirmed_by_id=principal.user_id,
        confirmed_at=clock.now(),
    )


def pause_batch(*, principal: Principal, batch_id: UUID) -> Batch:
    """Stop sending after the row that is under way; what was sent stays sent."""
    principal.require(Permission.SEND)
    batch = selectors.batch_of(principal, batch_id)
    return _move(principal, batch, BatchState.RUNNING, BatchState.PAUSED, "batch.paused")


def resume_batch(*, principal: Principal, batch_id: UUID) -> Batch:
    """Go on with a paused batch, in the name of whoever says so."""
    principal.require(Permission.DRAFT)
    principal.require(Permission.SEND)
    batch = selectors.batch_of(principal, batch_id)
    return _set_running(
        principal, batch, BatchState.PAUSED, "batch.resumed", confirmed_by_id=principal.user_id, halted=""
    )


def cancel_batch(*, principal: Principal, batch_id: UUID) -> Batch:
    """Send nothing more of this batch. Contracts that were sent stay; they are withdrawn one by one."""
    principal.require(Permission.DRAFT)
    batch = selectors.batch_of(principal, batch_id)
    if BatchState.CANCELLED not in Batch.TRANSITIONS.get(batch.state, frozenset()):
        raise Refused("state_conflict")
    return _move(
        principal,
        batch,
        BatchState(batch.state),
        BatchState.CANCELLED,
        "batch.cancelled",
        finished_at=clock.now(),
    )


def retry_failed(*, principal: Principal, batch_id: UUID) -> Batch:
    """Try the failed rows of a finished batch again. Refuses `batch_nothing_to_send` when none failed."""
    principal.require(Permission.DRAFT)
    principal.require(Permission.SEND)
    batch = selectors.batch_of(principal, batch_id)
    numbers = dict(selectors.rows_of(batch, state=RowState.FAILED).values_list("pk", "number"))
    if not numbers:
        raise Refused("batch_nothing_to_send")
    with transaction.atomic():
        advance_all(
            BatchRow,
            dict.fromkeys(numbers, batch.subject),
            old=RowState.FAILED,
            new=RowState.WAITING,
            actor=principal.actor,
            action="batch.row_retried",
            detail=lambda pk: {"row": numbers[pk]},
            tenant=batch.employer_id,
            refusal="",
        )
        return _set_running(
            principal,
            batch,
            BatchState.DONE,
            "batch.resumed",
            confirmed_by_id=principal.user_id,
            finished_at=None,
        )


def send_some(batch_id: UUID) -> None:
    """Send the next rows of a running batch. Raises `Later` while some are left."""
    batch = Batch.objects.select_related("employer", "template", "confirmed_by").get(pk=batch_id)
    if batch.state != BatchState.RUNNING or batch.confirmed_by is None:
        return
    try:
        principal = accounts.principal_of(batch.confirmed_by, batch.employer)
        principal.require(Permission.DRAFT)
        principal.require(Permission.SEND)
    except Refused as refused:  # who confirmed has left, or may no longer send: a person must look
        _halt(batch, refused.code)
        return
    judge = Judge(batch)
    waiting = selectors.rows_of(batch, faulty=False, state=RowState.WAITING)
    rows = list(waiting[: ROWS_A_TURN + 1])
    if not _take_turn(principal, judge, rows[:ROWS_A_TURN]):
        return
    if len(rows) > ROWS_A_TURN:
        raise work.Later(clock.now() + timedelta(milliseconds=1))
    _finish(batch)


def _take_turn(principal: Principal, judge: Judge, rows: Iterable[BatchRow]) -> bool:
    return take_turn(
        rows,
        running=Batch.objects.filter(pk=judge.batch.pk, state=BatchState.RUNNING),
        do=lambda row: _send_row(principal, judge, row),
        blame=lambda row, code: _advance_row(row, judge.batch, RowState.FAILED, actor=SYSTEM, refusal=code),
    )


def _send_row(principal: Principal, judge: Judge, row: BatchRow) -> None:
    # Locks the row: another process that has the same one waits here, and then finds it sent.
    if not BatchRow.objects.filter(pk=row.pk, state=RowState.WAITING).update(refusal=""):
        return
    batch, wish = judge.batch, judge.wish(row)
    roster = accounts.workers_of(principal).filter(id_no_index=row.person_index).first()
    worker: Worker
    if roster is None:
        worker = create_worker(principal=principal, particulars_given=wish.particulars)
    else:
        worker = update_worker(principal=principal, worker_id=roster.pk, changes=wish.particulars)
    contract = create_draft(
        principal=principal,
        worker_id=worker.pk,
        template_slug=batch.template.slug,
        template_number=batch.template.number,
        terms=wish.terms,
        jurisdiction_code=wish.jurisdiction_code,
        contract_no=wish.contract_no or None,
    )
    send_contract(principal=principal, contract_id=contract.pk)
    _advance_row(row, batch, RowState.SENT, actor=principal.actor, contract=contract)


def _advance_row(row: BatchRow, batch: Batch, new: RowState, *, actor: str, **changes: Any) -> None:
    advance(
        BatchRow,
        row.pk,
        old=RowState.WAITING,
        new=new,
        actor=actor,
        action=f"batch.row_{new}",
        subject=batch.subject,
        tenant=batch.employer_id,
        detail={"row": row.number},
        **changes,
    )


def _finish(batch: Batch) -> None:
    try:
        advance(
            Batch,
            batch.pk,
            old=BatchState.RUNNING,
            new=BatchState.DONE,
            actor=SYSTEM,
            action="batch.finished",
            subject=batch.subject,
            tenant=batch.employer_id,
            finished_at=clock.now(),
        )
    except Refused:  # paused or cancelled beside the last row
        log.info("batch.stopped", batch=str(batch.pk))


def _halt(batch: Batch, code: str) -> None:
    advance(
        Batch,
        batch.pk,
        old=BatchState.RUNNING,
        new=BatchState.PAUSED,
        actor=SYSTEM,
        action="batch.halted",
        subject=batch.subject,
        tenant=batch.employer_id,
        detail={"code": code},
        halted=code,
    )


def _set_running(principal: Principal, batch: Batch, old: BatchState, action: str, **changes: Any) -> Batch:
    with transaction.atomic():
        moved = _move(principal, batch, old, BatchState.RUNNING, action, **changes)
        work.enqueue(SEND, str(batch.pk))
    return moved


def _move(
    principal: Principal, batch: Batch, old: BatchState, new: BatchState, action: str, **changes: Any
) -> Batch:
    advance(
        Batch,
        batch.pk,
        old=old,
        new=new,
        actor=principal.actor,
        action=action,
        subject=batch.subject,
        tenant=batch.employer_id,
        **changes,
    )
    return selectors.batch_of(principal, batch.pk)
