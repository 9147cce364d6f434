"""Where the signature goes: moved in every way that a person has, and drawn in the PDF where it was shown."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pypdfium2
import pytest
from PIL import ImageChops
from playwright.sync_api import Browser, expect

from core import blobs
from signing.models import Placement, SignatureRequest, SigningParty
from tests.support.phone_browser import Screen, phone_screen
from tests.support.phone_steps import ask_code, carry_on, wait_for_page
from tests.support.signing import A4, Phone, make_request, prepared

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]

SCALE = 8  # pixels a point
DARK = 40  # of 255: less is the soft edge of a line
NEAR = 0.5  # points
# The ink that the sticker shows, line width included, in fractions of the page: left, top, right, bottom.
SHOWN_INK = """() => {
  const path = document.querySelector(".sticker path"), b = path.getBBox(), m = path.getScreenCTM();
  const half = (parseFloat(path.getAttribute("stroke-width")) || 0) / 2;
  const page = path.closest(".page").getBoundingClientRect();
  const at = (x, y) => [(m.a * x + m.e - page.left) / page.width, (m.d * y + m.f - page.top) / page.height];
  return [...at(b.x - half, b.y - half), ...at(b.x + b.width + half, b.y + b.height + half)];
}"""
NAME = [(0.7, 0.2 + 0.03 * n) for n in range(20)], [(0.5 - 0.02 * n, 0.85) for n in range(10)]
Ink = tuple[float, float, float, float]


def at_place(screen: Screen, site: str, *, typed: bool = False) -> None:
    carry_on(screen, site, Phone().open_link().identify().accept().read(), "/sign/pad/")
    if typed:
        screen.tap("#type-instead")
        screen.page.fill("#typed", "买买提吐尔逊")
        screen.tap("#next")
    else:
        screen.tap("#next")
        screen.draw(screen.page.locator("#canvas"), *NAME)
        screen.tap("#written")
    screen.at("/sign/place/")


def box(screen: Screen) -> dict[str, float]:
    """The sticker's place in fractions of the page, and which page."""
    style: dict[str, float] = screen.page.locator(".sticker").evaluate(
        "s => ({ page: +s.parentElement.dataset.page, x: parseFloat(s.style.left) / 100,"
        " y: parseFloat(s.style.top) / 100, w: parseFloat(s.style.width) / 100 })"
    )
    return style


def drag(screen: Screen) -> None:
    found = screen.page.locator(".sticker").bounding_box()
    assert found
    x, y = found["x"] + found["width"] / 2, found["y"] + found["height"] / 2
    screen.swipe([(x - 3.3 * n, y - 7.7 * n) for n in range(12)])


def to_another_page(screen: Screen) -> None:
    screen.tap("#previous-page")
    screen.tap("#previous-page")
    wait_for_page(screen)
    screen.tap("#larger")
    screen.page.touchscreen.tap(151, 303)
    screen.page.locator(".sticker").press("Shift+ArrowLeft")
    screen.page.locator(".sticker").press("ArrowDown")


def printed_ink(before: bytes, after: bytes, page: int) -> Ink:
    """Where the signed page differs from the unsigned one, in points from its top left corner."""
    pictures = []
    for pdf in (before, after):
        with pypdfium2.PdfDocument(pdf) as document:
            document.init_forms()
            pictures.append(document[page - 1].render(scale=SCALE, may_draw_forms=True).to_pil().convert("L"))
    found = ImageChops.difference(*pictures).point(lambda level: 255 if level > DARK else 0).getbbox()
    assert found
    left, top, right, bottom = (edge / SCALE for edge in found)
    return left, top, right, bottom


