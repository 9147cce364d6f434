"""Issue leaf certificates, and remember what was issued and what was revoked, across restarts."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from signing.testpki import material
from signing.testpki.material import Material

DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")


class Refusal(ValueError):  # noqa: N818  (an answer, not a malfunction)
    """A request that the stand-in CA turns down; the message goes back to the caller."""


@dataclass(frozen=True)
class Profile:
    """What a kind of certificate demands of the CSR's subject, and how long it lives."""

    lifetime: timedelta
    policy: x509.ObjectIdentifier
    subject_from_csr: tuple[x509.ObjectIdentifier, ...]
    required: tuple[x509.ObjectIdentifier, ...]


PROFILES: Mapping[str, Profile] = {
    # One certificate per signing (事件型证书), to an identity that the caller has verified.
    "worker-oneshot": Profile(
        timedelta(hours=24),
        material.POLICY_WORKER,
        (NameOID.SERIAL_NUMBER,),
        (NameOID.COMMON_NAME, NameOID.SERIAL_NUMBER),
    ),
    # Legal name in O and CN; NTRCN-<USCC> in organizationIdentifier (ETSI EN 319 412-1 §5.1.4).
    "organisation": Profile(
        timedelta(days=3 * 365),
        material.POLICY_ORGANISATION,
        (NameOID.ORGANIZATION_NAME, NameOID.ORGANIZATION_IDENTIFIER, NameOID.SERIAL_NUMBER),
        (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME, NameOID.ORGANIZATION_IDENTIFIER),
    ),
}


class Register:
    """Issued and revoked serial numbers: two append-only files, an index in memory."""

    def __init__(self, pki: Material) -> None:
        self._pki = pki
        self._lock = threading.Lock()
        self._issued_path = pki.directory / "issued.jsonl"
        self._revoked_path = pki.directory / "revoked.jsonl"
        self._issued = {pki.tsa.certificate.serial_number, pki.ocsp.certificate.serial_number}
        self._issued.update(int(row["serial"], 16) for row in _rows(self._issued_path))
        self._revoked = {
            int(row["serial"], 16): datetime.fromisoformat(row["at"]) for row in _rows(self._revoked_path)
        }

    def issue(self, csr_pem: bytes, profile_name: str, base_url: str) -> x509.Certificate:
        """Certify the CSR's key. The subject is built anew from the CSR, with the test mark in OU."""
        profile = PROFILES.get(profile_name)
        if profile is None:
            raise Refusal(f"unknown profile; known are {', '.join(PROFILES)}")
        try:
            csr = x509.load_pem_x509_csr(csr_pem)
        except ValueError:
            raise Refusal("not a PEM certificate signing request") from None
        if not csr.is_signature_valid:
            raise Refusal("the CSR is not signed by its own key")
        asked = {attribute.oid: str(attribute.value) for attribute in csr.subject}
        missing = [oid._name for oid in profile.required if not asked.get(oid)]
        if missing:
            raise Refusal(f"the subject lacks {', '.join(missing)}")
        kept = [x509.NameAttribute(oid, asked[oid]) for oid in profile.subject_from_csr if oid in asked]
        leaf = x509.BasicConstraints(ca=False, path_length=None)
        usage = material.key_usage("digital_signature", "content_commitment")
        # RFC 9336 names the purpose; NSS, which many PDF readers use, knows only the one for mail.
        purposes = x509.ExtendedKeyUsage([DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION])
        policy = x509.CertificatePolicies([x509.PolicyInformation(profile.policy, None)])
        pointers = material.revocation_pointers(base_url, "issuing")
        certificate = material.certify(
            self._pki.issuing.private_key,
            self._pki.issuing.certificate.subject,
            material.name(asked[NameOID.COMMON_NAME], *kept),
            csr.public_key(),
            profile.lifetime,
            (
                (leaf, True),
                (usage, True),
                (purposes, False),
                (policy, False),
                *((pointer, False) for pointer in pointers),
            ),
        )
        self._remember(
            self._issued_path, {"serial": f"{certificate.serial_number:x}", "profile": profile_name}
        )
        self._issued.add(certificate.serial_number)
        return certificate

    def revoke(self, serial: int) -> None:
        """Revoke as of now; a second time changes nothing."""
        if serial not in self._issued:
            raise Refusal("no certificate with this serial number was issued here")
        if serial not in self._revoked:
            at = datetime.now(UTC).replace(microsecond=0)
            self._remember(self._revoked_path, {"serial": f"{serial:x}", "at": at.isoformat()})
            self._revoked[serial] = at

    def knows(self, serial: int) -> bool:
        return serial in self._issued

    def revoked_at(self, serial: int) -> datetime | None:
        return self._revoked.get(serial)

    def revocations(self) -> dict[int, datetime]:
        return dict(self._revoked)

    def _remember(self, path: Path, row: Mapping[str, str]) -> None:
        with self._lock, path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
