"""What goes wrong on a phone: reloads, lost replies, double taps, wrong codes, two devices, no link."""

import pytest
from playwright.sync_api import Browser, Route, expect

from signing.models import SignatureRequest, SigningJob, SigningParty
from tests.support.phone_browser import PATIENCE, Screen, phone_screen
from tests.support.phone_steps import (
    accept_and_start,
    ask_code,
    carry_on,
    fill_identity,
    open_link,
    prove_phone,
    to_pad,
    wait_for_page,
)
from tests.support.signing import NAME, Phone, make_request

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]
LOST = "net::ERR_FAILED"


def reload_at(screen: Screen, path: str) -> None:
    screen.page.reload()
    screen.at(path)


def test_reloads_a_wrong_code_a_lost_reply_and_a_double_tap(site: str, browser: Browser) -> None:
    make_request()
    with phone_screen(browser, "mishaps") as screen:
        page = screen.page
        screen.expect_errors(r"status of 422", LOST)
        open_link(screen)
        reload_at(screen, "/sign/")
        screen.tap("#next")
        expect(page.locator("#note")).to_contain_text("全部三项")
        accept_and_start(screen)
        reload_at(screen, "/sign/identity/")
        fill_identity(screen)
        page.fill("#code", "000000")
        screen.tap("#next")
        expect(page.locator("#note")).to_contain_text("验证码不正确", timeout=PATIENCE)
        screen.look("wrong-code")
        reload_at(screen, "/sign/identity/")
        prove_phone(screen)
        reload_at(screen, "/sign/read/")
        to_pad(screen)
        reload_at(screen, "/sign/pad/")
        screen.tap("#type-instead")
        page.fill("#typed", NAME[:2])
        screen.tap("#next")
        expect(page.locator("#note")).to_contain_text(NAME)
        page.fill("#typed", NAME)
        screen.look("typed")
        screen.tap("#next")
        screen.at("/sign/place/")
        reload_at(screen, "/sign/place/")
        page.locator(".sticker").press("ArrowUp")
        page.locator(".sticker").press("ArrowLeft")
        screen.tap("#next")
        screen.at("/sign/confirm/")
        reload_at(screen, "/sign/confirm/")
        wait_for_page(screen)
        page.fill("#code", ask_code(screen))
        sent: list[str] = []

        def lose_the_first_reply(route: Route) -> None:
            sent.append(route.request.headers["idempotency-key"])
            if len(sent) == 1:
                route.fetch()
                route.abort()
            else:
                route.continue_()

        page.route("**/api/v1/sign/confirm/", lose_the_first_reply)
        page.locator("#next").dblclick()
        screen.at("/sign/done/")
        page.locator(".tick").wait_for(timeout=60_000)
        assert len(sent) == 2
        assert len(set(sent)) == 1
        page.goto(f"{site}/sign/pad/")
        screen.at("/sign/done/")
    assert SigningJob.objects.count() == 1
    assert SigningParty.objects.get(role="worker").state == "signed"


def test_a_person_refuses_and_says_why(idle_site: str, browser: Browser) -> None:
    make_request()
    phone = Phone().open_link().identify().accept()
    with phone_screen(browser, "refusal") as screen:
        screen.expect_errors("status of 410")
        carry_on(screen, idle_site, phone, "/sign/read/")
        screen.tap("#more")
        screen.tap("#refuse")
        screen.tap("#refuse-now")
        expect(screen.page.locator("#reason-hint")).to_have_text("请写明拒签的原因。")
        screen.page.fill("#reason", "工资与面谈时说的不一样")
        screen.look("reason")
        screen.tap("#refuse-now")
        expect(screen.page.locator("#problem-title")).to_have_text("您已拒签这份文件")
        screen.look("refused")
    assert SignatureRequest.objects.get().state == "refused"


def test_the_first_device_is_told_that_another_has_taken_over(idle_site: str, browser: Browser) -> None:
    make_request()
    phone = Phone().open_link().identify().accept()
    with phone_screen(browser, "takeover") as screen:
        screen.expect_errors("status of 401")
        carry_on(screen, idle_site, phone, "/sign/read/")
        Phone().open_link().identify()
        screen.page.reload()
        expect(screen.page.locator("#problem-title")).to_contain_text("另一部设备")
        screen.look("told")


@pytest.mark.parametrize(
    ("path", "title"), [("/sign/", "请从短信中的链接进入"), ("/sign/#no-such-token", "这个签署链接无效。")]
)
def test_without_a_good_link_the_page_says_what_to_do(
    idle_site: str, browser: Browser, path: str, title: str
) -> None:
    with phone_screen(browser, f"no-link-{len(path)}", width=320, height=640) as screen:
        screen.expect_errors("status of 404")
        screen.page.goto(idle_site + path)
        expect(screen.page.locator("#problem-title")).to_have_text(title, timeout=PATIENCE)
        assert "#" not in screen.page.url
        screen.look("problem")
