"""Reading on a phone: pages near the screen only, the text in large letters and aloud, gist, menu."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from core import blobs, clock
from signing.models import Reading, SignatureRequest
from signing.pades.geometry import box_from_points
from signing.pades.prepare import FieldSpec, prepare
from signing.services.requests import open_request
from tests.support.phone_browser import PATIENCE, Screen, phone_screen
from tests.support.phone_steps import READ, carry_on, read_all, wait_for_page
from tests.support.sample_pdf import sample_pdf
from tests.support.signing import A4, Phone, make_request, party_specs

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]

PAGES = 60
CLAUSES = 768  # fill sixty pages
PICTURES = 5  # the page on the screen and two on either side
# A phone with a Chinese voice that tells what it says; the browser of the tests has none.
VOICE = """
const voice = { lang: "zh-CN", name: "test" };
window.said = [];
class Utterance extends EventTarget {
  constructor(text) { super(); this.text = text; }
}
Object.defineProperty(window, "SpeechSynthesisUtterance", { value: Utterance });
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => [voice], addEventListener() {}, cancel() { this.now = null; },
  speak(utterance) {
    window.said.push(utterance.text);
    this.now = utterance;
    setTimeout(() => this.now === utterance && utterance.onend(), 50);
  },
}});
"""


def at_read(screen: Screen, site: str) -> None:
    carry_on(screen, site, Phone().open_link().identify().accept(), "/sign/read/")


def test_of_sixty_pages_only_those_near_the_screen_are_kept(site: str, browser: Browser) -> None:
    pdf, anchors = sample_pdf(CLAUSES)
    boxes = {a.key: box_from_points(a.page, a.x, a.y, a.w, a.h, A4) for a in anchors}
    assert boxes["worker"].page == PAGES
    fields = [FieldSpec(role, role, boxes[role]) for role in ("worker", "employer")]
    open_request(
        tenant=uuid4(),
        subject=f"contract:{uuid4()}",
        title="长文件",
        document_digest=blobs.put(prepare(pdf, fields)),
        parties=party_specs(boxes),
        expires_at=clock.now() + timedelta(days=7),
        actor="user:1",
    )
    with phone_screen(browser, "long") as screen:
        at_read(screen, site)
        wait_for_page(screen)
        pictures = screen.page.locator(".page img[src]")
        figures = screen.page.locator("#sheets .page")
        for number in (30, 59, 12):
            figures.nth(number).scroll_into_view_if_needed()
            expect(figures.nth(number)).to_have_attribute("data-drawn", "1", timeout=PATIENCE)
            expect(pictures).to_have_count(PICTURES if number < PAGES - 1 else 3, timeout=PATIENCE)
        expect(screen.page.locator("#progress")).to_contain_text(f"13/{PAGES}")
        expect(screen.page.locator("#next")).not_to_have_text(READ)


def test_the_whole_can_be_read_in_words(idle_site: str, browser: Browser) -> None:
    request = make_request()
    with phone_screen(browser, "words") as screen:
        at_read(screen, idle_site)
        page = screen.page
        screen.tap("#in-words")
        words = page.locator("#text")
        expect(words.get_by_role("heading", name="二、报酬")).to_be_visible()
        expect(words.locator("table th")).to_have_text(["工资项目", "金额（元）"])
        assert words.locator("mark").all_inner_texts() == ["装配工", "5,200.00", "5,200.00"]
        before = words.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
        screen.tap("#larger")
        assert words.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") > before
        screen.look("zoomed")
        screen.tap("#smaller")
        read_all(screen)
        screen.tap("#next")
        screen.at("/sign/pad/")
    dwell = Reading.objects.get(document_digest=request.base_digest).dwell
    assert len(dwell) == 4
    assert sum(dwell) > 0


def test_a_document_without_a_text_of_its_own_shows_the_words_of_its_pages(
    idle_site: str, browser: Browser
) -> None:
    request = make_request()
    SignatureRequest.objects.filter(pk=request.pk).update(companion_digest="")
    with phone_screen(browser, "page-words") as screen:
        at_read(screen, idle_site)
        expect(screen.page.locator("#gist")).to_be_hidden()
        screen.tap("#in-words")
        expect(screen.page.locator("#text")).to_contain_text("第 1 条 甲乙双方根据有关法律规定")
        screen.look("first")
        screen.tap("#more")
        expect(screen.page.locator("#contact")).to_be_hidden()


def test_a_chinese_voice_reads_section_after_section_and_pauses(idle_site: str, browser: Browser) -> None:
    make_request()
    with phone_screen(browser, "aloud") as screen:
        page = screen.page
        page.add_init_script(VOICE)
        at_read(screen, idle_site)
        button = page.locator("#aloud")
        expect(button).to_have_text("朗读")
        screen.tap("#aloud")
        expect(button).to_have_text("暂停")
        expect(page.locator(".words.spoken h2")).to_have_text("二、报酬")
        screen.tap("#aloud")
        screen.look("paused")
        said: list[Any] = page.evaluate("window.said")
        assert said[:3] == ["一、岗位", "第一条", "岗位名称，装配工"]
        screen.tap("#aloud")
        expect(button).to_have_text("朗读", timeout=PATIENCE)
        assert "基本工资，5,200.00" in page.evaluate("window.said")


def test_without_a_chinese_voice_there_is_no_such_button(idle_site: str, browser: Browser) -> None:
    make_request()
    with phone_screen(browser, "mute") as screen:
        at_read(screen, idle_site)
        expect(screen.page.locator("#progress")).to_contain_text("1/4")
        expect(screen.page.locator("#aloud")).to_be_hidden()


def test_gist_contact_and_download_are_one_tap_away(idle_site: str, browser: Browser) -> None:
    make_request()
    with phone_screen(browser, "menu") as screen:
        at_read(screen, idle_site)
        page = screen.page
        expect(page.locator("#gist-rows dd")).to_have_text(["装配工", "5,200.00 元/月"])
        screen.tap("#more")
        expect(page.locator("#call")).to_have_attribute("href", "tel:05330000000")
        screen.look("open")
        page.keyboard.press("Shift+Tab")
        assert page.evaluate("document.activeElement.id") == "menu-close"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "call"
        with page.expect_download() as started:
            screen.tap("#download")
        assert started.value.suggested_filename == "签署测试文本.pdf"
        page.keyboard.press("Escape")
        expect(page.locator("#menu")).to_be_hidden()
        assert page.evaluate("document.activeElement.id") == "more"
