"""DER written by hand, read by asn1crypto."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import core

from signing.keys import der


@pytest.mark.parametrize("value", [0, 1, 127, 128, 255, 256, 2**64, 2**127, -1, -128, -129])
def test_integers(value: int) -> None:
    assert core.Integer.load(der.integer(value), strict=True).native == value
    assert core.Integer(value).dump() == der.integer(value)


@pytest.mark.parametrize(
    "oid", ["1.2.840.113549.1.7.2", "2.16.840.1.101.3.4.2.1", "1.3.6.1.4.1.32473.54.1", "2.5.4.97"]
)
def test_object_identifiers(oid: str) -> None:
    assert der.oid(oid) == core.ObjectIdentifier(oid).dump()


@pytest.mark.parametrize("size", [0, 1, 127, 128, 255, 256, 65535, 65536])
def test_lengths(size: int) -> None:
    assert der.octets(b"x" * size) == core.OctetString(b"x" * size).dump()


def test_a_set_is_sorted() -> None:
    assert der.set_of([der.integer(5), der.integer(3)]) == der.tlv(der.SET, der.integer(3), der.integer(5))


def test_times() -> None:
    seed = 20261121
    print("seed", seed)  # noqa: T201  (the seed, to run it again)
    chance = random.Random(seed)
    for _ in range(200):
        instant = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(milliseconds=chance.randrange(10**12))
        read = core.GeneralizedTime.load(der.generalized_time(instant), strict=True).native
        assert read == instant.replace(microsecond=instant.microsecond // 1000 * 1000)
    assert der.generalized_time(datetime(2026, 11, 2, 3, 4, 5, tzinfo=UTC)) == b"\x18\x0f20261102030405Z"
    assert der.generalized_time(datetime(2026, 11, 2, 3, 4, 5, 120000, tzinfo=UTC)).endswith(b"05.12Z")
    assert der.utc_time(datetime(2049, 12, 31, tzinfo=UTC))[0] == 0x17
    assert der.utc_time(datetime(2050, 1, 1, tzinfo=UTC))[0] == 0x18
