"""Time-stamps from outside (RFC 3161 over HTTP). There is no fallback: without a token nothing is signed."""

import secrets
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from asn1crypto import cms as asn1_cms
from asn1crypto import tsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from signing.keys import der
from signing.keys.cms import SHA256
from signing.keys.errors import ClockSkew, TimeStampUnavailable
from signing.keys.http import Declined, Exchange, Unanswered

MAX_SKEW_SECONDS = 5.0
SIZE_MARGIN = 64  # serial numbers, nonces and ECDSA integers vary by a few bytes from token to token


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class TimeStamp:
    """A checked token: DER ContentInfo, and the instant it states."""

    token: bytes
    at: datetime


class TimeStampAuthority:
    """Client of one TSA. Keep it for the life of the process; thread-safe.

    `issuers` are the CA certificates above the TSA's own, from its issuer up to and including the trust root.
    `now` is our clock, against which the token's time is held.
    """

    def __init__(
        self,
        url: str,
        issuers: Iterable[x509.Certificate],
        *,
        exchange: Exchange | None = None,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._url = url
        self._issuers = tuple(issuers)
        self._exchange = exchange or Exchange()
        self.now = now
        self._lock = threading.Lock()
        self._known: tuple[tuple[x509.Certificate, ...], int] | None = None

    def stamp(self, data: bytes) -> TimeStamp:
        """Time-stamp `data` (its SHA-256 is sent)."""
        return self.stamp_digest(sha256(data).digest())

    def stamp_digest(self, digest: bytes) -> TimeStamp:
        """Time-stamp a SHA-256 digest.

        The token is checked before it is handed on: status, imprint, nonce, the TSA's signature under a
        certificate for time-stamping, and a time within 5 s of our clock. Raises TimeStampUnavailable or
        ClockSkew; may be repeated.
        """
        nonce = secrets.randbits(63) | 1 << 62
        imprint = der.sequence(SHA256, der.octets(digest))
        request = der.sequence(der.integer(1), imprint, der.integer(nonce), der.boolean(True))
        headers = {"Content-Type": "application/timestamp-query"}
        try:
            answer = self._exchange.post(self._url, request, headers)
        except (Unanswered, Declined) as error:
            raise TimeStampUnavailable(str(error)) from error
        try:
            stamp, signer = _read(answer, digest, nonce)
        except (ValueError, TypeError, KeyError, x509.ExtensionNotFound, InvalidSignature) as error:
            raise TimeStampUnavailable(f"the answer is not a good token: {error}") from error
        skew = (stamp.at - self.now()).total_seconds()
        if abs(skew) > MAX_SKEW_SECONDS:
            raise ClockSkew(f"the time-stamp is {skew:+.1f} s away from our clock")
        self._known = (signer, *self._issuers), len(stamp.token) + SIZE_MARGIN
        return stamp

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """The TSA's certificate and those above it, as of the latest token. First use asks for a token."""
        return self._facts()[0]

    @property
    def token_size(self) -> int:
        """Bytes to reserve for a token. Asks for one token at first use."""
        return self._facts()[1]

    def _facts(self) -> tuple[tuple[x509.Certificate, ...], int]:
        with self._lock:
            if self._known is None:
                self.stamp(b"how large is a token?")
            assert self._known is not None
            return self._known


def _read(answer: bytes, digest: bytes, nonce: int) -> tuple[TimeStamp, x509.Certificate]:
    """Check a TimeStampResp against what was asked (RFC 3161 §2.2, §2.4.2). ValueError says what is wrong."""
    response = tsp.TimeStampResp.load(answer, strict=True)
    status = response["status"]["status"].native
    if status not in ("granted", "granted_with_mods"):
        raise ValueError(f"status {status}")
    token = response["time_stamp_token"]
    if token["content_type"].native != "signed_data":
        raise ValueError("not SignedData")
    signed_data = token["content"]
    content = signed_data["encap_content_info"]["content"]
    info = content.parsed
    if not isinstance(info, tsp.TSTInfo):
        raise ValueError("no TSTInfo inside")
    if info["message_imprint"]["hash_algorithm"]["algorithm"].native != "sha256":
        raise ValueError("another digest algorithm")
    if info["message_imprint"]["hashed_message"].native != digest:
        raise ValueError("another imprint")
    if info["nonce"].native != nonce:
        raise ValueError("another nonce")
    signer = verified_signer(signed_data, bytes(content))
    return TimeStamp(token.dump(), info["gen_time"].native), signer


def verified_signer(signed_data: asn1_cms.SignedData, content: bytes) -> x509.Certificate:
    """The certificate whose key signed the token (RFC 3161 §2.4.2). Its chain is for the caller to judge.

    Raises ValueError or InvalidSignature.
    """
    (signer_info,) = signed_data["signer_infos"]
    sid = signer_info["sid"].chosen
    (certificate,) = (
        x509.load_der_x509_certificate(candidate.chosen.dump())
        for candidate in signed_data["certificates"]
        if candidate.chosen.serial_number == sid["serial_number"].native
        and candidate.chosen.issuer == sid["issuer"]
    )
    purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    if x509.oid.ExtendedKeyUsageOID.TIME_STAMPING not in purposes:
        raise ValueError("signed with a certificate that is not for time-stamping")
    attributes = {a["type"].native: a["values"][0] for a in signer_info["signed_attrs"]}
    algorithm = _digest_algorithm(signer_info["digest_algorithm"]["algorithm"].native)
    whole = hashes.Hash(algorithm)
    whole.update(content)
    if attributes["message_digest"].native != whole.finalize():
        raise ValueError("the content does not match its digest")
    signed = b"\x31" + signer_info["signed_attrs"].dump()[1:]
    signature = signer_info["signature"].native
    key = certificate.public_key()
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, signed, ec.ECDSA(algorithm))
    elif isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, signed, padding.PKCS1v15(), algorithm)
    else:
        raise ValueError("a key of a kind that is not supported")
    return certificate


def _digest_algorithm(name: str) -> hashes.SHA256 | hashes.SHA384 | hashes.SHA512:
    allowed: dict[str, type[hashes.SHA256 | hashes.SHA384 | hashes.SHA512]] = {
        "sha256": hashes.SHA256,
        "sha384": hashes.SHA384,
        "sha512": hashes.SHA512,
    }
    if name not in allowed:
        raise ValueError(f"digest algorithm {name}")
    return allowed[name]()
