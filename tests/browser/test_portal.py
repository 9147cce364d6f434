"""The employers' pages in a real browser: nothing, usual and long data, light and dark; pictures of each."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, sync_playwright

from accounts.models import Employer, Membership, Worker
from contracts.domain import ContractState
from contracts.models import Contract
from core import clock
from core.principal import Role
from filing_bridge.domain import FilingState
from filing_bridge.models import Filing
from tests.support import accounts as make
from tests.support.chromium import launch, log_in, violations
from tests.support.portal import FAULT, make_contract, make_filing

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCREENS = Path(__file__).resolve().parents[2] / "var" / "screens"
LONG = "示例超长名称新材料科技集团（淄博高新技术产业开发区）第二智能制造有限责任公司分公司"


def nothing() -> Employer:
    return make.make_employer()


def usual() -> Employer:
    """One of each situation."""
    employer = make.make_employer()
    make_contract(employer)
    make_contract(employer, ContractState.RENDERING, start=clock.today() - timedelta(days=23))
    make_contract(employer, ContractState.SIGNING, turn="worker")
    make_contract(employer, ContractState.SIGNING, turn="employer")
    make_contract(employer, ContractState.REFUSED)
    _runs_out(employer, 9)
    _runs_out(employer, 47)
    _runs_out(employer, -3)
    for state, days in (
        (FilingState.READY, 20),
        (FilingState.UNKNOWN, 5),
        (FilingState.UNDER_REVIEW, 12),
        (FilingState.READY, -2),
        (FilingState.RETURNED, 9),
        (FilingState.ACCEPTED, 20),
    ):
        contract = make_contract(employer, ContractState.EFFECTIVE)
        make_filing(contract, state, days_left=days, faults=[FAULT] if state == FilingState.RETURNED else [])
    return employer


def long() -> Employer:
    """Names and texts as long as they may be, and more than one page of them."""
    employer = make.make_employer(name=LONG)
    worker = make.make_worker(employer, name="阿卜杜热合曼·买买提吐尔逊·阿卜杜热依木江")
    for _ in range(25):
        contract = make_contract(employer, ContractState.SIGNING, turn="worker", worker=worker)
    contract = make_contract(
        employer,
        ContractState.EFFECTIVE,
        worker=worker,
        job_title="智能制造生产线设备安装调试与维护保养高级技师（含夜班值守）",
        work_place_address="山东省淄博市高新技术产业开发区示例超长道路名称888号示例产业园三期12号楼东单元"
        * 2,
    )
    for days in range(26):
        _runs_out(employer, days * 3, worker=worker)
    faults = [{**FAULT, "zh": FAULT["zh"] * 3, "remedy_zh": FAULT["remedy_zh"] * 3}] * 4
    make_filing(contract, FilingState.REPLACED, days_left=-3, faults=faults)
    make_filing(
        contract, FilingState.RETURNED, days_left=-3, version=2, faults=faults,
        last_error="answer_not_genuine", starts_on=date(2026, 11, 1),
    )  # fmt: skip
    return employer


def _runs_out(employer: Employer, days: int, **more: Any) -> Contract:
    """In force for two years, with a term that ends in so many days."""
    start, end = clock.today() - timedelta(days=730), clock.today() + timedelta(days=days)
    return make_contract(employer, ContractState.EFFECTIVE, start=start, end=end.isoformat(), **more)


HOUSES = {"empty": nothing, "usual": usual, "long": long}


@pytest.fixture(params=HOUSES)
def house(request: pytest.FixtureRequest) -> tuple[str, Employer]:
    """Rows are made before the browser starts."""
    return request.param, HOUSES[request.param]()


@pytest.fixture
def person(house: tuple[str, Employer]) -> Membership:
    return make.make_member(house[1], Role.CLERK, email="clerk@example.com")


@pytest.fixture
def addresses(house: tuple[str, Employer]) -> dict[str, str]:
    """The pages to be looked at, by name."""
    found = {name: reverse(f"portal:{name}") for name in ("overview", "contracts", "filings", "deadlines")}
    found |= {name: reverse(f"portal:{name}") for name in ("workers", "new_worker", "send")}
    found["filtered"] = reverse("portal:filings") + "?show=accepted"
    filings = Filing.objects.filter(tenant=house[1].pk)
    for state in (FilingState.ACCEPTED, FilingState.RETURNED):
        filing = filings.filter(state=state).first()
        if filing is not None:
            found[f"contract-{state}"] = reverse("portal:contract", args=[filing.contract_id])
    worker = Worker.objects.filter(employer=house[1]).first()
    draft = Contract.objects.filter(employer=house[1], state=ContractState.DRAFT).first()
    if worker is not None:
        found["worker"] = reverse("portal:worker", args=[worker.pk])
        found["terms"] = reverse("portal:terms") + f"?template=general&worker={worker.pk}"
    if draft is not None:
        found["preview"] = reverse("portal:preview") + f"?id={draft.pk}"
        found["withdraw"] = reverse("portal:withdraw", args=[draft.pk])
    return found


@pytest.fixture
def chromium(person: Membership, addresses: dict[str, str], live_server: Any) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


# How each page is looked at: language, width and height, colours.
LOOKS: list[tuple[str, int, int, Literal["light", "dark"]]] = [
    ("zh-CN", 1366, 768, "light"),
    ("zh-CN", 1366, 768, "dark"),
    ("zh-CN", 1920, 1080, "light"),
    ("zh-CN", 1920, 1080, "dark"),
    ("zh-CN", 360, 740, "light"),
    ("en-US", 1366, 768, "light"),
]


def test_pages_fit_are_accessible_and_keep_the_console_silent(
    chromium: Browser, live_server: Any, house: tuple[str, Employer], addresses: dict[str, str]
) -> None:
    SCREENS.mkdir(parents=True, exist_ok=True)
    complaints: list[str] = []
    for locale, width, height, colours in LOOKS:
        context = chromium.new_context(
            locale=locale, color_scheme=colours, viewport={"width": width, "height": height}
        )
        page = context.new_page()
        _listen(page, complaints)
        log_in(page, live_server.url, "clerk@example.com")
        for name, address in addresses.items():
            page.goto(live_server.url + address)
            look = f"{name}-{width}-{locale[:2]}-{colours}"
            page.screenshot(path=SCREENS / f"{house[0]}-{look}.png", full_page=width < 500)
            assert page.locator("h1").count() == 1, look
            assert page.evaluate("document.documentElement.scrollWidth") <= width, look
            if width == 1366 and locale == "zh-CN":
                complaints += [f"{look}: {each}" for each in violations(page)]
        context.close()
    assert complaints == []


def _listen(page: Page, complaints: list[str]) -> None:
    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("response", lambda r: complaints.append(r.url) if r.status >= 400 else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
