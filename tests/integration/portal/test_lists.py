"""Lists: searching, sorting, views, export and acting on many rows."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Employer, SavedView
from contracts.domain import ContractState
from contracts.models import Contract
from core import clock
from core.models import AuditEvent
from core.principal import Role
from filing_bridge.domain import FilingState
from tests.support import accounts as make
from tests.support.portal import make_contract, make_filing

WORKERS, CONTRACTS = "/workers/", "/contracts/"
ID_NO, MOBILE = make.id_no(501), "13712340501"


@pytest.fixture
def employer(db: None) -> Employer:
    return make.make_employer()


def browser_of(employer: Employer, role: Role = Role.CLERK) -> Browser:
    browser = Browser(headers={"Accept-Language": "zh-CN"})
    browser.force_login(make.make_member(employer, role).user)
    return browser


def names(page: Any) -> set[str]:
    return set(re.findall(r"测试[甲乙丙丁]", page.content.decode().partition("<tbody>")[2]))


@pytest.mark.parametrize("text", ["测试甲", ID_NO, ID_NO.lower(), f" {MOBILE} ", MOBILE[-4:]])
@pytest.mark.parametrize("address", [WORKERS, CONTRACTS])
def test_a_search_finds_by_name_and_numbers_and_leaves_no_trace(
    employer: Employer, address: str, text: str
) -> None:
    found = make.make_worker(employer, name="测试甲", id_no=ID_NO, mobile=MOBILE)
    other = make.make_worker(employer, name="测试乙", mobile="13712340000")
    for worker in (found, other):
        make_contract(employer, worker=worker)
    browser = browser_of(employer)

    answer = browser.post(address, {"search": text})

    where = answer.headers["Location"]
    assert text.strip() not in where
    page = browser.get(address + where)
    assert names(page) == {"测试甲"}
    assert f'value="{text.strip()}"' in page.content.decode()


def test_a_contract_is_found_by_the_beginning_of_its_number(employer: Employer) -> None:
    contract, other = make_contract(employer), make_contract(employer)
    browser = browser_of(employer)

    where = browser.post(CONTRACTS, {"search": contract.contract_no[:20]}).headers["Location"]

    page = browser.get(CONTRACTS + where).content.decode()
    assert contract.contract_no in page
    assert other.contract_no not in page


def test_a_spoilt_search_is_refused(employer: Employer) -> None:
    assert browser_of(employer).get(CONTRACTS, {"q": "k1.c3BvaWx0"}).status_code == 404


def test_pages_by_name_follow_each_other_without_names_in_addresses(employer: Employer) -> None:
    for serial in range(30):
        make.make_worker(employer, name="测试" + "甲乙丙"[serial % 3])
    browser = browser_of(employer)
    first = browser.get(WORKERS, {"sort": "name"}).content.decode()
    after = re.search(r'rel="next" href="([^"]+)"', first)
    assert after is not None
    second = browser.get(WORKERS + after[1].replace("&amp;", "&")).content.decode()
    before = re.search(r'rel="prev" href="([^"]+)"', second)
    assert before is not None

    keys = [re.findall(r'name="pick" value="([^"]+)"', page) for page in (first, second)]

    assert len(set(keys[0]) | set(keys[1])) == 30
    assert not set(keys[0]) & set(keys[1])
    back = browser.get(WORKERS + before[1].replace("&amp;", "&")).content.decode()
    assert re.findall(r'name="pick" value="([^"]+)"', back) == keys[0]
    assert "测试" not in after[1]


def test_a_view_is_kept_by_its_member_and_dropped(employer: Employer) -> None:
    browser = browser_of(employer)

    browser.post(f"{CONTRACTS}?show=draft&sort=contract_no", {"save_view": "我的草稿"})

    view = SavedView.objects.get()
    assert f'href="{view.query.replace("&", "&amp;")}"' in browser.get(CONTRACTS).content.decode()
    assert "我的草稿" not in browser_of(employer).get(CONTRACTS).content.decode()
    assert browser_of(employer).post(CONTRACTS, {"drop_view": str(view.pk)}).status_code == 404
    browser.post(CONTRACTS, {"drop_view": str(view.pk)})
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("role", [Role.CLERK, Role.AUDITOR])
def test_an_export_is_what_the_list_shows_and_no_cell_is_a_formula(employer: Employer, role: Role) -> None:
    worker = make.make_worker(employer, id_no=ID_NO, mobile=MOBILE)
    make_contract(employer, worker=worker)
    Contract.objects.update(contract_no='=HYPERLINK("https://example.com")')

    answer = browser_of(employer, role).get(CONTRACTS, {"export": "xlsx"})

    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows())
    assert len(rows) == 2
    assert rows[1][0].value == '=HYPERLINK("https://example.com")'
    assert {cell.data_type for row in rows for cell in row if cell.value} == {"s"}
    shown = {cell.value for cell in rows[1]}
    assert ("测试甲" in shown) is (role is Role.CLERK)
    assert AuditEvent.objects.get(action="list.exported").detail == {"list": "contracts", "rows": 1}


def test_picked_contracts_are_withdrawn_after_asking(employer: Employer) -> None:
    drafts = [make_contract(employer) for _ in range(2)]
    effective = make_contract(employer, ContractState.EFFECTIVE)
    strange = make_contract(make.make_employer())
    picked = {"do": "withdraw", "pick": [str(each.pk) for each in (*drafts, effective, strange)]}
    browser = browser_of(employer)

    question = browser.post(CONTRACTS, picked)
    assert "撤回 3 份合同" in question.content.decode()
    assert Contract.objects.filter(state=ContractState.WITHDRAWN).count() == 0
    browser.post(CONTRACTS, {**picked, "confirmed": "1", "reason": "写错了"})

    withdrawn = Contract.objects.filter(state=ContractState.WITHDRAWN)
    assert {each.pk for each in withdrawn} == {each.pk for each in drafts}


def test_who_may_not_send_is_not_offered_acts_and_refused(employer: Employer) -> None:
    contract = make_contract(employer)
    browser = browser_of(employer, Role.AUDITOR)

    assert 'name="do"' not in browser.get(CONTRACTS).content.decode()
    answer = browser.post(CONTRACTS, {"do": "withdraw", "pick": str(contract.pk), "confirmed": "1"})
    assert answer.status_code == 403


def test_changing_a_worker_shows_nothing_and_keeps_what_was_left_empty(employer: Employer) -> None:
    worker = make.make_worker(employer, id_no=ID_NO, mobile=MOBILE)
    browser = browser_of(employer)
    address = reverse("portal:edit_worker", args=[worker.pk])
    page = browser.get(address).content.decode()
    assert ID_NO not in page
    assert MOBILE not in page

    given = {"name": "测试丁", "id_type": "01", "hukou_type": "11", "education": "21"}
    assert browser.post(address, given).status_code == 302

    worker.refresh_from_db()
    assert (worker.name, worker.education, worker.id_no, worker.mobile) == ("测试丁", "21", ID_NO, MOBILE)


def test_d09_a_late_decision_stands_on_its_tab_with_whom_to_ask(employer: Employer) -> None:
    today = clock.today()
    yesterday = today - timedelta(days=1)
    late, calm = (
        make_filing(
            make_contract(employer, ContractState.EFFECTIVE),
            FilingState.UNDER_REVIEW,
            decision_by=day,
            receipt_no=f"TEST{day.isoformat()}",
        )
        for day in (yesterday, today)
    )
    browser = browser_of(employer, Role.AUDITOR)
    page = browser.get(reverse("portal:filings") + "?show=review-late").content.decode()
    assert late.contract_no in page
    assert calm.contract_no not in page
    shown = browser.get(reverse("portal:contract", args=[late.contract_id])).content.decode()
    for words in ("审核超时", "12333", late.receipt_no, yesterday.isoformat()):
        assert words in shown
    other = browser.get(reverse("portal:contract", args=[calm.contract_id])).content.decode()
    assert "审核超时" not in other
    assert today.isoformat() in other