@pytest.mark.parametrize(
    ("typed", "move", "page"), [(False, drag, 4), (False, to_another_page, 2), (True, drag, 4)]
)
def test_b09_the_place_shown_is_the_place_in_the_pdf(
    site: str, browser: Browser, typed: bool, move: Callable[[Screen], None], page: int
) -> None:
    request = make_request()
    with phone_screen(browser, f"place-{page}-{typed}") as screen:
        at_place(screen, site, typed=typed)
        wait_for_page(screen)
        move(screen)
        wait_for_page(screen)
        shown = screen.page.evaluate(SHOWN_INK)
        screen.look("moved")
        screen.tap("#next")
        screen.at("/sign/confirm/")
        assert screen.page.evaluate(SHOWN_INK) == pytest.approx(shown, abs=1e-3)
        screen.page.fill("#code", ask_code(screen))
        screen.tap("#next")
        screen.at("/sign/done/")
        screen.page.locator(".tick").wait_for(timeout=60_000)
    request.refresh_from_db()
    found = printed_ink(blobs.get(request.base_digest), blobs.get(request.current_digest), page)
    expected = [fraction * (A4[n % 2]) for n, fraction in enumerate(shown)]
    assert found == pytest.approx(expected, abs=NEAR)
    assert Placement.objects.get().box["page"] == page


def test_every_way_to_move_it_and_back(idle_site: str, browser: Browser) -> None:
    make_request()
    with phone_screen(browser, "ways") as screen:
        at_place(screen, idle_site)
        start = box(screen)
        sticker = screen.page.locator(".sticker")
        sticker.press("ArrowUp")
        assert box(screen)["y"] == pytest.approx(start["y"] - 0.005)
        sticker.press("Shift+ArrowRight")
        assert box(screen)["x"] == pytest.approx(start["x"] + 0.02)
        screen.tap("#smaller")
        assert box(screen)["w"] < start["w"]
        for _ in range(3):
            screen.tap("#larger")
        assert box(screen)["w"] > start["w"]
        screen.tap("#previous-page")
        assert box(screen)["page"] == 3
        screen.tap("#reset")
        assert box(screen) == pytest.approx(start)
        for _ in range(80):
            sticker.press("Shift+ArrowUp")
        expect(sticker).to_be_in_viewport(ratio=1)
        assert box(screen)["y"] == pytest.approx(0, abs=0.001)


def test_beside_the_sticker_the_page_scrolls_and_pinches(idle_site: str, browser: Browser) -> None:
    make_request()
    with phone_screen(browser, "gestures") as screen:
        at_place(screen, idle_site)
        desk = screen.page.locator("#desk")
        start, scrolled = box(screen), desk.evaluate("d => d.scrollTop")
        screen.swipe([(40, 500 - 12 * n) for n in range(16)])
        assert desk.evaluate("d => d.scrollTop") > scrolled + 60
        for step in range(13):
            kind = "touchMove" if step else "touchStart"
            fingers = [{"x": 120, "y": 420 - 8 * step, "id": 1}, {"x": 140, "y": 440 + 8 * step, "id": 2}]
            screen.touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})
        screen.touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        assert screen.page.evaluate("visualViewport.scale") > 1.3
        assert box(screen) == pytest.approx(start)


def test_over_another_s_place_it_cannot_be_left(idle_site: str, browser: Browser) -> None:
    make_request()
    taken = prepared()[1]["employer"]
    with phone_screen(browser, "overlap") as screen:
        at_place(screen, idle_site)
        for _ in range(30):
            if box(screen)["x"] > taken.x:
                break
            screen.page.locator(".sticker").press("Shift+ArrowRight")
        expect(screen.page.locator("#note")).to_contain_text("不要盖住其他签名处")
        expect(screen.page.locator("#next")).to_be_disabled()
        screen.look("told")


def test_a_locked_signature_stays_in_its_box(idle_site: str, browser: Browser) -> None:
    request: SignatureRequest = make_request()
    worker: Any = prepared()[1]["worker"]
    SigningParty.objects.filter(request=request, role="worker").update(zone=asdict(worker))
    with phone_screen(browser, "locked") as screen:
        at_place(screen, idle_site)
        start = box(screen)
        drag(screen)
        screen.page.touchscreen.tap(151, 303)
        assert box(screen) == pytest.approx(start)
        for tool in ("#larger", "#smaller", "#reset", "#pager"):
            expect(screen.page.locator(tool)).to_be_hidden()
        expect(screen.page.locator("#how-to-place")).to_contain_text("由单位固定")
        screen.look("shown")
        screen.tap("#next")
        screen.at("/sign/confirm/")
