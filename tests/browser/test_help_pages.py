"""Help, registration, what was filed, checking a slip: in a real browser, two sizes, light and dark."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, sync_playwright

from accounts.models import Employer, Membership
from accounts.selectors import member_principal
from accounts.services.role_requests import ask_for_role
from core.principal import Role
from filing_bridge.services.paper_slips import check_of
from tests.integration.portal.test_slips import leaving
from tests.support import accounts as make
from tests.support.chromium import launch, log_in, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = [(1366, 768), (360, 740)]
SCREENS = Path(__file__).resolve().parents[2] / "var" / "screens"


@pytest.fixture
def owner() -> Membership:
    """An owner of an employer with a filed ending, whom an auditor has asked for a role."""
    filing = leaving("310115")
    employer = Employer.objects.get(pk=filing.tenant)
    auditor = make.make_member(employer, Role.AUDITOR)
    ask_for_role(principal=member_principal(auditor), role=Role.CLERK, note="接手备案工作")
    member = make.make_member(employer, Role.OWNER)
    request = auditor.role_requests.get()
    member.addresses = {  # type: ignore[attr-defined]  # what is looked at, before the event loop runs
        "help": reverse("help:start"),
        "settings-with-request": reverse("org:settings"),
        "role-request": reverse("org:decide_role", args=[request.pk]),
        "certificate": reverse("seals:certificate"),
        "filed-ending": reverse("portal:contract", args=[filing.contract_id]),
        "record": reverse("portal:record", args=[filing.pk]),
        "slip-check": reverse(
            "checking:slip", args=[filing.receipt_no, check_of(filing).code.replace("-", "")]
        ),
        "register": reverse("accounts:register"),
    }
    return member


@pytest.fixture
def chromium(owner: Membership, live_server: Any) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


def watched(chromium: Browser, complaints: list[str], scheme: str) -> Page:
    page = chromium.new_context(locale="zh-CN", color_scheme=scheme).new_page()  # type: ignore[arg-type]
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page


def test_pages_are_accessible_and_silent_in_light_and_dark(
    chromium: Browser, live_server: Any, owner: Membership
) -> None:
    SCREENS.mkdir(parents=True, exist_ok=True)
    complaints: list[str] = []
    for scheme in ("light", "dark"):
        page = watched(chromium, complaints, scheme)
        log_in(page, live_server.url, owner.user.email)
        for name, address in owner.addresses.items():  # type: ignore[attr-defined]
            for width, height in SIZES:
                page.set_viewport_size({"width": width, "height": height})
                page.goto(live_server.url + address)
                page.screenshot(path=SCREENS / f"help-{name}-{width}-{scheme}.png", full_page=True)
                assert page.locator("h1").count() == 1, name
                assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} at {width}"
            complaints += [f"{name} {scheme}: {each}" for each in violations(page)]
        page.context.close()
    assert complaints == []


def test_a18_large_letters_stay_and_nothing_is_cut_off(
    chromium: Browser, live_server: Any, owner: Membership
) -> None:
    complaints: list[str] = []
    page = watched(chromium, complaints, "light")
    log_in(page, live_server.url, owner.user.email)
    usual = page.evaluate("parseFloat(getComputedStyle(document.querySelector('h1')).fontSize)")
    page.select_option("[data-letters-switch]", "largest")
    for name, address in owner.addresses.items():  # type: ignore[attr-defined]
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            page.goto(live_server.url + address)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} at {width}"
        page.screenshot(path=SCREENS / f"help-{name}-largest.png", full_page=True)
    page.goto(live_server.url + reverse("help:start"))
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('h1')).fontSize)") > 1.3 * usual
    assert complaints == []
    page.context.close()
