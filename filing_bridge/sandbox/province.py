"""Who the stand-in is: its keys and its name, made on first start in its folder and kept there."""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from filing_bridge.protocol import Agency, Signer, es256, public_jwk

SYSTEM_CODE = "TEST-SANDBOX"
AGENCY = Agency("TEST-370300", "测试省厅（沙箱）用工备案机构 TEST SANDBOX")


@dataclass(frozen=True)
class Province:
    """The stand-in's identity. `jwks` is public; `admin_token` opens the admin surface."""

    signer: Signer
    jwks: dict[str, Any]
    admin_token: str


def open_province(folder: Path) -> Province:
    """Load the keys in `folder`, or make them. The public key is left in `province.jwks.json`."""
    key_file, token_file = folder / "province.key", folder / "admin-token"
    if not key_file.exists():
        key = ec.generate_private_key(ec.SECP256R1())
        # Test keys lie unencrypted: whoever holds them can only make things that say they are tests.
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        write_secret(key_file, pem)
    if not token_file.exists():
        write_secret(token_file, secrets.token_urlsafe(32).encode())
    loaded = serialization.load_pem_private_key(key_file.read_bytes(), None)
    if not isinstance(loaded, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{key_file} does not hold a P-256 key")
    jwk = public_jwk(loaded.public_key())
    jwks = {"keys": [jwk]}
    (folder / "province.jwks.json").write_text(json.dumps(jwks) + "\n", encoding="utf-8")
    return Province(Signer(jwk["kid"], es256(loaded)), jwks, token_file.read_text(encoding="utf-8").strip())


def write_secret(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    temporary = path.with_name(path.name + ".new")
    temporary.unlink(missing_ok=True)
    temporary.touch(mode=0o600)
    temporary.write_bytes(content)
    temporary.rename(path)
