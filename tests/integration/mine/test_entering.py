"""Into 我的合同: phone and code, bounded tries, nothing told about phones, a visit apart from all others."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from core import clock
from filing_bridge.web.mine import urls
from signing.models import Notice, PhoneWindow, Visit
from tests.support.accounts import id_no, make_employer
from tests.support.mine import VISIT_CODE, Browser, heading, make_own, make_person
from tests.support.signing import ID_NO, MOBILE, NAME, Phone, messages, newest, snapshot

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]
UNKNOWN = "13911111111"


def wrong(right: str) -> str:
    return f"{(int(right) + 1) % 1_000_000:06}"


def later(**by: int) -> Any:
    return time_machine.travel(clock.now() + timedelta(**by))


def test_phone_and_code_lead_to_ones_contracts() -> None:
    make_person()
    contract = make_own(make_employer())
    page = Browser().log_in().get("contracts")
    assert heading(page) == "我的合同"
    assert contract.contract_no in page


def test_a_phone_that_nobody_knows_gets_the_same_answer_and_no_message() -> None:
    make_person()
    pages = {}
    for mobile in (MOBILE, UNKNOWN):
        browser = Browser(mobile=mobile)
        first = browser.post("enter", mobile=mobile)
        tried = [browser.post("code", code="000000") for _ in range(7)]
        pages[mobile] = [strip(page, mobile) for page in (first, *tried)]
    assert pages[MOBILE] == pages[UNKNOWN]
    assert [notice.recipient for notice in Notice.objects.filter(template="code_visit")] == [MOBILE]


def strip(page: str, mobile: str) -> str:
    """The page without what differs from visit to visit."""
    import re

    return re.sub(r'value="\w{64}"', "", page).replace(mobile[-4:], "")


def test_five_tries_for_a_code_and_fifteen_for_a_phone_and_day() -> None:
    make_person()
    for _ in range(3):
        browser = Browser()
        browser.post("enter", mobile=MOBILE)
        right = newest(VISIT_CODE)
        assert "还可以尝试 4 次" in browser.post("code", code=wrong(right))
        for _ in range(4):
            browser.post("code", code=wrong(right))
        assert heading(browser.post("code", code=right)) == "输入短信验证码"
    assert PhoneWindow.objects.get().tries == 15
    browser = Browser()
    browser.post("enter", mobile=MOBILE)
    assert "次数过多" in browser.post("code", code=newest(VISIT_CODE))
    assert not Visit.objects.filter(state="open").exists()
    with later(hours=25):
        assert heading(Browser().log_in().get("contracts")) == "我的合同"


def test_ten_codes_for_a_phone_and_day() -> None:
    make_person()
    for _ in range(10):
        Browser().post("enter", mobile=MOBILE)
    before = snapshot()
    assert heading(Browser().post("enter", mobile=MOBILE)) == "登录“我的合同”"
    assert snapshot() == before
    assert len(messages()) == 10


def test_a_code_is_used_once_and_expires() -> None:
    make_person()
    browser = Browser()
    browser.post("enter", mobile=MOBILE)
    code = newest(VISIT_CODE)
    with later(minutes=11):
        assert "过期" in browser.post("code", code=code)
    browser.post("code", code=code)
    assert Visit.objects.get().state == "open"
    other = Browser()
    other.post("enter", mobile=MOBILE)
    assert heading(other.post("code", code=code)) != "我的合同" or newest(VISIT_CODE) == code


@pytest.mark.parametrize("shared", [True, False], ids=["shared phone", "phone not proved lately"])
def test_where_the_phone_does_not_say_who_it_is_the_number_is_asked_for(shared: bool) -> None:
    make_person(proved=timedelta(days=1 if shared else 91))
    if shared:
        make_person(name="测试乙", id_no=id_no(77))
    mine = make_own(make_employer())
    others = make_own(make_employer(), name="测试乙", id_no=id_no(77))
    browser = Browser().log_in()
    assert heading(browser.get("contracts")) != "我的合同"
    assert "还可以尝试 4 次" in browser.post("number", id_no=id_no(5))
    page = browser.post("number", id_no=ID_NO.lower())
    assert heading(page) == "我的合同"
    assert mine.contract_no in page
    assert others.contract_no not in page


def test_five_wrong_numbers_end_the_visit() -> None:
    make_person(proved=timedelta(days=91))
    browser = Browser().log_in()
    for _ in range(5):
        browser.post("number", id_no=id_no(5))
    assert heading(browser.post("number", id_no=ID_NO)) == "登录“我的合同”"
    assert heading(browser.get("contracts")) == "登录“我的合同”"


def test_the_visit_is_in_a_cookie_that_no_script_reads_and_kept_as_a_hash() -> None:
    make_person()
    browser = Browser().log_in()
    cookie = browser.client.cookies["mine"]
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["path"]) == ("Lax", "/mine/")
    assert cookie.value not in str(list(Visit.objects.values()))
    phone = Phone(secret=cookie.value)
    assert phone.get("session").code == "session_invalid"  # no signing session


def test_a_visit_ends_by_itself_and_by_logging_out() -> None:
    make_person()
    browser = Browser().log_in()
    with later(hours=3):
        assert heading(browser.get("contracts")) == "登录“我的合同”"
    browser = Browser().log_in()
    old = browser.client.cookies["mine"].value
    browser.post("leave")
    browser.client.cookies["mine"] = old
    assert heading(browser.get("contracts")) == "登录“我的合同”"


def addresses() -> list[str]:
    key = "00000000-0000-4000-8000-000000000000"
    return [
        reverse(f"mine:{each.name}", args=[key] * str(each.pattern).count("<uuid:"))
        for each in urls.urlpatterns
    ]


@pytest.mark.parametrize("address", addresses())
def test_without_a_visit_a_get_changes_nothing_and_tells_nothing(client: Client, address: str) -> None:
    make_person()
    make_own(make_employer())
    before = snapshot()
    answer = client.get(address, follow=True)
    page = answer.content.decode()
    assert answer.status_code in {200, 401, 405}
    assert NAME not in page
    assert "示例制造" not in page
    assert answer.status_code == 405 or "no-store" in answer.headers["Cache-Control"]
    assert snapshot() == before


def test_forms_need_the_token_against_forgery() -> None:
    make_person()
    client = Client(enforce_csrf_checks=True)
    assert client.post(reverse("mine:enter"), {"mobile": MOBILE}).status_code == 403
    assert not Visit.objects.exists()
