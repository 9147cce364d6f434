"""Pictures of pages for reading on a phone: made when somebody wants to see them, in the background.

The web process does not make them, and nobody does for a document that is not looked at on a screen (ADR 12).
The work is one item per document and width; it stores page by page.
"""

from collections.abc import Sequence

from core import blobs, work
from core.errors import Fault, Refused
from signing.models import PageImage, SignatureRequest
from signing.pages import WIDTHS, page_count, page_images, page_paragraphs

SECONDS_UNTIL_READY = 1
WIDTH_NOT_OFFERED = Fault(
    "/width",
    "invalid_choice",
    f"图片宽度只能是 {'、'.join(map(str, WIDTHS))}。",
    f"The width must be one of {', '.join(map(str, WIDTHS))}.",
)


def page_image(request: SignatureRequest, page: int, width: int) -> bytes:
    """The WebP of a page (from 1) of the newest revision.

    Refuses `not_found` for a page that the document lacks, `invalid_input` for a width that is not offered,
    and `page_not_ready`, with Retry-After, after having the picture made.
    """
    if not 1 <= page <= len(request.frames):
        raise Refused("not_found")
    if width not in WIDTHS:
        raise Refused("invalid_input", faults=[WIDTH_NOT_OFFERED])
    digest = request.current_digest
    made = PageImage.objects.filter(document_digest=digest, page=page, width=width).first()
    if made is None:
        order_page_images(request, width)
        raise Refused("page_not_ready", retry_after=SECONDS_UNTIL_READY)
    return blobs.get(made.blob)


def order_page_images(request: SignatureRequest, width: int) -> None:
    """Have the pictures of the newest revision made, in a width that is offered."""
    work.enqueue("signing.pages", f"{request.current_digest}:{width}")


def page_words(request: SignatureRequest, page: int) -> list[str]:
    """The paragraphs of a page (from 1) of the newest revision, a few milliseconds' work. `not_found`."""
    if not 1 <= page <= len(request.frames):
        raise Refused("not_found")
    return page_paragraphs(blobs.get(request.current_digest), page)


def make_page_images(key: str) -> None:
    """Make what is missing of a document's pictures; `key` is its digest and the width, by a colon."""
    digest, _, width = key.partition(":")
    pdf = blobs.get(digest)
    wanted = {"document_digest": digest, "width": int(width)}
    there = set(PageImage.objects.filter(**wanted).values_list("page", flat=True))
    for page in range(1, page_count(pdf) + 1):
        if page not in there:
            (picture,) = page_images(pdf, int(width), [page])
            PageImage.objects.get_or_create(**wanted, page=page, defaults={"blob": blobs.put(picture.webp)})


def keep_page_images(digest: str, pictures: Sequence[bytes]) -> None:
    """Keep the pictures of a stranger's document, made where it was judged: it is not drawn here."""
    for page, picture in enumerate(pictures, start=1):
        PageImage.objects.get_or_create(
            document_digest=digest, width=WIDTHS[0], page=page, defaults={"blob": blobs.put(picture)}
        )
