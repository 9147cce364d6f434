"""Scans of seals as organisations upload them, drawn here."""

from io import BytesIO

from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

RED = (214, 28, 30, 255)


def scan(
    side: int = 700,
    *,
    ink: tuple[int, int, int, int] = RED,
    paper: tuple[int, int, int, int] = (0, 0, 0, 0),
    height: int | None = None,
) -> Image.Image:
    """A ring with a star-like block in it."""
    picture = Image.new("RGBA", (side, height or side), paper)
    pen = ImageDraw.Draw(picture)
    last = (side - 1, (height or side) - 1)
    pen.ellipse((6, 6, last[0] - 6, last[1] - 6), outline=ink, width=side // 28)
    middle = (last[0] / 2, last[1] / 2)
    pen.regular_polygon((*middle, side // 6), 5, fill=ink)
    return picture


def png(picture: Image.Image, **metadata: str) -> bytes:
    """As a file, with whatever the scanner wrote into it."""
    info = PngInfo()
    for name, value in metadata.items():
        info.add_text(name, value)
    target = BytesIO()
    picture.save(target, "PNG", pnginfo=info)
    return target.getvalue()
