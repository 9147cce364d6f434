"""Three hundred contracts from one sheet with twelve bad rows: uploaded, matched, mended in place, sent."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, sync_playwright

from contracts.domain import BatchState
from contracts.models import Batch, Contract
from contracts.services.publishing import publish_own_templates
from core import work
from core.principal import Role
from tests.support import accounts as make
from tests.support.accounts import PASSWORD
from tests.support.chromium import launch, violations
from tests.support.sheets import own_sheet, person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCREENS = Path(__file__).resolve().parents[2] / "var" / "screens"
SIZE = 300
# What is wrong in the bad rows: the key and what stands there; and how it is put right.
FAULTS = [
    ("worker.mobile", "12345", "13800000099"),
    ("contract.end", "2026年13月1日", "2031-12-31"),
    ("worker.education", "学历不详", "31 大学专科"),
    ("contract.wage_amount", "五千二", "5200"),
]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def chromium(transactional_db: None, live_server: Any) -> Iterator[Browser]:
    publish_own_templates()
    make.make_member(make.make_employer(), Role.CLERK, email="clerk@example.com")
    # Playwright's loop runs in this thread, where Django would refuse to use the database.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = launch(playwright)
        yield browser
        browser.close()


class Desk:
    """One browser window, in which nothing may complain."""

    def __init__(self, page: Page, base: str) -> None:
        self.page, self.base = page, base
        self.complaints: list[str] = []
        page.set_default_timeout(60_000)
        page.on(
            "console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None
        )
        page.on("response", lambda r: self.complaints.append(r.url) if r.status >= 400 else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def log_in(self) -> None:
        self.page.goto(self.base + reverse("batches:list"))
        self.page.fill("input[name=login]", "clerk@example.com")
        self.page.fill("input[name=password]", PASSWORD)
        with self.page.expect_navigation():
            self.page.click("main form button[type=submit]")

    def go(self, selector: str) -> None:
        with self.page.expect_navigation():
            self.page.click(selector)

    def look(self, name: str) -> None:
        """Pictures in light and dark and on a phone; no fault of accessibility, nothing too wide."""
        SCREENS.mkdir(parents=True, exist_ok=True)
        for theme in ("light", "dark"):
            self.page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme }", theme)
            self.page.screenshot(path=SCREENS / f"bulk-{name}-{theme}.png")
            assert violations(self.page) == [], (name, theme)
        self.page.evaluate("() => { document.documentElement.dataset.bsTheme = 'light' }")
        self.page.set_viewport_size({"width": 320, "height": 740})
        self.page.screenshot(path=SCREENS / f"bulk-{name}-320.png")
        assert self.page.evaluate("document.documentElement.scrollWidth") <= 320, name
        self.page.set_viewport_size({"width": 1366, "height": 768})


@pytest.fixture
def desk(chromium: Browser, live_server: Any) -> Iterator[Desk]:
    page = chromium.new_page(locale="zh-CN", viewport={"width": 1366, "height": 768}, reduced_motion="reduce")
    desk = Desk(page, live_server.url)
    desk.log_in()
    yield desk
    assert desk.complaints == []


def run_all() -> None:
    while work.run_due(work.GENERAL, limit=20):
        pass


@pytest.mark.timeout(900)  # three hundred documents, and every screen looked at twice
def test_three_hundred_with_twelve_bad_rows(desk: Desk) -> None:
    page = desk.page
    people = [person(number) for number in range(1, SIZE + 1)]
    bad = range(0, SIZE, SIZE // 12)
    for count, place in enumerate(bad):
        key, wrong, _ = FAULTS[count % len(FAULTS)]
        people[place] = people[place] | {key: wrong}
    desk.look("empty")

    desk.go("main a[href='/batches/new/']")
    desk.look("upload")
    page.set_input_files(
        "input[name=file]", {"name": "新员工名单.xlsx", "mimeType": XLSX, "buffer": own_sheet(*people)}
    )
    desk.go("main form button.btn-primary")

    assert "文件里的每一列是什么" in page.inner_text("h1")
    page.get_by_label("工伤", exact=True).select_option("contract.insurance.injury")
    desk.look("columns")
    desk.go("main form button.btn-primary")

    assert "正在逐行检查" in page.inner_text("main")
    desk.look("checking")
    run_all()
    page.locator("#row-3").wait_for()  # the page has seen by itself that the check is done
    assert page.locator(".qb-batch-row").count() == 12
    desk.look("rows")

    for count, place in enumerate(bad):
        key, _, right = FAULTS[count % len(FAULTS)]
        row = page.locator(f"#row-{place + 3}")
        cell = row.locator(f"[name='{key}']")
        if key == "worker.education":
            cell.select_option(right)
        else:
            cell.fill(right)
        row.get_by_role("button").click()
        row.get_by_text("已改正").wait_for()
    assert f"发送 {SIZE} 份合同" in page.inner_text("#counts")
    desk.look("mended")

    desk.go("#row-3 a")
    assert page.locator("img.qb-sheet").first.evaluate("picture => picture.decode().then(() => true)")
    desk.look("preview")
    desk.go("main a[href^='/batches/']")
    desk.go("#counts a")
    desk.look("confirm")
    desk.go("main form button.btn-primary")
    work.run_due(work.GENERAL)
    page.locator("progress[value='10']").wait_for()
    desk.look("running")
    desk.go("form[action$='/pause/'] button")
    run_all()
    assert Contract.objects.count() < SIZE
    desk.go("form[action$='/resume/'] button")
    page.goto("about:blank")  # whoever closes the page stops nothing
    run_all()
    page.goto(desk.base + reverse("batches:list"))
    desk.look("history")
    desk.go("main tbody a")
    assert f"已处理 {SIZE} / {SIZE} 行" in re.sub(r"\s+", " ", page.inner_text("main"))
    desk.look("done")
    assert Batch.objects.get().state == BatchState.DONE
    assert Contract.objects.filter(batch_row__isnull=False).count() == SIZE
