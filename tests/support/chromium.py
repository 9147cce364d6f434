"""The browser of the tests, and what every page is held to."""

import shutil
from collections.abc import Callable, Iterator
from typing import Final, Literal

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
SCREENS = ROOT / "var" / "screens"
LOOKS: Final[list[tuple[str, int, int, Literal["light", "dark"]]]] = [
    ("zh-CN", 1366, 768, "light"),
    ("en-US", 1366, 768, "dark"),
    ("zh-CN", 360, 740, "light"),
]
Look = Callable[[str], None]


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


def looked_at(browser: Browser, base: str, email: str, subject: str) -> Iterator[tuple[Page, Look, int]]:
    """For each of `LOOKS` a page logged in, its width, and a function that pictures what stands there and
    holds it to one heading, that width and axe. Nothing may have been complained of when all are done."""
    complaints: list[str] = []
    SCREENS.mkdir(parents=True, exist_ok=True)
    for locale, width, height, colours in LOOKS:
        context = browser.new_context(
            locale=locale, color_scheme=colours, viewport={"width": width, "height": height}
        )
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("response", lambda r: complaints.append(r.url) if r.status >= 400 else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))

        def look(
            name: str, page: Page = page, width: int = width, shape: str = f"{width}-{locale[:2]}-{colours}"
        ) -> None:
            page.screenshot(path=SCREENS / f"{subject}-{name}-{shape}.png", full_page=True)
            assert page.locator("h1").count() == 1, name
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
            complaints.extend(f"{name}-{shape}: {each}" for each in violations(page))

        log_in(page, base, email)
        yield page, look, width
        context.close()
    assert complaints == []
