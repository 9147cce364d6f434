"""What goes wrong on a phone: reloads, lost replies, double taps, wrong codes, two devices, no link."""

import json

import pytest
from playwright.sync_api import Browser, Route, expect

from core import clock
from signing.models import SignatureRequest, SigningJob, SigningLink, SigningParty
from signing.services.requests import withdraw_request
from tests.support.phone_browser import PATIENCE, Screen, phone_screen
from tests.support.phone_steps import (
    LINK,
    accept_and_start,
    ask_code,
    carry_on,
    fill_identity,
    open_link,
    prove_phone,
    read_all,
    to_pad,
    wait_for_page,
)
from tests.support.signing import CANVAS, NAME, STROKES, Phone, make_request, newest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]
LOST = "net::ERR_FAILED"


def reload_at(screen: Screen, path: str) -> None:
    screen.page.reload()
    screen.at(path)


def at_confirm(screen: Screen, site: str, phone: Phone) -> None:
    """The browser goes on where `phone` has placed the signature."""
    draft = {
        "document": phone.digest, "name": NAME, "strokes": STROKES, "pad": CANVAS, "turned": False,
        "typed": None, "box": None,
    }  # fmt: skip
    screen.page.goto(f"{site}/sign/")
    screen.page.evaluate("draft => sessionStorage.setItem('draft', draft)", json.dumps(draft))
    carry_on(screen, site, phone, "/sign/confirm/")


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


def test_offline_in_mid_submission_it_goes_on_by_itself(site: str, browser: Browser) -> None:
    make_request()
    phone = Phone().prepare_to_sign()
    with phone_screen(browser, "offline") as screen:
        screen.expect_errors("net::ERR_INTERNET_DISCONNECTED")
        at_confirm(screen, site, phone)
        screen.page.fill("#code", ask_code(screen))
        screen.page.context.set_offline(True)
        screen.tap("#next")
        expect(screen.page.locator("#note")).to_contain_text("正在自动重试", timeout=PATIENCE)
        screen.look("retrying")
        screen.page.context.set_offline(False)
        screen.at("/sign/done/")
        screen.page.locator(".tick").wait_for(timeout=60_000)
    assert SigningJob.objects.count() == 1


def test_the_code_is_for_exactly_the_document_shown(idle_site: str, browser: Browser) -> None:
    request = make_request()
    phone = Phone().prepare_to_sign()
    with phone_screen(browser, "bound") as screen:
        screen.expect_errors("status of 409")
        at_confirm(screen, idle_site, phone)
        screen.tap("#send-code")
        screen.page.locator("#sent").wait_for()
        told = newest(r"校验码\D{0,3}([0-9a-f]{8})")
        expect(screen.page.locator('code[data-fill="digest"]')).to_have_text(told)
        screen.page.fill("#code", newest(r"】签署验证码(\d{6})"))
        SignatureRequest.objects.filter(pk=request.pk).update(current_digest="0" * 64)
        screen.tap("#next")
        expect(screen.page.locator("#note")).to_contain_text("文件", timeout=PATIENCE)
        screen.look("changed")
    assert not SigningJob.objects.exists()


def test_another_browser_takes_over_with_a_new_code_and_the_first_is_told(
    site: str, browser: Browser
) -> None:
    make_request()
    phone = Phone().prepare_to_sign()
    with phone_screen(browser, "first") as first, phone_screen(browser, "second") as second:
        first.expect_errors("status of 401")
        at_confirm(first, site, phone)
        open_link(second)
        expect(second.page.locator("#takes-over")).to_be_visible()
        second.look("takes-over")
        accept_and_start(second)
        fill_identity(second)
        first.page.reload()
        first.at("/sign/confirm/")  # until the code has proved the phone
        prove_phone(second, number=2)
        first.tap("#send-code")
        expect(first.page.locator("#problem-title")).to_contain_text("另一部设备", timeout=PATIENCE)
        first.look("told")
        to_pad(second)


@pytest.mark.parametrize(
    ("end", "title", "remedy"),
    [
        ("expired", "签署期限已过。", "重新发送"),
        ("withdrawn", "发送单位已撤回这份文件。", "联系发送单位"),
        ("replaced", "这个签署链接已作废。", "最新一条短信"),
    ],
)
def test_a_link_that_is_over_says_why_and_what_to_do(
    idle_site: str, browser: Browser, end: str, title: str, remedy: str
) -> None:
    request = make_request()
    link = newest(LINK)
    if end == "expired":
        SignatureRequest.objects.filter(pk=request.pk).update(expires_at=clock.now())
    elif end == "withdrawn":
        withdraw_request(request_id=request.pk, actor="user:1", reason="重发")
    else:
        SigningLink.objects.update(valid=False)
    with phone_screen(browser, f"over-{end}") as screen:
        screen.expect_errors("status of 410")
        screen.page.goto(link)
        expect(screen.page.locator("#problem-title")).to_have_text(title, timeout=PATIENCE)
        expect(screen.page.locator("#problem-remedy")).to_contain_text(remedy)
        screen.look("told")


def test_a_document_withdrawn_while_it_is_read_is_told_at_the_next_act(
    idle_site: str, browser: Browser
) -> None:
    request = make_request()
    phone = Phone().open_link().identify().accept()
    with phone_screen(browser, "withdrawn") as screen:
        screen.expect_errors("status of 410")
        carry_on(screen, idle_site, phone, "/sign/read/")
        screen.tap("#in-words")
        withdraw_request(request_id=request.pk, actor="user:1", reason="重发")
        read_all(screen)
        screen.tap("#next")
        expect(screen.page.locator("#problem-title")).to_have_text(
            "发送单位已撤回这份文件。", timeout=PATIENCE
        )


def test_who_has_signed_is_led_to_the_document(site: str, browser: Browser) -> None:
    make_request()
    phone = Phone().prepare_to_sign()
    assert phone.confirm().status == 202
    with phone_screen(browser, "signed") as screen:
        open_link(screen)
        expect(screen.page.locator("#signed-note")).to_be_visible()
        screen.look("landing")
        screen.tap("#next")
        screen.at("/sign/identity/")


@pytest.mark.parametrize("lacks", ["AbortController", "PointerEvent", "sessionStorage"])
def test_a_browser_that_cannot_do_it_says_so_itself(idle_site: str, browser: Browser, lacks: str) -> None:
    with phone_screen(browser, f"unable-{lacks}", width=320, height=640) as screen:
        screen.page.add_init_script(f"Object.defineProperty(window, '{lacks}', {{ value: undefined }})")
        screen.page.goto(f"{idle_site}/sign/#some-token")
        expect(screen.page.locator("#unsupported h1")).to_have_text("这个浏览器无法签署")
        expect(screen.page.locator("#wait")).to_be_hidden()
        screen.look("told")


def test_without_script_the_page_still_says_what_to_do(idle_site: str, browser: Browser) -> None:
    with phone_screen(browser, "no-script", java_script_enabled=False) as screen:
        screen.page.goto(f"{idle_site}/sign/")
        assert "<noscript><section" in screen.page.content()
        # And a script that stopped at a word it does not know leaves this:
        expect(screen.page.locator(".late")).to_be_visible(timeout=PATIENCE)
        screen.shot("told")
