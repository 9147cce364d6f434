"""Writing on the pad: along an upright phone, turned in mid-signature, undone; or a typed name."""

from typing import Any

import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from signing.models import Consent, Placement, SignatureRequest
from tests.support.phone_browser import Screen, phone_screen
from tests.support.phone_steps import carry_on
from tests.support.signing import NAME, Phone, make_request

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]

UPRIGHT, LYING = ViewportSize(width=360, height=740), ViewportSize(width=740, height=360)
# On a phone held upright, seen from its left side: one stroke across, a short one further right and lower.
ACROSS = [(0.7, 0.2 + 0.03 * n) for n in range(20)]
LOWER = [(0.4 - 0.02 * n, 0.85) for n in range(10)]


def at_pad(screen: Screen, site: str, *, strokes: bool = True) -> None:
    phone = Phone().open_link().identify().accept(strokes=strokes).read()
    carry_on(screen, site, phone, "/sign/pad/")


def write(screen: Screen, *lines: list[tuple[float, float]]) -> None:
    screen.draw(screen.page.locator("#canvas"), *lines)


def inked(screen: Screen) -> int:
    """Dark pixels on the canvas."""
    screen.expect_errors("getImageData")  # the browser has advice for who does this often
    count: int = screen.page.locator("#canvas").evaluate(
        "c => { const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
        " let n = 0; for (let i = 3; i < d.length; i += 4) n += d[i] > 128; return n; }"
    )
    return count


def draft(screen: Screen) -> Any:
    return screen.page.evaluate("JSON.parse(sessionStorage.getItem('draft'))")


def extent(stroke: list[list[float]]) -> tuple[float, float]:
    xs, ys = [point[0] for point in stroke], [point[1] for point in stroke]
    return max(xs) - min(xs), max(ys) - min(ys)


def test_what_is_written_along_the_phone_is_turned_to_be_read(idle_site: str, browser: Browser) -> None:
    make_request()
    with phone_screen(browser, "sideways") as screen:
        at_pad(screen, idle_site)
        screen.tap("#next")
        screen.look("empty")
        expect(screen.page.locator("#written")).to_be_disabled()
        write(screen, ACROSS, LOWER)
        screen.tap("#written")
        screen.at("/sign/place/")
        kept = draft(screen)
        assert kept["turned"] is True
        assert kept["pad"]["w"] > 2 * kept["pad"]["h"]
        across, lower = kept["strokes"]
        assert extent(across)[0] > 10 * extent(across)[1]
        assert extent(lower)[1] > 10 * extent(lower)[0]
        assert lower[0][0] > across[-1][0]
        assert lower[0][1] > across[-1][1]
        screen.tap("#next")
        screen.at("/sign/confirm/")
    (placement,) = Placement.objects.all()
    assert placement.strokes["width"] == kept["pad"]["w"]


def test_turning_the_phone_in_mid_signature_keeps_every_stroke(idle_site: str, browser: Browser) -> None:
    make_request()
    with phone_screen(browser, "turning") as screen:
        page = screen.page
        at_pad(screen, idle_site)
        screen.tap("#next")
        write(screen, ACROSS)
        page.set_viewport_size(LYING)
        expect(page.locator("#by-hand")).not_to_have_class("sideways")
        assert inked(screen) > 100
        write(screen, [(0.1 + 0.03 * n, 0.9) for n in range(20)])
        screen.look("lying")
        page.set_viewport_size(UPRIGHT)
        expect(page.locator("#by-hand")).to_have_class("sideways")
        assert inked(screen) > 200
        write(screen, LOWER)
        screen.tap("#turn")
        expect(page.locator("#by-hand")).not_to_have_class("sideways")
        screen.look("upright")
        assert inked(screen) > 200
        screen.tap("#written")
        screen.at("/sign/place/")
        first, second, third = draft(screen)["strokes"]
        assert extent(first)[0] > 10 * extent(first)[1]
        assert extent(second)[0] > 10 * extent(second)[1]
        assert extent(third)[1] > 10 * extent(third)[0]


def test_strokes_are_undone_cleared_and_kept_over_cancel_and_reload(idle_site: str, browser: Browser) -> None:
    make_request()
    with phone_screen(browser, "undo") as screen:
        page = screen.page
        at_pad(screen, idle_site)
        screen.tap("#next")
        write(screen, ACROSS, LOWER)
        both = inked(screen)
        screen.tap("#undo")
        one = inked(screen)
        assert 0 < one < both
        screen.tap("#clear")
        assert inked(screen) == 0
        expect(page.locator("#watermark")).to_be_visible()
        write(screen, ACROSS)
        screen.tap("#cancel")
        expect(page.locator("#choose")).to_be_visible()
        screen.tap("#next")
        assert inked(screen) == pytest.approx(one, rel=0.2)
        screen.tap("#written")
        screen.at("/sign/place/")
        screen.tap("#rewrite")
        screen.at("/sign/pad/")
        assert inked(screen) == pytest.approx(one, rel=0.2)


def test_speed_and_pressure_leave_the_phone_only_with_consent(idle_site: str, browser: Browser) -> None:
    for consent, length in ((False, 2), (True, 4)):
        make_request()
        with phone_screen(browser, f"consent-{consent}") as screen:
            at_pad(screen, idle_site, strokes=False)
            if consent:
                screen.tap("#stroke-consent input")
            screen.tap("#next")
            write(screen, ACROSS)
            screen.tap("#written")
            screen.at("/sign/place/")
            with screen.page.expect_request("**/sign/place/") as sent:
                screen.tap("#next")
            screen.at("/sign/confirm/")
            body: Any = sent.value.post_data_json
            assert {len(point) for point in body["strokes"][0]} == {length}
            assert body["canvas"]["turned"] is True
    assert Consent.objects.filter(kind="stroke_data").count() == 1


def test_a_typed_name_looks_on_the_phone_as_it_will_in_the_document(idle_site: str, browser: Browser) -> None:
    make_request()
    with phone_screen(browser, "typed") as screen:
        page = screen.page
        at_pad(screen, idle_site)
        screen.tap("#type-instead")
        page.fill("#typed", NAME.replace("·", "•"))
        screen.look("filled")
        outline = page.locator("#typed-preview path").get_attribute("d")
        screen.tap("#next")
        screen.at("/sign/place/")
        assert page.locator(".sticker path").get_attribute("d") == outline
        screen.look("placed")
        screen.tap("#next")
        screen.at("/sign/confirm/")
    (placement,) = Placement.objects.all()
    assert placement.typed_name == NAME


def test_where_the_sender_wants_handwriting_typing_is_not_offered(idle_site: str, browser: Browser) -> None:
    request = make_request()
    SignatureRequest.objects.filter(pk=request.pk).update(typed_names=False, stroke_data=False)
    with phone_screen(browser, "by-hand-only") as screen:
        at_pad(screen, idle_site)
        expect(screen.page.locator("#choose")).to_be_visible()
        expect(screen.page.locator("#instead")).to_be_hidden()
        expect(screen.page.locator("#stroke-consent")).to_be_empty()
