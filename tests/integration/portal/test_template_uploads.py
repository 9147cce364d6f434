"""A PDF of the employer's as a template: taken in, or refused in words; fields, publishing, sending."""

import copy
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import Employer
from contracts.bulk.columns import plan_for
from contracts.domain import ContractState
from contracts.facts import canonical_facts
from contracts.models import Contract, Template, TemplateVersion
from contracts.services.publishing import publish_own_templates
from contracts.tasks import render_contract
from core import blobs, confined
from core.models import AuditEvent
from core.principal import Role
from signing.models import SignatureRequest
from signing.pades.validate import read_attachment
from tests.integration.contracts.conftest import terms
from tests.integration.portal.test_template_drafts import publish, save
from tests.integration.portal.test_templates import MEMBERS, member, text_of
from tests.support import accounts as make
from tests.support import uploads

WRITERS = (Role.OWNER, Role.CLERK)


@pytest.fixture
def employer(db: None) -> Employer:
    publish_own_templates()
    return make.make_employer()


def post(browser: Browser, pdf: bytes, title: str = "本单位合同") -> Any:
    file = SimpleUploadedFile("contract.pdf", pdf, content_type="application/pdf")
    return browser.post(reverse("templates:upload"), {"title": title, "file": file})


def published(employer: Employer, **changes: Any) -> Template:
    template = uploads.make_upload(employer)
    owner = member(employer, Role.OWNER)
    assert save(owner, template, uploads.completed(template.draft or {}, **changes)).json()["faults"] == []
    assert publish(owner, template).status_code == 302
    return template


def test_an_upload_becomes_a_draft_with_the_pages_of_the_file(employer: Employer) -> None:
    answer = post(member(employer), uploads.contract_pdf())
    template = Template.objects.get(employer=employer)
    assert answer.headers["Location"] == reverse("templates:edit", args=[template.pk])

    assert template.draft is not None
    assert [round(page["w"]) for page in template.draft["document"]["pages"]] == [595, 595]
    assert blobs.get(template.draft["document"]["digest"]).startswith(b"%PDF")
    assert AuditEvent.objects.filter(action="template.uploaded", tenant=employer.pk).count() == 1
    page = text_of(member(employer).get(reverse("templates:edit", args=[template.pk])))
    assert "placer.js" in page
    assert "PDF/A" in page
    picture = member(employer).get(reverse("templates:sheet", args=[template.pk, 2]))
    assert picture.content[:4] == b"RIFF"
    assert member(employer).get(reverse("templates:sheet", args=[template.pk, 3])).status_code == 404


def test_what_was_left_out_is_told(employer: Employer) -> None:
    browser = member(employer)

    answer = post(browser, uploads.changed(uploads.with_script))

    assert "脚本" in text_of(browser.get(answer.headers["Location"]))


@pytest.mark.parametrize(
    ("pdf", "words"),
    [
        (b"MZ" + bytes(100), "不是 Word（.docx）或者 PDF"),
        (uploads.contract_pdf()[:3000], "无法读取"),
        (uploads.locked(), "密码"),
        (uploads.changed(uploads.with_signature), "已经有电子签名"),
        (uploads.changed(uploads.with_many_pages), "最多 40 页"),
    ],
)
def test_what_cannot_be_taken_is_refused_in_words(employer: Employer, pdf: bytes, words: str) -> None:
    answer = post(member(employer), pdf)

    assert words in text_of(answer)
    assert not Template.objects.filter(employer=employer).exists()


