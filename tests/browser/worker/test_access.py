"""For everybody: by keyboard alone, and with letters twice as large, in both languages."""

import pytest
from playwright.sync_api import Browser, Page, expect

from signing.models import SigningParty
from tests.support.phone_browser import PATIENCE, Screen, message, phone_screen
from tests.support.phone_steps import (
    IDENTITY_CODE,
    READ,
    SIGN_CODE,
    carry_on,
    open_link,
    to_pad,
    wait_for_page,
)
from tests.support.signing import ID_NO, MOBILE, NAME, Phone, make_request

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]
STOPS = 60  # presses of Tab, at most, to anything on a page


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus, and see that one can see it."""
    wanted = page.locator(selector)
    expect(wanted).to_be_visible(timeout=PATIENCE)
    for _ in range(STOPS):
        if wanted.evaluate("e => e === document.activeElement"):
            shown = wanted.evaluate("e => e.matches(':focus-visible') && getComputedStyle(e).outlineStyle")
            assert shown not in (False, "none"), selector
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached by Tab")


def press(page: Page, selector: str, key: str = "Enter") -> None:
    tab_to(page, selector)
    page.keyboard.press(key)


def write(page: Page, selector: str, text: str) -> None:
    tab_to(page, selector)
    page.keyboard.type(text)


def test_a18_from_the_link_to_the_signature_by_keyboard_alone(site: str, browser: Browser) -> None:
    request = make_request()
    with phone_screen(browser, "keyboard", width=1366, height=768) as screen:
        page = screen.page
        open_link(screen)
        for number in range(3):
            press(page, f"#consents .consent:nth-child({number + 1}) input", "Space")
        press(page, "#next")
        screen.at("/sign/identity/")
        write(page, "#name", NAME)
        write(page, "#id-no", ID_NO)
        page.keyboard.press("Enter")
        write(page, "#code", message(IDENTITY_CODE, MOBILE))
        page.keyboard.press("Enter")
        screen.at("/sign/read/")
        wait_for_page(screen)
        press(page, "#in-words")
        tab_to(page, "#next")
        while not READ.search(before := page.locator("#next").inner_text()):
            page.keyboard.press("Enter")
            expect(page.locator("#next")).not_to_have_text(before, timeout=PATIENCE)
        page.keyboard.press("Enter")
        screen.at("/sign/pad/")
        press(page, "#type-instead")
        write(page, "#typed", NAME)
        press(page, "#next")
        screen.at("/sign/place/")
        tab_to(page, ".sticker")
        page.keyboard.press("ArrowUp")
        press(page, "#next")
        screen.at("/sign/confirm/")
        press(page, "#send-code")
        code = message(SIGN_CODE, MOBILE)
        write(page, "#code", code)
        page.keyboard.press("Enter")
        screen.at("/sign/done/")
        page.locator(".tick").wait_for(timeout=60_000)
    assert SigningParty.objects.get(request=request, role="worker").state == "signed"


def look(screen: Screen, step: str) -> None:
    """With the size of letters that a person sets in the browser: usual is 16. A picture of all resets it."""
    screen.touch.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    assert screen.page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == 34
    screen.look(step)


@pytest.mark.parametrize(("name", "locale", "width"), [("double-zh", "zh-CN", 360), ("double-en", "en", 360)])
def test_a18_with_letters_twice_as_large_nothing_is_cut_off(
    site: str, browser: Browser, name: str, locale: str, width: int
) -> None:
    make_request()
    with phone_screen(browser, name, width=width, locale=locale) as screen:
        screen.expect_errors("status of 401")  # the first session, when the second has taken over
        page = screen.page
        open_link(screen)
        look(screen, "1-landing")
        carry_on(screen, site, Phone().open_link().identify().accept(), "/sign/read/")
        wait_for_page(screen)
        look(screen, "3-read")
        screen.tap("#in-words")
        look(screen, "3b-words")
        screen.tap("#more")
        look(screen, "3c-menu")
        screen.tap("#menu-close")
        to_pad(screen)
        look(screen, "4-choose")
        screen.tap("#next")
        look(screen, "4b-pad")
        screen.tap("#cancel")
        screen.tap("#type-instead")
        page.fill("#typed", NAME)
        look(screen, "4c-typed")
        screen.tap("#next")
        screen.at("/sign/place/")
        look(screen, "5-place")
        screen.tap("#next")
        screen.at("/sign/confirm/")
        look(screen, "6-confirm")
