"""Pages on which somebody asks for something, in a real browser: a signed file, a correction, help."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, sync_playwright

from accounts.models import Employer, RosterWish
from contracts.domain import ContractState
from contracts.models import Contract
from core import clock
from core.principal import Role
from filing_bridge.domain import FilingState
from tests.support import accounts as make
from tests.support.chromium import launch, log_in, violations
from tests.support.mine import Browser as Phone
from tests.support.mine import make_own, make_person
from tests.support.portal import make_contract, make_filing
from tests.support.signing import ID_NO, MOBILE, NAME
from tests.support.signing_fixtures import own_folders

__all__ = ["own_folders"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCREENS = Path(__file__).resolve().parents[2] / "var" / "screens"
LONG = "阿卜杜热合曼·买买提吐尔逊·阿卜杜热依木江"
LOOKS: list[tuple[str, int, int, Literal["light", "dark"]]] = [
    ("zh-CN", 1366, 768, "light"),
    ("en-US", 1366, 768, "dark"),
    ("zh-CN", 360, 740, "light"),
]


@pytest.fixture
def addresses(transactional_db: None) -> dict[str, str]:
    """Pages by name, of an employer with a long name."""
    employer: Employer = make.make_employer(
        name="示例超长名称新材料科技集团（淄博高新技术产业开发区）有限责任公司"
    )
    make.make_member(employer, Role.CLERK, email="clerk@example.com")
    draft: Contract = make_contract(employer, worker=make.make_worker(employer, name=LONG))
    elsewhere = make_contract(employer, ContractState.EFFECTIVE)
    Contract.objects.filter(pk=elsewhere.pk).update(signed_elsewhere=True)
    make_filing(elsewhere, FilingState.ACCEPTED)
    wish = RosterWish.objects.create(
        worker=draft.worker,
        changes={"education": "14", "resid_address": "山东省淄博市张店区示例路一百二十三号4号楼5单元601室"},
        asked_at=clock.now(),
    )
    return {
        "file": reverse("portal:signed_file", args=[draft.pk]),
        "taken-over": reverse("portal:contract", args=[elsewhere.pk]),
        "correction": reverse("portal:roster_wish", args=[wish.pk]),
        "worker": reverse("portal:worker", args=[draft.worker_id]),
        "support": f"{reverse('portal:support')}?contract={elsewhere.pk}",
    }


@pytest.fixture
def chromium(addresses: dict[str, str], live_server: Any) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


def test_every_page_fits_and_can_be_read_by_everybody(
    chromium: Browser, live_server: Any, addresses: dict[str, str]
) -> None:
    complaints: list[str] = []
    SCREENS.mkdir(parents=True, exist_ok=True)
    for locale, width, height, colours in LOOKS:
        context = chromium.new_context(
            locale=locale, color_scheme=colours, viewport={"width": width, "height": height}
        )
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        log_in(page, live_server.url, "clerk@example.com")
        for name, address in addresses.items():
            shape = f"{name}-{width}-{locale[:2]}-{colours}"
            page.goto(live_server.url + address)
            page.screenshot(path=SCREENS / f"requests-{shape}.png", full_page=True)
            assert page.locator("h1").count() == 1, shape
            if page.evaluate("document.documentElement.scrollWidth") > width:
                complaints.append(f"{shape}: too wide")
            complaints.extend(f"{shape}: {each}" for each in violations(page))
        context.close()
    assert complaints == []


@pytest.fixture
def visit(own_folders: None, transactional_db: None) -> str:
    """The secret of a worker's visit at 我的合同."""
    make_person()
    employer = make.make_employer()
    make.make_worker(employer, name=NAME, id_no=ID_NO, mobile=MOBILE)
    make_own(employer)
    return str(Phone().log_in().client.cookies["mine"].value)


def test_the_workers_page_fits_a_small_phone(visit: str, live_server: Any) -> None:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        context = browser.new_context(locale="zh-CN", viewport={"width": 360, "height": 740})
        context.add_cookies([{"name": "mine", "value": visit, "url": f"{live_server.url}/mine/"}])
        page = context.new_page()
        page.goto(live_server.url + reverse("mine:corrections"))
        SCREENS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENS / "requests-mine-360.png", full_page=True)
        assert page.inner_text("h1") == "更正我的信息"
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        for target in ("#education", "#address", "button.main"):
            box = page.locator(target).bounding_box()
            assert box is not None
            assert box["height"] >= 44, target
        assert violations(page) == []
        browser.close()
