"""The faulty rows of a batch as a file that can be mended and uploaded again."""

from collections.abc import Iterator
from uuid import UUID

from contracts import selectors
from contracts.bulk.columns import Plan, plan_for
from contracts.bulk.remarks import recall
from contracts.bulk.sheets import FaultyRow, faults_workbook
from contracts.domain import RowState
from contracts.models import Batch
from contracts.services.batches.checking import cells_of
from core import audit
from core.principal import Permission, Principal


def faults_of_batch(*, principal: Principal, batch_id: UUID) -> bytes:
    """An .xlsx file of the rows that were not sent for their faults. Needs `view_pii`, and is on record."""
    principal.require(Permission.VIEW_PII)
    batch = selectors.batch_of(principal, batch_id)
    plan = plan_for(batch.template.content)
    audit.record(
        "batch.faults_exported", subject=batch.subject, actor=principal.actor, tenant=batch.employer_id
    )
    title = batch.template.content["title"]["zh"]
    return faults_workbook(plan, title=title, rows=_rows(batch, plan))


def _rows(batch: Batch, plan: Plan) -> Iterator[FaultyRow]:
    rows = selectors.rows_of(batch, faulty=True).filter(state=RowState.WAITING)
    for row in rows.iterator(chunk_size=500):
        faults = [remark.fault for remark in map(recall, row.remarks) if remark.stops]
        said = "；".join(f"{fault.zh}{fault.remedy_zh}" for fault in faults)
        wrong = {fault.field.strip("/").replace("/", ".") for fault in faults}
        yield FaultyRow(
            f"第 {row.number} 行：{said}", cells_of(batch, row), frozenset(wrong & set(plan.columns))
        )
