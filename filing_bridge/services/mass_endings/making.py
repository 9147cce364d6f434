"""A batch comes in: contracts picked from the list, or a filled sheet."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts import selectors as accounts
from accounts.domain import EmployerState
from contracts import selectors as contracts
from contracts.bulk.headings import understand
from contracts.bulk.reader import MAX_ROWS, MAX_TEXT, Line
from contracts.bulk.remarks import recall
from contracts.bulk.sheets import FaultyRow, faults_workbook
from contracts.domain import IN_FORCE
from contracts.services.batches.uploading import read_lines
from core import audit, clock, work
from core.canonical import canonical_json, sha256_hex
from core.crypto import blind_index
from core.errors import Refused
from core.principal import Permission, Principal
from core.transitions import advance
from filing_bridge import selectors
from filing_bridge.ending_sheet import COMMON, NAMED_BY, TITLE, plan
from filing_bridge.mass_endings import UNFINISHED, EndingBatchState
from filing_bridge.models import EndingBatch, EndingRow

CHECK = "filing.check_endings"

Cells = Mapping[str, str]


def make_of_contracts(*, principal: Principal, contract_ids: Collection[UUID], common: Cells) -> EndingBatch:
    """A batch of contracts in force; `common` holds for all, by key of the sheet.

    Commits it with the due check; the same again is the same batch. Needs `send` and `view_pii`. Refuses
    `not_found` when one of the contracts
    is not in force or another employer's, `employer_not_approved`, `batch_empty` and `batch_too_many_rows`.
    """
    _require(principal)
    in_force = contracts.contracts_of(principal).filter(state__in=sorted(IN_FORCE))
    numbers = list(
        in_force.filter(pk__in=contract_ids).order_by("contract_no").values_list("contract_no", flat=True)
    )
    if len(numbers) != len(set(contract_ids)):
        raise Refused("not_found")
    rows = ((place, {"contract_no": number}) for place, number in enumerate(numbers, start=1))
    return _store(principal, "", rows, common)


def make_of_sheet(*, principal: Principal, file_name: str, data: bytes, common: Cells) -> EndingBatch:
    """A batch of the rows of a sheet (.xlsx); what a row says itself goes before `common`.

    Commits as `make_of_contracts`. Refuses `ending_sheet_unknown` when no column says whom a row means, and
    what reading refuses.
    """
    _require(principal)
    sheet = understand(plan(), read_lines(data), {})
    if not any(key in sheet.mapping for key in NAMED_BY):
        raise Refused("ending_sheet_unknown")
    return _store(principal, file_name, _by_key(sheet.mapping, sheet.rows), common)


def cancel_batch(*, principal: Principal, batch_id: UUID) -> EndingBatch:
    """Open no more endings of this batch. Those that are under way are withdrawn one by one."""
    principal.require(Permission.SEND)
    batch = selectors.ending_batch_of(principal, batch_id)
    if EndingBatchState.CANCELLED not in EndingBatch.TRANSITIONS.get(batch.state, frozenset()):
        raise Refused("state_conflict")
    advance(
        EndingBatch,
        batch.pk,
        old=batch.state,
        new=EndingBatchState.CANCELLED,
        actor=principal.actor,
        action="ending_batch.cancelled",
        subject=batch.subject,
        tenant=batch.employer_id,
        finished_at=clock.now(),
    )
    return selectors.ending_batch_of(principal, batch_id)


def sheet_of_batch(*, principal: Principal, batch_id: UUID) -> bytes:
    """All rows as an .xlsx file, what is to be said of each beside it. Needs `view_pii`, and is on record.

    It is the list that goes with the application for approval, and what is mended and uploaded again.
    """
    principal.require(Permission.VIEW_PII)
    batch = selectors.ending_batch_of(principal, batch_id)
    audit.record(
        "ending_batch.exported", subject=batch.subject, actor=principal.actor, tenant=batch.employer_id
    )
    return faults_workbook(plan(), title=TITLE, rows=_as_lines(batch))


def _as_lines(batch: EndingBatch) -> Iterator[FaultyRow]:
    for row in batch.rows.order_by("number").iterator(chunk_size=500):
        faults = [remark.fault for remark in map(recall, row.remarks) if remark.stops]
        said = "；".join(f"{fault.zh}{fault.remedy_zh}" for fault in faults)
        wrong = {fault.field.strip("/").replace("/", ".") for fault in faults}
        note = f"第 {row.number} 行：{said}" if said else ""
        yield FaultyRow(note, row.cells, frozenset(wrong & set(plan().columns)))


def _require(principal: Principal) -> None:
    principal.require(Permission.SEND)
    principal.require(Permission.VIEW_PII)
    if accounts.employer_of(principal).state != EmployerState.APPROVED:
        raise Refused("employer_not_approved")


def _by_key(mapping: Mapping[str, int], lines: Iterable[Line]) -> Iterator[tuple[int, dict[str, str]]]:
    for number, cells in lines:
        yield number, {key: cells[place] for key, place in mapping.items() if place < len(cells)}


def _store(
    principal: Principal, file_name: str, rows: Iterable[tuple[int, Mapping[str, str]]], common: Cells
) -> EndingBatch:
    shared = {key: text[:MAX_TEXT] for key, text in common.items() if key in COMMON and text}
    found = [
        (number, {**shared, **{key: text for key, text in cells.items() if text}}) for number, cells in rows
    ]
    if not found:
        raise Refused("batch_empty")
    if len(found) > MAX_ROWS:
        raise Refused("batch_too_many_rows", params={"most": MAX_ROWS})
    whole = sha256_hex(canonical_json([[number, cells] for number, cells in found]))
    source = blind_index("endings", whole)  # keyed, since the rows hold identity numbers
    try:
        with transaction.atomic():
            return _insert(principal, file_name, source, found)
    except IntegrityError:  # the same came twice, by a second click or at once
        same = selectors.ending_batches_of(principal).filter(source_digest=source)
        return same.filter(state__in=sorted(UNFINISHED)).get()


def _insert(
    principal: Principal, file_name: str, source: str, rows: Sequence[tuple[int, Mapping[str, str]]]
) -> EndingBatch:
    batch = EndingBatch.objects.create(
        employer_id=principal.tenant,
        file_name=file_name[-100:],
        source_digest=source,
        size=len(rows),
        created_by_id=principal.user_id,
        created_at=clock.now(),
    )
    EndingRow.objects.bulk_create(
        [EndingRow(batch=batch, number=number, cells=cells) for number, cells in rows], batch_size=500
    )
    audit.record(
        "ending_batch.made",
        subject=batch.subject,
        actor=principal.actor,
        tenant=principal.tenant,
        detail={"rows": batch.size},
    )
    work.enqueue(CHECK, str(batch.pk))
    return batch
