"""Certificates from a certification authority over HTTP.

The request is `POST <url>` with JSON `{"profile", "csr"}` and a bearer token; the answer is a PEM chain, leaf
first, root last. A commercial CA with another protocol gets an adapter with the same two methods.
"""

import json
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from signing.keys.errors import CertificateRefused, CertificateUnavailable
from signing.keys.http import Declined, Exchange, Unanswered
from signing.keys.signing_key import KeyAlgorithm, PrivateKey, SigningKey, generate_private_key


@dataclass(frozen=True)
class WorkerSubject:
    """A person whose identity was verified for this one signing.

    `reference` becomes the subject's serialNumber. It must not be an identity number in clear: certificates
    travel. A keyed digest of the number serves.
    """

    name: str
    reference: str


@dataclass(frozen=True)
class OrganisationSubject:
    """An employer or agency: legal name and unified social credit code (USCC, GB 32100)."""

    name: str
    uscc: str


class CertificateAuthority:
    """Client of one CA, whose chains must end in `root`. Thread-safe."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        root: x509.Certificate,
        exchange: Exchange | None = None,
    ) -> None:
        self._url = url
        self._token = token
        self._root = root
        self._exchange = exchange or Exchange()

    def issue_worker(self, subject: WorkerSubject, algorithm: KeyAlgorithm = KeyAlgorithm.P256) -> SigningKey:
        """A new key with a one-shot certificate (事件型证书), to be used for one signing and then dropped.

        Raises CertificateUnavailable (may be repeated: it makes another certificate) or CertificateRefused.
        """
        name = [
            x509.NameAttribute(NameOID.COMMON_NAME, subject.name),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, subject.reference),
        ]
        return self._issue("worker-oneshot", x509.Name(name), algorithm)

    def issue_organisation(
        self, subject: OrganisationSubject, algorithm: KeyAlgorithm = KeyAlgorithm.P256
    ) -> SigningKey:
        """A new key with an organisation certificate, to be kept encrypted (`SigningKey.to_pem`).

        The USCC is written as organizationIdentifier NTRCN-<USCC> (ETSI EN 319 412-1 §5.1.4) and as
        serialNumber. Raises as `issue_worker`.
        """
        name = [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, subject.name),
            x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, f"NTRCN-{subject.uscc}"),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, subject.uscc),
            x509.NameAttribute(NameOID.COMMON_NAME, subject.name),
        ]
        return self._issue("organisation", x509.Name(name), algorithm)

    def _issue(self, profile: str, name: x509.Name, algorithm: KeyAlgorithm) -> SigningKey:
        private_key = generate_private_key(algorithm)
        request = (
            x509.CertificateSigningRequestBuilder().subject_name(name).sign(private_key, hashes.SHA256())
        )
        csr = request.public_bytes(serialization.Encoding.PEM).decode()
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        body = json.dumps({"profile": profile, "csr": csr}).encode()
        try:
            answer = self._exchange.post(self._url, body, headers)
        except Unanswered as error:
            raise CertificateUnavailable(str(error)) from error
        except Declined as error:
            raise CertificateRefused(str(error)) from error
        try:
            return _checked(private_key, answer, name, self._root)
        except (ValueError, TypeError, InvalidSignature) as error:
            raise CertificateUnavailable(f"the CA's answer is unusable: {error}") from error


def _checked(private_key: PrivateKey, pem: bytes, name: x509.Name, root: x509.Certificate) -> SigningKey:
    """A key with the chain from the CA, which must be for our key and our names and end in our root."""
    leaf, *chain = x509.load_pem_x509_certificates(pem)
    given = {(attribute.oid, attribute.value) for attribute in leaf.subject}
    if not {(attribute.oid, attribute.value) for attribute in name} <= given:
        raise ValueError("the certificate names somebody else")
    if not chain or chain[-1] != root:
        raise ValueError("the chain does not end in the configured root")
    leaf.verify_directly_issued_by(chain[0])
    return SigningKey(private_key, leaf, tuple(chain))
