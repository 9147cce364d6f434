"""Merkle tree hashing as in RFC 6962, section 2.1. Framework-free."""

import hashlib
from collections.abc import Sequence


def leaf_hash(data: bytes) -> bytes:
    """Hash of one entry: SHA-256(0x00 ‖ data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node: SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Root over leaf hashes; the empty tree is not used here and raises ValueError."""
    if not leaves:
        raise ValueError("a tree needs at least one leaf")
    if len(leaves) == 1:
        return leaves[0]
    split = _split(len(leaves))
    return node_hash(root(leaves[:split]), root(leaves[split:]))


def inclusion_proofs(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """The audit path of every leaf, from its sibling up to the root, each inner node hashed once."""
    return _proofs(leaves)[1]


def _proofs(leaves: Sequence[bytes]) -> tuple[bytes, list[list[bytes]]]:
    if len(leaves) == 1:
        return leaves[0], [[]]
    split = _split(len(leaves))
    left, proofs_left = _proofs(leaves[:split])
    right, proofs_right = _proofs(leaves[split:])
    for proof in proofs_left:
        proof.append(right)
    for proof in proofs_right:
        proof.append(left)
    return node_hash(left, right), [*proofs_left, *proofs_right]


def root_from_proof(leaf: bytes, index: int, count: int, proof: Sequence[bytes]) -> bytes:
    """The root that a proof leads to; ValueError when the proof has the wrong length."""
    if count == 1:
        if proof:
            raise ValueError("the proof is too long")
        return leaf
    if not proof:
        raise ValueError("the proof is too short")
    split = _split(count)
    if index < split:
        return node_hash(root_from_proof(leaf, index, split, proof[:-1]), proof[-1])
    return node_hash(proof[-1], root_from_proof(leaf, index - split, count - split, proof[:-1]))


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1
