"""A seal keeper at work in a real browser: a passkey confirms; whoever has none is told what to do."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, sync_playwright

from core.principal import Role
from tests.integration.portal.test_seal_pages import House, make_house
from tests.support.accounts import PASSWORD
from tests.support.chromium import SCREENS, launch, log_in, violations
from tests.support.signing_fixtures import authorities, heard, own_folders

__all__ = ["authorities", "heard", "own_folders"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("own_folders", "heard"),
]
PASSKEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def house() -> House:
    return make_house()


@pytest.fixture
def chromium(house: House, live_server: Any) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


def test_a_passkey_alone_is_enough_to_seal(chromium: Browser, house: House, live_server: Any) -> None:
    page = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN").new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def open_(name: str, *keys: Any) -> None:
        page.goto(live_server.url + reverse(name, args=keys))

    def press(words: str) -> None:
        with page.expect_navigation():
            page.get_by_role("button", name=words).click()

    log_in(page, live_server.url, house.people[Role.SEAL_KEEPER].user.email)
    open_("seals:decide_one", house.waiting.pk)
    assert page.get_by_text("请先在“账号安全”中绑定手机验证器，或添加通行密钥。").is_visible()
    assert page.get_by_role("button", name="批准并盖章").count() == 0

    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": PASSKEY})
    open_("mfa_add_webauthn")
    page.fill("input[name=password]", PASSWORD)
    press("确认")
    press("添加")

    open_("seals:repeat", house.failed.pk)  # a question that wants a proof first
    assert page.get_by_role("heading", name="请再次确认是您本人").is_visible()
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / "sealing-passkey.png")
    assert violations(page) == []
    press("用通行密钥确认")
    press("重新盖章")
    assert page.get_by_text("正在为 1 份文件重新盖章。").is_visible()

    open_("seals:decide_one", house.waiting.pk)
    assert page.get_by_text("您刚刚已确认身份").is_visible()
    press("批准并盖章 1 份")
    assert page.get_by_text("已批准，正在为 1 份文件盖章。").is_visible()
    assert complaints == []
