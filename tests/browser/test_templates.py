"""The pages of contract templates in a real browser: light and dark, three widths, axe, a silent console."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, sync_playwright

from contracts.models import Template
from contracts.services.publishing import publish_own_templates
from core.principal import Role
from tests.integration.portal.test_templates import own_template
from tests.support import accounts as make
from tests.support.accounts import PASSWORD
from tests.support.phone_browser import AXE, AXE_OPTIONS
from tests.support.portal import make_contract

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = [(1366, 768), (1920, 1080), (360, 740)]
SCREENS = Path(__file__).resolve().parents[2] / "var" / "screens"


@pytest.fixture
def own() -> Template:
    """Rows are made before the browser starts."""
    publish_own_templates()
    employer = make.make_employer()
    make_contract(employer)
    make.make_member(employer, Role.OWNER, email="owner@example.com")
    return own_template(employer, versions=2)


@pytest.fixture
def chromium(own: Template, live_server: Any) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


def test_pages_fit_are_accessible_and_keep_the_console_silent(
    chromium: Browser, live_server: Any, own: Template
) -> None:
    SCREENS.mkdir(parents=True, exist_ok=True)
    addresses = {
        "templates": reverse("templates:list"),
        "template": reverse("templates:template", args=[own.pk]),
        "template-compare": reverse("templates:compare", args=[own.pk]),
        "template-preview": reverse("templates:preview", args=[own.pk, 2]),
    }
    complaints: list[str] = []
    for scheme in ("light", "dark"):
        context = chromium.new_context(
            locale="zh-CN", color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce"
        )
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("response", lambda r: complaints.append(r.url) if r.status >= 400 else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        log_in(page, live_server.url, "owner@example.com")
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            for name, address in addresses.items():
                page.goto(live_server.url + address, wait_until="networkidle")
                page.screenshot(path=SCREENS / f"{name}-{width}-{scheme}.png")
                assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} at {width}"
                if width != 1920:
                    assert violations(page) == [], f"{name} at {width}, {scheme}"
        context.close()
    assert complaints == []


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA. Evaluating is not subject to the page's policy."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(
        "options => axe.run(document, options).then(r => r.violations.map("
        "v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).join(', ')))",
        AXE_OPTIONS,
    )
    return found


def log_in(page: Page, base: str, email: str) -> None:
    page.goto(base + reverse("portal:overview"))
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    with page.expect_navigation():
        page.click("main form button[type=submit]")
