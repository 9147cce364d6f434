"""A platform, an employer and a province for tests of the filing protocol, each with a key of its own."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from filing_bridge import protocol

NOW = datetime(2026, 11, 4, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
PDF = b"%PDF-1.7 stands for a signed contract"
USCC = "91370303MA3TE5T03M"


def p256() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def issue(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Certificate | None,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    ca: bool,
    uscc: str = USCC,
    signs: bool = True,
) -> x509.Certificate:
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, name),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, name),
            x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, f"NTRCN-{uscc}"),
        ]
    )
    usage = x509.KeyUsage(signs and not ca, False, not signs, False, False, ca, ca, False, False)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=30))
        .not_valid_after(NOW + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca, None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
    )
    return builder.sign(issuer_key, hashes.SHA256())


@dataclass(frozen=True)
class Party:
    """A signing key with its public JWK set."""

    key: ec.EllipticCurvePrivateKey

    @property
    def signer(self) -> protocol.Signer:
        return protocol.Signer(protocol.public_jwk(self.key.public_key())["kid"], protocol.es256(self.key))

    @property
    def keys(self) -> Any:
        return protocol.key_set({"keys": [protocol.public_jwk(self.key.public_key())]})


@dataclass(frozen=True)
class Employer:
    """An employer's organisation key below a root and an issuing CA."""

    root: x509.Certificate
    root_key: ec.EllipticCurvePrivateKey
    ca: x509.Certificate
    ca_key: ec.EllipticCurvePrivateKey
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def chain(self) -> list[bytes]:
        return [each.public_bytes(Encoding.DER) for each in (self.certificate, self.ca)]

    def sign(self, record: dict[str, Any]) -> str:
        return protocol.sign_record(record, self.chain, protocol.es256(self.key))


def make_employer() -> Employer:
    """An employer with a fresh chain: root, issuing CA, organisation certificate."""
    root_key, ca_key, key = p256(), p256(), p256()
    root = issue("测试根 TEST ROOT", root_key, None, root_key, ca=True)
    ca = issue("测试签发 TEST CA", ca_key, root, root_key, ca=True)
    certificate = issue("示例制造（淄博）有限公司", key, ca, ca_key, ca=False)
    return Employer(root, root_key, ca, ca_key, key, certificate)
