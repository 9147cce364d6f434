"""我的合同 on a phone: every page, as it looks to three kinds of readers, and what can be done there."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from contracts.domain import ContractState, DocumentState
from contracts.models import Contract
from contracts.services.viewing import open_in_full
from core.principal import Role
from filing_bridge.domain import FilingState
from signing.models import SigningParty
from tests.support.accounts import make_employer, make_member, make_worker
from tests.support.mine import PHONE_CODE, VISIT_CODE, make_own, make_person, make_signed
from tests.support.phone_browser import Screen, message, phone_screen
from tests.support.phone_steps import open_link
from tests.support.portal import make_contract, make_ending, make_filing
from tests.support.principals import principal
from tests.support.signing import ID_NO, MOBILE, NAME, Phone, at_once, make_request, messages

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]
LONG = "示例超长名称新材料科技集团（淄博高新技术产业开发区）第二智能制造有限责任公司分公司"
READERS = [
    ("mine-zh-360", "zh-CN", 360, False),
    ("mine-large-360", "zh-CN", 360, True),
    ("mine-en-320", "en", 320, False),
]
NEW = "13900000001"


@contextmanager
def reader(browser: Browser, name: str, locale: str, width: int, large: bool, site: str) -> Iterator[Screen]:
    with phone_screen(browser, name, width=width, locale=locale) as screen:
        screen.page.goto(f"{site}/mine/")
        if large:
            screen.tap("#large")
        yield screen


@pytest.fixture
def signed(idle_site: str) -> Contract:
    """In force and really signed; made before the site's workers run, and where no event loop does."""
    return at_once(1, lambda _: make_signed(make_employer()))[0]


def log_in(screen: Screen) -> None:
    screen.page.fill("#mobile", MOBILE)
    screen.tap(".main")
    screen.at("/mine/enter/code/")
    screen.look("2-code")
    pattern = VISIT_CODE if "zh" in screen.name or "large" in screen.name else r"Code (\d{6}) logs"
    screen.page.fill("#code", message(pattern, MOBILE))
    screen.tap(".main")
    screen.at("/mine/")


@pytest.mark.parametrize(("name", "locale", "width", "large"), READERS)
def test_a_person_finds_their_contracts(
    signed: Contract, site: str, browser: Browser, name: str, locale: str, width: int, large: bool
) -> None:
    employer = signed.employer
    filing = make_filing(signed, FilingState.ACCEPTED)
    make_own(make_employer(name=LONG), ContractState.SIGNING)
    make_own(make_employer(name="示例物流有限公司"), ContractState.WITHDRAWN)
    ended = make_own(make_employer(name=LONG))
    make_ending(ended, DocumentState.COMPLETED, days_ago=20)
    make_worker(employer, name=NAME, id_no=ID_NO, mobile=MOBILE)
    make_member(employer, Role.CLERK)
    open_in_full(principal=principal(employer.pk), contract_id=signed.pk, what="document")
    with reader(browser, name, locale, width, large, site) as screen:
        page = screen.page
        screen.look("1-enter")
        page.fill("#mobile", "123")
        screen.tap(".main")
        page.locator("#error").wait_for()
        screen.look("1b-wrong")
        log_in(screen)
        screen.look("3-list")
        page.get_by_text(signed.contract_no).tap()
        expect(page.get_by_text(filing.receipt_no)).to_be_visible()
        screen.look("4-contract")
        page.locator("form[action$='/paper/'] button").tap()
        page.locator(".flash.good").wait_for()
        screen.look("5-paper")
        with page.expect_download() as started:
            page.locator("a.main").tap()
        assert started.value.suggested_filename.endswith(".pdf")
        page.goto(f"{site}/mine/contracts/{ended.pk}/")
        page.locator("#after").wait_for()
        screen.look("5b-ended")
        with page.expect_download() as started:
            page.locator("#after a.main").tap()
        assert started.value.suggested_filename.startswith("ZM-")
        page.locator(".places a").nth(1).tap()
        screen.at("/mine/data/")
        screen.look("6-data")
        page.locator(".places button").tap()
        screen.at("/mine/enter/")
        screen.look("7-left")
    assert SigningParty.objects.get(request=signed.signature_request, role="worker").downloaded_at is not None


