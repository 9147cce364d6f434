"""B11: whoever asks for help sends the situation along, without a word about people."""

import json
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import Employer
from contracts.domain import ContractState
from contracts.models import Contract
from core.principal import Role
from filing_bridge.domain import FilingState
from tests.support import accounts as make
from tests.support.portal import FAULT, make_contract, make_filing

pytestmark = pytest.mark.django_db
AGENT = "Mozilla/5.0 (Test)"


@pytest.fixture
def employer(db: None) -> Employer:
    return make.make_employer()


@pytest.fixture
def contract(employer: Employer) -> Contract:
    """A contract whose filing came back."""
    made = make_contract(employer, ContractState.EFFECTIVE)
    make_filing(made, FilingState.RETURNED, faults=[FAULT], last_error="returned")
    return made


def bundle(employer: Employer, role: Role = Role.CLERK, **query: Any) -> Any:
    browser = Browser(headers={"Accept-Language": "zh-CN", "User-Agent": AGENT})
    browser.force_login(make.make_member(employer, role).user)
    return browser.get(reverse("portal:support_bundle"), query)


def test_b11_the_bundle_tells_the_situation(employer: Employer, contract: Contract) -> None:
    answer = bundle(employer, contract=contract.pk)
    assert answer["Content-Disposition"].startswith("attachment")
    said = json.loads(answer.content)
    assert (said["role"], said["browser"], said["employer"]) == ("clerk", AGENT, str(employer.pk))
    assert said["filings_by_state"] == {"returned": 1}
    assert said["contract"]["state"] == "effective"
    assert [each["action"] for each in said["contract"]["events"]] == ["contract.drafted"]
    [filing] = said["contract"]["filings"]
    assert (filing["state"], filing["faults"]) == ("returned", ["worker.education education_unknown"])


def test_b11_it_says_nothing_about_people(employer: Employer, contract: Contract) -> None:
    text = bundle(employer, contract=contract.pk).content.decode()
    worker, employer_facts = contract.facts["worker"], contract.facts["employer"]
    secrets = [worker[name] for name in ("name", "id_no", "mobile", "birth_date", "resid_address")]
    for secret in (*secrets, employer_facts["legal_rep_name"], contract.contract_no):
        assert secret not in text
    assert contract.facts["contract"]["wage_amount"] not in text


def test_b11_the_page_shows_first_what_would_be_sent(employer: Employer, contract: Contract) -> None:
    browser = Browser(headers={"Accept-Language": "zh-CN"})
    browser.force_login(make.make_member(employer, Role.AUDITOR).user)
    assert "请求协助" in browser.get(reverse("portal:contract", args=[contract.pk])).content.decode()
    page = browser.get(reverse("portal:support"), {"contract": str(contract.pk)}).content.decode()
    assert "education_unknown" in page
    assert f"{reverse('portal:support_bundle')}?contract={contract.pk}" in page


@pytest.mark.parametrize("key", ["7c9e6679-7425-40de-944b-e07fc1f90ae7", "nonsense"])
def test_b11_anothers_contract_is_not_there(employer: Employer, contract: Contract, key: str) -> None:
    assert bundle(employer, contract=key).status_code == 404
    assert bundle(make.make_employer(), contract=contract.pk).status_code == 404
