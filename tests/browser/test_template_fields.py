"""The editor of an uploaded document: what is dragged there is found in the signed PDF where it was shown."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pypdfium2
import pytest
from django.db import connection
from django.urls import reverse
from PIL import ImageChops
from playwright.sync_api import Browser, Page, expect

from accounts.models import Employer
from contracts.domain import ContractState
from contracts.models import Contract, Template
from contracts.services.publishing import publish_own_templates
from contracts.tasks import render_contract
from core import blobs, work
from core.principal import Role
from signing.models import SignatureRequest
from tests.browser.test_templates import SCREENS
from tests.integration.contracts.conftest import terms
from tests.support import accounts as make
from tests.support import uploads
from tests.support.chromium import log_in, violations
from tests.support.phone_browser import browser
from tests.support.pki import pki
from tests.support.signing import (
    CANVAS,
    ID_NO,
    LEGAL_NAME,
    MOBILE,
    NAME,
    Phone,
    approve_seal,
    make_seal,
    run,
)
from tests.support.signing_fixtures import authorities, own_folders

__all__ = ["authorities", "browser", "own_folders", "pki"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]

SCALE = 8  # pixels a point
DARK = 40  # of 255: less is the soft edge of a line
NEAR = 0.5  # points
# Where a field is shown, in points of its page.
SHOWN = """(field, [width, height]) => {
  const page = field.parentElement.getBoundingClientRect(), box = field.getBoundingClientRect();
  const [x, y] = [width / page.width, height / page.height];
  return [(box.left - page.left) * x, (box.top - page.top) * y, box.width * x, box.height * y];
}"""
# A cross: what is written ends where its strokes end, which smoothing leaves alone.
CROSS = [[[40 + 38 * n, y + d * n, 16 * n, 0.5] for n in range(11)] for y, d in ((40, 10), (140, -10))]
Points = tuple[float, float, float, float]


@dataclass
class Desk:
    """The editor in a browser, as the owner."""

    page: Page
    template: Template
    complaints: list[str] = field(default_factory=list)

    def add(self, kind: str) -> None:
        self.page.locator(f"[data-add={kind}]").click()

    def field(self, kind: str) -> Any:
        return self.page.locator(f".qb-field[data-kind={kind}]")

    def scroll_to(self, number: int) -> None:
        self.page.locator(".qb-leaf").nth(number - 1).evaluate("leaf => leaf.scrollIntoView({block: 'end'})")
        expect(self.page.locator(".qb-leaf > img").nth(number - 1)).to_have_js_property("complete", True)

    def drag(self, kind: str, across: float, down: float, *, corner: bool = False) -> None:
        """By so many pixels, from its middle, or from its corner to make it larger."""
        box = self.field(kind).first.bounding_box()
        assert box
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        if corner:
            x, y = box["x"] + box["width"] - 3, box["y"] + box["height"] - 3
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + across / 2, y + down / 2, steps=3)
        self.page.mouse.move(x + across, y + down, steps=3)
        self.page.mouse.up()

    def shown(self, kind: str) -> Points:
        assert self.template.draft is not None
        sheet = self.template.draft["document"]["pages"][1]
        left, top, width, height = self.field(kind).first.evaluate(SHOWN, [sheet["w"], sheet["h"]])
        return left, top, width, height

    def number(self, label: str) -> Any:
        return self.page.locator("#chosen").get_by_label(label)

    def look(self, name: str) -> None:
        """A picture; nothing wider than the window, nothing that axe complains of."""
        SCREENS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENS / f"{name}.png")
        assert self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, name
        assert violations(self.page) == [], name


@contextmanager
def desk_of(browser: Browser, base: str, template: Template, locale: str = "zh-CN") -> Iterator[Desk]:
    context = browser.new_context(
        locale=locale, viewport={"width": 1366, "height": 768}, reduced_motion="reduce"
    )
    page = context.new_page()
    desk = Desk(page, template)
    page.on("console", lambda m: desk.complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("response", lambda r: desk.complaints.append(r.url) if r.status >= 400 else None)
    page.on("pageerror", lambda error: desk.complaints.append(str(error)))
    log_in(page, base, "owner@example.com")
    page.goto(base + reverse("templates:edit", args=[template.pk]))
    try:
        yield desk
        assert desk.complaints == []
    finally:
        context.close()


@pytest.fixture
def employer(transactional_db: None) -> Employer:
    publish_own_templates()
    made = make.make_employer(name=LEGAL_NAME)
    make.make_member(made, Role.OWNER, email="owner@example.com")
    return made


def confirm_and_publish(desk: Desk) -> None:
    page = desk.page
    page.locator("summary", has_text="请核对").click()
    for box in page.locator("[data-at='/covers'] input").all():
        if "被派遣" not in str(box.evaluate("box => box.parentElement.textContent")):
            box.check()
    expect(page.locator("#faults")).to_contain_text("没有发现问题")
    expect(page.locator("#saved")).to_have_text("已自动保存")
    page.get_by_role("link", name="发布").click()
    page.get_by_role("button", name="发布").click()
    expect(page.get_by_text("第 1 版已发布。")).to_be_visible()


def signed_by_both(employer: Employer, template: Template) -> Contract:
    """Sent over the API, signed on the phone where it stands, sealed by the keeper."""
    client = make.client_of(make.make_member(employer, Role.CLERK))
    worker = make.make_worker(employer, name=NAME, id_no=ID_NO, mobile=MOBILE)
    wish = {
        "worker": str(worker.pk), "template": template.slug, "jurisdiction_code": "370303", "terms": terms(),
    }  # fmt: skip
    key = client.send("post", "contracts/", wish).json()["id"]
    assert client.send("post", f"contracts/{key}/send/").status_code == 202
    render_contract(key)
    request = SignatureRequest.objects.get(subject=f"contract:{key}")
    place = request.parties.get(role="worker").place
    phone = Phone().open_link().identify().accept().read()
    assert phone.place(box=place, strokes=CROSS, canvas=CANVAS).status == 201
    assert phone.confirm().status == 202
    run(work.SIGNING)
    request.refresh_from_db()
    approve_seal(employer.pk, make_seal(employer.pk), request)
    run(work.SIGNING)
    run(work.GENERAL)
    contract = Contract.objects.get(pk=key)
    connection.close()
    return contract


def ink(before: bytes, after: bytes, page: int, left: float, right: float) -> Points:
    """Where a page differs between two fractions of its width: left, top, right, bottom in points."""
    pictures = []
    for pdf in (before, after):
        with pypdfium2.PdfDocument(pdf) as document:
            document.init_forms()
            pictures.append(document[page - 1].render(scale=SCALE, may_draw_forms=True).to_pil().convert("L"))
    found = ImageChops.difference(*pictures).point(lambda level: 255 if level > DARK else 0)
    edge = round(found.width * left)
    cut = found.crop((edge, 0, round(found.width * right), found.height)).getbbox()
    assert cut
    return (cut[0] + edge) / SCALE, cut[1] / SCALE, (cut[2] + edge) / SCALE, cut[3] / SCALE


def check_ink(shown: Points, found: Points) -> None:
    """In the middle of its box, and as large as the box allows."""
    left, top, width, height = shown
    middle = (found[0] + found[2]) / 2, (found[1] + found[3]) / 2
    assert middle == pytest.approx((left + width / 2, top + height / 2), abs=NEAR)
    check_within(shown, found)


def check_within(shown: Points, found: Points) -> None:
    left, top, width, height = shown
    assert found[0] >= left - NEAR
    assert found[2] <= left + width + NEAR
    assert found[1] >= top - NEAR
    assert found[3] <= top + height + NEAR


def test_b09_what_is_dragged_in_the_editor_is_there_in_the_signed_pdf(
    employer: Employer, own_folders: None, authorities: object, live_server: Any, settings: Any,
    browser: Browser,
) -> None:  # fmt: skip
    settings.PUBLIC_URL = live_server.url
    template = uploads.make_upload(employer)
    with desk_of(browser, live_server.url, template) as desk:
        desk.add("text")
        desk.drag("text", 120, -60)
        desk.add("signature_date")
        desk.drag("signature_date", -150, 60)
        desk.add("seal_date")
        desk.drag("seal_date", 150, 60)
        desk.scroll_to(2)
        desk.add("signature")
        desk.drag("signature", 140, 90)
        desk.drag("signature", 30, 14, corner=True)
        desk.field("signature").press("ArrowDown")
        desk.field("signature").press("Shift+ArrowRight")
        desk.add("seal")
        desk.drag("seal", -170, 70)
        desk.number("距上").fill("205")
        expect(desk.page.locator("#saved")).to_have_text("已自动保存")
        desk.look("template-fields")
        shown = {kind: desk.shown(kind) for kind in ("signature", "seal", "signature_date", "seal_date")}
        confirm_and_publish(desk)

    with ThreadPoolExecutor(1) as elsewhere:  # the rule's own loop cannot run beside Playwright's
        contract = elsewhere.submit(signed_by_both, employer, template).result()

    assert contract.state == ContractState.EFFECTIVE
    before, after = blobs.get(contract.prepared_digest), blobs.get(contract.signed_digest)
    assert shown["seal"][1] == pytest.approx(205 / 25.4 * 72, abs=NEAR)
    border = (shown["seal"][0] + shown["seal"][2] + shown["signature"][0]) / 2 / 595.276
    check_ink(shown["signature"], ink(before, after, 2, border, 1))
    check_ink(shown["seal"], ink(before, after, 2, 0, border))
    check_within(shown["signature_date"], ink(before, after, 1, 0, 0.5))
    check_within(shown["seal_date"], ink(before, after, 1, 0.5, 1))


def test_by_keys_numbers_and_words_and_back(employer: Employer, live_server: Any, browser: Browser) -> None:
    template = uploads.make_upload(employer)
    with desk_of(browser, live_server.url, template) as desk:
        page = desk.page
        # by words, which stand on the second page
        desk.add("signature")
        page.fill("#anchor", "乙方（签名）")
        page.locator("#find").click()
        page.get_by_role("button", name="放到第 2 页").click()
        expect(page.locator(".qb-leaf").nth(1).locator(".qb-field")).to_have_count(1)
        # numbers and keys
        desk.number("距左").fill("120")
        assert desk.shown("signature")[0] == pytest.approx(120 / 25.4 * 72, abs=NEAR)
        mark = desk.field("signature")
        mark.focus()
        before = desk.shown("signature")
        mark.press("ArrowLeft")
        mark.press("Alt+ArrowRight")
        after = desk.shown("signature")
        assert after[0] == pytest.approx(before[0] - 1.5, abs=0.1)
        assert after[2] == pytest.approx(before[2] + 1.5, abs=0.1)
        mark.press("PageUp")
        expect(page.locator(".qb-leaf").nth(0).locator(".qb-field")).to_have_count(1)
        # undone, step by step, and done again
        page.get_by_role("button", name="撤销").click()
        expect(page.locator(".qb-leaf").nth(1).locator(".qb-field")).to_have_count(1)
        page.keyboard.press("Control+Shift+z")
        expect(page.locator(".qb-leaf").nth(0).locator(".qb-field")).to_have_count(1)
        # a text on every page, once
        desk.add("text")
        page.get_by_role("button", name="复制到所有页").click()
        expect(desk.field("text")).to_have_count(2)
        desk.field("text").first.press("Delete")
        expect(desk.field("text")).to_have_count(1)
        # across the edges of all pages
        desk.add("seam")
        expect(desk.page.locator(".qb-seam")).to_have_count(1)
        desk.drag("seam", -300, 40)
        assert desk.field("seam").evaluate("f => f.style.left") == "90%" or desk.shown("seam")[0] > 500
        expect(page.locator("#saved")).to_have_text("已自动保存")
        page.reload()
        expect(page.locator(".qb-field")).to_have_count(3)
        page.locator("#larger").click()
        expect(page.locator("#zoom")).to_have_text("150%")
        page.locator("#smaller").click()
        desk.field("text").click()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
            for width, height in ((1366, 768), (360, 740)):
                page.set_viewport_size({"width": width, "height": height})
                desk.look(f"template-fields-{width}-{scheme}")
        page.goto(live_server.url + reverse("templates:upload"))
        desk.look("template-upload")


def test_a_field_is_drawn_to_the_middle_and_to_others(
    employer: Employer, live_server: Any, browser: Browser
) -> None:
    template = uploads.make_upload(employer)
    with desk_of(browser, live_server.url, template) as desk:
        desk.add("date")
        desk.drag("date", 80, -50)
        desk.add("text")
        desk.drag("text", 200, 0)
        assert template.draft is not None
        left = desk.field("date").evaluate("f => f.getBoundingClientRect().left")
        now = desk.field("text").evaluate("f => f.getBoundingClientRect().left")
        desk.drag("text", left - now + 4, 60)
        assert desk.field("text").evaluate("f => f.style.left") == desk.field("date").evaluate(
            "f => f.style.left"
        )
        desk.drag("date", 30, 30)
        page = desk.page
        page.get_by_role("button", name="撤销").click()
        expect(desk.field("date")).to_have_attribute("style", desk.field("date").get_attribute("style") or "")


def test_the_editor_speaks_english(employer: Employer, live_server: Any, browser: Browser) -> None:
    template = uploads.make_upload(employer)
    with desk_of(browser, live_server.url, template, "en") as desk:
        desk.add("seal")
        expect(desk.page.locator("#panel")).to_contain_text("From left (mm)")
        expect(desk.page.locator("#faults")).to_contain_text("The worker's signature has no place yet.")
        desk.look("template-fields-en")
