"""Uploaded seals: what is wrong with a picture is said at once, and only its outline is kept."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, ImageChops

from core.errors import Refused
from signing import pictures
from signing.pades.appearance import POINTS_PER_MM, draw
from signing.pades.errors import MarkRefused
from signing.pades.marks import Seal, SealPicture
from tests.support.seal_pictures import png, scan


def faults_of(data: bytes) -> list[str]:
    with pytest.raises(Refused, match="seal_picture_faulty") as caught:
        pictures.seal_picture(data, width_mm=40)
    return [fault.code for fault in caught.value.faults]


def huge_header() -> bytes:
    """A PNG of a hundred bytes that says it has ten thousand million pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(100)))


def jpeg() -> bytes:
    target = BytesIO()
    scan(paper=(255, 255, 255, 255)).convert("RGB").save(target, "JPEG")
    return target.getvalue()


def test_a_good_scan_becomes_a_small_red_picture_without_metadata() -> None:
    kept = pictures.seal_picture(png(scan(1200), Author="测试甲", Comment="secret"), width_mm=40)
    with Image.open(BytesIO(kept)) as picture:
        assert picture.size == (600, 600)
        assert set(picture.info) == {"transparency"}
        colours = {colour for _, colour in picture.convert("RGBA").getcolors() or ()}
    assert colours == {(255, 255, 255, 0), (230, 0, 0, 255)}
    assert b"secret" not in kept


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        (b"", ["not_png"]),
        (b"%PDF-1.7", ["not_png"]),
        (jpeg(), ["not_png"]),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", ["not_png"]),
        (png(scan())[:4000], ["not_png"]),
        (png(scan()) + b"\0" * 1024 * 1024, ["too_heavy"]),
        (huge_header(), ["not_png"]),
        (png(scan(400)), ["wrong_size"]),
        (png(scan(2100)), ["wrong_size"]),
        (png(scan(700, height=900)), ["not_square"]),
        (png(scan(paper=(255, 255, 255, 255))), ["not_transparent", "not_red"]),
        (png(scan(ink=(20, 40, 200, 255))), ["not_red"]),
        (png(scan(ink=(90, 90, 90, 255))), ["not_red"]),
        (png(Image.new("RGBA", (700, 700))), ["empty"]),
        (png(scan(700, height=900, ink=(20, 40, 200, 255))), ["not_square", "not_red"]),
    ],
)
def test_all_that_is_wrong_is_said_at_once(data: bytes, codes: list[str]) -> None:
    assert faults_of(data) == codes


def test_the_stencil_prints_what_the_picture_shows() -> None:
    source = scan(600)
    stencil = pictures.stencil_of(pictures.seal_picture(png(source), width_mm=40))
    mark = pictures.mark_of(stencil, width_mm=40, test=False)
    with Image.open(BytesIO(pictures.shown(mark))) as drawn:
        drawn.load()
    wanted = Image.new("RGB", source.size, "white")
    wanted.paste((230, 0, 0), mask=source.getchannel("A"))
    difference = ImageChops.difference(drawn, wanted.resize(drawn.size, Image.Resampling.BOX)).convert("L")
    far_off = sum(difference.histogram()[128:]) / (drawn.width * drawn.height)
    assert far_off < 0.01
    assert draw(mark).width == pytest.approx(40 * POINTS_PER_MM)
    assert b"/SMask" not in draw(mark).content


def test_a_stand_in_says_so_on_uploaded_seals_too() -> None:
    stencil = pictures.stencil_of(pictures.seal_picture(png(scan()), width_mm=40))
    marks = [pictures.mark_of(stencil, width_mm=40, test=test) for test in (True, False)]
    assert len(draw(marks[0]).content) > len(draw(marks[1]).content)
    assert pictures.shown(marks[0]) != pictures.shown(marks[1])


def test_a_drawn_seal_can_be_shown() -> None:
    with Image.open(BytesIO(pictures.shown(Seal("示例制造（淄博）有限公司", "合同专用章")))) as picture:
        assert picture.size == (320, 320)
        assert not picture.info


@pytest.mark.parametrize(("width", "height", "bits"), [(8, 1, b""), (9, 1, b"\0"), (0, 0, b"")])
def test_a_stencil_must_be_whole(width: int, height: int, bits: bytes) -> None:
    with pytest.raises(MarkRefused):
        SealPicture(width, height, bits)
