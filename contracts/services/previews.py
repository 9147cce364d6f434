"""A template as its worker will see it: the very pages, made from invented facts.

What was made is kept in the cache by the template's digest; it is never stored, and holds nobody's data.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Final, cast

from django.core.cache import cache
from PIL import Image

from contracts.document.samples import sample_facts
from contracts.document.template import template_digest
from contracts.services.rendering import rendered_contract, uploaded_pages
from signing.pages import page_count, page_images

WIDTH: Final = 720  # pixels, of a page for reading
SHEET: Final = 1080  # of a page to place fields on, which may be enlarged
THUMBNAIL: Final = 240
KEPT: Final = 7 * 24 * 3600  # seconds
# Every sample of a template is made at the same moment, so that its bytes and its key stay the same.
AT: Final = datetime(2026, 12, 1, tzinfo=UTC)


def sample_pages(template: Mapping[str, Any], term: str) -> int:
    """How many pages the sample has. Raises CannotExpand, with all faults, as `render` does."""
    return page_count(_pdf(template, term))


def sample_page(template: Mapping[str, Any], term: str, page: int, width: int = WIDTH) -> bytes:
    """A page (from 1) as WebP, `width` pixels wide. Raises ValueError for a page that is not there."""
    key = f"{_key(template, term)}:{page}:{width}"
    found = cache.get(key)
    if found is None:
        (picture,) = page_images(_pdf(template, term), WIDTH, [page])
        found = picture.webp if width == WIDTH else _smaller(picture.webp, width)
        cache.set(key, found, KEPT)
    return cast(bytes, found)


def sheet(template: Mapping[str, Any], page: int) -> bytes:
    """A page (from 1) of an uploaded template without its fields, as WebP. ValueError as above."""
    key = f"template-sheet:{template['document']['digest']}:{page}"
    found = cache.get(key)
    if found is None:
        (picture,) = page_images(uploaded_pages(template), SHEET, [page])
        found = picture.webp
        cache.set(key, found, KEPT)
    return cast(bytes, found)


def _pdf(template: Mapping[str, Any], term: str) -> bytes:
    key = _key(template, term)
    found = cache.get(key)
    if found is None:
        form = template["applies_to"]["employment_forms"][0]
        found = rendered_contract(template, sample_facts(template, form=form, term=term), at=AT).pdf
        cache.set(key, found, KEPT)
    return cast(bytes, found)


def _key(template: Mapping[str, Any], term: str) -> str:
    return f"template-sample:{template_digest(template)}:{term}"


def _smaller(webp: bytes, width: int) -> bytes:
    with Image.open(BytesIO(webp)) as picture:
        small = picture.convert("L").resize((width, round(picture.height * width / picture.width)))
    target = BytesIO()
    small.save(target, "WEBP", quality=60, method=4)
    return target.getvalue()
