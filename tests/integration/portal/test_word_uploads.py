"""A Word document of the employer's becomes an editable template: read in, checked, published, sent."""

import copy
import json
import re
from typing import Any

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import Employer
from contracts.document.samples import sample_facts
from contracts.domain import ContractState
from contracts.models import Contract, Template, TemplateVersion
from contracts.services.previews import AT
from contracts.services.publishing import publish_own_templates
from contracts.services.rendering import rendered_contract
from contracts.tasks import render_contract
from core import blobs
from core.models import AuditEvent
from core.principal import Role
from tests.integration.contracts.conftest import terms
from tests.integration.portal.test_template_drafts import publish, save
from tests.integration.portal.test_templates import MEMBERS, member, text_of
from tests.support import accounts as make
from tests.support import word

WRITERS = (Role.OWNER, Role.CLERK)
# Words that no blank stands in, as they must be found in the PDF.
SENTENCES = re.compile(r"[^_【】（）\s，。；：、]{4,}")


@pytest.fixture
def employer(db: None) -> Employer:
    publish_own_templates()
    return make.make_employer()


def post(browser: Browser, data: bytes, title: str = "") -> Any:
    file = SimpleUploadedFile("contract.docx", data, content_type="application/octet-stream")
    return browser.post(reverse("templates:upload"), {"title": title, "file": file})


def uploaded(employer: Employer, data: bytes) -> Template:
    answer = post(member(employer), data)
    assert answer.status_code == 302, text_of(answer)
    return Template.objects.get(employer=employer)


def settled(draft: Any) -> Any:
    """What the writer does with the one blank that nobody could know."""
    wish = json.dumps(draft, ensure_ascii=False).replace(
        "紧急联系人：【待定：紧急联系人】", "紧急联系人由乙方另行告知。"
    )
    return json.loads(wish)


def in_pdf(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return re.sub(r"\s", "", "".join(page.get_textpage().get_text_range() for page in document))


def test_a_word_document_becomes_a_draft_of_clauses(employer: Employer) -> None:
    template = uploaded(employer, word.contract())

    assert template.title_zh == "劳动合同书"
    assert template.draft is not None
    assert template.draft["applies_to"]["term_types"] == ["1"]
    assert AuditEvent.objects.filter(action="template.uploaded", tenant=employer.pk).count() == 1
    page = text_of(member(employer).get(reverse("templates:edit", args=[template.pk])))
    assert "editor.js" in page
    for words in ("还有 1 处空格没有认出", "身份证号码", "【证件号码】", "改用平台的签署栏", "甲方（盖章）"):
        assert words in page, words


def test_open_blanks_are_listed_and_hold_publishing_back(employer: Employer) -> None:
    template = uploaded(employer, word.contract())
    owner = member(employer, Role.OWNER)

    told = save(owner, template, template.draft).json()["faults"]

    assert [fault["words"] for fault in told] == [
        "“紧急联系人”处要填什么，还没有确定。 请用“插入空格”选择内容替换它，或者改成文字。"
    ]
    assert publish(owner, template).status_code == 422
    assert save(owner, template, settled(template.draft)).json()["faults"] == []
    assert publish(owner, template).status_code == 302
    template.refresh_from_db()
    assert template.report is None


def test_every_sentence_of_the_document_is_in_the_pdf(employer: Employer) -> None:
    template = uploaded(employer, word.contract())
    draft = settled(template.draft)

    rendered = rendered_contract(draft, sample_facts(draft, form="1", term="1"), at=AT)

    printed = in_pdf(rendered.pdf)
    sentences = [found for line in word.CONTRACT[1:-2] for found in SENTENCES.findall(line)]
    assert len(sentences) > 30
    assert [words for words in sentences if words not in printed and words != "紧急联系人"] == []
    for label in ("第一条", "第九条", "一、劳动合同期限", "七、其他"):
        assert label in printed


def test_a_document_with_numbers_of_its_own_keeps_them_in_the_pdf(employer: Employer) -> None:
    lines = (
        "劳动合同书", "甲方：______", "住所：______", "法定代表人：______", "乙方：______",
        "身份证号码：______", "住址：______", "第一章 合同期限",
        "第3条 合同自____年__月__日起至____年__月__日止。", "第二章 工作",
        "第5条 乙方的岗位为______，工作地点为______。", "第6条 工作时间：每日不超过八小时，实行标准工时制。",
        "第7条 月工资为______元。", "第8条 社会保险按照国家规定办理。", "第9条 劳动保护按照国家规定办理。",
    )  # fmt: skip
    template = uploaded(employer, word.document(*lines))
    owner = member(employer, Role.OWNER)

    assert save(owner, template, template.draft).json()["faults"] == []

    assert template.draft is not None
    facts = sample_facts(template.draft, form="1", term="1")
    printed = in_pdf(rendered_contract(template.draft, facts, at=AT).pdf)
    for words in ("第一章合同期限", "第3条", "第9条", "实行标准工时制"):
        assert words in printed, words
    assert "第一条" not in printed


def test_a_contract_is_sent_from_it(employer: Employer) -> None:
    template = uploaded(employer, word.contract())
    owner = member(employer, Role.OWNER)
    draft = settled(template.draft)
    draft["chapters"][1]["clauses"].pop()  # no probation is agreed below
    save(owner, template, draft)
    publish(owner, template)
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
    assert b"pdfaid" in blobs.get(contract.prepared_digest)


def test_a_name_replaces_the_documents_title_and_that_is_told(employer: Employer) -> None:
    browser = member(employer)

    answer = post(browser, word.contract(), title="车间合同")

    template = Template.objects.get(employer=employer)
    assert template.draft is not None
    assert template.draft["title"]["zh"] == template.title_zh == "车间合同"
    assert "劳动合同书" in text_of(browser.get(answer.headers["Location"]))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (word.document("甲方", parts={"word/vbaProject.bin": b"x"}), "宏"),
        (word.document("甲方", external=[("image", "https://example.com/a.png")]), "它以外的内容"),
        (word.many_parts(), "过于复杂"),
        (word.with_entities(), "无法读取"),
        (word.contract()[:-60], "无法读取"),
        (word.encrypted(), "密码"),
        (word.old_kind(), "旧版的 Word"),
        (word.document("只有文字。"), "还没有填写模板名称"),
    ],
)
def test_what_cannot_be_taken_is_refused_in_words(employer: Employer, data: bytes, words: str) -> None:
    answer = post(member(employer), data)

    assert words in text_of(answer)
    assert not Template.objects.filter(employer=employer).exists()


@pytest.mark.parametrize("role", MEMBERS)
def test_who_may_upload(employer: Employer, role: Role) -> None:
    answer = post(member(employer, role), word.contract())

    assert answer.status_code == (302 if role in WRITERS else 403)
    assert Template.objects.filter(employer=employer).exists() is (role in WRITERS)


def test_what_the_template_is_for_can_be_changed(employer: Employer) -> None:
    template = uploaded(employer, word.contract())
    owner = member(employer, Role.OWNER)
    wish = copy.deepcopy(settled(template.draft))
    wish["applies_to"]["term_types"] = []

    assert save(owner, template, wish).json()["faults"][0]["at"] == "/applies_to/term_types"
    assert owner.get(reverse("templates:preview", args=[template.pk, 0])).status_code == 200
    wish["applies_to"]["term_types"] = ["1", "2"]
    faults = save(owner, template, wish).json()["faults"]
    assert "合同终止日期" in "".join(fault["words"] for fault in faults)
    assert not TemplateVersion.objects.filter(slug=template.slug).exists()
