"""Chromium as a phone: touch, no console error, no breach of the content security policy, pictures kept."""

import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, CDPSession, Locator, Page, sync_playwright

from tests.support.chromium import SCREENS, launch, violations

# What is tapped and lower than it should be. A box to tick is as large as its label.
TARGETS = """least => Array.from(
  document.querySelectorAll("button, a, summary, textarea, input, .consent label"))
  .filter(e => e.type !== "checkbox" && e.type !== "hidden" && e.getClientRects().length)
  .filter(e => e.getBoundingClientRect().height < least - 0.5)
  .map(e => e.outerHTML.slice(0, 80) + " " + e.getBoundingClientRect().height)"""
# The browser logs every answer of 4xx as an error. A page that is not ready yet is none.
NOT_READY = r"Failed to load resource.* 409 "
PATIENCE = 30_000  # ms; machines that run many tests at once are slow


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Playwright's loop runs in this thread, where Django would refuse to use the database, and nobody else
    # can run a loop of his own: it ends with the module.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@dataclass
class Screen:
    """One phone: its page, what went wrong on it, and under which name its pictures are kept."""

    page: Page
    name: str
    touch: CDPSession
    expected: str = NOT_READY
    complaints: list[str] = field(default_factory=list)

    def shot(self, step: str) -> None:
        """Keep a picture of what the person sees, and of the whole page when it is longer."""
        SCREENS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENS / f"{self.name}-{step}.png")
        self.page.screenshot(path=SCREENS / f"{self.name}-{step}-whole.png", full_page=True)

    def look(self, step: str) -> None:
        """A picture, and no violation of accessibility rules, no sideways scrolling."""
        self.shot(step)
        assert violations(self.page) == [], step
        large = self.page.locator("html.large").count()
        assert self.page.evaluate(TARGETS, 60 if large else 44) == [], step
        wide = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, (step, "scrolls sideways by", wide)

    def at(self, path: str) -> None:
        """The browser has come to this address and the page has opened."""
        self.page.wait_for_url(re.compile(re.escape(path) + "$"), timeout=PATIENCE)
        self.page.locator("#content").wait_for(timeout=PATIENCE)

    def expect_errors(self, *patterns: str) -> None:
        """From now on the browser may also log these: the test provokes them."""
        self.expected = "|".join([self.expected, *patterns])

    def tap(self, selector: str) -> None:
        self.page.locator(selector).tap(timeout=PATIENCE)

    def draw(self, within: Locator, *lines: Sequence[tuple[float, float]]) -> None:
        """Real touches along lines whose points are fractions of the element's size."""
        box = within.bounding_box()
        assert box
        for line in lines:
            points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in line]
            self.swipe(points)

    def swipe(self, points: Sequence[tuple[float, float]]) -> None:
        """One finger down at the first point, along the others, up at the last."""
        for number, (x, y) in enumerate(points):
            kind = "touchMove" if number else "touchStart"
            self.touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        self.touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


@contextmanager
def phone_screen(
    browser: Browser, name: str, *, width: int = 360, height: int = 740, locale: str = "zh-CN", **options: Any
) -> Iterator[Screen]:
    """A phone-sized, touched browser; at the end it must not have complained about anything."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=2,
        has_touch=True,
        is_mobile=True,
        locale=locale,
        timezone_id="Asia/Shanghai",
        accept_downloads=True,
        **options,
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    screen = Screen(page, name, context.new_cdp_session(page))
    page.on("console", lambda message: _heard(screen, message.type, message.text))
    page.on("pageerror", lambda error: screen.complaints.append(str(error)))
    try:
        yield screen
        assert screen.complaints == [], screen.complaints
    finally:
        context.close()


def _heard(screen: Screen, kind: str, text: str) -> None:
    if kind in {"error", "warning"} and not re.search(screen.expected, text):
        screen.complaints.append(f"{kind}: {text}")


def message(pattern: str, mobile: str, *, after: int = 0) -> str:
    """The first group of `pattern` in a message to the phone, waiting until it has come.

    `after`: how many messages with the pattern came before.
    """
    path = Path(settings.OUTBOX_DIR) / "sms.jsonl"

    def found() -> str | None:
        if not path.exists():
            return None
        rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        hits = [hit[1] for row in rows if row["to"] == mobile and (hit := re.search(pattern, row["text"]))]
        return hits[-1] if len(hits) > after else None

    return waited_for(found)


def waited_for(look: Callable[[], str | None], seconds: float = 60) -> str:
    """What `look` returns once it returns something."""
    end = time.monotonic() + seconds
    while (seen := look()) is None:
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
    return seen
