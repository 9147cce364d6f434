"""Keys at rest in the signer's folder: encrypted PEM files, written once, durable, private to the process."""

import os
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from joserfc.jwk import ECKey

from signing.keys.signing_key import SigningKey


def load_certified(label: str) -> SigningKey | None:
    """A key with its certificate, or None when there is none under this label."""
    path = _path(label)
    return _parsed(path, path.stat().st_mtime_ns) if path.exists() else None


def keep_certified(label: str, key: SigningKey) -> SigningKey:
    """Store a key unless the label is taken; returns the key that is stored, which may be another's."""
    _write_once(_path(label), key.to_pem(_passphrase()))
    kept = load_certified(label)
    assert kept is not None
    return kept


def platform_key() -> ec.EllipticCurvePrivateKey:
    """The platform's key, made now if there is none."""
    path = _path("platform")
    if not path.exists():
        fresh = ec.generate_private_key(ec.SECP256R1())
        encryption = serialization.BestAvailableEncryption(_passphrase())
        form = serialization.PrivateFormat.PKCS8
        _write_once(path, fresh.private_bytes(serialization.Encoding.PEM, form, encryption))
    return _platform(path, path.stat().st_mtime_ns)


def jwks(key: ec.EllipticCurvePublicKey) -> dict[str, Any]:
    """A JWK set of one key, named by its RFC 7638 thumbprint."""
    pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    imported = ECKey.import_key(pem)
    public = imported.as_dict(private=False)
    return {"keys": [{**public, "kid": imported.thumbprint(), "alg": "ES256", "use": "sig"}]}


# The file's time is part of the cache's key, so that a restored folder is not mistaken for the old one.
@lru_cache(maxsize=1024)
def _parsed(path: Path, _written: int) -> SigningKey:
    return SigningKey.from_pem(path.read_bytes(), _passphrase())


@lru_cache(maxsize=4)
def _platform(path: Path, _written: int) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), _passphrase())
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("the platform's key is not a P-256 key")
    return key


def _path(label: str) -> Path:
    return Path(settings.SIGNER_KEYS_DIR) / f"{label}.pem"


def _passphrase() -> bytes:
    return str(settings.SIGNER_PASSPHRASE).encode()


def _write_once(path: Path, content: bytes) -> None:
    """Durable and complete or not there at all; of two writers the first one wins."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with NamedTemporaryFile(dir=path.parent) as temporary:
        temporary.write(content)
        temporary.flush()
        os.fsync(temporary.fileno())
        try:
            path.hardlink_to(temporary.name)
        except FileExistsError:
            return
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
