"""An uploaded PDF keeps its looks and loses everything else."""

import io
import re
from collections.abc import Callable

import pikepdf
import pypdfium2
import pytest
from PIL import ImageChops

from contracts.uploads.limits import MAX_BYTES, UnfitError
from contracts.uploads.sanitise import sanitise
from tests.support import uploads

FORBIDDEN = (
    "/AcroForm", "/AA", "/OpenAction", "/Names", "/JS", "/JavaScript", "/XFA", "/EF", "/Annots",
    "/OCProperties", "/Launch", "/RichMedia", "/Outlines", "/Metadata", "/AF",
)  # fmt: skip


def everything(pdf: bytes) -> str:
    """All dictionaries and unpacked streams as text."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        parts = [repr(each) for each in document.objects]
        parts += [
            each.read_bytes().decode("latin-1")
            for each in document.objects
            if isinstance(each, pikepdf.Stream) and each.get("/Subtype") != pikepdf.Name.Image
        ]
        return "\n".join([*parts, repr(document.trailer)])


def differing(one: bytes, other: bytes, page: int = 0) -> int:
    """How many pixels of a page are clearly not the same."""
    pictures = []
    for pdf in (one, other):
        with pypdfium2.PdfDocument(pdf) as document:
            pictures.append(document[page].render(scale=1, may_draw_forms=False).to_pil().convert("L"))
    return sum(ImageChops.difference(*pictures).histogram()[3:])


def test_the_pages_look_as_before() -> None:
    clean = sanitise(uploads.contract_pdf())

    assert clean.notes == []
    assert [(round(page.width), round(page.height)) for page in clean.pages] == [(595, 842)] * 2
    assert "乙方（签名）" in clean.pages[1].text
    for page in (0, 1):
        assert differing(uploads.contract_pdf(), clean.pdf, page) == 0


@pytest.mark.parametrize(
    ("change", "note", "gone"),
    [
        (uploads.with_script, "scripts", "scripted|cmd.exe"),
        (uploads.with_form, "forms", "xfadata"),
        (uploads.with_attachment, "attachments", "virus|attached"),
        (uploads.with_media, "media", "flash"),
        (uploads.with_file_elsewhere, None, "/etc/passwd"),
    ],
)
def test_what_acts_is_dropped_and_told(
    change: Callable[[pikepdf.Pdf], None], note: str | None, gone: str
) -> None:
    pdf = uploads.changed(change)
    assert re.search(gone, everything(pdf))

    clean = sanitise(pdf)

    assert note is None or note in clean.notes
    left = everything(clean.pdf)
    assert not re.search(gone, left)
    assert [name for name in FORBIDDEN if re.search(re.escape(name) + r"\b", left)] == []


def test_what_a_form_showed_is_still_seen() -> None:
    pdf = uploads.changed(uploads.with_form)

    clean = sanitise(pdf)

    assert "formfill" in clean.pages[0].text


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_turned_and_cropped_pages_are_taken_as_they_are_shown(rotate: int) -> None:
    def turn(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].obj.Rotate = rotate
        pdf.pages[0].obj.CropBox = pikepdf.Array([50, 100, 550, 800])
        pdf.pages[0].obj.TrimBox = pikepdf.Array([200, 200, 300, 300])

    pdf = uploads.changed(turn)

    clean = sanitise(pdf)

    assert sorted((clean.pages[0].width, clean.pages[0].height)) == [500, 700]
    assert (clean.pages[0].width > clean.pages[0].height) == (rotate != 180)
    assert differing(pdf, clean.pdf) == 0


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: b"MZ\x90\0" + bytes(5000), "upload_not_taken"),
        (lambda: b"%PDF-", "upload_unreadable"),
        (lambda: uploads.contract_pdf()[:3000], "upload_unreadable"),
        (lambda: b"%PDF-1.7" + bytes(MAX_BYTES), "upload_too_large"),
        (lambda: uploads.locked(), "upload_locked"),
        (lambda: uploads.locked("b"), "upload_locked"),
        (lambda: uploads.changed(uploads.with_signature), "upload_signed"),
        (lambda: uploads.changed(uploads.with_many_pages), "upload_too_many_pages"),
        (lambda: uploads.changed(uploads.with_many_objects), "upload_too_complex"),
        (lambda: uploads.changed(uploads.with_huge_page), "upload_page_size"),
        (lambda: uploads.bomb(), "upload_too_complex"),
    ],
)
def test_what_is_refused(make: Callable[[], bytes], code: str) -> None:
    with pytest.raises(UnfitError) as refused:
        sanitise(make())

    assert refused.value.code == code
