"""The audit log, the certificate's expiry and the catalogue of refusals."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts import selectors
from accounts.models import Employer
from accounts.services import members
from contracts.domain import ContractState
from contracts.services import certificates
from core import audit, clock
from core.errors import CATALOGUE
from core.models import AuditEvent, WorkItem
from core.principal import Role
from signing.models import OrganisationKey
from tests.integration.accounts.conftest import deliver_mail
from tests.support import accounts as make
from tests.support.portal import make_contract

pytestmark = pytest.mark.django_db
MEMBERS = (Role.OWNER, Role.CLERK, Role.SEAL_KEEPER, Role.AUDITOR)
EVENTS = "audit:events"


def browser_of(employer: Employer, role: Role = Role.AUDITOR) -> Browser:
    browser = Browser(headers={"Accept-Language": "zh-CN"})
    browser.force_login(make.make_member(employer, role).user)
    return browser


def page(browser: Browser, **query: str) -> str:
    answer = browser.get(reverse(EVENTS), query)
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.fixture
def employer() -> Employer:
    return make.make_employer()


@pytest.mark.parametrize("role", MEMBERS)
def test_members_read_their_own_employers_log(employer: Employer, role: Role) -> None:
    other = make.make_employer()
    audit.record("seal.created", subject="seal:1", actor="user:1", tenant=employer.pk)
    audit.record("seal.suspended", subject="seal:2", actor="user:1", tenant=other.pk)
    shown = page(browser_of(employer, role))
    assert "新建印章" in shown
    assert "停用印章" not in shown


def test_an_auditor_only_reads(employer: Employer) -> None:
    """Whatever the auditor sends to the portal's acting pages is refused."""
    browser = browser_of(employer)
    before = AuditEvent.objects.count()
    for name in (
        "org:invite",
        "org:mfa",
        "org:new_webhook",
        "org:change_profile",
        "seals:new",
        "seals:decide",
    ):
        assert browser.post(reverse(name), {"email": "a@example.com", "role": "owner"}).status_code == 403, (
            name
        )
    assert AuditEvent.objects.count() == before


def test_filters_by_person_thing_day_and_contract(employer: Employer) -> None:
    owner = make.make_member(employer, Role.OWNER)
    principal = selectors.member_principal(owner)
    members.invite_member(principal=principal, email="a@example.com", role=Role.CLERK)
    contract = make_contract(employer, ContractState.DRAFT)
    browser = browser_of(employer)
    assert "发出邀请" in page(browser, who=str(owner.user_id))
    assert "起草合同" not in page(browser, who=str(owner.user_id))
    assert "发出邀请" not in page(browser, thing="contract")
    assert contract.contract_no in page(browser, thing="contract")
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    assert "发出邀请" not in page(browser, **{"from": tomorrow})
    found = browser.post(reverse(EVENTS), {"search": contract.contract_no}, follow=True).content.decode()
    assert "起草合同" in found
    assert "发出邀请" not in found


def test_the_log_is_exported_and_the_export_is_logged(employer: Employer) -> None:
    audit.record("seal.created", subject="seal:1", actor="user:1", tenant=employer.pk)
    answer = browser_of(employer).get(reverse(EVENTS), {"export": "xlsx"})
    sheet: Any = load_workbook(io.BytesIO(answer.content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert "新建印章" in [row[2] for row in rows]
    assert AuditEvent.objects.filter(action="list.exported", tenant=employer.pk).count() == 1


def test_the_log_costs_the_same_however_long(employer: Employer) -> None:
    browser = browser_of(employer)
    make_contract(employer)
    costs = []
    for _ in range(2):
        page(browser)
        with CaptureQueriesContext(connection) as captured:
            page(browser)
        costs.append(len(captured))
        for _number in range(6):
            make_contract(employer)
    assert costs[0] == costs[1]


def give_certificate(employer: Employer, days: int) -> OrganisationKey:
    return OrganisationKey.objects.create(
        tenant=employer.pk, legal_name=employer.name, uscc=employer.uscc,
        not_after=clock.now() + timedelta(days=days, hours=1),
    )  # fmt: skip


@pytest.mark.parametrize(("days", "level"), [(200, None), (90, None), (89, 90), (29, 30), (6, 7)])
def test_a03_warnings_at_three_marks(employer: Employer, days: int, level: int | None) -> None:
    make.make_member(employer, Role.OWNER, "owner@example.com")
    make.make_member(employer, Role.CLERK, "clerk@example.com")
    key = give_certificate(employer, days)
    for _ in range(3):
        certificates.warn_of_expiry()
    key.refresh_from_db()
    assert key.warned_days == level
    assert AuditEvent.objects.filter(action="certificate.expiring").count() == (level is not None)
    renewals = WorkItem.objects.filter(kind="signing.enrol", key=str(employer.pk)).count()
    assert renewals == (level in (30, 7))
    WorkItem.objects.filter(kind="signing.enrol").delete()
    mails = deliver_mail()
    assert [mail.to for mail in mails] == ([["owner@example.com"]] if level else [])


def test_d12_each_mark_warns_anew_and_a_new_certificate_starts_over(employer: Employer) -> None:
    key = give_certificate(employer, 80)
    certificates.warn_of_expiry()
    OrganisationKey.objects.update(not_after=clock.now() + timedelta(days=20))
    certificates.warn_of_expiry()
    assert AuditEvent.objects.filter(action="certificate.expiring").count() == 2
    shown = browser_of(employer).get(reverse("seals:certificate")).content.decode()
    assert "证书还有 19 天到期" in shown
    key.refresh_from_db()
    assert key.warned_days == 30


def test_d11_every_refusal_can_be_looked_up(employer: Employer) -> None:
    browser = browser_of(employer)
    everything = browser.get(reverse("help:errors")).content.decode()
    assert all(f"<code>{code}</code>" in everything for code in CATALOGUE.rows)
    one = browser.get(reverse("help:errors"), {"q": "seal 自己"}).content.decode()
    assert "seal_needs_two_people" in one
    assert "employer_faulty" not in one
    nothing = browser.get(reverse("help:errors"), {"q": "<script>"}).content.decode()
    assert "没有找到" in nothing
    assert "<script>" not in nothing.split("</head>")[1]


def test_a03_what_the_certificate_costs_is_the_operators_to_say(employer: Employer, settings: Any) -> None:
    give_certificate(employer, 200)
    settings.CERTIFICATE_COST = ("首次免费，换发每年一百元", "First free, then CNY 100 a year")
    shown = browser_of(employer).get(reverse("seals:certificate")).content.decode()
    assert "首次免费，换发每年一百元" in shown
