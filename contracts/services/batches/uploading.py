"""A sheet comes in, and is said to mean something."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from uuid import UUID

from django.db import IntegrityError, transaction

from contracts import selectors
from contracts.bulk.columns import Plan, plan_for
from contracts.bulk.headings import IGNORED, Sheet, plain, understand
from contracts.bulk.reader import (
    MAX_BYTES,
    MAX_ROWS,
    Line,
    TooLargeSheetError,
    UnreadableSheetError,
    read_sheet,
)
from contracts.domain import BATCH_LIVE, BATCH_UNCONFIRMED, BatchState
from contracts.models import Batch, BatchRow, RememberedMapping, TemplateVersion
from core import audit, work
from core.errors import Fault, Refused
from core.principal import Permission, Principal
from core.transitions import advance

CHUNK = 500
CHECK = "contracts.check_batch"


def upload_batch(
    *, principal: Principal, template_slug: str, file_name: str, data: bytes, revises: UUID | None = None
) -> Batch:
    """Take in a filled sheet (.xlsx); the same file again gives the same batch.

    `revises` is the batch whose mended file this is; unless it was sent, it ends. Commits the batch with its
    rows, and the due check where nothing about the columns had to be guessed. Refuses `batch_file_too_large`,
    `batch_file_unreadable`, `batch_too_many_rows`, `batch_empty`, and `batch_running` for a batch that is
    being sent and therefore cannot be revised.
    """
    principal.require(Permission.DRAFT)
    template = selectors.template_version(principal, template_slug)
    digest = hashlib.sha256(data).hexdigest()
    known = _same_file(principal, template, digest)
    if known is not None:
        return known
    sheet = understand(plan_for(template.content), read_lines(data), remembered_by(principal, template))
    try:
        with transaction.atomic():
            revised = _replace(principal, revises) if revises else None
            return _store(principal, template, file_name, digest, sheet, revised)
    except IntegrityError:  # the same file came twice at once
        twin = _same_file(principal, template, digest)
        if twin is None:
            raise
        return twin


def map_columns(*, principal: Principal, batch_id: UUID, mapping: Mapping[str, int]) -> Batch:
    """Say which column of the file (from 0) holds which key, and have the rows checked.

    Commits the mapping, what the headings mean from now on, and the due check. Refuses
    `batch_mapping_faulty` with every fault, and a batch that is confirmed or under way.
    """
    principal.require(Permission.DRAFT)
    batch = selectors.batch_of(principal, batch_id)
    plan = plan_for(batch.template.content)
    faults = list(_mapping_faults(plan, mapping, len(batch.headings)))
    if faults:
        raise Refused("batch_mapping_faulty", faults=faults, params={"count": len(faults)})
    if batch.state not in (BatchState.MAPPING, BatchState.READY):
        raise Refused("state_conflict")
    with transaction.atomic():
        _remember(batch, mapping)
        advance(
            Batch,
            batch.pk,
            old=batch.state,
            new=BatchState.CHECKING,
            actor=principal.actor,
            action="batch.mapped",
            subject=batch.subject,
            tenant=batch.employer_id,
            mapping=dict(mapping),
        )
        work.enqueue(CHECK, str(batch.pk))
    return selectors.batch_of(principal, batch_id)


def remembered_by(principal: Principal, template: TemplateVersion) -> Mapping[str, str]:
    """What the employer's own headings mean in sheets of this template."""
    found = RememberedMapping.objects.filter(employer_id=principal.tenant, template_slug=template.slug)
    return found.values_list("headings", flat=True).first() or {}


