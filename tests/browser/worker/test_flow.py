"""A person goes from the link in the text message to the signed document, on a phone."""

from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from playwright.sync_api import Browser

from signing.models import Placement, SigningParty
from tests.support.phone_browser import phone_screen
from tests.support.phone_steps import (
    accept_and_start,
    ask_code,
    fill_identity,
    open_link,
    prove_phone,
    to_pad,
    wait_for_page,
    write_name,
)
from tests.support.signing import make_request

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]


@pytest.mark.parametrize(
    ("name", "locale", "width", "height", "large"),
    [
        ("zh-360", "zh-CN", 360, 740, False),
        ("zh-large-360", "zh-CN", 360, 740, True),
        ("en-320", "en", 320, 640, False),
        ("zh-desktop", "zh-CN", 1366, 768, False),
    ],
)
def test_b02_from_the_link_to_the_signed_document(
    site: str, browser: Browser, tmp_path: Path, name: str, locale: str, width: int, height: int, large: bool
) -> None:
    request = make_request()
    with phone_screen(browser, name, width=width, height=height, locale=locale) as screen:
        page = screen.page
        open_link(screen)
        assert "#" not in page.url
        if large:
            screen.tap("#large")
        screen.look("1-landing")
        accept_and_start(screen)
        screen.look("2-identity")
        fill_identity(screen)
        screen.look("2b-code")
        prove_phone(screen)
        wait_for_page(screen)
        screen.look("3-read")
        screen.tap("#in-words")
        page.locator(".words p").first.wait_for()
        screen.look("3b-words")
        screen.tap("#in-words")
        to_pad(screen)
        screen.look("4-choose")
        write_name(screen)
        screen.look("4b-written")
        screen.tap("#written")
        screen.at("/sign/place/")
        wait_for_page(screen)
        screen.look("5-place")
        sticker = page.locator(".sticker")
        start = sticker.bounding_box()
        assert start
        middle = (start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
        screen.swipe([(middle[0] - 4 * n, middle[1] - 5 * n) for n in range(10)])
        moved = sticker.bounding_box()
        assert moved
        assert moved["x"] - start["x"] == pytest.approx(-36, abs=2)
        assert moved["y"] - start["y"] == pytest.approx(-45, abs=2)
        screen.look("5b-placed")
        screen.tap("#next")
        screen.at("/sign/confirm/")
        wait_for_page(screen)
        screen.look("6-confirm")
        page.fill("#code", ask_code(screen))
        screen.look("6b-code")
        screen.tap("#next")
        screen.at("/sign/done/")
        page.locator(".tick").wait_for(timeout=60_000)
        screen.look("8-done")
        with page.expect_download() as started:
            screen.tap("#next")
        saved = tmp_path / "saved.pdf"
        started.value.save_as(saved)
        assert started.value.suggested_filename == "签署测试文本.pdf"
        with pikepdf.open(BytesIO(saved.read_bytes())) as pdf:
            assert "/AcroForm" in pdf.Root
        page.reload()
        page.locator(".tick").wait_for()
    party = SigningParty.objects.get(request=request, role="worker")
    assert party.state == "signed"
    placement = Placement.objects.get()
    assert placement.box["page"] == party.place["page"]
    assert placement.box["x"] < party.place["x"]
