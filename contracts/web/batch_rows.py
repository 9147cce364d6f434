"""Rows of a batch: what is wrong with each, mended in place; one row in full, and as a contract."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.masking import mask_number, shown_name
from accounts.web.forms import words_of
from accounts.web.pages import Visit, for_acting, for_members
from accounts.web.words import Badge
from contracts import selectors
from contracts.bulk.columns import Column, Kind, Plan, plan_for
from contracts.bulk.remarks import recall
from contracts.bulk.values import NO, YES, CellError, option, read_cell
from contracts.domain import BatchState, RowState
from contracts.models import Batch, BatchRow
from contracts.services.batches import mending
from contracts.services.batches.checking import cells_of
from contracts.web.batch_words import ROW_STATES, heading_of, refusal_in_words
from core.errors import Refused
from core.principal import Permission
from signing.pages import page_count, page_images

WIDTH = 720
OPENED = "opened_rows"  # the session's: rows whose contracts were opened
KEPT_OPEN = 20


@dataclass(frozen=True)
class Entry:
    """A cell that can be corrected. `choices` are what may be chosen, if it is a choice."""

    key: str
    id: str
    title: str
    value: str
    required: bool
    choices: Sequence[str]
    notes: Sequence[str] = field(default=())
    hint: str = ""


@dataclass(frozen=True)
class RowShown:
    """`entries` are the cells that are wrong; `faults` and `warnings` concern the row as a whole."""

    number: int
    name: str
    id_no: str
    job: str
    state: Badge
    contract: UUID | None
    faulty: bool
    entries: Sequence[Entry]
    faults: Sequence[str]
    warnings: Sequence[str]


def rows_shown(visit: Visit, batch: Batch, rows: Sequence[BatchRow]) -> list[RowShown]:
    """Rows in words; who may not see personal data gets no cells, and names masked."""
    plan = plan_for(batch.template.content)
    return [_row_shown(visit, batch, plan, row) for row in rows]


def may_mend(visit: Visit, batch: Batch) -> bool:
    """Whether to offer corrections."""
    return batch.state == BatchState.READY and visit.may(Permission.DRAFT) and visit.may(Permission.VIEW_PII)


def _row_shown(visit: Visit, batch: Batch, plan: Plan, row: BatchRow) -> RowShown:
    cells = cells_of(batch, row)
    remarks = [recall(stored) for stored in row.remarks]
    wrong: dict[str, list[str]] = {}
    faults, warnings = [], []
    for remark in remarks:
        key = remark.fault.field.strip("/").replace("/", ".")
        words = words_of(remark.fault)
        if not remark.stops:
            warnings.append(words)
        elif key in plan.columns:
            wrong.setdefault(key, []).append(words)
        else:
            faults.append(words)
    if row.state == RowState.FAILED:
        faults.append(str(refusal_in_words(row.refusal)))
    if not may_mend(visit, batch):
        faults += [words for each in wrong.values() for words in each]
        wrong = {}
    return RowShown(
        number=row.number,
        name=shown_name(visit.principal, cells.get("worker.name", "")),
        id_no=mask_number(cells.get("worker.id_no", "")),
        job=cells.get("contract.job_title", ""),
        state=ROW_STATES[row.state],
        contract=row.contract_id,
        faulty=row.faults > 0,
        entries=[_entry(row, plan.columns[key], cells, notes) for key, notes in wrong.items()],
        faults=faults,
        warnings=warnings,
    )


def _entry(row: BatchRow, column: Column, cells: dict[str, str], notes: Sequence[str] = ()) -> Entry:
    value = cells.get(column.key, "")
    choices: Sequence[str] = ()
    if column.kind is Kind.FLAG:
        choices = (YES, NO)
    elif column.closed:
        choices = [option(column, code) for code in column.options]
        value = _as_option(column, value)
    return Entry(
        key=column.key,
        id=f"r{row.number}-{column.key.replace('.', '-')}",
        title=heading_of(column),
        value=value,
        required=column.required,
        choices=(value, *choices) if choices and value and value not in choices else choices,
        notes=notes,
        hint=column.note,
    )


def _as_option(column: Column, value: str) -> str:
    """A cell in the form in which lists offer it; one that cannot be read stays as it is."""
    try:
        code = read_cell(column, value)
    except CellError:
        return value
    return option(column, code) if value and code else value


@for_acting
def row_page(visit: Visit, batch_id: UUID, number: int) -> HttpResponse:
    """One row in full: every cell, and the contract that it becomes. Corrections are posted here."""
    batch, row = mending.row_of(visit.principal, batch_id, number)
    if visit.posted:
        return _mend(visit, batch, row)
    visit.principal.require(Permission.VIEW_PII)
    plan = plan_for(batch.template.content)
    (shown,) = rows_shown(visit, batch, [row])
    notes = {entry.key: entry.notes for entry in shown.entries}
    cells = cells_of(batch, row)
    entries = [_entry(row, column, cells, notes.get(key, ())) for key, column in plan.columns.items()]
    return visit.show(
        "batch_row.html",
        batch=batch,
        row=shown,
        entries=[each for each in entries if each.value or each.required or each.notes],
        empty=[each for each in entries if not (each.value or each.required or each.notes)],
        may_mend=may_mend(visit, batch),
        pages=_open(visit, batch, row),
    )


@for_members
def picture(visit: Visit, batch_id: UUID, number: int, page: int) -> HttpResponse:
    """A page of the contract that a row becomes, as WebP, once the row was opened in this session."""
    if [str(batch_id), number] not in visit.request.session.get(OPENED, []):
        raise Refused("not_found")
    pdf = mending.draw_row(principal=visit.principal, batch_id=batch_id, number=number)
    try:
        (image,) = page_images(pdf, WIDTH, [page])
    except ValueError as error:
        raise Refused("not_found") from error
    answer = HttpResponse(image.webp, content_type="image/webp")
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _open(visit: Visit, batch: Batch, row: BatchRow) -> range:
    """The numbers of the pages that the row would have; looking at them is on record."""
    try:
        pdf = mending.preview_row(principal=visit.principal, batch_id=batch.pk, number=row.number)
    except Refused:
        return range(0)
    opened = visit.request.session.get(OPENED, [])
    visit.request.session[OPENED] = [*opened, [str(batch.pk), row.number]][-KEPT_OPEN:]
    return range(1, page_count(pdf) + 1)


def _mend(visit: Visit, batch: Batch, row: BatchRow) -> HttpResponse:
    before = cells_of(batch, row)
    changes = {
        key: str(text)
        for key, text in visit.request.POST.items()
        if key in plan_for(batch.template.content).columns and text != before.get(key, "")
    }
    rows = mending.mend_row(principal=visit.principal, batch_id=batch.pk, number=row.number, changes=changes)
    if not visit.request.headers.get("HX-Request"):
        return redirect("batches:row", batch.pk, row.number)
    batch = selectors.batch_of(visit.principal, batch.pk)
    if len(rows) > 1:  # the correction concerned other rows, which may be on the page or not
        return HttpResponse(headers={"HX-Refresh": "true"})
    (shown,) = rows_shown(visit, batch, rows)
    return render(
        visit.request,
        "portal/batch_mended.html",
        {
            "batch": batch,
            "row": shown,
            "tally": selectors.tallies_of([batch])[batch.pk],
            "may_mend": may_mend(visit, batch),
            "mended": row.number,
            "may_open": True,
            "may_send": visit.may(Permission.SEND),
        },
    )
