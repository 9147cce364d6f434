"""A transfer within the city, on both employers' sides: each says what it knows, nothing is typed twice."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client as Browser
from django.urls import reverse

from contracts.domain import ContractState
from contracts.events import ContractEffective
from contracts.models import Contract
from core import bus, clock
from core.principal import Role
from filing_bridge.models import Filing
from tests.integration.contracts.conftest import Office
from tests.support.accounts import make_member
from tests.support.portal import make_contract

TO = {"to_name": "示例物流（淄博）有限公司", "to_uscc": "91370300MA3T0009X0"}
FROM = {
    "from_name": "示例物流（淄博）有限公司",
    "from_uscc": "91370300MA3T0009X0",
    "left_on": str(clock.today() - timedelta(days=1)),
    "certificate_no": "ZM-20261102-ABCDEFGH",
}


def ending(**own: Any) -> dict[str, Any]:
    usual = {"reason": "9001", "date": str(clock.today()), "protected": False, "transfer": TO}
    wish = {**usual, "evidence": ["tripartite agreement"], **own}
    return {name: value for name, value in wish.items() if value is not None}


@pytest.fixture
def contract(office: Office) -> Contract:
    start = clock.today() - timedelta(days=900)
    end = (clock.today() + timedelta(days=900)).isoformat()
    return make_contract(office.employer, ContractState.EFFECTIVE, worker=office.worker, start=start, end=end)


def browser_of(office: Office) -> Browser:
    browser = Browser(headers={"Accept-Language": "zh-CN"})
    browser.force_login(make_member(office.employer, Role.CLERK).user)
    return browser


def test_c01_the_ending_names_the_new_employer_and_the_way_of_the_file(
    office: Office, contract: Contract
) -> None:
    answer = office.as_(Role.CLERK).send("post", f"contracts/{contract.pk}/terminations/", ending())
    assert answer.status_code == 201, answer.json()
    assert contract.terminations.get().facts["ending"]["transfer"] == TO


@pytest.mark.parametrize(
    ("own", "rule"),
    [
        ({"transfer": None}, "RE90a"),
        ({"reason": "3602", "evidence": ["agreement"]}, "RE90b"),
        ({"transfer": {**TO, "to_uscc": "91370300MA3T0009X1"}}, "RE90c"),
    ],
)
def test_an_ending_that_does_not_say_so_is_refused(
    office: Office, contract: Contract, own: dict[str, Any], rule: str
) -> None:
    answer = office.as_(Role.CLERK).send("post", f"contracts/{contract.pk}/terminations/", ending(**own))
    assert answer.status_code == 422
    assert rule in {fault["code"] for fault in answer.json()["faults"]}
    assert not contract.terminations.exists()


def test_c01_the_new_contract_is_filed_as_a_transfer(office: Office) -> None:
    own = make_contract(office.employer, ContractState.EFFECTIVE, worker=office.worker, transfer=FROM)
    with transaction.atomic():
        bus.publish(
            ContractEffective(own.pk, own.employer_id, own.facts_digest, own.signed_digest, clock.now())
        )
    filing = Filing.objects.get(contract_id=own.pk)
    assert (filing.event, filing.filing_type) == ("hire", "33")
    assert filing.deadline == clock.today() + timedelta(days=30)
    page = browser_of(office).get(reverse("portal:contract", args=[own.pk])).content.decode()
    assert "市内调动备案" in page


def test_the_forms_ask_for_the_other_employer(office: Office, contract: Contract) -> None:
    browser = browser_of(office)
    page = browser.get(reverse("endings:fill", args=[contract.pk, "9001"])).content.decode()
    for words in ("调入单位名称", "调入单位统一社会信用代码", "由本单位转出"):
        assert words in page
    typed = {**TO, "date": str(clock.today()), "evidence": ["tripartite agreement"]}
    answer = browser.post(reverse("endings:fill", args=[contract.pk, "9001"]), typed)
    assert answer.status_code == 302, answer.content.decode()
    certificate = browser.get(answer.headers["Location"])
    assert certificate.status_code == 200
    draft = f"{reverse('portal:terms')}?template=general&worker={office.worker.pk}"
    page = browser.get(draft).content.decode()
    assert "原单位证明书编号" in page


def test_the_next_persons_form_does_not_begin_with_another_persons_transfer(office: Office) -> None:
    make_contract(office.employer, ContractState.EFFECTIVE, worker=office.worker, transfer=FROM)
    draft = f"{reverse('portal:terms')}?template=general&worker={office.worker.pk}"
    page = browser_of(office).get(draft).content.decode()
    assert FROM["certificate_no"] not in page
