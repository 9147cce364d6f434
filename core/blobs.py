"""Write-once blobs, addressed by SHA-256. A blob is durable before the row that names it commits."""

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, storages

from core.errors import Refused


class DurableFileSystemStorage(FileSystemStorage):
    """Files that survive a power cut once `save` returned: temp, fsync, rename, fsync of the folder."""

    def _save(self, name: str, content: IO[Any]) -> str:
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, delete=False) as temporary:
            try:
                temporary.write(content.read())
                temporary.flush()
                os.fsync(temporary.fileno())
                Path(temporary.name).rename(path)
            except BaseException:
                with suppress(FileNotFoundError):
                    Path(temporary.name).unlink()
                raise
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return name


def put(data: bytes) -> str:
    """Store and return the digest (hex). Storing the same bytes again is free. Raises `storage_full`."""
    digest = hashlib.sha256(data).hexdigest()
    storage = storages["blobs"]
    if not storage.exists(_name(digest)):
        try:
            storage.save(_name(digest), ContentFile(data))
        except OSError as error:
            raise Refused("storage_full") from error
    return digest


def get(digest: str) -> bytes:
    """The bytes of a blob; raises `BlobCorrupt` when they are not what the digest says."""
    with storages["blobs"].open(_name(digest)) as handle:
        data: bytes = handle.read()
    if hashlib.sha256(data).hexdigest() != digest:
        raise BlobCorruptError(digest)
    return data


class BlobCorruptError(Exception):
    """The stored bytes no longer match their digest."""


def _name(digest: str) -> str:
    return f"{digest[:2]}/{digest[2:4]}/{digest}"
