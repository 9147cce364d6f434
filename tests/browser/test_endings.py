"""A clerk ends a contract in a real browser, and every screen on that way is looked at."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, sync_playwright

from accounts.models import Employer
from contracts.domain import ContractState, DocumentState
from contracts.models import Contract
from core import clock
from core.principal import Role
from tests.support import accounts as make
from tests.support.chromium import launch, log_in, violations
from tests.support.portal import make_contract, make_ending

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCREENS = Path(__file__).resolve().parents[2] / "var" / "screens"
LONG = "阿卜杜热合曼·买买提吐尔逊·阿卜杜热依木江"
LOOKS: list[tuple[str, int, int, Literal["light", "dark"]]] = [
    ("zh-CN", 1366, 768, "light"),
    ("en-US", 1366, 768, "dark"),
    ("zh-CN", 360, 740, "light"),
]


@pytest.fixture
def employer(transactional_db: None) -> Employer:
    return make.make_employer(name="示例超长名称新材料科技集团（淄博高新技术产业开发区）有限责任公司")


@pytest.fixture
def contract(employer: Employer) -> Contract:
    """Nearly three years of service."""
    return _in_force(employer, name=LONG)


@pytest.fixture
def addresses(employer: Employer, contract: Contract) -> dict[str, str]:
    """Pages with much on them, by name."""
    done = make_ending(_in_force(employer), DocumentState.COMPLETED, days_ago=12)
    make_ending(_in_force(employer), DocumentState.COMPLETED, days_ago=18)
    make_ending(_in_force(employer), DocumentState.SIGNING, turn="worker")
    asked = make_ending(_in_force(employer), DocumentState.SIGNING, turn="employer")
    make_ending(_in_force(employer), DocumentState.PLANNED, days_ago=-9)
    make_ending(_in_force(employer), DocumentState.REFUSED, close_reason="日期与协议不一致")
    return {
        "list": reverse("endings:list"),
        "done": reverse("portal:ending", args=[done.pk]),
        "asked": reverse("portal:ending", args=[asked.pk]),
        "hand-over": reverse("endings:hand_over", args=[done.pk, "file"]),
        "contract": reverse("portal:contract", args=[done.contract_id]),
    }


def _in_force(employer: Employer, **worker: str) -> Contract:
    start = clock.today() - timedelta(days=1000)
    return make_contract(
        employer,
        ContractState.EFFECTIVE,
        worker=make.make_worker(employer, **worker),
        start=start,
        end=(clock.today() + timedelta(days=95)).isoformat(),
        probation_start=start.isoformat(),
        probation_end=(start + timedelta(days=88)).isoformat(),
    )


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
    complaints: list[str] = []
    for locale, width, height, colours in LOOKS:
        context = chromium.new_context(
            locale=locale, color_scheme=colours, viewport={"width": width, "height": height}
        )
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("response", lambda r: complaints.append(r.url) if r.status >= 400 else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))

        def look(
            name: str, page: Page = page, width: int = width, shape: str = f"{width}-{locale[:2]}-{colours}"
        ) -> None:
            page.screenshot(path=SCREENS / f"ending-{name}-{shape}.png", full_page=True)
            assert page.locator("h1").count() == 1, name
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
            complaints.extend(f"{name}-{shape}: {each}" for each in violations(page))

        SCREENS.mkdir(parents=True, exist_ok=True)
        log_in(page, live_server.url, "clerk@example.com")
        for name, address in addresses.items():
            page.goto(live_server.url + address)
            look(name)
        _walk(page, live_server.url, contract, look, confirm=(width == 360))
        context.close()
    page = chromium.new_page(locale="zh-CN", viewport={"width": 360, "height": 740})
    log_in(page, live_server.url, "new@example.com")
    page.goto(live_server.url + addresses["list"])
    page.screenshot(path=SCREENS / "ending-empty-360.png", full_page=True)
    assert complaints == []


def _walk(page: Page, base: str, contract: Contract, look: Any, *, confirm: bool) -> None:
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
