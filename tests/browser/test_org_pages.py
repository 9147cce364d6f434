"""The organisation's pages in a real browser: two sizes, light and dark, accessible, silent; pictures."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, sync_playwright

from core import work
from core.principal import Role
from tests.integration.portal.test_seal_pages import House, make_house, waiting_contract
from tests.support.chromium import launch, log_in, violations
from tests.support.pki import RunningPki, pki
from tests.support.signed_contracts import Authorities, SignedFile, random_facts, sign_contract
from tests.support.signing_fixtures import authorities, heard, own_folders

__all__ = ["authorities", "heard", "own_folders", "pki"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("own_folders", "heard"),
]
SIZES = [(1366, 768), (360, 740)]
SCREENS = Path(__file__).resolve().parents[2] / "var" / "screens"
PAGES = {
    Role.SEAL_KEEPER: ("seals:sealing", "seals:decide_all", "seals:sample", "seals:progress", "seals:seal"),
    Role.OWNER: (
        "seals:seals", "seals:new", "seals:grant", "seals:application", "org:settings", "org:members",
        "org:invite", "org:keys", "org:new_key", "org:new_webhook", "org:profile", "org:change_profile",
    ),
    Role.AUDITOR: (
        "seals:uses", "seals:certificate", "audit:events", "help:errors", "org:notifications",
        "verify:verify",
    ),
}  # fmt: skip


@pytest.fixture
def house() -> House:
    """Rows are made before the browser starts."""
    made = make_house()
    waiting_contract(made.employer)
    while work.run_due(work.GENERAL, limit=10):
        pass
    return made


@pytest.fixture
def signed(pki: RunningPki, authorities: RunningPki) -> SignedFile:
    return sign_contract(Authorities(pki), random_facts(random.Random(11), "general"))


@pytest.fixture
def addresses(house: House) -> dict[str, str]:
    """Of every page that is looked at, before the browser's event loop runs."""
    names = [name for of_role in PAGES.values() for name in of_role]
    return {
        name: house.address(name.partition(":")[2]) if name.startswith("seals:") else reverse(name)
        for name in names
    }


@pytest.fixture
def chromium(addresses: dict[str, str], live_server: Any) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


def _listen(page: Page, complaints: list[str]) -> None:
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))


@pytest.mark.parametrize("role", PAGES)
def test_pages_are_accessible_and_silent_in_light_and_dark(
    chromium: Browser, live_server: Any, house: House, addresses: dict[str, str], role: Role
) -> None:
    SCREENS.mkdir(parents=True, exist_ok=True)
    complaints: list[str] = []
    for scheme in ("light", "dark"):
        context = chromium.new_context(locale="zh-CN", color_scheme=scheme)
        page = context.new_page()
        _listen(page, complaints)
        log_in(page, live_server.url, house.people[role].user.email)
        for name in PAGES[role]:
            address = live_server.url + addresses[name]
            for width, height in SIZES:
                page.set_viewport_size({"width": width, "height": height})
                page.goto(address)
                picture = f"org-{name.replace(':', '-')}-{width}-{scheme}.png"
                page.screenshot(path=SCREENS / picture, full_page=True)
                assert page.locator("h1").count() == 1, name
                assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} at {width}"
            complaints += [f"{name} {scheme}: {each}" for each in violations(page)]
        context.close()
    assert complaints == []


def test_a_file_is_verified_in_the_browser(
    signed: SignedFile, chromium: Browser, live_server: Any, tmp_path: Path
) -> None:
    file = tmp_path / "contract.pdf"
    file.write_bytes(signed.pdf)
    for scheme in ("light", "dark"):
        context = chromium.new_context(locale="zh-CN", color_scheme=scheme)
        page = context.new_page()
        complaints: list[str] = []
        _listen(page, complaints)
        page.goto(live_server.url + reverse("verify:verify"))
        page.set_input_files("input[type=file]", file)
        with page.expect_navigation(timeout=60_000):
            page.click("form[enctype] button")
        assert "核验通过" in page.inner_text("#verdict")
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            page.locator("img.qb-sample-page").first.wait_for()
            page.screenshot(path=SCREENS / f"org-verified-{width}-{scheme}.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert [*complaints, *violations(page)] == []
        context.close()