@pytest.mark.parametrize(("name", "locale", "width", "large"), READERS)
def test_a_person_changes_the_phone(
    site: str, browser: Browser, name: str, locale: str, width: int, large: bool
) -> None:
    make_own(make_employer(), ContractState.SIGNING)
    person = make_person()
    with reader(browser, f"{name}-phone", locale, width, large, site) as screen:
        page = screen.page
        page.locator("a.plain").tap()
        screen.at("/mine/phone/")
        screen.look("1-form")
        page.fill("#name", NAME)
        page.fill("#id-no", ID_NO)
        page.fill("#mobile", NEW)
        screen.tap(".main")
        screen.at("/mine/phone/code/")
        screen.look("2-code")
        page.fill("#code", message(PHONE_CODE if locale == "zh-CN" else r"Code (\d{6}) registers", NEW))
        screen.tap(".main")
        screen.at("/mine/phone/done/")
        screen.look("3-done")
        message("(本机|This phone)", NEW)
    person.refresh_from_db()
    assert person.mobile == NEW


@pytest.mark.parametrize(("name", "locale", "width", "large"), READERS)
def test_the_number_is_asked_for_and_an_empty_list_says_so(
    site: str, browser: Browser, name: str, locale: str, width: int, large: bool
) -> None:
    make_person(proved=timedelta(days=100))
    with reader(browser, f"{name}-number", locale, width, large, site) as screen:
        page = screen.page
        page.fill("#mobile", MOBILE)
        screen.tap(".main")
        page.fill("#code", message(VISIT_CODE if locale == "zh-CN" else r"Code (\d{6}) logs", MOBILE))
        screen.tap(".main")
        screen.at("/mine/enter/number/")
        page.fill("#id-no", "370303199003070021")
        screen.tap(".main")
        page.locator("#error").wait_for()
        screen.look("1-number")
        page.fill("#id-no", ID_NO)
        screen.tap(".main")
        screen.at("/mine/")
        screen.look("2-empty")


@pytest.mark.parametrize(("name", "locale", "width", "large"), READERS)
def test_that_is_not_me(
    idle_site: str, browser: Browser, name: str, locale: str, width: int, large: bool
) -> None:
    request = make_request()
    contract = make_contract(make_employer(), ContractState.SIGNING)
    request.subject = contract.subject
    request.save()
    messages()
    with phone_screen(browser, f"{name}-stranger", width=width, locale=locale) as screen:
        open_link(screen)
        if large:
            screen.tap("#large")
        screen.tap("#stranger")
        screen.look("1-asked")
        screen.tap("#stranger-back")
        expect(screen.page.locator("#stranger-ask")).to_be_hidden()
        screen.tap("#stranger")
        screen.tap("#stranger-sure")
        expect(screen.page.locator("#problem-title")).to_contain_text(re.compile("作废|void"))
        screen.look("2-told")
    contract.refresh_from_db()
    assert contract.wrong_person_at is not None


@pytest.mark.parametrize(("name", "locale", "width", "large"), READERS)
def test_when_all_have_signed_the_page_urges_to_download_and_helps(
    signed: Contract, site: str, browser: Browser, name: str, locale: str, width: int, large: bool
) -> None:
    phone = Phone().open_link().identify()
    with phone_screen(browser, f"{name}-done", width=width, locale=locale) as screen:
        page = screen.page
        page.goto(f"{site}/sign/")
        page.evaluate("secret => sessionStorage.setItem('session', secret)", phone.secret)
        page.goto(f"{site}/sign/done/")
        page.locator(".tick").wait_for()
        if large:
            screen.tap("#large")
        screen.tap("#own-link")
        expect(page.locator("#later")).to_contain_text("0000")
        screen.tap("#want-paper")
        expect(page.locator("#later")).to_contain_text(re.compile("免费|free"))
        screen.look("1-done")
    assert signed.paper_requests.count() == 1
