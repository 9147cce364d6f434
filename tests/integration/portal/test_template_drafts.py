"""An employer's own template: copied, written, published, used; and by nobody else."""

import copy
import json
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import Employer
from contracts.domain import ContractState
from contracts.models import Contract, Template, TemplateVersion
from contracts.services.publishing import publish_own_templates
from contracts.tasks import render_contract
from core.models import AuditEvent
from core.principal import Role
from tests.integration.contracts.conftest import terms
from tests.integration.portal.test_templates import MEMBERS, member, text_of
from tests.support import accounts as make

WRITERS = (Role.OWNER, Role.CLERK)


@pytest.fixture
def employer(db: None) -> Employer:
    publish_own_templates()
    return make.make_employer()


def copied(employer: Employer) -> Template:
    """A copy of the general contract, made by a clerk."""
    general = Template.objects.get(slug="general")
    answer = member(employer).post(reverse("templates:start", args=[general.pk]))
    assert answer.status_code == 302
    return Template.objects.get(employer=employer)


def save(browser: Browser, template: Template, content: Any, revision: int | None = None) -> Any:
    template.refresh_from_db()
    body = {"content": content, "revision": template.revision if revision is None else revision}
    address = reverse("templates:save", args=[template.pk])
    return browser.post(address, json.dumps(body), content_type="application/json")


def publish(browser: Browser, template: Template) -> Any:
    return browser.post(reverse("templates:publish", args=[template.pk]), {"confirmed": "1"})


def with_sentence(template: Template, text: str) -> Any:
    content = copy.deepcopy(template.draft)
    assert content is not None
    content["chapters"][0]["clauses"][2]["blocks"].append({"text": text})
    return content


def test_a_copy_is_the_employers_own_and_ours_stays(employer: Employer) -> None:
    before = TemplateVersion.objects.get(slug="general").content

    template = copied(employer)

    assert template.draft is not None
    assert template.draft["chapters"] == before["chapters"]
    assert (template.draft["slug"], template.draft["version"]) == (template.slug, 1)
    assert Template.objects.get(slug="general").draft is None
    assert AuditEvent.objects.filter(action="template.draft_started", tenant=employer.pk).count() == 1
    page = text_of(member(employer).get(reverse("templates:list")))
    assert "未发布" in page
    assert "有草稿" in page


@pytest.mark.parametrize("role", MEMBERS)
def test_who_may_write_and_who_may_publish(employer: Employer, role: Role) -> None:
    template = copied(employer)
    browser = member(employer, role)
    writes = role in WRITERS

    assert browser.get(reverse("templates:edit", args=[template.pk])).status_code == (200 if writes else 403)
    assert save(browser, template, template.draft).status_code == (200 if writes else 403)
    answer = publish(browser, template)

    assert answer.status_code == (302 if role == Role.OWNER else 403)
    assert TemplateVersion.objects.filter(slug=template.slug).exists() is (role == Role.OWNER)


def test_other_employers_and_our_own_templates_cannot_be_written(employer: Employer) -> None:
    template = copied(employer)
    stranger = member(make.make_employer(), Role.OWNER)
    draft = template.draft

    for name in ("edit", "publish"):
        assert stranger.get(reverse(f"templates:{name}", args=[template.pk])).status_code == 404
    assert stranger.post(reverse("templates:start", args=[template.pk])).status_code == 404
    assert save(stranger, template, draft).status_code == 404
    assert publish(stranger, template).status_code == 404
    general = Template.objects.get(slug="general")
    assert save(stranger, general, draft).status_code == 404
    template.refresh_from_db()
    general.refresh_from_db()
    assert (template.draft, general.draft) == (draft, None)


def test_saving_keeps_the_draft_and_tells_every_fault(employer: Employer) -> None:
    template = copied(employer)
    browser = member(employer)

    answer = save(browser, template, with_sentence(template, "乙方交纳押金，昵称为【昵称】。"))

    told = answer.json()
    assert told["revision"] == template.revision + 1
    assert [fault["at"] for fault in told["faults"]] == ["/chapters/0/clauses/2/blocks/1/text"] * 2
    assert "押金" in "".join(fault["words"] for fault in told["faults"])
    template.refresh_from_db()
    assert template.draft is not None
    assert template.draft["chapters"][0]["clauses"][2]["blocks"][1]["text"].startswith("乙方交纳押金")
    page = text_of(browser.get(reverse("templates:preview", args=[template.pk, 0])))
    assert "qb-sample" in page or "昵称" in page


