"""A person goes from the link in the text message to the signed document, on a phone."""

import re
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from playwright.sync_api import Browser, expect

from signing.models import Placement, SigningParty
from tests.support.phone_browser import PATIENCE, Screen, message, phone_screen
from tests.support.signing import ID_NO, MOBILE, NAME, make_request

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]
LINK = r"(http\S+/sign/#[\w-]{43})"
IDENTITY_CODE, SIGN_CODE = r"】验证码(\d{6})", r"】签署验证码(\d{6})"
READ = re.compile("去签名|sign")  # what the button says when all is read
NAME_LINES = (
    [(0.2 + 0.02 * n, 0.3 + 0.01 * (n % 5)) for n in range(20)],
    [(0.5, 0.2 + 0.03 * n) for n in range(20)],
    [(0.3 + 0.02 * n, 0.7 - 0.01 * (n % 3)) for n in range(18)],
)


def open_link(screen: Screen) -> None:
    screen.page.goto(message(LINK, MOBILE))
    screen.at("/sign/")


def accept_and_start(screen: Screen) -> None:
    for box in screen.page.locator("#consents input").all():
        box.tap()
    screen.tap("#next")
    screen.at("/sign/identity/")


def fill_identity(screen: Screen) -> None:
    screen.page.fill("#name", NAME)
    screen.page.fill("#id-no", ID_NO.lower())
    screen.tap("#next")
    screen.page.locator("#code").wait_for()


def prove_phone(screen: Screen) -> None:
    screen.page.fill("#code", message(IDENTITY_CODE, MOBILE))
    screen.tap("#next")
    screen.at("/sign/read/")


def read_all(screen: Screen) -> None:
    next_button = screen.page.locator("#next")
    while not READ.search(before := next_button.inner_text()):
        next_button.tap()
        expect(next_button).not_to_have_text(before, timeout=PATIENCE)


def to_pad(screen: Screen) -> None:
    read_all(screen)
    screen.tap("#next")
    screen.at("/sign/pad/")


def write_name(screen: Screen) -> None:
    screen.draw(screen.page.locator("#canvas"), *NAME_LINES)


@pytest.mark.parametrize(
    ("name", "locale", "width", "height", "large"),
    [
        ("zh-360", "zh-CN", 360, 740, False),
        ("zh-large-360", "zh-CN", 360, 740, True),
        ("en-320", "en", 320, 640, False),
        ("zh-desktop", "zh-CN", 1366, 768, False),
    ],
)
def test_from_the_link_to_the_signed_document(
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
        expect(page.locator(".page").first).to_have_attribute("data-drawn", "1", timeout=PATIENCE)
        screen.look("3-read")
        to_pad(screen)
        screen.look("4-pad-empty")
        write_name(screen)
        screen.look("4-pad")
        screen.tap("#next")
        screen.at("/sign/place/")
        expect(page.locator(".page")).to_have_attribute("data-drawn", "1", timeout=PATIENCE)
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
        expect(page.locator(".page")).to_have_attribute("data-drawn", "1", timeout=PATIENCE)
        screen.look("6-confirm")
        screen.tap("#send-code")
        page.locator("#sent").wait_for()
        page.fill("#code", message(SIGN_CODE, MOBILE))
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
