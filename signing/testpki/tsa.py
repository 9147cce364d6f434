"""A time-stamp authority as RFC 3161 demands, with ESSCertIDv2 (RFC 5816)."""

import secrets
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from hashlib import sha256

from asn1crypto import tsp

from signing.keys import cms, der
from signing.testpki import material
from signing.testpki.material import Material

POLICY = material.POLICY_TIME_STAMP.dotted_string
ACCURACY_MILLISECONDS = 500


class Failure(IntEnum):
    """Bits of PKIFailureInfo (RFC 3161 §2.4.2)."""

    BAD_ALGORITHM = 0
    BAD_REQUEST = 2
    BAD_DATA_FORMAT = 5
    UNACCEPTED_POLICY = 15
    UNACCEPTED_EXTENSION = 16


DIGEST_SIZES = {"sha256": 32, "sha384": 48, "sha512": 64}


def time_stamp_response(pki: Material, request_der: bytes, *, clock_offset: timedelta = timedelta()) -> bytes:
    """Answer one TimeStampReq with a TimeStampResp. `clock_offset` puts the clock wrong, for tests."""
    try:
        request = tsp.TimeStampReq.load(request_der, strict=True)
        imprint = request["message_imprint"]
        algorithm = imprint["hash_algorithm"]["algorithm"].native
        hashed = imprint["hashed_message"].native
        policy = request["req_policy"].native
        nonce = request["nonce"].native
        wants_certificates = request["cert_req"].native
        extensions = request["extensions"].native
    except (ValueError, TypeError, KeyError):
        return _rejection(Failure.BAD_DATA_FORMAT)
    if algorithm not in DIGEST_SIZES:
        return _rejection(Failure.BAD_ALGORITHM)
    if len(hashed) != DIGEST_SIZES[algorithm]:
        return _rejection(Failure.BAD_DATA_FORMAT)
    if policy is not None and policy != POLICY:
        return _rejection(Failure.UNACCEPTED_POLICY)
    if extensions:
        return _rejection(Failure.UNACCEPTED_EXTENSION)

    now = datetime.now(UTC) + clock_offset
    info = der.sequence(
        der.integer(1),
        der.oid(POLICY),
        imprint.dump(),
        der.integer(secrets.randbits(120) | 1 << 119),
        der.generalized_time(now),
        der.sequence(der.tlv(0x80, ACCURACY_MILLISECONDS.to_bytes(2, "big"))),  # millis [0] IMPLICIT
        der.integer(nonce) if nonce is not None else b"",
    )
    token = cms.signed_data(
        pki.tsa,
        content_type=cms.ID_TST_INFO,
        digest=sha256(info).digest(),
        content=info,
        certificates=(pki.tsa.certificate, pki.issuing.certificate) if wants_certificates else (),
        extra_attributes=(cms.signing_time(der.utc_time(now)),),
    )
    return der.sequence(der.sequence(der.integer(0)), token)


def _rejection(failure: Failure) -> bytes:
    size, unused = failure // 8 + 1, 7 - failure % 8
    bits = (1 << unused).to_bytes(size, "big")
    info = der.tlv(0x03, bytes((unused,)), bits)
    return der.sequence(der.sequence(der.integer(2), info))
