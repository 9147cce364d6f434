"""Pictures of seals: what is uploaded is checked and becomes a stencil; what a seal looks like is drawn.

Of an uploaded file only the outline survives: no metadata, no colours, nothing that a reader of pictures
could be attacked with later.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Final

import pikepdf
import pypdfium2
from PIL import Image

from core.errors import Fault, Refused
from signing.pades.appearance import draw
from signing.pades.marks import Mark, SealPicture
from signing.pages import pdfium

MAX_BYTES: Final = 1024 * 1024
MAX_SIDE: Final = 2000  # pixels
KEPT_SIDE: Final = 600  # pixels: 380 to the inch at 40 mm, which is as fine as seals are cut
DOTS_PER_INCH: Final = 300
MM_PER_INCH: Final = 25.4
MOST_UNEVEN: Final = 0.05  # by how much of the longer side the sides of a round seal's picture may differ
LEAST_CLEAR: Final = 0.3  # of the picture: what is not printed
LEAST_PRINTED: Final = 0.03
LEAST_RED: Final = 0.9  # of what is printed
OPAQUE: Final = 128
SHOWN_SIDE: Final = 320  # pixels of the preview

# What is wrong with a picture: Chinese, English, and what to do.
FAULTS: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "not_png": (
        "不是可以读取的 PNG 图片。",
        "The file is not a PNG picture that can be read.",
        "请上传背景透明的 PNG 图片。",
        "Upload a PNG picture with a transparent background.",
    ),
    "too_heavy": (
        "图片超过 1 MB。",
        "The picture is larger than 1 MB.",
        "请缩小后重新上传。",
        "Make it smaller and upload it again.",
    ),
    "wrong_size": (
        "图片尺寸不合适：每毫米至少 12 个像素（300 dpi），每边不超过 2000 像素。",
        "The size is wrong: at least 12 pixels to the millimetre (300 dpi), at most 2000 on a side.",
        "请按 300 dpi 以上重新扫描，40 毫米的印章约为 480×480 像素。",
        "Scan it again at 300 dpi or more; a seal of 40 mm has about 480×480 pixels.",
    ),
    "not_square": (
        "圆形印章的图片应为正方形，并紧贴印章边缘裁剪。",
        "The picture of a round seal must be square, cut close to its rim.",
        "请裁剪后重新上传。",
        "Cut it and upload it again.",
    ),
    "not_transparent": (
        "图片背景不透明。",
        "The background is not transparent.",
        "请去掉白色背景，另存为透明背景的 PNG。",
        "Remove the white background and save it as a transparent PNG.",
    ),
    "empty": (
        "图片上看不到印章。",
        "No seal can be seen in the picture.",
        "请检查图片后重新上传。",
        "Check the picture and upload it again.",
    ),
    "not_red": (
        "印章颜色不是红色。",
        "The seal is not red.",
        "请上传红色印章的彩色扫描件。",
        "Upload a colour scan of the red seal.",
    ),
}


@dataclass(frozen=True, slots=True)
class Stencil:
    """The outline of a seal; the fields are those of `SealPicture`."""

    width: int
    height: int
    bits: bytes


def seal_picture(data: bytes, *, width_mm: float) -> bytes:
    """The normalised picture of an uploaded seal: a red PNG without metadata, at most `KEPT_SIDE` wide.

    Refuses `seal_picture_faulty` with everything that is wrong at once. Nothing is decoded before its size
    is known, so a small file cannot become a huge picture.
    """
    if len(data) > MAX_BYTES:
        raise _faulty("too_heavy")
    picture = _opened(data)
    if picture is None:
        raise _faulty("not_png")
    least = width_mm / MM_PER_INCH * DOTS_PER_INCH
    if max(picture.size) > MAX_SIDE or min(picture.size) < least:
        raise _faulty("wrong_size")
    try:
        coloured = picture.convert("RGBA")
    except Exception as error:
        raise _faulty("not_png") from error
    faults = [name for name, is_wrong in LOOKS.items() if is_wrong(coloured)]
    if faults:
        raise _faulty(*faults)
    coloured.thumbnail((KEPT_SIDE, KEPT_SIDE), Image.Resampling.LANCZOS)
    printed = coloured.getchannel("A").point([0] * OPAQUE + [1] * (256 - OPAQUE))
    kept = Image.frombytes("P", printed.size, printed.tobytes())
    kept.putpalette([255, 255, 255, 230, 0, 0])
    target = BytesIO()
    kept.save(target, "PNG", transparency=0, optimize=True)
    return target.getvalue()


def stencil_of(normalised: bytes) -> Stencil:
    """The stencil of a picture that `seal_picture` has made."""
    with Image.open(BytesIO(normalised), formats=["PNG"]) as picture:
        alpha = picture.convert("RGBA").getchannel("A")
    return Stencil(*alpha.size, alpha.point([255] * OPAQUE + [0] * (256 - OPAQUE)).convert("1").tobytes())


@lru_cache(maxsize=128)
def shown(mark: Mark) -> bytes:
    """The mark as it would stand on paper, as a PNG on white, drawn by the operators of the signature."""
    drawing = draw(mark)
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(drawing.width, drawing.height))
        page.Contents = pdf.make_stream(drawing.content)
        whole = BytesIO()
        pdf.save(whole)
    with pdfium, pypdfium2.PdfDocument(whole.getvalue()) as document:
        picture = document[0].render(scale=SHOWN_SIDE / drawing.width).to_pil()
    target = BytesIO()
    picture.convert("RGB").save(target, "PNG", optimize=True)
    return target.getvalue()


def _opened(data: bytes) -> Image.Image | None:
    try:
        picture = Image.open(BytesIO(data), formats=["PNG"])
    except Exception:  # noqa: BLE001  (whatever Pillow cannot read is no picture)
        return None
    return None if getattr(picture, "is_animated", False) else picture


def _faulty(*names: str) -> Refused:
    faults = [Fault("picture", name, *FAULTS[name]) for name in names]
    return Refused("seal_picture_faulty", faults=faults, params={"count": len(faults)})


def _printed_share(picture: Image.Image) -> float:
    histogram = picture.getchannel("A").histogram()
    return sum(histogram[OPAQUE:]) / sum(histogram)


def _not_square(picture: Image.Image) -> bool:
    return abs(picture.width - picture.height) > MOST_UNEVEN * max(picture.size)


def _not_transparent(picture: Image.Image) -> bool:
    right, bottom = picture.width - 1, picture.height - 1
    alpha = picture.getchannel("A")
    corners = [alpha.getpixel(point) for point in ((0, 0), (right, 0), (0, bottom), (right, bottom))]
    clear_corners = all(isinstance(level, int) and level < OPAQUE for level in corners)
    return not clear_corners or _printed_share(picture) > 1 - LEAST_CLEAR


def _empty(picture: Image.Image) -> bool:
    return _printed_share(picture) < LEAST_PRINTED


def _not_red(picture: Image.Image) -> bool:
    """Hue within 25° of red, and neither grey nor black. A quarter of the size tells as much."""
    small = picture.resize((max(1, picture.width // 4), max(1, picture.height // 4)), Image.Resampling.BOX)
    hues, saturations, values = small.convert("RGB").convert("HSV").split()
    alpha = small.getchannel("A").tobytes()
    printed = red = 0
    for level, hue, saturation, value in zip(
        alpha, hues.tobytes(), saturations.tobytes(), values.tobytes(), strict=True
    ):
        if level >= OPAQUE:
            printed += 1
            red += (hue <= 18 or hue >= 238) and saturation >= 90 and value >= 90
    return red < LEAST_RED * printed


LOOKS: Final[Mapping[str, Callable[[Image.Image], bool]]] = {
    "not_square": _not_square,
    "not_transparent": _not_transparent,
    "empty": _empty,
    "not_red": _not_red,
}


def mark_of(stencil: Stencil, *, width_mm: float, test: bool) -> SealPicture:
    """The stencil as a mark."""
    return SealPicture(stencil.width, stencil.height, stencil.bits, width_mm, test)
