"""Binds unlinked audit events into the chain: seal what is pending into a block, then time-stamp the head.

Any number of processes may try; the block number and `previous` are unique, so one of them wins and the
others find nothing left to do. Naïve per-row chaining would fork under concurrent writers.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction

from core import clock, work
from core.models import AuditEvent, UnsealedEvent
from signing.evidence import merkle
from signing.evidence.format import GENESIS, Block, event_leaf
from signing.evidence.models import LogBlock, LogLeaf, LogStamp
from signing.services import outside

# In a block: every package with an event from it needs the hashes of all to make the proof.
MAX_EVENTS = 500
# Time-stamp: takes SHA-256 of a block (32 bytes), returns the DER token; raises when the authority is away.
Stamper = Callable[[bytes], bytes]


def event_dict(event: AuditEvent) -> dict[str, Any]:
    """The event in the form that is hashed and exported."""
    return {
        "id": str(event.pk),
        "at": clock.micros(event.at),
        "action": event.action,
        "subject": event.subject,
        "actor": event.actor,
        "tenant": str(event.tenant) if event.tenant else None,
        "detail": event.detail,
    }


def seal_pending() -> LogBlock | None:
    """Seal up to `MAX_EVENTS` pending events into the next block; None when there are none or another won."""
    try:
        with transaction.atomic():
            pending = list(
                UnsealedEvent.objects.order_by("event__at", "event_id")[:MAX_EVENTS].select_related("event")
            )
            if not pending:
                return None
            leaves = [event_leaf(event_dict(row.event)) for row in pending]
            head = LogBlock.objects.order_by("-number").first()
            header = Block(
                number=head.number + 1 if head else 1,
                previous=head.hash if head else GENESIS,
                root=merkle.root(leaves).hex(),
                count=len(leaves),
                sealed_at=clock.micros(clock.now()),
            )
            block = LogBlock.objects.create(
                number=header.number,
                previous=header.previous,
                root=header.root,
                count=header.count,
                sealed_at=header.sealed_at,
                hash=header.hash,
            )
            LogLeaf.objects.bulk_create(
                LogLeaf(event=row.event, block=block, position=position, leaf=leaf.hex())
                for position, (row, leaf) in enumerate(zip(pending, leaves, strict=True))
            )
            UnsealedEvent.objects.filter(pk__in=[row.pk for row in pending]).delete()
            return block
    except IntegrityError:
        return None


def stamp_head(stamper: Stamper) -> LogStamp | None:
    """Time-stamp the newest block unless it has a stamp. The call is outside any transaction."""
    head = LogBlock.objects.order_by("-number").first()
    if head is None or LogStamp.objects.filter(block=head).exists():
        return None
    token = stamper(bytes.fromhex(head.hash))
    stamp, _ = LogStamp.objects.get_or_create(
        block=head, defaults={"token": token, "stamped_at": clock.now()}
    )
    return stamp


def seal_and_stamp(stamper: Stamper) -> None:
    """Seal everything that is pending, then stamp the head."""
    while seal_pending() is not None:
        pass
    stamp_head(stamper)


def stamp_digest(digest: bytes) -> bytes:
    """The configured authority's token over a SHA-256 digest; raises TimeStampUnavailable."""
    return outside.time_stamp_authority().stamp_digest(digest).token


@work.periodic("seal the audit log", every=timedelta(seconds=10))
def _sweep() -> None:
    seal_and_stamp(stamp_digest)
