"""Corrections on the employers' pages: one member proposes, another decides, everything stays visible."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Employer, Membership
from contracts.domain import ContractState
from core.models import AuditEvent
from core.principal import Role
from filing_bridge.domain import FilingState
from filing_bridge.models import Correction, Filing, Void
from tests.support import accounts as make
from tests.support.papers import picture
from tests.support.portal import make_contract, make_correction, make_filing, record_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def filing() -> Filing:
    contract = make_contract(make.make_employer(), ContractState.EFFECTIVE)
    return make_filing(contract, FilingState.ACCEPTED, record=record_of(contract), filing_type="11")


def browser(who: Membership) -> Client:
    client = Client(headers={"Accept-Language": "zh-CN"})
    client.force_login(who.user)
    return client


def member(filing: Filing, role: Role = Role.CLERK) -> Membership:
    return make.make_member(Employer.objects.get(pk=filing.tenant), role)


def typed(client: Client, filing: Filing, **changes: Any) -> dict[str, Any]:
    """The form as it is shown, with some fields typed otherwise."""
    page = client.get(reverse("portal:correct_filing", args=[filing.pk]))
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields if name != "evidence"}
    return {
        **{name: value for name, value in values.items() if value is not None},
        "reason": "录入笔误",
        **{name.replace("__", "."): value for name, value in changes.items()},
    }


def test_the_form_says_what_stands_there_and_only_what_differs_is_proposed(filing: Filing) -> None:
    who = member(filing)
    client = browser(who)
    page = client.get(reverse("portal:correct_filing", args=[filing.pk])).content.decode()
    for words in ("更正备案", "一般项目", "重要项目", "现在：装配工", "文化程度"):
        assert words in page
    assert AuditEvent.objects.filter(action="filing.record_viewed").exists()
    answer = client.post(
        reverse("portal:correct_filing", args=[filing.pk]),
        typed(client, filing, contract__job_title="质检员"),
    )
    correction = Correction.objects.get()
    assert answer.status_code == 302
    assert correction.facts["correction"]["items"] == [
        {"field": "/contract/job_title", "old": "装配工", "new": "质检员"}
    ]
    page = client.get(reverse("portal:correction", args=[correction.pk])).content.decode()
    assert "须由另一名有备案权限的成员核对后才会报送" in page
    assert "核对无误，报送" not in page
    assert client.post(reverse("portal:confirm_correction", args=[correction.pk])).status_code == 403


def test_a_material_field_wants_a_paper_and_what_was_typed_stays(filing: Filing) -> None:
    client = browser(member(filing))
    address = reverse("portal:correct_filing", args=[filing.pk])
    end = (filing.starts_on + timedelta(days=1459)).isoformat()
    values = typed(client, filing, contract__end=end)
    page = client.post(address, values).content.decode()
    assert "重要项目的更正须附证明材料" in page
    assert f'value="{end}"' in page
    paper = SimpleUploadedFile("附件.png", picture(), "image/png")
    assert client.post(address, {**values, "evidence": paper}).status_code == 302
    correction = Correction.objects.get()
    assert (correction.weight, bool(correction.evidence)) == ("material", True)
    evidence = client.get(reverse("portal:correction_evidence", args=[correction.pk]))
    assert evidence.content == picture()
    slip = client.get(reverse("portal:correction_slip", args=[correction.pk]))
    assert slip.content.startswith(b"%PDF-")


def test_every_fault_stands_beside_its_field(filing: Filing) -> None:
    client = browser(member(filing))
    values = typed(client, filing, worker__birth_date="1990-01-01", employer__contact_phone="12")
    paper = SimpleUploadedFile("a.png", picture(), "image/png")
    page = client.post(reverse("portal:correct_filing", args=[filing.pk]), {**values, "evidence": paper})
    errors = page.context["form"].errors
    assert {"worker.birth_date", "employer.contact_phone"} <= set(errors)
    assert not Correction.objects.exists()


def test_d05_a_second_member_looks_and_decides(filing: Filing) -> None:
    correction = make_correction(filing, {"/worker/education": "11"}, evidence=picture())
    client = browser(member(filing, Role.OWNER))
    page = client.get(reverse("portal:correction", args=[correction.pk])).content.decode()
    for words in ("核对无误，报送", "不同意", "大学专科", "博士研究生", "录入笔误"):
        assert words in page
    asked = client.get(reverse("portal:confirm_correction", args=[correction.pk]))
    assert "报送这次更正？" in asked.content.decode()
    correction.refresh_from_db()
    assert correction.state == "proposed", "looking decides nothing"
    assert client.post(reverse("portal:confirm_correction", args=[correction.pk])).status_code == 302
    correction.refresh_from_db()
    assert correction.made is not None
    assert (correction.state, correction.made.event) == ("confirmed", "correction")
    page = client.get(reverse("portal:contract", args=[filing.contract_id])).content.decode()
    assert "历次更正" in page
    assert correction.correction_no in page
    assert client.get(reverse("portal:confirm_correction", args=[correction.pk])).status_code == 409


def test_who_declines_says_why_and_who_proposed_sees_it(filing: Filing) -> None:
    correction = make_correction(filing)
    client = browser(member(filing))
    address = reverse("portal:decline_correction", args=[correction.pk])
    assert client.post(address, {"reason": ""}).status_code == 200
    assert client.post(address, {"reason": "证书上是大专"}).status_code == 302
    page = client.get(reverse("portal:correction", args=[correction.pk])).content.decode()
    assert "证书上是大专" in page
    assert not Filing.objects.filter(event="correction").exists()


def test_the_list_shows_what_waits_without_what_is_corrected(filing: Filing) -> None:
    correction = make_correction(filing, {"/worker/mobile": "13912345678"})
    page = browser(member(filing)).get(reverse("portal:corrections"), {"show": "proposed"}).content.decode()
    assert correction.correction_no in page
    assert "13912345678" not in page


def test_an_auditor_sees_which_fields_but_not_what_stands_there(filing: Filing) -> None:
    correction = make_correction(filing, {"/worker/mobile": "13912345678"})
    client = browser(member(filing, Role.AUDITOR))
    page = client.get(reverse("portal:correction", args=[correction.pk])).content.decode()
    assert "手机号码" in page
    assert "13912345678" not in page
    assert client.get(reverse("portal:correction_slip", args=[correction.pk])).status_code == 403


def test_a13_where_only_the_counter_corrects_the_slip_is_filled_in(filing: Filing) -> None:
    Filing.objects.filter(pk=filing.pk).update(jurisdiction="310115")
    client = browser(member(filing))
    address = reverse("portal:correct_filing", args=[filing.pk])
    page = client.get(address).content.decode()
    assert "本地备案系统不在网上办理更正" in page
    assert "提交，由另一人核对" not in page
    slip = client.post(address, {**typed(client, filing, contract__job_title="质检员"), "slip": "1"})
    assert slip.headers["Content-Type"] == "application/pdf"
    assert not Correction.objects.exists()


def test_only_what_is_accepted_has_the_button(filing: Filing) -> None:
    client = browser(member(filing))
    page = reverse("portal:contract", args=[filing.contract_id])
    assert reverse("portal:correct_filing", args=[filing.pk]) in client.get(page).content.decode()
    Filing.objects.filter(pk=filing.pk).update(state="under_review")
    text = client.get(page).content.decode()
    assert reverse("portal:correct_filing", args=[filing.pk]) not in text
    assert reverse("portal:void_filing", args=[filing.pk]) in text
    assert client.get(reverse("portal:correct_filing", args=[filing.pk])).status_code == 422


def test_a_filing_is_asked_back_after_the_question(filing: Filing) -> None:
    Filing.objects.filter(pk=filing.pk).update(state="under_review")
    client = browser(member(filing))
    address = reverse("portal:void_filing", args=[filing.pk])
    assert "作废这次申报？" in client.get(address).content.decode()
    assert not Void.objects.exists()
    assert client.post(address, {"reason": "合同尚需修改"}).status_code == 302
    page = client.get(reverse("portal:contract", args=[filing.contract_id])).content.decode()
    assert "已申请作废，正在等待经办机构答复" in page
    assert address not in page
