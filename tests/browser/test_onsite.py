"""The sheet of QR codes for a signing table: picked in the list, asked, printed; and what a scan opens."""

import re

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from contracts.domain import ContractState
from core.principal import Role
from tests.support import accounts as make
from tests.support.accounts import PASSWORD
from tests.support.chromium import SCREENS, launch
from tests.support.mine import make_own

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
LONG = "阿卜杜热合曼·买买提吐尔逊·阿卜杜热依木江"


@pytest.fixture
def waiting() -> None:
    """Four contracts that wait for their workers, one with a long name; made before the browser starts."""
    employer = make.make_employer()
    for number, name in enumerate(("测试甲", "测试乙", "测试丙", LONG)):
        make_own(employer, ContractState.SIGNING, name=name, id_no=make.id_no(number))
    make.make_member(employer, Role.CLERK, email="clerk@example.com")


@pytest.mark.usefixtures("waiting")
@pytest.mark.parametrize(("locale", "width"), [("zh-CN", 1366), ("en-US", 360)])
def test_codes_for_a_signing_table(live_server: object, locale: str, width: int) -> None:
    with sync_playwright() as playwright:
        browser: Browser = launch(playwright)
        complaints: list[str] = []
        page = browser.new_page(locale=locale, viewport={"width": width, "height": 768})
        page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.goto(f"{live_server}/contracts/?show=worker")
        page.fill("input[name=login]", "clerk@example.com")
        page.fill("input[name=password]", PASSWORD)
        page.click("main form button[type=submit]")
        for box in page.locator("input[name=pick]").all():
            box.check()
        page.locator("button[name=do][value=onsite]").click()
        page.locator("main button[type=submit]").click()
        expect(page.locator(".qb-qr")).to_have_count(4)
        expect(page.locator(".qb-qr").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        SCREENS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENS / f"onsite-{width}.png", full_page=True)
        page.emulate_media(media="print")
        page.screenshot(path=SCREENS / f"onsite-{width}-print.png", full_page=True)
        assert not re.search("/sign/", page.locator("main").inner_text())
        assert complaints == []
        browser.close()
