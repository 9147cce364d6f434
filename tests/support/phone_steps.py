"""The steps that a person takes on the workers' pages, in a browser."""

import re

from playwright.sync_api import expect

from tests.support.phone_browser import PATIENCE, Screen, message
from tests.support.signing import ID_NO, MOBILE, NAME, Phone

LINK = r"(http\S+/sign/#[\w-]{43})"
IDENTITY_CODE = r"(?:】验证码|\] Code )(\d{6})(?:，用于核验| proves)"
SIGN_CODE = r"(?:】签署验证码|Signing code )(\d{6})"
READ = re.compile("去签名|sign")  # what the button says when all is read
NAME_LINES = (
    [(0.2 + 0.02 * n, 0.3 + 0.01 * (n % 5)) for n in range(20)],
    [(0.5, 0.2 + 0.03 * n) for n in range(20)],
    [(0.3 + 0.02 * n, 0.7 - 0.01 * (n % 3)) for n in range(18)],
)


def open_link(screen: Screen) -> None:
    screen.page.goto(message(LINK, MOBILE))
    screen.at("/sign/")


def carry_on(screen: Screen, site: str, phone: Phone, path: str) -> None:
    """Let the browser hold the session that `phone` has brought this far."""
    screen.page.goto(f"{site}/sign/")
    screen.page.evaluate("secret => sessionStorage.setItem('session', secret)", phone.secret)
    screen.page.goto(f"{site}{path}")
    screen.at(path)


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


def prove_phone(screen: Screen, *, number: int = 1) -> None:
    """With the code of the so-manieth message that has one."""
    screen.page.fill("#code", message(IDENTITY_CODE, MOBILE, after=number - 1))
    screen.tap("#next")
    screen.at("/sign/read/")


def read_all(screen: Screen) -> None:
    button = screen.page.locator("#next")
    while not READ.search(before := button.inner_text()):
        button.tap()
        expect(button).not_to_have_text(before, timeout=PATIENCE)


def to_pad(screen: Screen) -> None:
    read_all(screen)
    screen.tap("#next")
    screen.at("/sign/pad/")


def write_name(screen: Screen) -> None:
    """On the pad over the whole screen, which is left by `#written`."""
    screen.tap("#next")
    screen.draw(screen.page.locator("#canvas"), *NAME_LINES)


def wait_for_page(screen: Screen) -> None:
    """The picture of the (first) page is there."""
    expect(screen.page.locator(".page").first).to_have_attribute("data-drawn", "1", timeout=PATIENCE)


def ask_code(screen: Screen) -> str:
    """The code that confirms the document."""
    screen.tap("#send-code")
    screen.page.locator("#sent").wait_for()
    return message(SIGN_CODE, MOBILE)
