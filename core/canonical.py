"""One byte form for one JSON value (RFC 8785), so that digests and signatures can be recomputed anywhere."""

import hashlib
from typing import Any, cast

import rfc8785


def canonical_json(value: object) -> bytes:
    """The RFC 8785 form of a JSON value.

    Raises `ValueError` for what JSON cannot carry exactly: integers beyond 2**53, NaN, lone surrogates,
    keys that are not strings, other types.
    """
    return rfc8785.dumps(cast(Any, value))


def sha256_hex(data: bytes) -> str:
    """SHA-256 as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()