def test_a_draft_that_moved_is_not_overwritten(employer: Employer) -> None:
    template = copied(employer)
    browser = member(employer)
    assert save(browser, template, with_sentence(template, "第一个窗口。")).status_code == 200
    template.refresh_from_db()
    kept = template.draft

    answer = save(browser, template, with_sentence(template, "第二个窗口。"), revision=1)

    assert answer.status_code == 409
    template.refresh_from_db()
    assert template.draft == kept


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        '{"content": 1, "revision": 1}',
        '{"content": {}, "revision": "x"}',
        '{"content": {"title": 1}, "revision": 1}',
    ],
)
def test_what_is_no_draft_is_refused(employer: Employer, body: str) -> None:
    template = copied(employer)

    answer = member(employer).post(
        reverse("templates:save", args=[template.pk]), body, content_type="application/json"
    )

    assert answer.status_code == 422
    assert Template.objects.get(pk=template.pk).draft == template.draft


def test_a_draft_may_be_only_so_large(employer: Employer) -> None:
    template = copied(employer)

    answer = save(member(employer), template, with_sentence(template, "长" * 200_000))

    assert answer.status_code == 422
    assert Template.objects.get(pk=template.pk).draft == template.draft


def test_a_faulty_draft_is_not_published(employer: Employer) -> None:
    template = copied(employer)
    owner = member(employer, Role.OWNER)
    save(owner, template, with_sentence(template, "乙方交纳押金。"))

    answer = publish(owner, template)

    assert answer.status_code == 422
    assert "押金" in answer.content.decode()
    assert not TemplateVersion.objects.filter(slug=template.slug).exists()
    assert Template.objects.get(pk=template.pk).draft is not None


def test_versions_count_up_and_stay_as_they_were(employer: Employer) -> None:
    template = copied(employer)
    owner = member(employer, Role.OWNER)
    publish(owner, template)
    first = TemplateVersion.objects.get(slug=template.slug)
    owner.post(reverse("templates:start", args=[template.pk]))
    template.refresh_from_db()
    save(owner, template, with_sentence(template, "第二版加写一句。"))

    publish(owner, template)

    versions = TemplateVersion.objects.filter(slug=template.slug).order_by("number")
    assert [version.number for version in versions] == [1, 2]
    assert versions[0].content == first.content
    compared = text_of(owner.get(reverse("templates:compare", args=[template.pk])))
    assert "<ins>第二版加写一句。</ins>" in compared
    assert AuditEvent.objects.filter(action="template.published", tenant=employer.pk).count() == 2


def test_contracts_are_drafted_sent_and_rendered_from_an_own_template(employer: Employer) -> None:
    template = copied(employer)
    owner = member(employer, Role.OWNER)
    save(owner, template, with_sentence(template, "乙方享有本单位的班车。"))
    publish(owner, template)
    client = make.client_of(make.make_member(employer, Role.CLERK))
    wish = {
        "worker": str(make.make_worker(employer).pk),
        "template": template.slug,
        "jurisdiction_code": "370303",
        "terms": terms(),
    }

    drafted = client.send("post", "contracts/", wish)
    assert drafted.status_code == 201, drafted.json()
    key = drafted.json()["id"]
    sent = client.send("post", f"contracts/{key}/send/")
    assert sent.status_code == 202, sent.json()
    render_contract(key)

    contract = Contract.objects.select_related("template").get(pk=key)
    assert contract.state == ContractState.SIGNING
    assert contract.facts["template"] == {
        "slug": template.slug,
        "version": 1,
        "digest": contract.template.digest,
    }
    page = text_of(owner.get(reverse("templates:template", args=[template.pk])))
    assert "1 份" in page
