"""A newcomer's first contract, from the log-in page to sent, counted in clicks."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, sync_playwright

from contracts.services.publishing import publish_own_templates
from core.principal import Role
from tests.support import accounts as make
from tests.support.accounts import PASSWORD
from tests.support.chromium import launch

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOST_CLICKS = 14
PERSON = {
    "name": "测试新人",
    "id_no": make.id_no(77),
    "mobile": "13800000077",
    "hukou_address": "山东省淄博市张店区测试街道7号",
    "resid_address": "山东省淄博市张店区测试小区7号楼",
}
AGREED = {
    "job_title": "装配工",
    "occupation_code": "6-20-01-01",
    "wage_amount": "5200",
    "hazards": "无",
}


@pytest.fixture
def chromium(transactional_db: None, live_server: Any) -> Iterator[Browser]:
    publish_own_templates()
    make.make_member(make.make_employer(), Role.CLERK, email="new@example.com")
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


class Hand:
    """Clicks, and counts them. Typing is not clicking: Tab goes from field to field."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def click(self, selector: str) -> None:
        self.clicks += 1
        with self.page.expect_navigation():
            self.page.click(selector)

    def choose(self, field: str, value: str) -> None:
        """A choice from a list: one click opens it, one chooses."""
        self.clicks += 2
        self.page.select_option(f"[name={field}]", value)


def test_first_contract_takes_few_clicks(chromium: Browser, live_server: Any) -> None:
    page = chromium.new_page(locale="zh-CN", viewport={"width": 1366, "height": 768})
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.on("response", lambda r: complaints.append(r.url) if r.status >= 400 else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    hand = Hand(page)

    page.goto(live_server.url + reverse("portal:overview"))
    page.fill("input[name=login]", "new@example.com")
    page.fill("input[name=password]", PASSWORD)
    hand.click("main form button[type=submit]")
    hand.click("main a[href='/contracts/new/']")
    hand.click("main a[href^='/workers/new/']")
    for name, value in PERSON.items():
        page.fill(f"[name={name}]", value)
    hand.choose("hukou_type", "11")
    hand.choose("education", "31")
    hand.click("main form button[type=submit]")
    hand.click("main button[form=choice]")
    for name, value in AGREED.items():
        page.fill(f"[name={name}]", value)
    hand.click("main form button.btn-primary")
    assert page.locator("img.qb-sheet").first.evaluate("picture => picture.decode().then(() => true)")
    hand.click("main form button.btn-primary")

    assert "已发出 1 份合同" in page.inner_text("main")
    assert "正在生成合同" in page.inner_text("main")
    assert hand.clicks <= MOST_CLICKS
    assert complaints == []


def test_the_law_is_told_before_sending(chromium: Browser, live_server: Any) -> None:
    page = chromium.new_page(locale="zh-CN")
    page.goto(live_server.url + reverse("portal:send"))
    page.fill("input[name=login]", "new@example.com")
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    page.click("main a[href^='/workers/new/']")
    for name, value in PERSON.items():
        page.fill(f"[name={name}]", value)
    page.select_option("[name=hukou_type]", "11")
    page.select_option("[name=education]", "31")
    page.click("main form button[type=submit]")
    page.click("main button[form=choice]")
    # A wage below the minimum and a probation too long for the term.
    for name, value in {**AGREED, "wage_amount": "900", "probation_months": "12"}.items():
        page.fill(f"[name={name}]", value)
    page.click("main form button.btn-primary")

    found = page.locator(".qb-finding-error")
    found.first.wait_for()
    assert page.input_value("[name=job_title]") == AGREED["job_title"]
    page.screenshot(path="var/screens/terms-findings.png", full_page=True)
    assert page.locator(".qb-findings li").count() >= 2
    page.goto(live_server.url + reverse("portal:contracts"))
    assert "还没有合同" in page.inner_text("main")
