"""A clerk proposes a correction in a real browser, an owner decides, and every screen of it is looked at."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, sync_playwright

from accounts.models import Employer
from contracts.domain import ContractState
from core.principal import Role
from filing_bridge.domain import FilingState
from filing_bridge.models import Filing
from tests.support import accounts as make
from tests.support.chromium import launch, log_in, violations
from tests.support.papers import picture
from tests.support.portal import make_contract, make_correction, make_filing, record_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCREENS = Path(__file__).resolve().parents[2] / "var" / "screens"
LOOKS: list[tuple[str, int, int, Literal["light", "dark"]]] = [
    ("zh-CN", 1366, 768, "light"),
    ("en-US", 1366, 768, "dark"),
    ("zh-CN", 360, 740, "light"),
]


@pytest.fixture
def filing(transactional_db: None) -> Filing:
    employer = make.make_employer(name="示例新材料科技集团（淄博高新技术产业开发区）有限责任公司")
    for role, email in ((Role.CLERK, "clerk@example.com"), (Role.OWNER, "owner@example.com")):
        make.make_member(employer, role, email=email)
    return _filed(employer)


def _filed(employer: Employer, state: FilingState = FilingState.ACCEPTED) -> Filing:
    contract = make_contract(employer, ContractState.EFFECTIVE)
    return make_filing(contract, state, record=record_of(contract), filing_type="11")


@pytest.fixture
def pages(filing: Filing) -> dict[str, str]:
    """Pages with much on them, by name."""
    employer = Employer.objects.get(pk=filing.tenant)
    changes = {"/contract/end": "2031-05-31", "/worker/mobile": "13912345678"}
    material = make_correction(_filed(employer), changes, evidence=picture())
    done = _filed(employer)
    made = _filed(employer)
    Filing.objects.filter(pk=made.pk).update(
        contract_id=done.contract_id, event="correction", filing_type="61"
    )
    make_correction(done, state="confirmed", made=made, decided_by="user:-1", decided_at=made.created_at)
    waiting = _filed(employer, FilingState.UNDER_REVIEW)
    return {
        "correct": reverse("portal:correct_filing", args=[filing.pk]),
        "correction": reverse("portal:correction", args=[material.pk]),
        "corrections": reverse("portal:corrections"),
        "confirm": reverse("portal:confirm_correction", args=[material.pk]),
        "decline": reverse("portal:decline_correction", args=[material.pk]),
        "contract-corrected": reverse("portal:contract", args=[done.contract_id]),
        "void": reverse("portal:void_filing", args=[waiting.pk]),
    }


@pytest.fixture
def chromium(pages: dict[str, str]) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


def test_d05_from_the_form_to_the_second_person_every_screen_fits(
    chromium: Browser, live_server: Any, pages: dict[str, str]
) -> None:
    complaints: list[str] = []
    SCREENS.mkdir(parents=True, exist_ok=True)
    for locale, width, height, scheme in LOOKS:
        context = chromium.new_context(
            locale=locale, viewport={"width": width, "height": height}, color_scheme=scheme
        )
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        log_in(page, live_server.url, "clerk@example.com")
        for name, address in pages.items():
            page.goto(live_server.url + address)
            page.screenshot(path=SCREENS / f"correction-{name}-{locale}-{width}.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
            assert violations(page) == [], name
        context.close()
    assert complaints == []
    page = chromium.new_page(locale="zh-CN")
    log_in(page, live_server.url, "clerk@example.com")
    page.goto(live_server.url + pages["correct"])
    page.get_by_label("岗位").fill("质检员")
    page.get_by_label("更正原因").fill("录入笔误")
    page.get_by_role("button", name="提交，由另一人核对").click()
    page.get_by_text("须由另一名有备案权限的成员核对后才会报送").wait_for()
    page.get_by_text("一般更正").wait_for()
