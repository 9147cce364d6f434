"""A clerk ends a contract in a real browser, and every screen on that way is looked at."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, sync_playwright

from accounts.models import Employer
from contracts.domain import DocumentState
from contracts.models import Contract
from core import clock
from core.principal import Role
from tests.support import accounts as make
from tests.support.chromium import SCREENS, Look, launch, log_in, looked_at
from tests.support.portal import make_ending, make_long_running

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "阿卜杜热合曼·买买提吐尔逊·阿卜杜热依木江"


@pytest.fixture
def employer(transactional_db: None) -> Employer:
    return make.make_employer(name="示例超长名称新材料科技集团（淄博高新技术产业开发区）有限责任公司")


@pytest.fixture
def contract(employer: Employer) -> Contract:
    """Nearly three years of service."""
    return make_long_running(employer, name=LONG)


@pytest.fixture
def addresses(employer: Employer, contract: Contract) -> dict[str, str]:
    """Pages with much on them, by name."""
    done = make_ending(make_long_running(employer), DocumentState.COMPLETED, days_ago=12)
    make_ending(make_long_running(employer), DocumentState.COMPLETED, days_ago=18)
    make_ending(make_long_running(employer), DocumentState.SIGNING, turn="worker")
    asked = make_ending(make_long_running(employer), DocumentState.SIGNING, turn="employer")
    make_ending(make_long_running(employer), DocumentState.PLANNED, days_ago=-9)
    make_ending(make_long_running(employer), DocumentState.REFUSED, close_reason="日期与协议不一致")
    return {
        "list": reverse("endings:list"),
        "done": reverse("portal:ending", args=[done.pk]),
        "asked": reverse("portal:ending", args=[asked.pk]),
        "hand-over": reverse("endings:hand_over", args=[done.pk, "file"]),
        "contract": reverse("portal:contract", args=[done.contract_id]),
    }


@pytest.fixture
def chromium(addresses: dict[str, str], employer: Employer, live_server: Any) -> Iterator[Browser]:
    make.make_member(employer, Role.CLERK, email="clerk@example.com")
    make.make_member(make.make_employer(), Role.CLERK, email="new@example.com")
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


def test_a_contract_is_ended_and_every_screen_of_it_fits(
    chromium: Browser, live_server: Any, contract: Contract, addresses: dict[str, str]
) -> None:
    for page, look, width in looked_at(chromium, live_server.url, "clerk@example.com", "ending"):
        for name, address in addresses.items():
            page.goto(live_server.url + address)
            look(name)
        _walk(page, live_server.url, contract, look, confirm=(width == 360))
    page = chromium.new_page(locale="zh-CN", viewport={"width": 360, "height": 740})
    log_in(page, live_server.url, "new@example.com")
    page.goto(live_server.url + addresses["list"])
    page.screenshot(path=SCREENS / "ending-empty-360.png", full_page=True)
    assert page.locator("h1").count() == 1


def _walk(page: Page, base: str, contract: Contract, look: Look, *, confirm: bool) -> None:
    """From the contract's page to the question, and on to the decision if `confirm`."""
    page.goto(base + reverse("portal:contract", args=[contract.pk]))
    page.click(f"a[href='{reverse('endings:choose', args=[contract.pk])}']")
    for group in page.locator("details.qb-reasons > summary").all()[:3]:
        group.click()
    look("choose")
    page.click("a[href$='/end/4002/']")
    look("fill")
    page.click("main form button.btn-primary")
    page.locator(".qb-finding-error, .form-control[aria-invalid='true'], .qb-field-error").first.wait_for()
    look("fill-empty")
    page.check("[name=protected][value=no]")
    page.check("[name=pay_in_lieu]")
    page.fill("[name=union_notice_date]", clock.today().isoformat())
    page.fill("[name=wages]", "5200\n5300")
    page.click("main form button.btn-primary")
    page.locator(".qb-finding-error").first.wait_for()
    look("fill-findings")
    page.check("[name=evidence]")
    page.fill("[name=wages]", "\n".join(["5200"] * 12))
    page.click("main form button.btn-primary")
    picture = page.locator("img.qb-sheet")
    assert picture.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") == 720
    look("preview")
    if confirm:
        with page.expect_navigation():
            page.click("main button.btn-danger")
        look("decided")
        assert "20800.00" in page.inner_text("main")
