"""A .docx file as a package of parts, looked over before anything is unpacked.

Nothing is written to disk, and no target of a relationship is followed: a target outside the file is refused
because the document then shows what is not in it. Runs in a bounded process only (`__main__.py`).
"""

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from contracts.uploads.limits import MAX_BYTES, UnfitError

ZIP: Final = b"PK\x03\x04"
COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Word 97 to 2003, and whatever Office has encrypted
ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
MAX_PARTS: Final = 1000
MAX_UNPACKED: Final = 128 * 1024 * 1024  # bytes of all parts together, as the file itself states them
MAX_RATIO: Final = 100  # words in XML pack to a tenth or twentieth
MAX_PART: Final = 16 * 1024 * 1024  # of a part that is read
_BROKEN: Final = (
    zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, OSError, OverflowError,
    ValueError,
)  # fmt: skip
LINK: Final = "hyperlink"


def name_of(element: Element) -> str:
    """The name without its namespace: strict and transitional documents differ in that only."""
    return element.tag.rpartition("}")[2]


def value_of(element: Element, attribute: str = "val") -> str:
    """An attribute by its name without namespace; empty when it is not there."""
    found = (value for key, value in element.attrib.items() if key.rpartition("}")[2] == attribute)
    return next(found, "")


class Package:
    """An opened file. Raises UnfitError if it is broken, locked, too large, active or not from Word."""

    def __init__(self, data: bytes) -> None:
        if len(data) > MAX_BYTES:
            raise UnfitError("upload_too_large")
        if data.startswith(COMPOUND):
            raise UnfitError("upload_locked" if ENCRYPTED in data else "upload_word_old")
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
        except _BROKEN as error:
            raise UnfitError("upload_unreadable") from error
        self._look_over(len(data))
        self.has_links = False
        self.document = self._main_part()

    def part(self, name: str) -> Element | None:
        """A part as XML, without document type or entities; None when there is none."""
        return self._read(name) if name in self._names else None

    def related(self, kind: str) -> Element | None:
        """The part that the document names as its `kind` (styles, numbering)."""
        return next(
            (self.part(target) for each, target in self._targets(self.document) if each == kind), None
        )

    def parts_like(self, kind: str) -> Iterator[Element]:
        """Every part that the document names as a `kind` (header, footer)."""
        for each, target in self._targets(self.document):
            part = self.part(target) if each == kind else None
            if part is not None:
                yield part

    def _look_over(self, packed: int) -> None:
        entries = self._zip.infolist()
        self._names = {entry.filename for entry in entries}
        whole = sum(entry.file_size for entry in entries)
        if len(entries) > MAX_PARTS or whole > min(MAX_UNPACKED, MAX_RATIO * packed):
            raise UnfitError("upload_too_complex")
        if any(entry.flag_bits & 1 for entry in entries):
            raise UnfitError("upload_locked")
        if len(self._names) != len(entries):  # which of the two is meant, readers do not agree on
            raise UnfitError("upload_unreadable")

    def _main_part(self) -> str:
        types = self.part("[Content_Types].xml")
        if types is None:
            raise UnfitError("upload_not_taken")
        kinds = {value_of(each, "PartName").lstrip("/"): value_of(each, "ContentType") for each in types}
        programs = any(name.lower().endswith("vbaproject.bin") for name in self._names)
        if programs or any("macroenabled" in kind.lower() for kind in kinds.values()):
            raise UnfitError("upload_macros")
        for name in sorted(self._names):
            if name.endswith(".rels"):
                self._check_targets(name)
        main = next((target for kind, target in self._targets("") if kind == "officeDocument"), "")
        if "wordprocessingml" not in kinds.get(main, "") or main not in self._names:
            raise UnfitError("upload_not_taken")
        return main

    def _check_targets(self, name: str) -> None:
        for each in self._read(name):
            if value_of(each, "TargetMode").lower() == "external":
                if _kind(each) != LINK:
                    raise UnfitError("upload_external")
                self.has_links = True

    def _targets(self, part: str) -> Iterator[tuple[str, str]]:
        """Kind and name of every part that a part is related to; the empty name is the package itself."""
        folder, name = posixpath.split(part)
        for each in self.part(posixpath.join(folder, "_rels", f"{name}.rels")) or ():
            if value_of(each, "TargetMode").lower() != "external":
                target = posixpath.join("/", folder, value_of(each, "Target"))
                yield _kind(each), posixpath.normpath(target).lstrip("/")

    def _read(self, name: str) -> Element:
        try:
            with self._zip.open(name) as part:
                content = part.read(MAX_PART + 1)
        except (*_BROKEN, RuntimeError) as error:
            raise UnfitError("upload_unreadable") from error
        if len(content) > MAX_PART:
            raise UnfitError("upload_too_complex")
        try:
            root: Element = fromstring(content, forbid_dtd=True)
        except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
            raise UnfitError("upload_unreadable") from error
        return root


def _kind(relationship: Element) -> str:
    return value_of(relationship, "Type").rpartition("/")[2]
