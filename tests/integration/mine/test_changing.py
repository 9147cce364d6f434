"""Another phone: name, number, code and the real-name provider, or nothing at all."""

import pytest

from accounts.models import Worker
from core import work
from core.models import AuditEvent
from signing.models import Person, PhoneChange, SigningParty
from tests.support.accounts import make_employer, make_worker
from tests.support.mine import PHONE_CODE, Browser, heading, make_person
from tests.support.signing import ID_NO, MOBILE, NAME, Phone, make_request, messages, newest, run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]
NEW = "13900000001"
LINK = r"/sign/#([\w-]{43})"


def change(name: str = NAME, id_no: str = ID_NO) -> str:
    """Through the form and the code; the last page."""
    browser = Browser()
    browser.post("phone", name=name, id_no=id_no, mobile=NEW)
    page = browser.post("phone_code", code=newest(PHONE_CODE, NEW))
    run(work.GENERAL)
    return page


def test_open_invitations_to_the_old_phone_are_void_and_go_to_the_new_one() -> None:
    make_request()
    phone = Phone().open_link().identify()
    old = newest(LINK)
    roster = make_worker(make_employer(), name=NAME, id_no=ID_NO, mobile=MOBILE)
    assert heading(change()) == "已提交，正在实名核验"
    assert Phone().post("exchange", {"token": old}).code == "link_replaced"
    assert phone.get("session").code == "session_invalid"
    fresh = Phone(mobile=NEW).open_link()
    assert fresh.get("session").body["sent_to"] == "*******0001"
    fresh.identify()
    person = Person.objects.get()
    assert person.mobile == NEW
    assert "不再接收签署短信" in messages(MOBILE)[-1]
    assert any("已更换为本机" in text for text in messages(NEW))
    assert Worker.objects.get(pk=roster.pk).mobile == NEW
    assert AuditEvent.objects.filter(action="phone_change.done", subject=person.subject).count() == 1
    assert heading(Browser(mobile=NEW).log_in().get("contracts")) == "我的合同"
    assert heading(Browser(mobile=MOBILE).post("enter", mobile=MOBILE)) == "输入短信验证码"
    assert "用于登录" not in messages(MOBILE)[-1]


@pytest.mark.parametrize("given", [{"name": "测试乙"}, {"id_no": "310115198511120020"}])
def test_without_the_right_name_and_number_nothing_changes_and_nothing_is_told(given: dict[str, str]) -> None:
    make_request()
    Phone().open_link().identify()
    page = change(**given)
    assert heading(page) == "已提交，正在实名核验"
    assert "没有成功" in messages(NEW)[-1]
    assert Person.objects.get().mobile == MOBILE
    assert SigningParty.objects.get(role="worker").mobile == MOBILE


def test_the_real_name_provider_has_the_last_word() -> None:
    name = "测试不符"
    make_person(name=name)
    make_request(name=name)
    change(name=name)
    assert "没有成功" in messages(NEW)[-1]
    assert Person.objects.get().mobile == MOBILE
    assert PhoneChange.objects.get().state == "failed"


def test_the_code_goes_to_the_new_phone_and_a_wrong_one_gets_nowhere() -> None:
    make_person()
    browser = Browser()
    browser.post("phone", name=NAME, id_no=ID_NO, mobile=NEW)
    right = newest(PHONE_CODE, NEW)
    assert "还可以尝试" in browser.post("phone_code", code=f"{(int(right) + 1) % 1_000_000:06}")
    assert PhoneChange.objects.get().state == "code"
    assert messages(MOBILE) == []


def test_visits_end_with_the_phone() -> None:
    make_request()
    Phone().open_link().identify()
    browser = Browser().log_in()
    change()
    assert heading(browser.get("contracts")) == "登录“我的合同”"


def test_a_number_that_is_none_is_told_before_anything_is_sent() -> None:
    page = Browser().post("phone", name=NAME, id_no=ID_NO, mobile="123")
    assert heading(page) == "更换手机号"
    assert not PhoneChange.objects.exists()
