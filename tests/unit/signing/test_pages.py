from datetime import UTC, datetime
from io import BytesIO
from typing import cast

import pikepdf
import pytest
from PIL import Image

from contracts.document.render import render
from contracts.document.template import load_template
from signing.pages import page_count, page_images, page_paragraphs
from tests.support.contract_facts import sample_facts


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return render(load_template("general"), sample_facts(), at=datetime(2026, 11, 3, tzinfo=UTC)).pdf


def with_red_square(pdf: bytes) -> bytes:
    target = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as document:
        document.pages[0].contents_add(b"q 0.9 0 0 rg 100 100 119 119 re f Q")
        document.save(target)
    return target.getvalue()


@pytest.mark.parametrize(("width", "limit"), [(720, 60_000), (1080, 100_000)])
def test_text_pages_are_grey_and_light(pdf: bytes, width: int, limit: int) -> None:
    images = list(page_images(pdf, width))
    assert len(images) == page_count(pdf)
    assert [image.page for image in images] == list(range(1, len(images) + 1))
    for image in images:
        assert image.grey
        assert len(image.webp) < limit
        with Image.open(BytesIO(image.webp)) as picture:
            assert picture.format == "WEBP"
            assert picture.size == (image.width, image.height) == (width, round(width * 841.89 / 595.28) + 1)
            assert len(picture.convert("RGB").getcolors(maxcolors=9) or []) <= 8


def test_a_page_with_colour_keeps_it(pdf: bytes) -> None:
    first, second = page_images(with_red_square(pdf), 720, [1, 2])
    assert not first.grey
    assert second.grey
    with Image.open(BytesIO(first.webp)) as picture:
        middle = (round(720 * 150 / 595), round(1018 * (842 - 150) / 842))
        red, green, blue = cast(tuple[int, int, int], picture.convert("RGB").getpixel(middle))
    assert red > 180 > 60 > max(green, blue)


def test_single_pages_are_the_same_as_in_the_whole(pdf: bytes) -> None:
    everything = list(page_images(pdf, 720))
    assert list(page_images(pdf, 720, [3])) == everything[2:3]


@pytest.mark.parametrize(("width", "pages"), [(100, None), (100_000, None), (720, [0]), (720, [99])])
def test_what_is_not_offered_is_refused(pdf: bytes, width: int, pages: list[int] | None) -> None:
    with pytest.raises(ValueError, match=r"width|page"):
        list(page_images(pdf, width, pages))


def test_words_are_those_of_the_page_in_whole_paragraphs(pdf: bytes) -> None:
    paragraphs = page_paragraphs(pdf, 1)
    assert "劳 动 合 同 书" in paragraphs
    assert any(
        text.startswith("甲乙双方根据") and text.endswith("订立本合同，共同遵守。") for text in paragraphs
    )
    assert sum(text.startswith("第") and "条 " in text for text in paragraphs) >= 4
    with pytest.raises(ValueError, match="page"):
        page_paragraphs(pdf, 99)
