"""B16: contracts signed on other platforms are verified, taken over and filed; every fault is told."""

import random
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse
from rest_framework.test import APIClient

from contracts.models import Contract
from contracts.services.drafting import facts_of_draft
from core import blobs
from core.models import AuditEvent
from core.principal import Role
from filing_bridge.models import Filing
from signing.models import PageImage
from tests.integration.contracts.conftest import Office
from tests.support.accounts import make_member
from tests.support.pki import RunningPki, pki
from tests.support.signed_contracts import Authorities, SignedFile, random_facts, sign_contract
from tests.support.signed_elsewhere import sign_elsewhere
from tests.support.signing_fixtures import authorities

__all__ = ["authorities", "pki"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def outside(authorities: RunningPki, settings: Any) -> Authorities:
    """The authorities that the other platform uses, and that our trust list names."""
    settings.IMPORT_TRUST_ROOTS = [str(authorities.directory / "root.pem")]
    return Authorities(authorities)


@pytest.fixture
def draft(office: Office) -> Contract:
    return Contract.objects.get(pk=office.draft().data["id"])


def put(office: Office, draft: Contract, pdf: bytes, role: Role = Role.CLERK) -> Any:
    file = SimpleUploadedFile("signed.pdf", pdf, "application/pdf")
    return APIClient().put(
        f"/api/v1/contracts/{draft.pk}/signed-file/",
        {"file": file},
        format="multipart",
        headers={"Authorization": f"Bearer {office.as_(role).token}"},
    )


def refused(answer: Any, code: str = "import_refused") -> set[tuple[str, str]]:
    assert (answer.status_code, answer.data["code"]) == (422, code), answer.data
    return {(each["field"], each["code"]) for each in answer.data["faults"]}


def test_b16_a_contract_signed_elsewhere_is_in_force_and_filed(
    office: Office, draft: Contract, outside: Authorities
) -> None:
    signed = sign_elsewhere(outside, facts_of_draft(draft))
    answer = put(office, draft, signed.pdf)
    assert answer.status_code == 200, answer.data
    assert (answer.data["state"], answer.data["signed_elsewhere"]) == ("effective", True)
    contract = Contract.objects.get(pk=draft.pk)
    assert blobs.get(contract.signed_digest) == signed.pdf
    assert (contract.effective_at, contract.facts) == (signed.signed_at, signed.facts)
    filing = Filing.objects.get(contract_id=draft.pk)
    assert (filing.document_digest, filing.signed_elsewhere) == (contract.signed_digest, True)
    assert PageImage.objects.filter(document_digest=contract.signed_digest, width=720).count() == 4
    assert AuditEvent.objects.filter(subject=contract.subject, action="contract.imported").count() == 1


def test_b16_the_same_file_again_changes_nothing(
    office: Office, draft: Contract, outside: Authorities
) -> None:
    signed = sign_elsewhere(outside, facts_of_draft(draft))
    assert put(office, draft, signed.pdf).status_code == 200
    assert put(office, draft, signed.pdf).status_code == 200
    assert Filing.objects.filter(contract_id=draft.pk).count() == 1
    second = Contract.objects.get(pk=office.draft().data["id"])
    answer = put(office, second, signed.pdf)
    assert (answer.status_code, answer.data["code"]) == (409, "imported_already")
    assert Contract.objects.get(pk=second.pk).state == "draft"


def test_b16_facts_in_the_file_are_kept_with_its_number(
    office: Office, draft: Contract, outside: Authorities
) -> None:
    theirs = {**facts_of_draft(draft), "contract_no": "ELSEWHERE-2026-0001"}
    signed = sign_contract(outside, theirs)
    assert put(office, draft, signed.pdf).data["contract_no"] == "ELSEWHERE-2026-0001"
    assert Contract.objects.get(pk=draft.pk).facts == theirs


def test_b16_what_the_file_says_otherwise_is_told_field_by_field(
    office: Office, draft: Contract, outside: Authorities
) -> None:
    facts = facts_of_draft(draft)
    terms = {**facts["contract"], "wage_amount": "6200.00", "job_title": "质检员"}
    signed = sign_contract(outside, {**facts, "contract": terms})
    answer = put(office, draft, signed.pdf)
    assert refused(answer) == {
        ("/contract/wage_amount", "differs_from_file"),
        ("/contract/job_title", "differs_from_file"),
    }
    assert "6200" not in str(answer.data)
    assert Contract.objects.get(pk=draft.pk).state == "draft"


def test_b16_signatures_of_others_are_not_the_parties(
    office: Office, draft: Contract, outside: Authorities
) -> None:
    others = random_facts(random.Random(16), "general")
    assert refused(put(office, draft, sign_elsewhere(outside, others).pdf)) == {
        ("/employer", "not_signed_by_the_employer"),
        ("/worker/name", "not_signed_by_the_worker"),
    }
    alone = sign_elsewhere(outside, facts_of_draft(draft), signers=1)
    assert refused(put(office, draft, alone.pdf)) == {("/employer", "not_signed_by_the_employer")}


def test_b16_who_is_not_on_the_trust_list_is_not_believed(
    office: Office, draft: Contract, outside: Authorities, settings: Any
) -> None:
    signed = sign_elsewhere(outside, facts_of_draft(draft))
    settings.IMPORT_TRUST_ROOTS = [str(outside.pki.directory / "tsa.pem")]  # vouches for nobody here
    assert refused(put(office, draft, signed.pdf))
    assert Contract.objects.get(pk=draft.pk).state == "draft"


def test_b16_a_file_that_was_changed_is_refused(
    office: Office, draft: Contract, outside: Authorities
) -> None:
    signed = sign_elsewhere(outside, facts_of_draft(draft))
    assert refused(put(office, draft, signed.pdf + b"\n% more"))
    assert refused(put(office, draft, b"%PDF-1.7 scanned")) == {("", "unreadable")}
    assert not Filing.objects.filter(contract_id=draft.pk).exists()


def test_b16_only_a_draft_takes_a_file_and_only_from_who_may_send(
    office: Office, draft: Contract, outside: Authorities
) -> None:
    signed: SignedFile = sign_elsewhere(outside, facts_of_draft(draft))
    assert put(office, draft, signed.pdf, Role.AUDITOR).status_code == 403
    Contract.objects.filter(pk=draft.pk).update(state="withdrawn")
    answer = put(office, draft, signed.pdf)
    assert (answer.status_code, answer.data["code"]) == (409, "state_conflict")


def test_b16_the_portal_takes_the_file_and_tells_every_reason(
    office: Office, draft: Contract, outside: Authorities
) -> None:
    browser = Browser(headers={"Accept-Language": "zh-CN"})
    browser.force_login(make_member(office.employer, Role.CLERK).user)
    address = reverse("portal:signed_file", args=[draft.pk])
    assert address in browser.get(reverse("portal:contract", args=[draft.pk])).content.decode()
    others = sign_elsewhere(outside, random_facts(random.Random(17), "general"))
    refusal = browser.post(address, {"file": SimpleUploadedFile("a.pdf", others.pdf)}).content.decode()
    assert "没有一个签名证书是本单位的" in refusal
    assert "没有一个签名证书是这名员工的" in refusal
    signed = sign_elsewhere(outside, facts_of_draft(draft))
    page = browser.post(address, {"file": SimpleUploadedFile("a.pdf", signed.pdf)}, follow=True)
    words = page.content.decode()
    assert "签名核验通过，合同已登记" in words
    assert "这份合同在其他平台签署" in words
    assert "下载证据包" not in words
    picture = browser.get(reverse("portal:sheet", args=[draft.pk, 1]))
    assert picture["Content-Type"] == "image/webp"
    assert browser.get(reverse("portal:sheet", args=[draft.pk, 99])).status_code == 404