def read_lines(data: bytes) -> Iterator[Line]:
    """Its rows. Refuses `batch_file_too_large`, `batch_file_unreadable`, `batch_too_many_rows`."""
    if len(data) > MAX_BYTES:
        raise Refused("batch_file_too_large", params={"megabytes": MAX_BYTES // 2**20})
    try:
        return read_sheet(data)
    except UnreadableSheetError as error:
        raise Refused("batch_file_unreadable") from error
    except TooLargeSheetError as error:
        raise Refused("batch_too_many_rows", params={"most": MAX_ROWS}) from error


def _same_file(principal: Principal, template: TemplateVersion, digest: str) -> Batch | None:
    same = selectors.batches_of(principal).filter(
        template=template, file_digest=digest, state__in=sorted(BATCH_LIVE)
    )
    return same.first()


def _replace(principal: Principal, batch_id: UUID) -> Batch:
    old = selectors.batch_of(principal, batch_id)
    if old.state in (BatchState.RUNNING, BatchState.PAUSED):
        raise Refused("batch_running")
    if old.state in BATCH_UNCONFIRMED:
        advance(
            Batch,
            old.pk,
            old=old.state,
            new=BatchState.REPLACED,
            actor=principal.actor,
            action="batch.replaced",
            subject=old.subject,
            tenant=old.employer_id,
        )
    return old


def _store(
    principal: Principal,
    template: TemplateVersion,
    file_name: str,
    digest: str,
    sheet: Sheet,
    revised: Batch | None,
) -> Batch:
    batch = Batch(
        employer_id=principal.tenant,
        template=template,
        state=BatchState.CHECKING if sheet.certain else BatchState.MAPPING,
        file_name=file_name[-100:],
        file_digest=digest,
        headings=sheet.headings,
        mapping=sheet.mapping,
        size=0,
        revises=revised,
        created_by_id=principal.user_id,
    )
    batch.save()
    for chunk in _chunks(sheet.rows):
        batch.size += len(chunk)
        if batch.size > MAX_ROWS:
            raise Refused("batch_too_many_rows", params={"most": MAX_ROWS})
        BatchRow.objects.bulk_create(
            BatchRow(batch=batch, number=number, cells=cells) for number, cells in chunk
        )
    if not batch.size:
        raise Refused("batch_empty")
    batch.save(update_fields=["size"])
    audit.record(
        "batch.uploaded",
        subject=batch.subject,
        actor=principal.actor,
        tenant=principal.tenant,
        detail={"rows": batch.size, "file_digest": digest, "template_digest": template.digest},
    )
    if batch.state == BatchState.CHECKING:
        work.enqueue(CHECK, str(batch.pk))
    return batch


def _chunks(rows: Iterable[Line]) -> Iterator[list[Line]]:
    rows = iter(rows)
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def _mapping_faults(plan: Plan, mapping: Mapping[str, int], width: int) -> Iterator[Fault]:
    for key, column in plan.columns.items():
        if column.required and key not in mapping:
            yield Fault(
                column.pointer,
                "column_missing",
                f"没有指定哪一列是“{column.zh}”。",
                f"No column is said to be the {column.en}.",
                "请选择对应的列；文件里没有的，请补上后重新上传。",
                "Choose one, or add it to the file and upload it again.",
            )
    used: dict[int, str] = {}
    for key, number in mapping.items():
        if key not in plan.columns or not 0 <= number < width:
            yield Fault(
                f"/{key}", "column_unknown", "没有这一列。", "There is no such column.",
                "请从列表中选择。", "Choose from the list.",
            )  # fmt: skip
        elif number in used:
            one, other = plan.columns[key], plan.columns[used[number]]
            yield Fault(
                one.pointer,
                "column_used_twice",
                f"同一列不能既是“{one.zh}”又是“{other.zh}”。",
                f"One column cannot be both the {one.en} and the {other.en}.",
                "请重新选择其中一项。",
                "Choose another for one of them.",
            )
        else:
            used[number] = key


def _remember(batch: Batch, mapping: Mapping[str, int]) -> None:
    meaning = {number: key for key, number in mapping.items()}
    own = {
        plain(heading): meaning.get(number, IGNORED)
        for number, heading in enumerate(batch.headings)
        if plain(heading)
    }
    found, created = RememberedMapping.objects.get_or_create(
        employer_id=batch.employer_id, template_slug=batch.template.slug, defaults={"headings": own}
    )
    if not created:
        found.headings = found.headings | own
        found.save(update_fields=["headings"])
