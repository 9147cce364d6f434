"""The page on which a person confirms a filing that cannot be undone (domain row A12)."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import Employer
from contracts.domain import ContractState
from core.principal import Role
from filing_bridge.domain import FilingState
from filing_bridge.models import Filing
from filing_bridge.services.preparing import CONFIRMATION
from tests.support import accounts as make
from tests.support.contract_facts import sample_facts
from tests.support.portal import make_contract, make_filing

pytestmark = pytest.mark.django_db
FACTS = sample_facts("general")


@pytest.fixture
def filing(monkeypatch: pytest.MonkeyPatch) -> Filing:
    employer = make.make_employer()
    contract = make_contract(employer, ContractState.EFFECTIVE, worker=make.make_worker(employer))
    made = make_filing(
        contract, FilingState.WAITING, last_error=CONFIRMATION, jurisdiction="310115", filing_type="11"
    )
    monkeypatch.setattr("filing_bridge.services.confirming.facts_behind", lambda filing: FACTS)
    return made


def browser(filing: Filing, role: Role = Role.CLERK) -> Browser:
    made = Browser(headers={"Accept-Language": "zh-CN"})
    made.force_login(make.make_member(Employer.objects.get(pk=filing.tenant), role).user)
    return made


def address(filing: Filing) -> str:
    return reverse("portal:confirm_filing", args=[filing.pk])


def test_the_dates_are_repeated_in_words_with_their_age(filing: Filing) -> None:
    page = browser(filing).get(address(filing)).content.decode()
    for words in ("二〇二六年十一月三日，星期二", "不能撤回", "2029-11-02", "天后"):
        assert words in page


def test_a04_one_click_confirms_what_was_shown(filing: Filing) -> None:
    page: Any = browser(filing).get(address(filing))
    answer = browser(filing).post(address(filing), {"digest": page.context["digest"]})
    assert answer.status_code == 302
    filing.refresh_from_db()
    assert filing.confirmed == page.context["digest"]
    assert filing.last_error != CONFIRMATION


def test_confirming_something_else_changes_nothing(filing: Filing) -> None:
    answer = browser(filing).post(address(filing), {"digest": "0" * 64})
    assert answer.status_code == 409
    filing.refresh_from_db()
    assert (filing.state, filing.confirmed) == (FilingState.WAITING, "")


def test_the_contracts_page_leads_there_those_who_may_file(filing: Filing) -> None:
    contract = reverse("portal:contract", args=[filing.contract_id])
    assert address(filing) in browser(filing).get(contract).content.decode()
    assert address(filing) not in browser(filing, Role.AUDITOR).get(contract).content.decode()
