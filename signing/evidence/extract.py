"""Takes one matter's events out of the sealed log, with what proves their place in it."""

from collections import defaultdict
from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import OuterRef, Q, Subquery

from core.canonical import canonical_json
from core.models import UnsealedEvent
from signing.evidence import merkle
from signing.evidence.models import LogBlock, LogLeaf, LogStamp
from signing.evidence.package import LOG, Part
from signing.evidence.sequencer import event_dict


class NotSealedError(Exception):
    """Some of the events are not in a time-stamped block yet: seal, stamp, and ask again."""


def log_part(subjects: Iterable[str]) -> Part:
    """`log.json` for all events of the subjects, oldest first. Raises `NotSealedError`.

    Holds the headers of the blocks in which the events lie, each followed by those up to the next
    time-stamped one, and these stamps: its size depends on the matter, not on how much else was logged.
    """
    subjects = list(subjects)
    if UnsealedEvent.objects.filter(event__subject__in=subjects).exists():
        raise NotSealedError
    places = list(
        LogLeaf.objects.filter(event__subject__in=subjects)
        .select_related("event")
        .order_by("event__at", "event_id")
    )
    blocks = {place.block_id for place in places}
    runs = _runs(blocks)
    proofs = _proofs(blocks)
    content = {
        "events": [
            {
                "event": event_dict(place.event),
                "block": place.block_id,
                "position": place.position,
                "proof": [node.hex() for node in proofs[place.block_id][place.position]],
            }
            for place in places
        ],
        "blocks": [_header(block) for block in _headers(runs)],
        "stamps": [
            {"block": stamp.block_id, "token": bytes(stamp.token).hex()}
            for stamp in LogStamp.objects.filter(block__in=set(runs.values())).order_by("block_id")
        ],
    }
    return Part(
        LOG, canonical_json(content), "全过程日志及其存证证明", "Log of the whole process, with its proofs"
    )


def _runs(blocks: set[int]) -> dict[int, int]:
    """For each block the next stamped one, which may be itself."""
    stamp = LogStamp.objects.filter(block_id__gte=OuterRef("number")).order_by("block_id")
    stamped = LogBlock.objects.filter(number__in=blocks).annotate(
        stamped=Subquery(stamp.values("block_id")[:1])
    )
    runs: dict[int, int | None] = dict(stamped.values_list("number", "stamped"))
    known = {block: end for block, end in runs.items() if end is not None}
    if not known or len(known) < len(runs):
        raise NotSealedError
    return known


def _headers(runs: dict[int, int]) -> Iterable[LogBlock]:
    wanted = reduce(or_, (Q(number__range=run) for run in runs.items()))
    return LogBlock.objects.filter(wanted).order_by("number")


def _proofs(blocks: set[int]) -> dict[int, list[list[bytes]]]:
    """For each block the inclusion proof of each of its events, by position."""
    leaves: dict[int, list[bytes]] = defaultdict(list)
    rows = LogLeaf.objects.filter(block_id__in=blocks).order_by("block_id", "position")
    for block, leaf in rows.values_list("block_id", "leaf"):
        leaves[block].append(bytes.fromhex(leaf))
    return {block: merkle.inclusion_proofs(of_block) for block, of_block in leaves.items()}


def _header(block: LogBlock) -> dict[str, Any]:
    header = block.header
    return {
        "number": header.number,
        "previous": header.previous,
        "root": header.root,
        "count": header.count,
        "sealed_at": header.sealed_at,
    }
