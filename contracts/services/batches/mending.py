"""Correcting rows on the page, and looking at what a row would become."""

from collections.abc import Mapping
from uuid import UUID

from django.db.models import Q

from accounts.selectors import workers_of
from contracts import selectors
from contracts.bulk.reader import MAX_TEXT
from contracts.document.expand import CannotExpand
from contracts.domain import BatchState
from contracts.models import Batch, BatchRow
from contracts.services.batches.checking import NO_NUMBER, Judge, worker_of
from contracts.services.batches.holding import holding
from contracts.services.batches.uploading import CHECK
from contracts.services.drafting import assemble_facts
from contracts.services.rendering import rendered_contract
from core import audit, clock, work
from core.errors import Fault, Refused
from core.principal import Permission, Principal
from core.transitions import advance

ROWS_AT_ONCE = 200  # more than that are judged in the background


def mend_row(
    *, principal: Principal, batch_id: UUID, number: int, changes: Mapping[str, str]
) -> list[BatchRow]:
    """Correct cells of a row, by key of the column; judges it anew together with the rows that it concerned.

    Returns the rows judged, the corrected one first. Commits them with an audit event that names the
    columns. Refuses `not_found`, `invalid_input` for a column that there is not, and `state_conflict` once
    the batch is confirmed.
    """
    principal.require(Permission.DRAFT)
    batch = selectors.batch_of(principal, batch_id)
    judge = Judge(batch)
    faults = [_unknown(key) for key in changes if key not in judge.plan.columns]
    if faults:
        raise Refused("invalid_input", faults=faults)
    with holding(batch, BatchState.READY):
        row = batch.rows.filter(number=number).first()
        if row is None:
            raise Refused("not_found")
        before = _concerned(batch, row)
        row.mended = row.mended | {key: text.strip()[:MAX_TEXT] for key, text in changes.items()}
        judge.index(row)
        others = {other.pk: other for other in (*before, *_concerned(batch, row)) if other.pk != row.pk}
        rows = [row, *others.values()]
        if len(rows) > ROWS_AT_ONCE:
            _check_all_again(principal, batch, row)
        else:
            judge.examine(rows, judge.twins([rows]))
        audit.record(
            "batch.mended",
            subject=batch.subject,
            actor=principal.actor,
            tenant=batch.employer_id,
            detail={"row": number, "columns": sorted(changes)},
        )
    return rows


def _check_all_again(principal: Principal, batch: Batch, row: BatchRow) -> None:
    row.save(update_fields=["mended"])
    advance(
        Batch,
        batch.pk,
        old=BatchState.READY,
        new=BatchState.CHECKING,
        actor=principal.actor,
        action="batch.rechecked",
        subject=batch.subject,
        tenant=batch.employer_id,
    )
    work.enqueue(CHECK, str(batch.pk))


def row_of(principal: Principal, batch_id: UUID, number: int) -> tuple[Batch, BatchRow]:
    """One row; raises `not_found`."""
    batch = selectors.batch_of(principal, batch_id)
    row = batch.rows.filter(number=number).select_related("contract").first()
    if row is None:
        raise Refused("not_found")
    return batch, row


def preview_row(*, principal: Principal, batch_id: UUID, number: int) -> bytes:
    """The contract that the row would become, as PDF; nothing is stored but who looked.

    Needs `view_pii`. Refuses `batch_row_faulty` for a row that cannot be printed yet.
    """
    pdf = draw_row(principal=principal, batch_id=batch_id, number=number)
    audit.record(
        "batch.previewed",
        subject=f"batch:{batch_id}",
        actor=principal.actor,
        tenant=principal.tenant,
        detail={"row": number},
    )
    return pdf


def draw_row(*, principal: Principal, batch_id: UUID, number: int) -> bytes:
    """The same for each picture of a page, once `preview_row` has written down who looks."""
    principal.require(Permission.VIEW_PII)
    batch, row = row_of(principal, batch_id, number)
    if row.faults:
        raise Refused("batch_row_faulty")
    wish = Judge(batch).wish(row)
    roster = workers_of(principal).filter(id_no_index=row.person_index).first()
    facts = assemble_facts(
        batch.employer,
        worker_of(wish, roster),
        batch.template,
        wish.terms,
        wish.jurisdiction_code,
        row.contract_no or NO_NUMBER,
    )
    try:
        return rendered_contract(batch.template.content, facts, at=clock.now()).pdf
    except CannotExpand as error:
        raise Refused("batch_row_faulty", faults=error.faults) from error


def _concerned(batch: Batch, row: BatchRow) -> list[BatchRow]:
    """The other rows that name the same person or contract number."""
    same = Q(pk__isnull=True)
    if row.person_index:
        same |= Q(person_index=row.person_index)
    if row.contract_no:
        same |= Q(contract_no=row.contract_no)
    return list(batch.rows.filter(same).exclude(pk=row.pk))


def _unknown(key: str) -> Fault:
    return Fault(
        f"/{key}", "column_unknown", "没有这一列。", "There is no such column.",
        "请从列表中选择。", "Choose from the list.",
    )  # fmt: skip
