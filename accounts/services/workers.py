"""The roster: workers as their employer knows them."""

from collections.abc import Mapping
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts import particulars, selectors
from accounts.domain import RevealReason
from accounts.models import Worker
from core import audit
from core.crypto import blind_index
from core.errors import Refused
from core.principal import Permission, Principal


def create_worker(*, principal: Principal, particulars_given: Mapping[str, object]) -> Worker:
    """Put a worker on the roster. `particulars_given` has the keys of `particulars.WORKER_FIELDS`, as text.

    Commits the row and its audit event. Raises `worker_faulty` (all faults at once) and `worker_exists`.
    """
    principal.require(Permission.DRAFT)
    columns = particulars.worker_columns(particulars_given)
    try:
        with transaction.atomic():
            worker = Worker.objects.create(employer_id=principal.tenant, **columns)
            audit.record(
                "worker.created", subject=worker.subject, actor=principal.actor, tenant=principal.tenant
            )
    except IntegrityError as error:
        raise Refused("worker_exists") from error
    return worker


def update_worker(*, principal: Principal, worker_id: UUID, changes: Mapping[str, object]) -> Worker:
    """Change some particulars; an empty text clears an optional one. Frozen contracts do not follow.

    Commits the changed columns and an audit event that names them. Raises `not_found`, `worker_faulty`,
    `worker_exists`.
    """
    principal.require(Permission.DRAFT)
    worker = selectors.worker_of(principal, worker_id)
    before = particulars.particulars_of(worker)
    given = {**before, **changes}
    if {"id_no", "id_type"} & changes.keys():
        # What the old number told falls with it, unless it is given anew.
        given |= {name: changes.get(name, "") for name in ("sex", "birth_date")}
    columns = particulars.worker_columns(given)
    changed = sorted(name for name, value in columns.items() if getattr(worker, name) != value)
    if not changed:
        return worker
    try:
        with transaction.atomic():
            for name in changed:
                setattr(worker, name, columns[name])
            worker.save(update_fields=changed)
            audit.record(
                "worker.changed",
                subject=worker.subject,
                actor=principal.actor,
                tenant=principal.tenant,
                detail={"fields": changed},
            )
    except IntegrityError as error:
        raise Refused("worker_exists") from error
    return worker


def reveal_worker(*, principal: Principal, worker_id: UUID, reason: RevealReason) -> Worker:
    """The unmasked record, for a reason that is logged first. Raises `not_permitted` and `not_found`."""
    principal.require(Permission.VIEW_PII)
    worker = selectors.worker_of(principal, worker_id)
    audit.record(
        "worker.revealed",
        subject=worker.subject,
        actor=principal.actor,
        tenant=principal.tenant,
        detail={"reason": reason},
    )
    return worker


def follow_phone(*, id_no_index: str, mobile: str, actor: str) -> list[Worker]:
    """A person has proved a new phone to be theirs: every roster that has them under another follows.

    Commits the number and an audit event for each row; returns the rows.
    """
    index = blind_index("mobile", mobile)
    rows = list(Worker.objects.filter(id_no_index=id_no_index).exclude(mobile_index=index))
    with transaction.atomic():
        for worker in rows:
            worker.mobile, worker.mobile_index = mobile, index
            worker.save(update_fields=["mobile", "mobile_index"])
            audit.record(
                "worker.changed",
                subject=worker.subject,
                actor=actor,
                tenant=worker.employer_id,
                detail={"fields": ["mobile"]},
            )
    return rows
