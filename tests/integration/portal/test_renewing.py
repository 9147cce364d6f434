"""续订 in the portal: the button of a contract that ends, and the form that begins where it ends."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import Employer
from contracts.domain import ContractState
from contracts.models import Contract
from core import clock
from core.periods import last_day
from core.principal import Role
from tests.support import accounts as make
from tests.support.portal import make_contract

pytestmark = pytest.mark.django_db
HEADERS = {"accept-language": "zh-hans"}
NO_PROBATION = dict.fromkeys(("probation_months", "probation_start", "probation_end", "probation_wage"))


def browser_of(employer: Employer, role: Role = Role.CLERK) -> Browser:
    browser = Browser(headers=HEADERS)
    browser.force_login(make.make_member(employer, role).user)
    return browser


@pytest.fixture
def employer() -> Employer:
    return make.make_employer()


@pytest.fixture
def contract(employer: Employer) -> Contract:
    """It ends in ten days."""
    ends = clock.today() + timedelta(days=10)
    contract = make_contract(
        employer, ContractState.EFFECTIVE, start=ends - timedelta(days=729), end=ends.isoformat()
    )
    terms = {name: value for name, value in contract.terms.items() if name not in NO_PROBATION}
    Contract.objects.filter(pk=contract.pk).update(terms=terms, facts={**contract.facts, "contract": terms})
    return Contract.objects.get(pk=contract.pk)


def address_of(contract: Contract) -> str:
    query = {"template": "general", "worker": contract.worker_id, "follows": contract.pk}
    return f"{reverse('portal:terms')}?{urlencode(query)}"


def test_the_form_begins_on_the_day_after_and_its_draft_follows(
    employer: Employer, contract: Contract
) -> None:
    browser = browser_of(employer)
    page = browser.get(reverse("portal:contract", args=[contract.pk])).content.decode()
    assert address_of(contract).replace("&", "&amp;") in page
    form = browser.get(address_of(contract)).context["form"]
    start = clock.today() + timedelta(days=11)
    assert form.initial["start"] == start.isoformat()
    assert form.initial["end"] == last_day(start, 36).isoformat()
    given = {name: value for name, value in form.initial.items() if value not in (None, "")}
    answer = browser.post(address_of(contract), {**given, "job_title": "班组长", "sign_kind": "1"})
    made = Contract.objects.exclude(pk=contract.pk).get()
    assert (answer.status_code, made.follows) == (302, contract)
    assert (made.terms["job_title"], made.terms["sign_kind"]) == ("班组长", "2")
    assert made.terms["previous_end"] == str(contract.ends_on)
    page = browser.get(reverse("portal:contract", args=[contract.pk])).content.decode()
    assert address_of(contract).replace("&", "&amp;") not in page, "a renewal is under way"


def test_the_form_tells_of_the_earlier_contract_and_does_not_ask_what_follows_from_it(
    employer: Employer, contract: Contract
) -> None:
    answer = browser_of(employer).get(address_of(contract))
    page = answer.content.decode()
    start = clock.today() + timedelta(days=11)
    assert contract.contract_no in page
    assert f"从 {start} 起" in page
    assert f"最迟 {last_day(start, 1)} 签订" in page
    assert "此前已连续订立 1 次固定期限合同" in page
    asked = set(answer.context["form"].fields)
    assert {"start", "end", "job_title"} <= asked
    assert not asked & {"sign_kind", "employment_start", "previous_end", "service_start"}


def test_open_ended_is_offered_where_it_is_due(employer: Employer, contract: Contract) -> None:
    terms = {**contract.terms, "consecutive_fixed_terms": 1}
    Contract.objects.filter(pk=contract.pk).update(terms=terms)
    form = browser_of(employer).get(address_of(contract)).context["form"]
    assert (form.initial["term_type"], form.initial.get("end")) == ("2", None)
    page = browser_of(employer).get(address_of(contract)).content.decode()
    assert "续订时应当订立无固定期限合同" in page


def test_nobody_renews_for_another_worker_or_another_employer(employer: Employer, contract: Contract) -> None:
    elsewhere = make_contract(employer)
    wrong = address_of(contract).replace(str(contract.worker_id), str(elsewhere.worker_id))
    assert browser_of(employer).get(wrong).status_code == 404
    stranger = browser_of(make.make_employer(name="另一示例公司"))
    assert stranger.get(address_of(contract)).status_code in (302, 404)


def test_who_may_not_draft_is_not_offered_it(employer: Employer, contract: Contract) -> None:
    page = browser_of(employer, Role.AUDITOR).get(reverse("portal:contract", args=[contract.pk]))
    assert "follows=" not in page.content.decode()
