"""Every screen of endings of many at once, in a real browser, wide and narrow."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, sync_playwright

from contracts.models import Termination
from core import clock
from core.principal import Role
from filing_bridge.mass_endings import Paper
from filing_bridge.models import EarlyWarning
from filing_bridge.services.mass_endings import handling
from tests.support import accounts as make
from tests.support.chromium import LOOKS, SCREENS, launch, log_in, violations
from tests.support.mass_endings import Works, agreed, layoff, run_due
from tests.support.signing_fixtures import own_folders

__all__ = ["own_folders"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("own_folders"),
]


@pytest.fixture
def addresses(transactional_db: None) -> dict[str, str]:
    """Pages with much on them, by name."""
    works = Works()
    keeper = make.make_member(works.employer, Role.CLERK, email="clerk@example.com")
    people = works.hire_many(26)
    faulty = works.upload(
        [agreed(people[0]), {"contract_no": "HT-没有"}, agreed(people[1], protected="也许")]
    )
    gate = works.freeze(works.upload(layoff(each) for each in people[:20]))
    works.record(gate, Paper.EXPLAINED, Paper.REPORT)
    unproved = agreed(people[21], evidence_held="否")
    done = works.done(works.upload([agreed(people[20]), unproved, *map(agreed, people[22:])]))
    run_due()
    handling.assign_row(
        principal=works.clerk, batch_id=done.pk, number=4, owner=keeper.pk, note="等解除协议签回，王工跟进"
    )
    assert Termination.objects.exists()
    EarlyWarning.objects.create(
        employer=works.employer, day=clock.today(), at=clock.now(), persons=26, staff=318
    )

    def of(name: str, *more: Any) -> str:
        return reverse(f"ending_batches:{name}", args=more)

    return {
        "list": of("list"),
        "new": of("new"),
        "faulty": of("batch", faulty.pk),
        "gate": of("batch", gate.pk),
        "paper": of("record", gate.pk, "plan"),
        "done": of("batch", done.pk),
        "opened": of("batch", done.pk) + "?show=opened",
        "row": of("row", done.pk, 4),
        "freeze": of("act", gate.pk, "start"),
        "dates": of("dates", done.pk),
        "overview": reverse("portal:overview"),
    }


@pytest.fixture
def chromium(addresses: dict[str, str], live_server: Any) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


def test_every_screen_fits_and_complains_of_nothing(
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
        page.on("response", lambda r: complaints.append(r.url) if r.status >= 400 else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        log_in(page, live_server.url, "clerk@example.com")
        for name, address in addresses.items():
            page.goto(live_server.url + address)
            shape = f"{name}-{width}-{locale[:2]}-{colours}"
            page.screenshot(path=SCREENS / f"ending-batch-{shape}.png", full_page=True)
            assert page.locator("h1").count() == 1, name
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
            complaints.extend(f"{shape}: {each}" for each in violations(page))
        context.close()
    assert complaints == [], "\n".join(complaints)
