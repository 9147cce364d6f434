"""C04: workers look at their filings and ask to have phone, education and address corrected."""

from typing import Any

import pytest
from django.test import Client as Browsing
from django.urls import reverse

from accounts.models import Employer, RosterWish, Worker
from core.models import AuditEvent
from core.principal import Role
from filing_bridge.domain import FilingState
from tests.support import accounts as make
from tests.support.mine import Browser, heading, make_own, make_person
from tests.support.portal import make_filing
from tests.support.signing import ID_NO, MOBILE, NAME

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]


@pytest.fixture
def employer() -> Employer:
    return make.make_employer()


@pytest.fixture
def worker(employer: Employer) -> Worker:
    """The person on the employer's roster, and with a contract."""
    make_person()
    row = make.make_worker(employer, name=NAME, id_no=ID_NO, mobile=MOBILE, education="71")
    make_own(employer)
    return row


@pytest.fixture
def browser(worker: Worker) -> Browser:
    return Browser().log_in()


def portal(employer: Employer, role: Role = Role.CLERK) -> Browsing:
    browsing = Browsing(headers={"Accept-Language": "zh-CN"})
    browsing.force_login(make.make_member(employer, role).user)
    return browsing


def decide(employer: Employer, **given: str) -> Any:
    return portal(employer).post(reverse("portal:roster_wish", args=[RosterWish.objects.get().pk]), given)


def test_c04_a_worker_asks_and_the_employer_corrects(
    browser: Browser, worker: Worker, employer: Employer
) -> None:
    page = browser.post("corrections", education="31", resid_address="示例路9号3单元")
    assert "已提交给单位" in page
    assert "等待单位处理" in page
    assert Worker.objects.get(pk=worker.pk).education == "71"
    clerk = portal(employer)
    overview = clerk.get(reverse("portal:overview")).content.decode()
    assert 'href="/workers/?show=wishes"><span class="qb-figure">1<' in overview
    assert "核对并处理" in clerk.get(reverse("portal:worker", args=[worker.pk])).content.decode()
    asked = clerk.get(reverse("portal:roster_wish", args=[RosterWish.objects.get().pk])).content.decode()
    assert "大学专科" in asked
    assert "初级中学" in asked
    assert decide(employer, granted="yes").status_code == 302
    row = Worker.objects.get(pk=worker.pk)
    assert (row.education, row.resid_address) == ("31", "示例路9号3单元")
    assert "已更正" in browser.get("corrections")
    actions = AuditEvent.objects.filter(subject=row.subject, action__startswith="worker.c")
    assert set(actions.values_list("action", flat=True)) >= {
        "worker.correction_asked", "worker.correction_granted", "worker.changed",
    }  # fmt: skip


def test_c04_a_no_says_why(browser: Browser, worker: Worker, employer: Employer) -> None:
    browser.post("corrections", education="21")
    silent = decide(employer, granted="no")
    assert "请填写不同意的原因" in silent.content.decode()
    decide(employer, granted="no", note="请先提供毕业证")
    assert Worker.objects.get(pk=worker.pk).education == "71"
    page = browser.get("corrections")
    assert "单位没有同意" in page
    assert "请先提供毕业证" in page


def test_c04_what_was_filed_is_said_not_to_follow(
    browser: Browser, worker: Worker, employer: Employer
) -> None:
    contract = make_own(employer)
    contract.worker = worker
    contract.save()
    make_filing(contract, FilingState.ACCEPTED)
    browser.post("corrections", education="21")
    clerk = portal(employer)
    address = reverse("portal:roster_wish", args=[RosterWish.objects.get().pk])
    page = clerk.post(address, {"granted": "yes"}, follow=True).content.decode()
    assert "已通过的备案仍是原来的内容" in page


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "没有需要更正的内容"),
        ({"education": "71"}, "没有需要更正的内容"),
        ({"education": "99"}, "文化程度"),
    ],
)
def test_c04_what_corrects_nothing_is_refused(browser: Browser, given: dict[str, str], words: str) -> None:
    page = browser.post("corrections", **given)
    assert heading(page) == "更正我的信息"
    assert words in page
    assert not RosterWish.objects.exists()


def test_c04_one_wish_waits_at_a_time(browser: Browser) -> None:
    browser.post("corrections", education="21")
    assert "还在等待单位处理" in browser.post("corrections", education="31")
    assert RosterWish.objects.count() == 1


def test_c04_every_employer_that_has_the_person_is_asked(browser: Browser) -> None:
    other = make.make_employer(name="另一示例公司")
    make.make_worker(other, name=NAME, id_no=ID_NO, mobile=MOBILE, education="71")
    stranger = make.make_worker(other)
    browser.post("corrections", education="21")
    assert RosterWish.objects.count() == 2
    assert not RosterWish.objects.filter(worker=stranger).exists()


def test_c04_only_who_keeps_the_roster_decides(browser: Browser, employer: Employer) -> None:
    browser.post("corrections", education="21")
    address = reverse("portal:roster_wish", args=[RosterWish.objects.get().pk])
    assert portal(employer, Role.AUDITOR).post(address, {"granted": "yes"}).status_code == 403
    assert portal(make.make_employer()).post(address, {"granted": "yes"}).status_code == 404
    assert RosterWish.objects.get().state == "asked"


def test_c04_what_is_decided_is_not_decided_again(browser: Browser, employer: Employer) -> None:
    browser.post("corrections", education="21")
    decide(employer, granted="yes")
    assert decide(employer, granted="no", note="晚了").status_code == 409
