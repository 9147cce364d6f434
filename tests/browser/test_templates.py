"""The pages of contract templates in a real browser: light and dark, three widths, axe, a silent console."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect, sync_playwright

from contracts.models import Template
from contracts.services.publishing import publish_own_templates
from core.principal import Role
from tests.integration.portal.test_templates import own_template
from tests.support import accounts as make
from tests.support.chromium import launch, log_in, violations
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
        browser = launch(playwright)
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


def test_an_own_template_is_written_undone_and_published(
    chromium: Browser, live_server: Any, own: Template
) -> None:
    context = chromium.new_context(
        locale="zh-CN", viewport={"width": 1366, "height": 768}, reduced_motion="reduce"
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("response", lambda r: complaints.append(r.url) if r.status >= 400 else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    log_in(page, live_server.url, "owner@example.com")
    page.goto(live_server.url + reverse("templates:list"))
    page.get_by_role("link", name="劳动合同书", exact=True).click()
    page.get_by_role("button", name="复制为本单位模板").click()
    saved, faults = page.locator("#saved"), page.locator("#faults")
    expect(faults).to_contain_text("没有发现问题")

    page.locator("details.qb-part > summary").last.click()
    prose = page.locator("[data-prose]").last
    was = prose.input_value()
    prose.fill("乙方入职时交纳押金。")
    expect(faults).to_contain_text("押金")
    expect(page.locator(".qb-faulty")).to_have_count(1)
    look(page, "template-edit-faulty")
    page.get_by_role("button", name="撤销").click()
    expect(faults).to_contain_text("没有发现问题")
    expect(prose).to_have_value(was)
    page.keyboard.press("Control+Shift+z")
    expect(faults).to_contain_text("押金")
    page.keyboard.press("Control+z")
    expect(faults).to_contain_text("没有发现问题")

    chapter = page.locator("details.qb-part").last
    chapter.get_by_role("button", name="＋ 加 条", exact=True).click()
    expect(faults).to_contain_text("还没有写文字")
    prose.fill("班车从")
    page.get_by_label("插入空格").select_option("工作地点")
    prose.press_sequentially("出发。")
    chapter.get_by_role("button", name="＋ 加一个条件").last.click()
    expect(faults).to_contain_text("没有发现问题")
    expect(saved).to_have_text("已自动保存")
    page.reload()
    expect(prose).to_have_value("班车从【工作地点】出发。")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            look(page, f"template-edit-{width}-{scheme}")
    page.set_viewport_size({"width": 1366, "height": 768})

    page.get_by_role("link", name="发布").click()
    page.get_by_role("button", name="发布").click()
    expect(page.get_by_text("第 1 版已发布。")).to_be_visible()
    page.wait_for_load_state("networkidle")
    context.close()
    assert complaints == []


def look(page: Page, name: str) -> None:
    """A picture; nothing wider than the window, nothing that axe complains of."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / f"{name}.png")
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, name
    assert violations(page) == [], name
