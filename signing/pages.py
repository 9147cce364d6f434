"""Pictures and words of a document's pages, for reading it on a phone or in the portal.

WebP, lossless in eight greys for pages without colour, else lossy; both measured against plain text at
720 and 1080 pixels. PDFium is not safe to call from two threads at once, so calls are serialised.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import pypdfium2
from PIL import Image, ImageChops

from signing.pades.geometry import Box

WIDTHS: Final = (720, 1080)
GREYS: Final = 8
COLOUR_QUALITY: Final = 70
# red, green and blue may differ this much (of 255) on a page that is called grey: rounding of the renderer
GREY_TOLERANCE: Final = 8

# A line at least this full goes on in the next one, unless that begins a clause, an item or a heading.
FULL_LINE: Final = 0.93
NEW_PARAGRAPH: Final = re.compile(
    r"第.{1,5}[条章节页]|[（(].{1,3}[）)]|[一二三四五六七八九十]+、|\d+[.、]|[■□]"
)

pdfium = threading.Lock()


@dataclass(frozen=True, slots=True)
class PageImage:
    """One page as WebP. `page` counts from 1; sizes in pixels; `grey` says which encoding was chosen."""

    page: int
    width: int
    height: int
    grey: bool
    webp: bytes


def page_count(pdf: bytes) -> int:
    """Number of pages."""
    with pdfium, pypdfium2.PdfDocument(pdf) as document:
        return len(document)


def page_images(pdf: bytes, width: int, pages: Sequence[int] | None = None) -> Iterator[PageImage]:
    """Images `width` pixels wide of the given pages (from 1), or of all; signatures and seals included.

    Raises ValueError for a width that is not offered or a page that does not exist. Equal input gives equal
    bytes: keep them under (digest of the PDF, page, width).
    """
    if width not in WIDTHS:
        raise ValueError(f"width must be one of {WIDTHS}")
    for page, picture in _draw(pdf, width, pages):
        grey = _is_grey(picture)
        yield PageImage(page, picture.width, picture.height, grey, _encode(picture, grey=grey))


def page_paragraphs(pdf: bytes, page: int) -> list[str]:
    """The words of a page (from 1), its printed lines put together to paragraphs.

    They come from the very bytes that are signed. A table's row is a paragraph. Raises ValueError for a page
    that does not exist.
    """
    with pdfium, pypdfium2.PdfDocument(pdf) as document:
        if not 1 <= page <= len(document):
            raise ValueError(f"there is no page {page}")
        text = document[page - 1].get_textpage().get_text_range()
    lines = [line for line in map(str.strip, text.replace("\u200b", "").splitlines()) if line]
    full = FULL_LINE * max(map(_printed_width, lines), default=0)
    paragraphs: list[str] = []
    goes_on = False
    for line in lines:
        if goes_on and not NEW_PARAGRAPH.match(line):
            paragraphs[-1] += line
        else:
            paragraphs.append(line)
        goes_on = _printed_width(line) >= full
    return paragraphs


def find_words(pdf: bytes, words: str, most: int) -> list[Box]:
    """Where the words stand, in reading order, at most so many. Gaps and letter case do not count."""
    wanted = _folded(words)
    found: list[Box] = []
    with pdfium, pypdfium2.PdfDocument(pdf) as document:
        for number, page in enumerate(document, start=1):
            if wanted and len(found) < most:
                found += _places(page, number, wanted)
            page.close()
    return found[:most]


def _places(page: pypdfium2.PdfPage, number: int, wanted: str) -> Iterator[Box]:
    sheet = page.get_textpage()
    width, height = page.get_size()
    # the number of each character that counts: one may be folded into several
    counted = [
        (letter, index)
        for index, character in enumerate(sheet.get_text_range())
        for letter in _folded(character)
    ]
    text = "".join(letter for letter, _ in counted)
    start = text.find(wanted)
    while start >= 0:
        first, last = counted[start][1], counted[start + len(wanted) - 1][1]
        boxes = [sheet.get_charbox(index, loose=True) for index in (first, last)]
        left, right = boxes[0][0], boxes[1][2]
        low, high = boxes[0][1], boxes[0][3]
        if right > left:  # words that run on in the next line have no one box
            yield Box(number, left / width, 1 - high / height, (right - left) / width, (high - low) / height)
        start = text.find(wanted, start + len(wanted))


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _printed_width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in line)


def _draw(pdf: bytes, width: int, pages: Sequence[int] | None) -> list[tuple[int, Image.Image]]:
    with pdfium, pypdfium2.PdfDocument(pdf) as document:
        document.init_forms()  # without it, PDFium leaves out what signature fields show
        wanted = pages if pages is not None else range(1, len(document) + 1)
        drawn = []
        for number in wanted:
            if not 1 <= number <= len(document):
                raise ValueError(f"there is no page {number}")
            page = document[number - 1]
            picture = page.render(scale=width / page.get_width(), may_draw_forms=True).to_pil()
            # the scaled width may be a pixel off
            drawn.append((number, picture.convert("RGB").crop((0, 0, width, picture.height))))
            page.close()
        return drawn


def _is_grey(picture: Image.Image) -> bool:
    red, green, blue = picture.split()
    spreads = (ImageChops.difference(red, green), ImageChops.difference(green, blue))
    return not any(sum(spread.histogram()[GREY_TOLERANCE + 1 :]) for spread in spreads)


def _encode(picture: Image.Image, *, grey: bool) -> bytes:
    target = BytesIO()
    if grey:
        step = 255 / (GREYS - 1)
        eight = picture.convert("L").point([round(round(level / step) * step) for level in range(256)])
        eight.convert("RGB").save(target, "WEBP", lossless=True, quality=100, method=2)
    else:
        picture.save(target, "WEBP", quality=COLOUR_QUALITY, method=4)
    return target.getvalue()
