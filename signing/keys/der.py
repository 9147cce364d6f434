"""Write DER (ITU-T X.690). Reading is left to asn1crypto; writing by hand is a hundred times faster."""

from collections.abc import Iterable
from datetime import UTC, datetime

SEQUENCE = 0x30
SET = 0x31
NULL = b"\x05\x00"


def tlv(tag: int, *parts: bytes) -> bytes:
    """One element: tag, definite length, the concatenated parts."""
    body = b"".join(parts)
    size = len(body)
    if size < 0x80:
        return bytes((tag, size)) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + body


def sequence(*parts: bytes) -> bytes:
    return tlv(SEQUENCE, *parts)


def set_of(parts: Iterable[bytes]) -> bytes:
    """SET OF in DER order (X.690 §11.6)."""
    return tlv(SET, *sorted(parts))


def integer(value: int) -> bytes:
    bits = (value if value >= 0 else ~value).bit_length()
    return tlv(0x02, value.to_bytes(bits // 8 + 1, "big", signed=True))


def octets(value: bytes) -> bytes:
    return tlv(0x04, value)


def boolean(value: bool) -> bytes:
    return tlv(0x01, b"\xff" if value else b"\x00")


def explicit(number: int, *parts: bytes) -> bytes:
    """A constructed context tag `[number]`."""
    return tlv(0xA0 | number, *parts)


def oid(dotted: str) -> bytes:
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    body = b""
    for arc in (first * 40 + second, *rest):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(0x80 | arc & 0x7F)
        body += bytes(reversed(groups))
    return tlv(0x06, body)


def generalized_time(instant: datetime) -> bytes:
    """GeneralizedTime in UTC, milliseconds without trailing zeros (RFC 3161 §2.4.2)."""
    utc = instant.astimezone(UTC)
    fraction = f".{utc.microsecond // 1000:03d}".rstrip("0").rstrip(".")
    return tlv(0x18, f"{utc:%Y%m%d%H%M%S}{fraction}Z".encode())


def utc_time(instant: datetime) -> bytes:
    """The Time CHOICE of CMS (RFC 5652 §11.3): UTCTime through 2049, GeneralizedTime later."""
    utc = instant.astimezone(UTC).replace(microsecond=0)
    if utc.year >= 2050:
        return generalized_time(utc)
    return tlv(0x17, f"{utc:%y%m%d%H%M%S}Z".encode())
