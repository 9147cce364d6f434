"""Evidence that certificates are not revoked: OCSP (RFC 6960), else CRL (RFC 5280), fetched over HTTP."""

import json
import threading
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from signing.keys.cms import certificate_der
from signing.keys.errors import CertificateRevoked, RevocationUnavailable
from signing.keys.http import Declined, Exchange, Unanswered

CACHE_FOR = timedelta(hours=1)


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Evidence:
    """What proves one chain: DER certificates, OCSP responses and CRLs. Goes into the document's DSS.

    `certificates` starts with the chain, end certificate first, up to its root; responders' may follow.
    """

    certificates: tuple[bytes, ...]
    ocsps: tuple[bytes, ...]
    crls: tuple[bytes, ...]

    def dump(self) -> bytes:
        """JSON with base64, to be kept beside the document."""
        columns = {key: [b64encode(item).decode() for item in items] for key, items in vars(self).items()}
        return json.dumps(columns).encode()

    @classmethod
    def load(cls, dumped: bytes) -> "Evidence":
        """What `dump` made."""
        columns = json.loads(dumped)
        return cls(**{key: tuple(b64decode(item) for item in items) for key, items in columns.items()})


@dataclass(frozen=True)
class _Proof:
    """One status answer about one certificate."""

    ocsp: bytes | None
    crl: bytes | None
    next_update: datetime
    responder: tuple[bytes, ...] = ()


class RevocationSource:
    """Fetches and caches status evidence. Keep it for the life of the process; thread-safe.

    Addresses come from the certificates (AIA, CRL distribution points) unless `ocsp_url` names a responder
    for those that have one. An answer is reused until an hour has passed or its nextUpdate is near.
    """

    def __init__(
        self,
        *,
        exchange: Exchange | None = None,
        ocsp_url: str | None = None,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._exchange = exchange or Exchange()
        self._ocsp_url = ocsp_url
        self._now = now
        self._lock = threading.Lock()
        self._cache: dict[bytes, tuple[_Proof, datetime]] = {}

    def evidence(self, chain: Sequence[x509.Certificate], *, fresh: bool = False) -> Evidence:
        """Evidence for `chain`: the end certificate first, the root last.

        `fresh` asks anew about the end certificate; answers about the CAs above it may come from the cache.
        Use it for one-shot certificates, just after the signature. Raises CertificateRevoked or
        RevocationUnavailable; may be repeated.
        """
        proofs = [
            self._proof(certificate, issuer, fresh=fresh and position == 0)
            for position, (certificate, issuer) in enumerate(pairwise(chain))
        ]
        return Evidence(
            # responders' certificates too: inside the answers alone, nothing proves when they existed
            certificates=(
                *(certificate_der(c) for c in chain),
                *(certificate for proof in proofs for certificate in proof.responder),
            ),
            ocsps=tuple(proof.ocsp for proof in proofs if proof.ocsp is not None),
            crls=tuple(proof.crl for proof in proofs if proof.crl is not None),
        )

    def renewed(self, kept: Evidence) -> Evidence:
        """Newer evidence for the chain of `kept`; `kept` itself once its end certificate has expired.

        What a responder says of an expired certificate proves nothing (RFC 6960 §4.4.4), and in a DSS it
        makes validators doubt the earlier answer. So evidence for a one-shot certificate is collected when it
        signs, kept, and renewed at completion while that is still possible. Raises as `evidence`.
        """
        chain = [x509.load_der_x509_certificate(certificate) for certificate in kept.certificates]
        if chain[0].not_valid_after_utc <= self._now():
            return kept
        root = next(i for i, certificate in enumerate(chain) if certificate.issuer == certificate.subject)
        return self.evidence(chain[: root + 1], fresh=True)

    def _proof(self, certificate: x509.Certificate, issuer: x509.Certificate, *, fresh: bool) -> _Proof:
        key = certificate.fingerprint(hashes.SHA256())
        now = self._now()
        with self._lock:
            cached = self._cache.get(key)
        if cached is not None and not fresh and now < cached[1]:
            return cached[0]
        proof = self._fetch(certificate, issuer)
        if not fresh:  # a one-shot certificate is asked about once: remembering it would only grow the cache
            with self._lock:
                self._cache[key] = proof, min(now + CACHE_FOR, proof.next_update - CACHE_FOR)
        return proof

    def _fetch(self, certificate: x509.Certificate, issuer: x509.Certificate) -> _Proof:
        problems: list[str] = []
        ocsp_url = self._ocsp_address(certificate)
        if ocsp_url is not None:
            try:
                return self._ask_ocsp(ocsp_url, certificate, issuer)
            except (Unanswered, Declined, ValueError) as error:
                problems.append(f"OCSP: {error}")
        for crl_url in _crl_addresses(certificate):
            try:
                return self._fetch_crl(crl_url, certificate, issuer)
            except (Unanswered, Declined, ValueError) as error:
                problems.append(f"CRL: {error}")
        raise RevocationUnavailable("; ".join(problems) or "the certificate names no source")

    def _ocsp_address(self, certificate: x509.Certificate) -> str | None:
        try:
            access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
        except x509.ExtensionNotFound:
            return None
        for description in access:
            if description.access_method == AuthorityInformationAccessOID.OCSP:
                return self._ocsp_url or str(description.access_location.value)
        return None

    def _ask_ocsp(self, url: str, certificate: x509.Certificate, issuer: x509.Certificate) -> _Proof:
        # SHA-1 only names the issuer here (RFC 5019 §2.1.1 asks for it); nothing rests on its strength.
        request = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA1()).build()  # noqa: S303  (names the certificate, as RFC 6960 responders expect; proves nothing)
        body = request.public_bytes(serialization.Encoding.DER)
        answer = self._exchange.post(url, body, {"Content-Type": "application/ocsp-request"})
        response = ocsp.load_der_ocsp_response(answer)
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise ValueError(f"status {response.response_status.name}")
        if response.serial_number != certificate.serial_number:
            raise ValueError("an answer about another certificate")
        if response.certificate_status is ocsp.OCSPCertStatus.REVOKED:
            raise CertificateRevoked(f"serial {certificate.serial_number:x}")
        if response.certificate_status is not ocsp.OCSPCertStatus.GOOD:
            raise ValueError("the responder does not know the certificate")
        next_update = response.next_update_utc or self._now() + 2 * CACHE_FOR
        return _Proof(answer, None, next_update, tuple(certificate_der(c) for c in response.certificates))

    def _fetch_crl(self, url: str, certificate: x509.Certificate, issuer: x509.Certificate) -> _Proof:
        answer = self._exchange.get(url)
        crl = x509.load_der_x509_crl(answer)
        key = issuer.public_key()
        if crl.issuer != issuer.subject or not crl.is_signature_valid(key):  # type: ignore[arg-type]  # other kinds raise
            raise ValueError("not a CRL of the issuer")
        next_update = crl.next_update_utc
        if next_update is None or next_update <= self._now():
            raise ValueError("the CRL is out of date")
        if crl.get_revoked_certificate_by_serial_number(certificate.serial_number) is not None:
            raise CertificateRevoked(f"serial {certificate.serial_number:x}")
        return _Proof(None, answer, next_update)


def _crl_addresses(certificate: x509.Certificate) -> list[str]:
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return []
    return [
        str(name.value)
        for point in points
        for name in point.full_name or ()
        if str(name.value).startswith(("http://", "https://"))
    ]
