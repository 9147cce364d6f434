"""Whom the stand-in believes: the roots it was given, and what the authorities say of certificates today."""

import base64
import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Sequence

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from filing_bridge.protocol import ProtocolError
from filing_bridge.sandbox.clock import Clock
from signing.keys.errors import CertificateRevoked, RevocationUnavailable
from signing.keys.revocation import RevocationSource
from signing.pades.validate import validate
from signing.pades.verdict import Verdict

REMEMBERED = 1024


class Trust:
    """Thread-safe. `anchors` are the roots of employers, workers and time-stamp authorities."""

    def __init__(
        self, anchors: Sequence[x509.Certificate], revocation: RevocationSource, clock: Clock
    ) -> None:
        self.anchors = tuple(anchors)
        self.revocation = revocation
        self._clock = clock
        self._accepted: OrderedDict[tuple[str, bool], Verdict] = OrderedDict()
        self._lock = threading.Lock()

    def judge(self, pdf: bytes, *, made_elsewhere: bool = False) -> Verdict:
        """The acceptance rule over a completed document, as it is for those `made_elsewhere` if so.

        The rule looks at nothing but the bytes, the roots, and whether the archive time-stamp holds now. So
        the verdict on a file that was accepted stands for the very same bytes until `valid_until`: a filing
        that was returned comes back with the same contract.
        """
        now, known = self._clock.now(), (hashlib.sha256(pdf).hexdigest(), made_elsewhere)
        with self._lock:
            verdict = self._accepted.get(known)
        if (
            verdict is None
            or verdict.archive is None
            or not verdict.archive.at <= now <= verdict.archive.valid_until
        ):
            verdict = validate(pdf, self.anchors, at=now, made_elsewhere=made_elsewhere)
        if verdict.ok:
            with self._lock:
                self._accepted[known] = verdict
                self._accepted.move_to_end(known)
                while len(self._accepted) > REMEMBERED:
                    self._accepted.popitem(last=False)
        return verdict

    def refuse_revoked(self, employer_signature: str) -> None:
        """Ask whether the certificate behind a verified record signature is revoked by now.

        Raises `ProtocolError`: `employer_certificate_untrusted`, or `revocation_unknown` when the authority
        does not answer: nothing is taken in on a certificate of unknown standing.
        """
        try:
            self.revocation.evidence(self._chain(employer_signature))
        except CertificateRevoked as error:
            raise ProtocolError("employer_certificate_untrusted", "revoked") from error
        except RevocationUnavailable as error:
            raise ProtocolError("revocation_unknown") from error

    def _chain(self, employer_signature: str) -> list[x509.Certificate]:
        """The certificates of a signature that `verify_record` has accepted, completed with their anchor."""
        text = employer_signature.partition(".")[0]
        header = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        chain = [x509.load_der_x509_certificate(base64.b64decode(each)) for each in header["x5c"]]
        if chain[-1] not in self.anchors:
            chain.append(next(anchor for anchor in self.anchors if _issued_by(chain[-1], anchor)))
        return chain


def _issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
