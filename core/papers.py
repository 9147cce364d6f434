"""Papers that people upload as proof: looked at before they are kept, kept as they are."""

from io import BytesIO
from typing import Final

import pikepdf
from PIL import Image

MAX_BYTES: Final = 5 * 1024 * 1024
MAX_PAGES: Final = 20
MAX_PIXELS: Final = 50_000_000
# How a paper begins, and what it then is.
KINDS: Final = {
    b"%PDF-": ("application/pdf", "pdf"),
    b"\x89PNG": ("image/png", "png"),
    b"\xff\xd8\xff": ("image/jpeg", "jpg"),
}


def is_paper(data: bytes) -> bool:
    """Whether this is a PDF that opens without a password, or a PNG or JPEG picture, of a sensible size."""
    if not 0 < len(data) <= MAX_BYTES:
        return False
    try:
        if data.startswith(b"%PDF-"):
            with pikepdf.open(BytesIO(data)) as pdf:
                return 1 <= len(pdf.pages) <= MAX_PAGES
        with Image.open(BytesIO(data), formats=["PNG", "JPEG"]) as picture:
            return picture.width * picture.height <= MAX_PIXELS
    except Exception:  # noqa: BLE001  (whatever cannot be read proves nothing)
        return False


def kind_of(data: bytes) -> tuple[str, str]:
    """Media type and file ending of a paper."""
    return next(kind for beginning, kind in KINDS.items() if data.startswith(beginning))
