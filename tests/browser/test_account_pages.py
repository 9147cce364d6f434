"""The log-in pages in a real browser: passkeys, authenticator apps, both widths, no console error."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, sync_playwright

from accounts.services.members import offer_place
from core.principal import Role
from tests.integration.accounts.conftest import deliver_mail, token_in
from tests.integration.accounts.test_totp import code_now
from tests.support import accounts as make
from tests.support.accounts import PASSWORD
from tests.support.chromium import launch

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

EMAIL = "person@example.com"
SIZES = [(360, 740), (1366, 768)]


@pytest.fixture
def invitation_token() -> str:
    """A person with a log-in and an open invitation. Rows are made before the browser starts."""
    employer = make.make_employer()
    make.make_member(employer, Role.SEAL_KEEPER, email=EMAIL)
    offer_place(employer=employer, email="clerk@example.com", role=Role.CLERK, actor="system:test")
    return token_in(deliver_mail()[-1])


@pytest.fixture
def chromium(invitation_token: str, live_server: Any) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


class Visit:
    """A browser window at our site, that notes every complaint of the console."""

    def __init__(self, browser: Browser, base: str, size: tuple[int, int], locale: str) -> None:
        self.base = base
        self.context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, locale=locale, has_touch=size[0] < 500
        )
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        self.page.on("response", lambda r: self.complaints.append(r.url) if r.status >= 400 else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, path: str) -> None:
        self.page.goto(self.base + path)

    def log_in(self) -> None:
        self.open(reverse("account_login"))
        self.page.fill("input[name=login]", EMAIL)
        self.page.fill("input[name=password]", PASSWORD)
        self.press("main form button[type=submit]")

    def prove_again(self) -> None:
        self.page.fill("input[name=password]", PASSWORD)
        self.press("main form button[type=submit]")

    def press(self, selector: str) -> None:
        with self.page.expect_navigation():
            self.page.click(selector)

    def at(self, name: str) -> bool:
        return urlsplit(self.page.url).path == reverse(name)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_pages_fit_and_keep_the_console_silent(
    chromium: Browser, live_server: Any, invitation_token: str, size: tuple[int, int], locale: str
) -> None:
    visit = Visit(chromium, live_server.url, size, locale)
    paths = [reverse("account_login"), reverse("account_reset_password")]
    paths.append(reverse("accounts:invitation", args=[invitation_token]))
    for path in paths:
        visit.open(path)
        _fits(visit.page)
    visit.log_in()
    assert visit.at("portal:overview")
    visit.open(reverse("mfa_activate_totp"))
    _fits(visit.page)
    visit.prove_again()
    for name in ("mfa_activate_totp", "mfa_add_webauthn", "account_change_password", "account_email"):
        visit.open(reverse(name))
        assert visit.at(name)
        _fits(visit.page)
    assert visit.complaints == []


def test_passkey_is_added_and_logs_in_without_a_password(chromium: Browser, live_server: Any) -> None:
    visit = Visit(chromium, live_server.url, SIZES[0], "zh-CN")
    device = visit.context.new_cdp_session(visit.page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    visit.log_in()
    visit.open(reverse("mfa_add_webauthn"))
    visit.prove_again()
    visit.page.check("input[name=passwordless]")
    visit.press("#mfa_webauthn_add")
    assert visit.page.url != live_server.url + reverse("mfa_add_webauthn")

    visit.open(reverse("mfa_index"))
    visit.press("header form[action$='logout/'] button")
    visit.open(reverse("account_login"))
    visit.press("#passkey_login")

    assert visit.at("portal:overview")
    assert visit.complaints == []


def test_authenticator_app_is_enrolled_and_asked_for(chromium: Browser, live_server: Any) -> None:
    visit = Visit(chromium, live_server.url, SIZES[1], "zh-CN")
    visit.log_in()
    visit.open(reverse("mfa_activate_totp"))
    visit.prove_again()
    secret = visit.page.inner_text("code")
    assert visit.page.locator(".qb-code svg").bounding_box()
    visit.page.fill("input[name=code]", code_now(secret))
    visit.press("main form button[type=submit]")
    recovery = visit.page.locator(".qb-codes code").all_inner_texts()
    assert len(recovery) == 10

    visit.press("header form[action$='logout/'] button")
    visit.log_in()
    assert visit.at("mfa_authenticate")
    visit.page.fill("input[name=code]", recovery[0])
    visit.press("main form button[type=submit]")

    assert visit.at("portal:overview")
    assert visit.complaints == []


def _fits(page: Page) -> None:
    width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width[0] <= width[1], page.url
