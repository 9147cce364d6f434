"""Due work: rows claimed by lease, run by `manage.py work` or by Celery, whichever is there.

`enqueue` is called inside the business transaction. After the commit a doorbell may wake a worker; if the
bell is lost, the worker's own polling (or the periodic sweep under Celery) finds the row.
A handler gets the item's key only, never personal data, and runs outside any transaction: it opens its own
short ones around external calls. It must be safe to run again: a lease can expire under a dead worker.
"""

import random
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.module_loading import import_string

from core import clock
from core.models import WorkItem

log = structlog.get_logger()

GENERAL = "general"
SIGNING = "signing"
LEASE = timedelta(seconds=60)
PARK_AFTER = 30

Handler = Callable[[str], None]


@dataclass(frozen=True)
class Kind:
    """How one kind of work is done."""

    handle: Handler
    channel: str
    lease: timedelta
    urgent: bool = False


class Later(Exception):  # noqa: N818  (an answer to the runner, not a malfunction)
    """Raised by a handler that is not finished: run me again at this instant."""

    def __init__(self, at: datetime) -> None:
        super().__init__(at.isoformat())
        self.at = at


KINDS: dict[str, Kind] = {}


def handler(
    kind: str, *, channel: str = GENERAL, lease: timedelta = LEASE, urgent: bool = False
) -> Callable[[Handler], Handler]:
    """Register the function that does one kind of work.

    `urgent` is what a person waits for before a screen, or a deadline depends on: it goes before all other
    due work, so that a code is not sent after five thousand documents that were sent off in bulk.
    """

    def register(handle: Handler) -> Handler:
        KINDS[kind] = Kind(handle, channel, lease, urgent)
        return handle

    return register


def enqueue(kind: str, key: str, *, due_at: datetime | None = None) -> None:
    """Make `kind`/`key` due at `due_at` (default now). Asked again while it runs, it runs once more."""
    due = due_at or clock.now()
    channel, urgent = KINDS[kind].channel, KINDS[kind].urgent
    renewed = WorkItem.objects.filter(kind=kind, key=key).update(
        due_at=due, generation=F("generation") + 1, parked=False
    )
    if not renewed:
        try:
            with transaction.atomic():
                WorkItem.objects.create(kind=kind, key=key, channel=channel, urgent=urgent, due_at=due)
        except IntegrityError:  # another transaction created it meanwhile: its run will see our change
            WorkItem.objects.filter(kind=kind, key=key).update(due_at=due, generation=F("generation") + 1)
    transaction.on_commit(lambda: import_string(settings.WORK_DOORBELL)(channel), robust=True)


def enqueue_new(kind: str, keys: Iterable[str]) -> None:
    """`enqueue` for many keys that were never enqueued before, in one statement."""
    due, channel, urgent = clock.now(), KINDS[kind].channel, KINDS[kind].urgent
    WorkItem.objects.bulk_create(
        WorkItem(kind=kind, key=key, channel=channel, urgent=urgent, due_at=due) for key in keys
    )
    transaction.on_commit(lambda: import_string(settings.WORK_DOORBELL)(channel), robust=True)


def silent_doorbell(channel: str) -> None:
    """For a worker that polls: nobody needs waking."""


def run_due(channel: str, *, limit: int = 1) -> int:
    """Claim up to `limit` due items of the channel and run them one after another; returns how many ran."""
    now = clock.now()
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=now)
    due = WorkItem.objects.filter(free, channel=channel, parked=False, due_at__lte=now)
    first = due.order_by("-urgent", "due_at")
    candidates = list(first.values_list("pk", "kind", "key", "generation", "urgent")[: limit * 4])
    # Workers that look at the same moment see the same rows: shuffled, they rarely reach for the same one.
    random.shuffle(candidates)
    candidates.sort(key=lambda candidate: not candidate[-1])
    ran = 0
    for pk, kind, key, generation, _urgent in candidates:
        lease = uuid.uuid4()
        claimed = WorkItem.objects.filter(free, pk=pk, generation=generation, parked=False).update(
            lease=lease, leased_until=now + KINDS[kind].lease, attempts=F("attempts") + 1
        )
        if claimed:
            _run(pk, kind, key, generation, lease)
            ran += 1
            if ran == limit:
                break
    return ran


def _run(pk: int, kind: str, key: str, generation: int, lease: uuid.UUID) -> None:
    mine = WorkItem.objects.filter(pk=pk, lease=lease)
    try:
        KINDS[kind].handle(key)
    except Later as later:
        mine.filter(generation=generation).update(due_at=later.at, attempts=0)
    except Exception as error:  # a poison row must not stop the others
        attempts = mine.values_list("attempts", flat=True).first() or 1
        log.error("work.failed", kind=kind, key=key, attempts=attempts, exc_info=error)
        mine.update(
            due_at=clock.now() + backoff(attempts),
            last_error=type(error).__name__,
            parked=attempts >= PARK_AFTER,
        )
    else:
        mine.filter(generation=generation).delete()
    mine.update(lease=None, leased_until=None)


def backoff(attempts: int, *, base: float = 1.0, ceiling: float = 900.0) -> timedelta:
    """Exponential with full jitter: between half and all of base·2^(attempts-1), never above the ceiling."""
    top = min(ceiling, base * 2 ** min(attempts - 1, 20))
    return timedelta(seconds=random.uniform(top / 2, top))  # noqa: S311  (spreading load, not secrecy)


@dataclass(frozen=True)
class Periodic:
    """Something to be done again and again, whoever runs it and however often."""

    name: str
    every: timedelta
    channel: str
    run: Callable[[], None]


PERIODIC: list[Periodic] = []


def periodic(
    name: str, *, every: timedelta, channel: str = GENERAL
) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register a sweep. It must be harmless when run twice at once or not for a while."""

    def register(run: Callable[[], None]) -> Callable[[], None]:
        PERIODIC.append(Periodic(name, every, channel, run))
        return run

    return register
