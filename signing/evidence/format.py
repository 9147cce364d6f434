"""What is hashed, and how: events and blocks of the audit log. Framework-free, shared with the verifier.

Events are sealed into numbered blocks. A block commits to its events by a Merkle root and to the block before
it by that block's hash, so one time-stamp over the newest block covers every event before it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from core.canonical import canonical_json
from signing.evidence import merkle

GENESIS = "0" * 64
BLOCK_PREFIX = b"\x02"


@dataclass(frozen=True)
class Block:
    """Header of a sealed block. Hashes are hex; `sealed_at` counts microseconds since the epoch."""

    number: int
    previous: str
    root: str
    count: int
    sealed_at: int

    @property
    def hash(self) -> str:
        """SHA-256(0x02 ‖ RFC 8785 form of the header), hex."""
        return hashlib.sha256(BLOCK_PREFIX + canonical_json(asdict(self))).hexdigest()


def event_leaf(event: Mapping[str, Any]) -> bytes:
    """Leaf hash of an event given as {id, at, action, subject, actor, tenant, detail}."""
    return merkle.leaf_hash(canonical_json(event))
