"""Why the certificate does not work, said on its page without a driver to look for (D13)."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import Employer
from contracts.domain import ContractState
from core import clock, work
from core.models import WorkItem
from core.principal import Role
from signing.domain import JobState, PartyKind
from signing.models import OrganisationKey, SigningJob, SigningParty
from tests.support import accounts as make
from tests.support.portal import make_contract

pytestmark = pytest.mark.django_db


@pytest.fixture
def employer() -> Employer:
    return make.make_employer()


def issue(employer: Employer, **columns: object) -> None:
    until = clock.now() + timedelta(days=300)
    usual = {"legal_name": employer.name, "uscc": employer.uscc, "not_after": until}
    OrganisationKey.objects.create(tenant=employer.pk, **{**usual, **columns})


def page(employer: Employer) -> str:
    browser = Browser(headers={"Accept-Language": "zh-CN"})
    browser.force_login(make.make_member(employer, Role.CLERK).user)
    return browser.get(reverse("seals:certificate")).content.decode()


def test_d13_a_certificate_in_order_has_nothing_wrong(employer: Employer) -> None:
    issue(employer)
    shown = page(employer)
    assert shown.count(">正常</span>") == 6
    assert "有问题" not in shown
    assert "不需要安装驱动" in shown


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"legal_name": "旧名有限公司"}, "证书上的名称与单位资料不一致"),
        ({"uscc": "91370303MA00000000"}, "统一社会信用代码与单位资料不一致"),
        ({"not_after": clock.now() - timedelta(days=1)}, "证书已经过期"),
        ({"not_after": None}, "证书还没有颁发"),
    ],
)
def test_d13_each_fault_is_named_with_its_remedy(
    employer: Employer, columns: dict[str, object], words: str
) -> None:
    issue(employer, **columns)
    shown = page(employer)
    assert words in shown
    assert shown.count(">有问题</span>") == 1


def test_d13_an_authority_that_does_not_answer_is_told(employer: Employer) -> None:
    issue(employer, not_after=None)
    work.enqueue("signing.enrol", str(employer.pk))
    assert "没有成功" not in page(employer)
    WorkItem.objects.update(attempts=3)
    assert "向电子认证机构申请证书没有成功" in page(employer)


def test_d13_what_the_last_seal_ran_into_is_told_in_the_catalogues_words(employer: Employer) -> None:
    issue(employer)
    contract = make_contract(employer, ContractState.SIGNING, turn="employer")
    party = SigningParty.objects.get(request=contract.signature_request, kind=PartyKind.ORGANISATION)
    job = SigningJob.objects.create(
        party=party,
        document_digest="0" * 64,
        authorisation="x",
        expires_at=clock.now(),
        state=JobState.FAILED,
        error_code="certificate_unavailable",
        created_at=clock.now(),
    )
    shown = page(employer)
    assert "最近一次用印遇到问题" in shown
    assert "最近一次用印遇到问题" not in page(make.make_employer())
    SigningJob.objects.filter(pk=job.pk).update(created_at=clock.now() - timedelta(days=2))
    assert "最近一次用印遇到问题" not in page(employer)
