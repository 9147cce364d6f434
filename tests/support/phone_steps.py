"""The steps that a person takes on the workers' pages, in a browser."""

import re
from collections.abc import Sequence
from itertools import pairwise

from playwright.sync_api import expect

from tests.support.phone_browser import PATIENCE, Screen, message
from tests.support.signing import ID_NO, MOBILE, NAME, Phone

LINK = r"(http\S+/sign/#[\w-]{43})"
IDENTITY_CODE = r"(?:】验证码|\] Code )(\d{6})(?:，用于核验| proves)"
SIGN_CODE = r"(?:】签署验证码|Signing code )(\d{6})"
READ = re.compile("去签名|sign")  # what the button says when all is read
# 买 and 提, stroke by stroke, in fractions of a square.
BUY = (
    ((0.15, 0.12), (0.85, 0.12), (0.75, 0.25)),
    ((0.3, 0.25), (0.38, 0.36)),
    ((0.22, 0.4), (0.3, 0.5)),
    ((0.05, 0.6), (0.95, 0.56)),
    ((0.55, 0.25), (0.52, 0.6), (0.15, 0.95)),
    ((0.56, 0.66), (0.9, 0.95)),
)
LIFT = (
    ((0.02, 0.3), (0.4, 0.25)),
    ((0.22, 0.05), (0.22, 0.9), (0.1, 0.8)),
    ((0.02, 0.65), (0.4, 0.5)),
    ((0.54, 0.08), (0.54, 0.4)),
    ((0.54, 0.08), (0.9, 0.08), (0.9, 0.4), (0.54, 0.4)),
    ((0.54, 0.24), (0.9, 0.24)),
    ((0.45, 0.52), (0.98, 0.5)),
    ((0.72, 0.52), (0.72, 0.92)),
    ((0.72, 0.7), (0.92, 0.68)),
    ((0.56, 0.65), (0.42, 0.95), (0.6, 0.86), (0.98, 0.96)),
)


def _written(glyphs: Sequence[Sequence[Sequence[tuple[float, float]]]]) -> list[list[tuple[float, float]]]:
    """Touches on the pad, which lies on its side on an upright phone: its left is the top of the screen."""
    across, down, step = 0.26, 0.42, 0.29  # of the pad's longer and shorter side; from glyph to glyph
    lines = []
    for number, glyph in enumerate(glyphs):
        for stroke in glyph:
            dense = [
                (x0 + (x1 - x0) * part / 6, y0 + (y1 - y0) * part / 6)
                for (x0, y0), (x1, y1) in pairwise(stroke)
                for part in range(7)
            ]
            lines.append([(1 - (0.28 + y * down), 0.08 + number * step + x * across) for x, y in dense])
    return lines


NAME_LINES = _written((BUY, BUY, LIFT))


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
