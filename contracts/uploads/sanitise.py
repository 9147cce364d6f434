"""What is kept of an uploaded PDF: the looks of its pages, and nothing else.

Every page is drawn as one form on a page of a new file. What hangs on the old catalog, pages and annotations
(scripts, actions, forms, attachments, media, layers) is not copied, so that nobody has to know all of it.
Runs in a bounded process only (`contracts.uploads.__main__`).
"""

import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name, Pdf, Rectangle, Stream

from contracts.uploads.limits import MAX_BYTES, UnfitError
from signing.pades.prepare import page_frame

MAX_PAGES: Final = 40
MAX_OBJECTS: Final = 20_000
MAX_UNPACKED: Final = 256 * 1024 * 1024  # bytes of all streams together
CHUNK: Final = 1024 * 1024
MAX_TEXT: Final = 5_000  # characters of a page; a full one has two thousand
SHORTEST, LONGEST = 200.0, 1700.0  # points: the sides of a page, from A6 to A2
PROOF_SCALE: Final = 0.5

# Members of a stream that name files elsewhere, other looks for other readers, or what was left behind.
_STRAY: Final = (
    "/F", "/FFilter", "/FDecodeParms", "/OPI", "/Ref", "/Alternates", "/OC", "/AF", "/Metadata", "/PieceInfo",
    "/LastModified", "/StructParent", "/StructParents",
)  # fmt: skip
_MEDIA: Final = ("/RichMedia", "/Movie", "/Sound", "/Screen", "/3D")


@dataclass(frozen=True, slots=True)
class Page:
    """Size in points as displayed, and the words, lines parted by newlines."""

    width: float
    height: float
    text: str


@dataclass(frozen=True, slots=True)
class Clean:
    """`notes`: what was left out or may look different, as codes of `contracts.web.template_words`."""

    pdf: bytes
    pages: tuple[Page, ...]
    notes: list[str]


def sanitise(data: bytes) -> Clean:
    """The file made harmless. Raises UnfitError."""
    if len(data) > MAX_BYTES:
        raise UnfitError("upload_too_large")
    if b"%PDF-" not in data[:1024]:
        raise UnfitError("upload_not_taken")
    try:
        with pikepdf.open(BytesIO(data)) as source:
            notes = sorted(set(_notes(source)))
            pdf = _redrawn(source)
    except pikepdf.PasswordError as error:
        raise UnfitError("upload_locked") from error
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise UnfitError("upload_unreadable") from error
    if len(pdf) > MAX_BYTES:
        raise UnfitError("upload_too_large")
    return Clean(pdf, tuple(_pages(pdf)), notes)


def _notes(source: Pdf) -> Iterator[str]:
    """Refuses what is not taken at all; then what the clerk should know."""
    if source.is_encrypted:
        raise UnfitError("upload_locked")
    if len(source.objects) > MAX_OBJECTS:
        raise UnfitError("upload_too_complex")
    if not 1 <= len(source.pages) <= MAX_PAGES:
        raise UnfitError("upload_too_many_pages")
    root = source.Root
    if "/AcroForm" in root:
        yield "forms"
    if "/OpenAction" in root or "/AA" in root:
        yield "scripts"
    room = MAX_UNPACKED
    for each in source.objects:
        if isinstance(each, Stream):
            room -= _unpacked(each, room)
            if room < 0:
                raise UnfitError("upload_too_complex")
        if isinstance(each, (Dictionary, Stream)):
            yield from _note(each)


def _note(each: pikepdf.Object) -> Iterator[str]:
    if "/ByteRange" in each:
        raise UnfitError("upload_signed")
    if "/JS" in each or each.get("/S") == Name.JavaScript:
        yield "scripts"
    if "/EF" in each or each.get("/Subtype") == Name.FileAttachment:
        yield "attachments"
    if each.get("/Subtype") in _MEDIA:
        yield "media"
    if each.get("/Type") == Name.OCG:
        yield "layers"
    if each.get("/Type") == Name.FontDescriptor and not any(f"/FontFile{n}" in each for n in ("", "2", "3")):
        yield "fonts"


def _redrawn(source: Pdf) -> bytes:
    if "/AcroForm" in source.Root:
        source.generate_appearance_streams()
    source.flatten_annotations("print")
    target = pikepdf.new()
    for page in source.pages:
        frame = page_frame(page)
        width, height = frame.size
        if not all(SHORTEST <= side <= LONGEST for side in (width, height)):
            raise UnfitError("upload_page_size")
        page.mediabox = page.cropbox = Array([frame.left, frame.bottom, frame.right, frame.top])
        _drop(page.obj, ("/TrimBox", "/BleedBox", "/ArtBox", "/UserUnit"))
        sheet = target.add_blank_page(page_size=(width, height))
        sheet.add_overlay(page, Rectangle(0, 0, width, height))
    _scrub(target)
    output = BytesIO()
    target.save(output, deterministic_id=True)
    return output.getvalue()


def _scrub(target: Pdf) -> None:
    for each in target.objects:
        if isinstance(each, Stream):
            _drop(each, _STRAY)
            if each.get("/Subtype") == Name.PS:  # a program
                raise UnfitError("upload_unreadable")
        if isinstance(each, (Dictionary, Stream)):
            for holder in (each, each.get("/Resources")):
                if isinstance(holder, Dictionary):
                    _drop(holder, ("/Properties",))  # layers


def _drop(holder: pikepdf.Object, keys: Iterable[str]) -> None:
    for key in keys:
        if key in holder:
            del holder[key]


def _unpacked(stream: Stream, most: int) -> int:
    """The length of a stream, unpacked no further than `most` bytes beyond the usual compression."""
    packed = stream.read_raw_bytes()
    if stream.get("/Filter") != Name.FlateDecode:
        return len(packed)
    unpacker, length = zlib.decompressobj(), 0
    while packed and length <= most:
        try:
            length += len(unpacker.decompress(packed, CHUNK))
        except zlib.error:  # damaged: what can be read of it, the renderer reads
            break
        packed = unpacker.unconsumed_tail
    return length


def _pages(pdf: bytes) -> Iterator[Page]:
    """Each page is drawn once: what exhausts the renderer does so here."""
    try:
        with pypdfium2.PdfDocument(pdf) as document:
            for page in document:
                page.render(scale=PROOF_SCALE)
                text = page.get_textpage().get_text_range()[:MAX_TEXT]
                width, height = page.get_size()
                yield Page(round(width, 3), round(height, 3), _printable(text))
                page.close()
    except pypdfium2.PdfiumError as error:
        raise UnfitError("upload_unreadable") from error


def _printable(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = ("".join(c for c in line if unicodedata.category(c)[0] not in "CZ" or c == " ") for line in lines)
    return "\n".join(line.strip() for line in kept if line.strip())
