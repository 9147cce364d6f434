"""The audit log: who did what to which thing, when. Append-only, guarded by the database itself.

An event is written unlinked, in the transaction of the act. The sequencer in `signing.evidence` later binds
events into chained blocks. Details never hold personal data: digests, codes and identifiers only.
"""

import uuid
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from core import clock

if TYPE_CHECKING:
    from core.models import AuditEvent

Detail = Mapping[str, "str | int | bool | list[str] | None"]


def record(
    action: str, *, subject: str, actor: str, tenant: UUID | None = None, detail: Detail | None = None
) -> "AuditEvent":
    """Write one event. `subject` and `actor` are `kind:identifier`; `action` is `thing.verb`."""
    from core.models import AuditEvent, UnsealedEvent

    event = AuditEvent.objects.create(
        id=uuid.uuid4(),
        at=clock.now(),
        action=action,
        subject=subject,
        actor=actor,
        tenant=tenant,
        detail=dict(detail or {}),
    )
    UnsealedEvent.objects.create(event=event)
    return event


def record_all(
    action: str,
    *,
    subjects: Iterable[tuple[str, Detail]],
    actor: str,
    tenant: UUID | None = None,
) -> None:
    """One event for each subject with its detail, in two statements however many there are."""
    from core.models import AuditEvent, UnsealedEvent

    at = clock.now()
    events = AuditEvent.objects.bulk_create(
        AuditEvent(
            id=uuid.uuid4(), at=at, action=action, subject=subject, actor=actor, tenant=tenant,
            detail=dict(detail),
        )
        for subject, detail in subjects
    )  # fmt: skip
    UnsealedEvent.objects.bulk_create(UnsealedEvent(event=event) for event in events)
