"""Create and load the stand-in's keys and certificates.

`DIR/offline/` holds the root key; nothing but `create` ever opens it: the server runs without that folder.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from signing.keys.signing_key import KeyAlgorithm, PrivateKey, SigningKey, generate_private_key, supported

MARK = "测试 TEST NOT EVIDENCE"

# The enterprise number that RFC 5612 sets aside for documentation: nobody can take these for real policies.
POLICY_TIME_STAMP = x509.ObjectIdentifier("1.3.6.1.4.1.32473.54.1")
POLICY_WORKER = x509.ObjectIdentifier("1.3.6.1.4.1.32473.54.2")
POLICY_ORGANISATION = x509.ObjectIdentifier("1.3.6.1.4.1.32473.54.3")

DEFAULT_BASE_URL = "http://127.0.0.1:8601"


@dataclass(frozen=True)
class Material:
    """What the server loads: no root key among it."""

    directory: Path
    base_url: str
    token: str
    root: x509.Certificate
    root_crl: bytes
    issuing: SigningKey
    tsa: SigningKey
    ocsp: SigningKey


def key_usage(*names: str) -> x509.KeyUsage:
    """A KeyUsage extension with only the named bits set."""
    bits = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{bit: bit in names for bit in bits})


def name(common_name: str, *attributes: x509.NameAttribute[str]) -> x509.Name:
    """A subject that says in OU that it is a test."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, MARK),
            *attributes,
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def revocation_pointers(base_url: str, ca: str) -> tuple[x509.ExtensionType, ...]:
    """CRL distribution point of `ca` and, for the issuing CA, its OCSP responder; the root has a CRL only."""
    crl = x509.UniformResourceIdentifier(f"{base_url}/crl/{ca}.crl")
    point = x509.DistributionPoint([crl], None, None, None)
    pointers: tuple[x509.ExtensionType, ...] = (x509.CRLDistributionPoints([point]),)
    if ca == "issuing":
        ocsp = x509.UniformResourceIdentifier(f"{base_url}/ocsp")
        access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, ocsp)
        pointers += (x509.AuthorityInformationAccess([access]),)
    return pointers


def certify(
    issuer_key: PrivateKey,
    issuer: x509.Name,
    subject: x509.Name,
    public_key: CertificatePublicKeyTypes,
    lifetime: timedelta,
    extensions: tuple[tuple[x509.ExtensionType, bool], ...],
) -> x509.Certificate:
    """Sign one certificate. Validity starts five minutes back, so that small clock differences do no harm."""
    now = datetime.now(UTC).replace(microsecond=0)
    builder = (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .subject_name(subject)
        .public_key(public_key)
        .serial_number(secrets.randbits(120) | 1 << 119)
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + lifetime)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(issuer_key, hashes.SHA256())


def create(
    directory: Path, *, base_url: str = DEFAULT_BASE_URL, algorithm: KeyAlgorithm = KeyAlgorithm.P256
) -> None:
    """Make root, issuing CA, TSA, OCSP responder, the root's CRL and the token of `/issue`.

    Refuses (FileExistsError) a directory that already has a PKI: keys are made once.
    """
    directory.mkdir(parents=True, exist_ok=True)
    offline = directory / "offline"
    offline.mkdir()
    offline.chmod(0o700)
    base_url = base_url.rstrip("/")

    root_key = generate_private_key(algorithm)
    root_name = name("潜北测试根 CA / Qianbei TEST Root CA")
    root = certify(
        root_key, root_name, root_name, root_key.public_key(), timedelta(days=20 * 365),
        (
            (x509.BasicConstraints(ca=True, path_length=1), True),
            (key_usage("key_cert_sign", "crl_sign"), True),
        ),
    )  # fmt: skip

    issuing_key = generate_private_key(algorithm)
    issuing_name = name("潜北测试签发 CA / Qianbei TEST Issuing CA")
    issuing = certify(
        root_key, root_name, issuing_name, issuing_key.public_key(), timedelta(days=15 * 365),
        (
            (x509.BasicConstraints(ca=True, path_length=0), True),
            (key_usage("key_cert_sign", "crl_sign"), True),
            *((pointer, False) for pointer in revocation_pointers(base_url, "root")),
        ),
    )  # fmt: skip

    tsa_key = generate_private_key(algorithm)
    tsa = certify(
        issuing_key, issuing_name, name("潜北测试时间戳 / Qianbei TEST TSA"), tsa_key.public_key(),
        timedelta(days=12 * 365),
        (
            (x509.BasicConstraints(ca=False, path_length=None), True),
            (key_usage("digital_signature"), True),
            # RFC 3161 §2.3: exactly this purpose, and critical.
            (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True),
            (x509.CertificatePolicies([x509.PolicyInformation(POLICY_TIME_STAMP, None)]), False),
            *((pointer, False) for pointer in revocation_pointers(base_url, "issuing")),
        ),
    )  # fmt: skip

    ocsp_key = generate_private_key(algorithm)
    ocsp = certify(
        issuing_key, issuing_name, name("潜北测试 OCSP / Qianbei TEST OCSP"), ocsp_key.public_key(),
        timedelta(days=12 * 365),
        (
            (x509.BasicConstraints(ca=False, path_length=None), True),
            (key_usage("digital_signature"), True),
            (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), False),
            (x509.OCSPNoCheck(), False),
        ),
    )  # fmt: skip

    now = datetime.now(UTC).replace(microsecond=0)
    root_crl = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(root_name)
        .last_update(now - timedelta(minutes=5))
        .next_update(now + timedelta(days=15 * 365))  # the offline root is never fetched again
        .add_extension(x509.CRLNumber(1), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False
        )
        .sign(root_key, hashes.SHA256())
    )

    _write_secret(offline / "root.key", _key_pem(root_key))
    (directory / "root.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
    (directory / "root.crl").write_bytes(root_crl.public_bytes(serialization.Encoding.DER))
    for label, key, certificate in (
        ("issuing", issuing_key, issuing), ("tsa", tsa_key, tsa), ("ocsp", ocsp_key, ocsp),
    ):  # fmt: skip
        _write_secret(directory / f"{label}.key", _key_pem(key))
        (directory / f"{label}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    _write_secret(directory / "token", secrets.token_urlsafe(32).encode())
    (directory / "pki.json").write_text(json.dumps({"base_url": base_url}) + "\n", encoding="utf-8")


def load(directory: Path) -> Material:
    """Load what the server needs. Raises FileNotFoundError when `init` has not been run."""
    settings = json.loads((directory / "pki.json").read_text(encoding="utf-8"))
    root = x509.load_pem_x509_certificate((directory / "root.pem").read_bytes())

    def signing_key(label: str, *above: x509.Certificate) -> SigningKey:
        private_key = serialization.load_pem_private_key((directory / f"{label}.key").read_bytes(), None)
        certificate = x509.load_pem_x509_certificate((directory / f"{label}.pem").read_bytes())
        return SigningKey(supported(private_key), certificate, above)

    issuing = signing_key("issuing", root)
    return Material(
        directory=directory,
        base_url=settings["base_url"],
        token=(directory / "token").read_text(encoding="utf-8").strip(),
        root=root,
        root_crl=(directory / "root.crl").read_bytes(),
        issuing=issuing,
        tsa=signing_key("tsa", issuing.certificate, root),
        ocsp=signing_key("ocsp", issuing.certificate, root),
    )


def _key_pem(key: PrivateKey) -> bytes:
    # Test keys lie unencrypted: whoever holds them can only make things that say they are tests.
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write_secret(path: Path, content: bytes) -> None:
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(content)
