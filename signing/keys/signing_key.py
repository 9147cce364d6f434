"""A key that signs, with the certificate and chain that speak for it."""

from dataclasses import dataclass
from enum import Enum

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from signing.keys import der

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class KeyAlgorithm(Enum):
    """What a new key is made of. The signature algorithm follows from it and is always named in the CMS."""

    P256 = "p256"
    RSA2048 = "rsa2048"


ALGORITHM_IDENTIFIER = {
    # RFC 5754 §3.3: ecdsa-with-SHA256 has no parameters; RFC 4055 §5: RSA signatures carry NULL.
    KeyAlgorithm.P256: der.sequence(der.oid("1.2.840.10045.4.3.2")),
    KeyAlgorithm.RSA2048: der.sequence(der.oid("1.2.840.113549.1.1.11"), der.NULL),
}


def generate_private_key(algorithm: KeyAlgorithm) -> PrivateKey:
    """A new software key."""
    if algorithm is KeyAlgorithm.P256:
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(frozen=True)
class SigningKey:
    """A loaded software key. `chain` runs from the issuer of `certificate` up to and including the root.

    Load once and keep: parsing an RSA key costs more than signing with it. `sign` is thread-safe.
    """

    private_key: PrivateKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]

    def __post_init__(self) -> None:
        if self.certificate.public_key() != self.private_key.public_key():
            raise ValueError("the certificate does not belong to this private key")

    @property
    def algorithm(self) -> KeyAlgorithm:
        if isinstance(self.private_key, rsa.RSAPrivateKey):
            return KeyAlgorithm.RSA2048
        return KeyAlgorithm.P256

    @property
    def algorithm_identifier(self) -> bytes:
        """DER AlgorithmIdentifier of the signatures that `sign` makes."""
        return ALGORITHM_IDENTIFIER[self.algorithm]

    @property
    def signature_size(self) -> int:
        """Length in bytes that `sign` never exceeds."""
        if isinstance(self.private_key, rsa.RSAPrivateKey):
            return self.private_key.key_size // 8
        return 72  # two integers of up to 33 bytes, with their tags and lengths

    def sign(self, data: bytes) -> bytes:
        """Sign `data` with SHA-256: ECDSA (DER r, s) or RSASSA-PKCS1-v1_5."""
        if isinstance(self.private_key, rsa.RSAPrivateKey):
            return self.private_key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self.private_key.sign(data, ec.ECDSA(hashes.SHA256()))

    def to_pem(self, passphrase: bytes) -> bytes:
        """The form at rest: encrypted PKCS#8, then the certificate and its chain.

        The passphrase should be a random secret of 32 bytes from the operator's secret store.
        """
        if not passphrase:
            raise ValueError("a signing key is never stored without a passphrase")
        key = self.private_key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(passphrase),
        )
        return key + b"".join(_pem(c) for c in (self.certificate, *self.chain))

    @classmethod
    def from_pem(cls, pem: bytes, passphrase: bytes) -> "SigningKey":
        """Load what `to_pem` wrote. Raises ValueError on a wrong passphrase or a key of another kind."""
        private_key = serialization.load_pem_private_key(pem, passphrase)
        certificate, *chain = x509.load_pem_x509_certificates(pem)
        return cls(supported(private_key), certificate, tuple(chain))


def supported(private_key: object) -> PrivateKey:
    """Narrow a loaded key to the kinds we sign with; anything else is a ValueError."""
    if isinstance(private_key, rsa.RSAPrivateKey) and private_key.key_size >= 2048:
        return private_key
    if isinstance(private_key, ec.EllipticCurvePrivateKey) and isinstance(private_key.curve, ec.SECP256R1):
        return private_key
    raise ValueError("only P-256 and RSA of 2048 bits or more are supported")


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
