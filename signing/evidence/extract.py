"""Takes one matter's events out of the sealed log, with what proves their place in it."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from core.canonical import canonical_json
from core.models import UnsealedEvent
from signing.evidence import merkle
from signing.evidence.models import LogBlock, LogLeaf, LogStamp
from signing.evidence.package import LOG, Part
from signing.evidence.sequencer import event_dict


class NotSealedError(Exception):
    """Some of the events are not in a time-stamped block yet: seal, stamp, and ask again."""


def log_part(subjects: Iterable[str]) -> Part:
    """`log.json` for all events of the subjects, oldest first. Raises `NotSealedError`."""
    subjects = list(subjects)
    if UnsealedEvent.objects.filter(event__subject__in=subjects).exists():
        raise NotSealedError
    places = list(
        LogLeaf.objects.filter(event__subject__in=subjects)
        .select_related("event")
        .order_by("event__at", "event_id")
    )
    first = min(place.block_id for place in places)
    newest = max(place.block_id for place in places)
    stamp = LogStamp.objects.filter(block_id__gte=newest).order_by("block_id").first()
    if stamp is None:
        raise NotSealedError
    leaves = _leaves({place.block_id for place in places})
    headers = LogBlock.objects.filter(number__range=(first, stamp.block_id)).order_by("number")
    content = {
        "events": [
            {
                "event": event_dict(place.event),
                "block": place.block_id,
                "position": place.position,
                "proof": [
                    node.hex() for node in merkle.inclusion_proof(leaves[place.block_id], place.position)
                ],
            }
            for place in places
        ],
        "blocks": [_header(block) for block in headers],
        "stamp": {"block": stamp.block_id, "token": bytes(stamp.token).hex()},
    }
    return Part(
        LOG, canonical_json(content), "全过程日志及其存证证明", "Log of the whole process, with its proofs"
    )


def _leaves(blocks: set[int]) -> dict[int, list[bytes]]:
    found: dict[int, list[bytes]] = defaultdict(list)
    rows = LogLeaf.objects.filter(block_id__in=blocks).order_by("block_id", "position")
    for block, leaf in rows.values_list("block_id", "leaf"):
        found[block].append(bytes.fromhex(leaf))
    return found


def _header(block: LogBlock) -> dict[str, Any]:
    header = block.header
    return {
        "number": header.number,
        "previous": header.previous,
        "root": header.root,
        "count": header.count,
        "sealed_at": header.sealed_at,
    }
