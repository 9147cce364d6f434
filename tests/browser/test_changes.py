"""A clerk changes a contract in a real browser, and every screen on that way is looked at."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, sync_playwright

from accounts.models import Employer
from contracts.domain import DocumentState
from contracts.models import Contract
from core import clock
from core.principal import Role
from filing_bridge.domain import FilingState
from tests.browser.test_endings import LONG
from tests.support import accounts as make
from tests.support.chromium import SCREENS, Look, launch, log_in, looked_at
from tests.support.portal import make_change, make_contract, make_ending, make_filing, make_long_running

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PLACE = "山东省淄博市高新技术产业开发区示例超长道路名称888号示例产业园三期12号楼东单元"


@pytest.fixture
def employer(transactional_db: None) -> Employer:
    return make.make_employer(name="示例超长名称新材料科技集团（淄博高新技术产业开发区）有限责任公司")


@pytest.fixture
def contract(employer: Employer) -> Contract:
    return make_long_running(employer, name=LONG)


@pytest.fixture
def addresses(employer: Employer, contract: Contract) -> dict[str, str]:
    """Pages with much on them, by name."""
    first = make_long_running(employer, name=LONG)
    done = make_change(
        first, job_title="智能制造生产线设备安装调试与维护保养高级技师", work_place_address=PLACE,
        wage_amount="8000.00",
        wage_items=None, insurance={**first.facts["contract"]["insurance"], "maternity": True},
        reason="因工作需要，双方协商一致调整岗位和工作地点",
    )  # fmt: skip
    make_filing(
        first, FilingState.ACCEPTED, event="change", filing_type="31", document_digest=done.signed_digest
    )
    renewal = make_contract(employer, worker=first.worker, sign_kind="2")
    Contract.objects.filter(pk=renewal.pk).update(follows=first)
    make_change(make_long_running(employer), days=20, pay_day=10)
    make_change(make_long_running(employer), DocumentState.SIGNING, turn="worker", term_type="2", end=None)
    asked = make_change(
        make_long_running(employer), DocumentState.SIGNING, days=9, turn="employer", job_title="班组长"
    )
    make_ending(asked.contract, DocumentState.PLANNED, days_ago=-5)
    make_change(make_long_running(employer), DocumentState.REFUSED, job_title="保安")
    return {
        "list": reverse("portal:changes"),
        "done": reverse("portal:change", args=[done.pk]),
        "overtaken": reverse("portal:change", args=[asked.pk]),
        "contract": reverse("portal:contract", args=[first.pk]),
        "filings": reverse("portal:filings"),
        "renew": reverse("portal:terms")
        + f"?template=general&worker={contract.worker_id}&follows={contract.pk}",
    }


@pytest.fixture
def chromium(addresses: dict[str, str], employer: Employer, live_server: Any) -> Iterator[Browser]:
    make.make_member(employer, Role.CLERK, email="clerk@example.com")
    make.make_member(make.make_employer(), Role.CLERK, email="new@example.com")
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


def test_c01_a_contract_is_changed_and_every_screen_of_it_fits(
    chromium: Browser, live_server: Any, contract: Contract, addresses: dict[str, str]
) -> None:
    for page, look, width in looked_at(chromium, live_server.url, "clerk@example.com", "change"):
        for name, address in addresses.items():
            page.goto(live_server.url + address)
            look(name)
        _walk(page, live_server.url, contract, look, confirm=(width == 360))
    page = chromium.new_page(locale="zh-CN", viewport={"width": 360, "height": 740})
    log_in(page, live_server.url, "new@example.com")
    page.goto(live_server.url + addresses["list"])
    page.screenshot(path=SCREENS / "change-empty-360.png", full_page=True)
    assert page.locator("h1").count() == 1


def _walk(page: Page, base: str, contract: Contract, look: Look, *, confirm: bool) -> None:
    """From the contract's page to the preview, and on to the page of the change if `confirm`."""
    page.goto(base + reverse("portal:contract", args=[contract.pk]))
    page.click(f"a[href='{reverse('portal:change_contract', args=[contract.pk])}']")
    look("fill")
    page.fill("[name=job_title]", "班组长")
    page.fill("[name=effective_on]", (clock.today() + timedelta(days=400)).isoformat())
    page.click("main form button.btn-primary")
    page.locator(".qb-finding-error").first.wait_for()
    assert page.input_value("[name=job_title]") == "班组长"
    look("fill-findings")
    page.fill("[name=effective_on]", clock.today().isoformat())
    page.fill("[name=wage_amount]", "6200")
    page.fill("[name=wage_items]", "基本工资 4200\n绩效工资 2000")
    page.fill("[name=reason]", "因工作需要，双方协商一致调整岗位")
    page.click("main form button.btn-primary")
    picture = page.locator("img.qb-sheet").first
    assert picture.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") == 720
    look("preview")
    page.click(f"main form a[href^='{reverse('portal:change_contract', args=[contract.pk])}']")
    assert page.input_value("[name=job_title]") == "班组长", "the way back keeps what was typed"
    page.click("main form button.btn-primary")
    picture.wait_for()
    if confirm:
        with page.expect_navigation():
            page.click("main form button.btn-primary")
        look("sent")
        assert "班组长" in page.inner_text("main")
