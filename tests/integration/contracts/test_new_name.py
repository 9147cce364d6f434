"""An employer with a new name: contracts go on and show both names, later documents bear the new one."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import Employer
from contracts.domain import ContractState
from contracts.models import Contract, Suspension
from contracts.services.drafting import facts_now
from contracts.suspensions.document import render_suspension
from core import clock
from core.principal import Role
from tests.integration.contracts.conftest import Office
from tests.support.accounts import make_member
from tests.support.portal import make_contract

NEW = "示例新名称有限公司"


@pytest.fixture
def contract(office: Office) -> Contract:
    """In force since long before the employer got its new name."""
    start = clock.today() - timedelta(days=900)
    end = (clock.today() + timedelta(days=900)).isoformat()
    made = make_contract(office.employer, ContractState.EFFECTIVE, worker=office.worker, start=start, end=end)
    Employer.objects.filter(pk=office.employer.pk).update(name=NEW)
    return Contract.objects.get(pk=made.pk)


def send(office: Office, contract: Contract, what: str, body: dict[str, Any]) -> Any:
    answer = office.as_(Role.CLERK).send("post", f"contracts/{contract.pk}/{what}/", body)
    assert answer.status_code == 201, answer.json()
    return answer.json()


def test_d04_the_contract_goes_on_and_shows_both_names(office: Office, contract: Contract) -> None:
    old = contract.facts["employer"]["name"]
    assert (contract.state, old) == (ContractState.EFFECTIVE, office.employer.name)
    browser = Browser(headers={"Accept-Language": "zh-CN"})
    browser.force_login(make_member(office.employer, Role.CLERK).user)
    page = browser.get(reverse("portal:contract", args=[contract.pk])).content.decode()
    for words in (old, "现在的名称", NEW):
        assert words in page


def test_d04_what_is_signed_from_now_on_bears_the_new_name_and_says_the_old(
    office: Office, contract: Contract
) -> None:
    old = contract.facts["employer"]["name"]
    said = facts_now(contract)["employer"]
    assert (said["name"], said["signed_as"]) == (NEW, old)
    today = str(clock.today())
    send(office, contract, "suspensions", {"reason": "1", "effective_on": today})
    facts = Suspension.objects.get().facts
    assert (facts["employer"]["name"], facts["employer"]["signed_as"]) == (NEW, old)
    text = "\n".join(render_suspension(facts, at=clock.now()).page_text)
    assert old in text
    assert NEW in text
    ending = {"reason": "3602", "date": today, "protected": False, "evidence": ["agreement"]}
    send(office, contract, "terminations", ending)
    assert contract.terminations.get().facts["employer"]["signed_as"] == old


def test_without_a_new_name_nothing_is_said_of_one(office: Office) -> None:
    own = make_contract(office.employer, ContractState.EFFECTIVE)
    assert "signed_as" not in facts_now(Contract.objects.get(pk=own.pk))["employer"]