def test_a_file_that_ends_the_process_is_refused(employer: Employer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contracts.services.uploads.SECONDS", 0.05)
    assert "无法读取" in text_of(post(member(employer), uploads.contract_pdf()))
    monkeypatch.setattr(confined, "LONGEST_WAIT", 0.05)
    for _ in range(confined.AT_ONCE):
        confined._places.acquire()
    try:
        assert "正在处理的文件较多" in text_of(post(member(employer), uploads.contract_pdf()))
    finally:
        for _ in range(confined.AT_ONCE):
            confined._places.release()


@pytest.mark.parametrize("role", MEMBERS)
def test_who_may_upload_and_place(employer: Employer, role: Role) -> None:
    template = uploads.make_upload(employer)
    browser = member(employer, role)
    keys = [template.pk]

    answers = [
        browser.get(reverse("templates:upload")).status_code,
        post(browser, uploads.contract_pdf()).status_code,
        browser.get(reverse("templates:edit", args=keys)).status_code,
        browser.get(reverse("templates:sheet", args=[*keys, 1])).status_code,
        browser.get(reverse("templates:find", args=keys) + "?q=乙方").status_code,
        save(browser, template, template.draft).status_code,
    ]

    assert answers == ([200, 302, 200, 200, 200, 200] if role in WRITERS else [403] * 6)


def test_other_employers_see_nothing_of_it(employer: Employer) -> None:
    template = uploads.make_upload(employer)
    stranger = member(make.make_employer(), Role.OWNER)

    for name, keys in (("edit", []), ("sheet", [1]), ("find", []), ("preview", [0]), ("page", [0, 1])):
        address = reverse(f"templates:{name}", args=[template.pk, *keys])
        assert stranger.get(address + "?q=a").status_code == 404, name
    assert save(stranger, template, template.draft).status_code == 404


def test_the_document_of_a_draft_cannot_be_exchanged_for_another(employer: Employer) -> None:
    theirs = uploads.make_upload(make.make_employer())
    assert theirs.draft is not None
    theirs.draft["document"]["digest"] = "1" * 64
    mine = uploads.make_upload(employer)
    assert mine.draft is not None
    wish = copy.deepcopy(theirs.draft) | {"title": {"zh": "改名", "en": "Renamed"}}

    assert save(member(employer), mine, wish).status_code == 200

    before = mine.draft["document"]
    mine.refresh_from_db()
    assert mine.draft["document"] == before
    assert mine.draft["title"]["zh"] == "改名"


def test_words_are_found_on_the_pages(employer: Employer) -> None:
    template = uploads.make_upload(employer)
    address = reverse("templates:find", args=[template.pk])

    (found,) = member(employer).get(address, {"q": "乙方（签名）"}).json()["found"]

    assert found["page"] == 2
    assert found["x"] == pytest.approx(0.5, abs=0.01)
    assert member(employer).get(address).json() == {"found": []}


def test_an_unfinished_one_is_not_published_and_every_fault_is_told(employer: Employer) -> None:
    template = uploads.make_upload(employer)
    owner = member(employer, Role.OWNER)

    answer = publish(owner, template)

    assert answer.status_code == 422
    for words in ("员工签名", "单位公章", "社会保险", "员工姓名"):
        assert words in answer.content.decode()
    assert not TemplateVersion.objects.filter(slug=template.slug).exists()


def test_it_is_published_compared_and_shown(employer: Employer) -> None:
    template = published(employer)
    owner = member(employer, Role.OWNER)
    owner.post(reverse("templates:start", args=[template.pk]))
    template.refresh_from_db()
    second = copy.deepcopy(template.draft)
    assert second is not None
    second["fields"][0]["y"] = 0.7
    save(owner, template, second)
    publish(owner, template)

    assert TemplateVersion.objects.filter(slug=template.slug).count() == 2
    assert "员工签名" in text_of(owner.get(reverse("templates:compare", args=[template.pk])))
    assert "qb-sample" in text_of(owner.get(reverse("templates:preview", args=[template.pk, 2])))
    assert owner.get(reverse("templates:page", args=[template.pk, 2, 1])).status_code == 200
    page = text_of(owner.get(reverse("templates:template", args=[template.pk])))
    assert "固定期限" in page
    assert "不是 PDF/A 存档格式" in page


def test_a_contract_is_sent_from_it_with_its_facts_inside(employer: Employer) -> None:
    template = published(employer, signing={"order": ["worker", "employer"], "locked": True})
    client = make.client_of(make.make_member(employer, Role.CLERK))
    wish = {
        "worker": str(make.make_worker(employer).pk),
        "template": template.slug,
        "jurisdiction_code": "370303",
        "terms": terms(),
    }

    key = client.send("post", "contracts/", wish).json()["id"]
    sent = client.send("post", f"contracts/{key}/send/")
    assert sent.status_code == 202, sent.json()
    render_contract(key)

    contract = Contract.objects.get(pk=key)
    assert contract.state == ContractState.SIGNING
    pdf = blobs.get(contract.prepared_digest)
    assert contract.facts is not None
    assert read_attachment(pdf, "contract.json") == canonical_facts(contract.facts)
    worker, company = SignatureRequest.objects.get(subject=contract.subject).parties.order_by("order")
    assert (worker.place["page"], worker.place["x"], worker.place["y"]) == pytest.approx((2, 0.55, 0.8))
    assert worker.zone == worker.place
    assert company.place["x"] == pytest.approx(0.15)
    page = text_of(member(employer).get(reverse("templates:template", args=[template.pk])))
    assert "1 份" in page


def test_what_does_not_fit_its_place_is_told_before_sending(employer: Employer) -> None:
    narrow = uploads.field("text", 1, 0.1, 0.5, 0.1, 0.015, text="{contract.job_title}", size=9)
    template = uploads.make_upload(employer)
    draft = uploads.completed(template.draft or {})
    owner = member(employer, Role.OWNER)
    save(owner, template, {**draft, "fields": [*draft["fields"], narrow]})
    publish(owner, template)
    client = make.client_of(make.make_member(employer, Role.CLERK))
    wish = {
        "worker": str(make.make_worker(employer).pk),
        "template": template.slug,
        "jurisdiction_code": "370303",
        "terms": terms(job_title="高级装配和设备维护技术员（夜班）"),
    }

    key = client.send("post", "contracts/", wish).json()["id"]
    refused = client.send("post", f"contracts/{key}/send/").json()

    assert refused["code"] == "statutory_faults"
    assert "/contract/job_title" in {fault["field"] for fault in refused["faults"]}


def test_the_terms_of_every_kind_of_term_are_asked_for(employer: Employer) -> None:
    template = published(employer)
    worker = make.make_worker(employer)
    browser = member(employer)

    address = reverse("portal:terms") + f"?template={template.slug}&worker={worker.pk}"
    page = text_of(browser.get(address))
    columns = plan_for(TemplateVersion.objects.get(slug=template.slug).content).columns

    for name in ("end", "task_text", "probation_months", "hours_per_day", "pay_day"):
        assert f'name="{name}"' in page, name
        assert f"contract.{name}" in columns, name
