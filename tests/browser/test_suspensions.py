"""The pages of suspensions and resumptions in a real browser, in each look."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, sync_playwright

from accounts.models import Employer
from contracts.suspensions.facts import RESUME
from core.principal import Role
from tests.browser.test_endings import LONG
from tests.support import accounts as make
from tests.support.chromium import launch, looked_at
from tests.support.portal import make_long_running, make_suspension

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def addresses(transactional_db: None) -> dict[str, str]:
    employer: Employer = make.make_employer(
        name="示例超长名称新材料科技集团（淄博高新技术产业开发区）有限责任公司"
    )
    make.make_member(employer, Role.CLERK, email="clerk@example.com")
    running, resting = make_long_running(employer, name=LONG), make_long_running(employer, name=LONG)
    suspension = make_suspension(resting)
    resumed = make_long_running(employer)
    make_suspension(resumed, days=-1)
    resumption = make_suspension(resumed, RESUME, number=2)
    return {
        "ask": reverse("suspensions:suspend", args=[running.pk]),
        "resume": reverse("suspensions:resume", args=[resting.pk]),
        "resting": reverse("portal:contract", args=[resting.pk]),
        "suspension": reverse("portal:suspension", args=[suspension.pk]),
        "resumption": reverse("portal:suspension", args=[resumption.pk]),
    }


@pytest.fixture
def chromium(addresses: dict[str, str], live_server: Any) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


def test_the_pages_of_suspensions_fit(chromium: Browser, live_server: Any, addresses: dict[str, str]) -> None:
    for page, look, _width in looked_at(chromium, live_server.url, "clerk@example.com", "suspension"):
        for name, address in addresses.items():
            page.goto(live_server.url + address)
            look(name)
