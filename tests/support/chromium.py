"""The browser of the tests, and what every page is held to."""

import shutil

from django.urls import reverse
from playwright.sync_api import Browser, Page, Playwright

from tests.support.accounts import PASSWORD
from tests.support.needs import BROWSERS, ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# Axe takes what is scrolled under a sticky bar for too small a target; phone_browser.TARGETS asks for more.
AXE_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "rules": {"target-size": {"enabled": False}},
}


def launch(playwright: Playwright) -> Browser:
    """Start it; the caller closes it. Tests that need one are not run where there is none."""
    program = next(found for name in BROWSERS if (found := shutil.which(name)))
    return playwright.chromium.launch(
        executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"]
    )


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA. Evaluating is not subject to the page's policy."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(
        "options => axe.run(document, options).then(r => r.violations.map("
        "v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html + ' ' + n.failureSummary).join(' | ')))",
        AXE_OPTIONS,
    )
    return found


def log_in(page: Page, base: str, email: str) -> None:
    """From the portal's address over the log-in page to its first page."""
    page.goto(base + reverse("portal:overview"))
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    with page.expect_navigation():
        page.click("main form button[type=submit]")
    assert page.url == base + reverse("portal:overview")
