"""What the contract's page says of reaching the worker, and what can be done about it."""

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import Employer
from contracts.domain import ContractState
from contracts.models import Contract, PaperRequest
from contracts.services.reaching import ask_for_paper
from core import clock
from core.principal import Role
from signing.models import Notice, SigningLink, SigningParty
from signing.services.links import remind_party
from tests.support import accounts as make
from tests.support.mine import make_own

pytestmark = pytest.mark.django_db


def browser_of(employer: Employer, role: Role = Role.CLERK) -> Browser:
    browser = Browser(headers={"Accept-Language": "zh-CN"})
    browser.force_login(make.make_member(employer, role).user)
    return browser


def page(browser: Browser, contract: Contract) -> str:
    return str(browser.get(reverse("portal:contract", args=[contract.pk])).content.decode())


def test_messages_are_told_with_their_delivery_and_the_ending_of_the_phone() -> None:
    employer = make.make_employer()
    contract = make_own(employer, ContractState.SIGNING)
    assert contract.signature_request
    remind_party(request_id=contract.signature_request, actor="user:1")
    shown = page(browser_of(employer), contract)
    assert "待发送" in shown
    assert "*******0000" in shown
    assert "13800000000" not in shown


def test_a_wrong_phone_is_corrected_and_the_link_sent_again() -> None:
    employer = make.make_employer()
    contract = make_own(employer, ContractState.SIGNING)
    Contract.objects.filter(pk=contract.pk).update(wrong_person_at=clock.now())
    browser = browser_of(employer)
    assert "链接没有送到本人" in page(browser, contract)
    address = reverse("portal:send_anew", args=[contract.pk])
    refused = browser.post(address, {"confirmed": "1", "mobile": "123"}).content.decode()
    assert "请填写 11 位手机号码" in refused
    assert not SigningLink.objects.exists()
    browser.post(address, {"confirmed": "1", "mobile": "13900000001"})
    assert SigningParty.objects.get(role="worker").mobile == "13900000001"
    assert Notice.objects.get().recipient == "13900000001"
    assert "链接没有送到本人" not in page(browser, contract)


def test_a_paper_copy_is_asked_for_and_handed_over() -> None:
    employer = make.make_employer()
    contract = make_own(employer)
    ask_for_paper(contract, actor="person:1")
    address = reverse("portal:paper_given", args=[contract.pk])
    assert browser_of(employer, Role.AUDITOR).post(address).status_code == 403
    assert browser_of(make.make_employer()).post(address).status_code == 404
    browser = browser_of(employer)
    assert "申请纸质件" in page(browser, contract)
    browser.post(address, {"confirmed": "1"})
    assert PaperRequest.objects.get().state == "given"
    assert "交给劳动者" in page(browser, contract)
