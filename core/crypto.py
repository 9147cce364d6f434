"""Personal data at rest: AES-256-GCM per field, and a keyed blind index to search by equality.

The ciphertext names its key (`k1.…`), so keys can be rotated; the table and column are authenticated, so a
value cannot be moved to another place. The blind index uses a separate key.
"""

import base64
import hashlib
import hmac
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

NONCE_BYTES = 12


def encrypt(plaintext: str, place: str) -> str:
    """Encrypt under the active key; `place` (table.column) must be given again to decrypt."""
    key_id = settings.FIELD_KEY_ACTIVE
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(_key(key_id)).encrypt(nonce, plaintext.encode(), place.encode())
    return f"{key_id}.{base64.b64encode(nonce + sealed).decode()}"


def decrypt(ciphertext: str, place: str) -> str:
    """Inverse of `encrypt`; raises `InvalidTag` (cryptography) when anything was altered or moved."""
    key_id, _, body = ciphertext.partition(".")
    raw = base64.b64decode(body)
    return AESGCM(_key(key_id)).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode()).decode()


def blind_index(kind: str, value: str) -> str:
    """HMAC-SHA256 (hex) of a normalised value; equal values of one kind have equal indexes."""
    key = base64.b64decode(settings.BLIND_INDEX_KEY)
    return hmac.new(key, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()


def _key(key_id: str) -> bytes:
    return base64.b64decode(settings.FIELD_KEYS[key_id])


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]  # not subscriptable at run time
    """Text that is encrypted in the database and plain in Python. It cannot be filtered on."""

    def from_db_value(self, value: str | None, expression: object, connection: object) -> Any:
        return None if value is None else self._load(decrypt(value, self._place()))

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else encrypt(self._dump(value), self._place())

    def _place(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def _load(self, text: str) -> Any:
        return text

    def _dump(self, value: Any) -> str:
        return str(value)


class EncryptedJSONField(EncryptedTextField):
    """A JSON value under the same protection."""

    # Where django-stubs reads the Python type of a field from: any JSON value, not the base class's text.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def to_python(self, value: Any) -> Any:
        return value

    def _load(self, text: str) -> Any:
        return json.loads(text)

    def _dump(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
