"""From a started batch to its endings: each row once, whatever dies in between.

One work item stands for the batch; it opens a few endings and lets others have their turn. An ending and the
state of its row commit together (`handling.admit`), so a killed process leaves a row untouched or done.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog

from accounts import selectors as accounts
from contracts.services.batches.turns import ROWS_A_TURN, take_turn
from contracts.services.terminating import open_termination
from core import clock, work
from core.errors import Refused
from core.principal import Permission, Principal
from core.transitions import advance
from filing_bridge import selectors
from filing_bridge.ending_sheet import Consultation, read_row, wish_of
from filing_bridge.mass_endings import EndingBatchState, EndingRowState
from filing_bridge.models import EndingBatch, EndingRow
from filing_bridge.services.mass_endings.checking import SYSTEM, digest_of

log = structlog.get_logger()


def open_some(batch_id: UUID) -> None:
    """Open the endings of the next rows of a running batch. Raises `Later` while some are left."""
    batch = EndingBatch.objects.select_related("employer", "started_by").get(pk=batch_id)
    if batch.state != EndingBatchState.RUNNING or batch.started_by is None:
        return
    try:
        principal = accounts.principal_of(batch.started_by, batch.employer)
        principal.require(Permission.SEND)
    except Refused as refused:  # who started it has left, or may no longer: a person must look
        _move(batch, EndingBatchState.PAUSED, "ending_batch.halted", halted=refused.code)
        return
    waiting = batch.rows.filter(state=EndingRowState.WAITING).order_by("number")
    rows = list(waiting[: ROWS_A_TURN + 1])
    if not _take_turn(principal, batch, rows[:ROWS_A_TURN]):
        return
    if len(rows) > ROWS_A_TURN:
        raise work.Later(clock.now() + timedelta(milliseconds=1))
    try:
        _move(batch, EndingBatchState.DONE, "ending_batch.finished", finished_at=clock.now())
    except Refused:  # paused or cancelled beside the last row
        log.info("ending_batch.stopped", batch=str(batch.pk))


def pause_batch(*, principal: Principal, batch_id: UUID) -> EndingBatch:
    """Stop after the row that is under way; endings that were opened stay."""
    principal.require(Permission.SEND)
    batch = selectors.ending_batch_of(principal, batch_id)
    if batch.state != EndingBatchState.RUNNING:
        raise Refused("state_conflict")
    _move(batch, EndingBatchState.PAUSED, "ending_batch.paused", actor=principal.actor)
    return selectors.ending_batch_of(principal, batch_id)


def _take_turn(principal: Principal, batch: EndingBatch, rows: Iterable[EndingRow]) -> bool:
    return take_turn(
        rows,
        running=EndingBatch.objects.filter(pk=batch.pk, state=EndingBatchState.RUNNING),
        do=lambda row: _open(principal, batch, row),
        blame=lambda row, code: _to_person(batch, row, code),
    )


def _open(principal: Principal, batch: EndingBatch, row: EndingRow) -> None:
    # Locks the row: another process that has the same one waits here, and then finds it opened.
    if not EndingRow.objects.filter(pk=row.pk, state=EndingRowState.WAITING).update(refusal=""):
        return
    if row.contract_id is None or row.digest != digest_of(row):
        raise Refused("ending_row_changed")
    given, _unreadable = read_row(row.cells)
    told = Consultation(batch.explained_on, batch.report_no) if batch.explained_on else None
    open_termination(principal=principal, contract_id=row.contract_id, wish=wish_of(given, told))


def _to_person(batch: EndingBatch, row: EndingRow, code: str) -> None:
    advance(
        EndingRow,
        row.pk,
        old=EndingRowState.WAITING,
        new=EndingRowState.MANUAL,
        actor=SYSTEM,
        action="ending_batch.row_refused",
        subject=batch.subject,
        tenant=batch.employer_id,
        detail={"row": row.number, "code": code},
        refusal=code,
    )


def _move(
    batch: EndingBatch, new: EndingBatchState, action: str, *, actor: str = SYSTEM, **changes: Any
) -> None:
    advance(
        EndingBatch,
        batch.pk,
        old=EndingBatchState.RUNNING,
        new=new,
        actor=actor,
        action=action,
        subject=batch.subject,
        tenant=batch.employer_id,
        **changes,
    )
