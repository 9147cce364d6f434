"""The evidence package of one matter: everything a third person needs to believe it, in one ZIP.

Layout: `manifest.json` lists every other file with its SHA-256 and what it is, in both languages;
`manifest.tst` is an RFC 3161 token over the manifest's bytes. `log.json` holds the matter's audit events with
their Merkle proofs, the block headers up to a time-stamped one, and that stamp. Framework-free.
"""

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from core.canonical import canonical_json

FORMAT: Final = "urn:qianbei:evidence:1"
MANIFEST: Final = "manifest.json"
MANIFEST_STAMP: Final = "manifest.tst"
LOG: Final = "log.json"
CONTRACT: Final = "contract.pdf"
CERTIFICATES: Final = "certificates/"
# ZIP has no time zone and no dates before 1980; a fixed time keeps equal content equal in bytes.
ZIP_TIME: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Part:
    """A file of the package and what it is."""

    path: str
    data: bytes
    zh: str
    en: str


def build(
    parts: Iterable[Part],
    *,
    subject: str,
    platform: Mapping[str, str],
    created_at: datetime,
    stamp: Callable[[bytes], bytes],
) -> bytes:
    """The ZIP. `stamp` takes a SHA-256 digest and returns a DER time-stamp token; its errors pass through."""
    files = {part.path: part for part in parts}
    manifest = canonical_json(manifest_of(files.values(), subject, platform, created_at))
    token = stamp(hashlib.sha256(manifest).digest())
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        _write(archive, MANIFEST, manifest)
        _write(archive, MANIFEST_STAMP, token)
        for path in sorted(files):
            _write(archive, path, files[path].data)
    return buffer.getvalue()


def manifest_of(
    parts: Iterable[Part], subject: str, platform: Mapping[str, str], created_at: datetime
) -> dict[str, Any]:
    """The manifest as an object: who made it, when, about what, and every file's digest."""
    return {
        "format": FORMAT,
        "subject": subject,
        "platform": dict(platform),
        "created_at": created_at.isoformat(),
        "files": [
            {
                "path": part.path,
                "sha256": hashlib.sha256(part.data).hexdigest(),
                "size": len(part.data),
                "zh": part.zh,
                "en": part.en,
            }
            for part in sorted(parts, key=lambda part: part.path)
        ],
    }


def _write(archive: zipfile.ZipFile, path: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(path, ZIP_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, data)
