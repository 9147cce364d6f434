"""The pages of contract templates: whose they are, what they count, how they look, what changed."""

import copy
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Employer
from contracts.models import Template, TemplateVersion
from contracts.services.publishing import publish_own_templates
from contracts.web import urls_of_templates as urls
from core import clock
from core.principal import Role
from tests.support import accounts as make
from tests.support.portal import make_contract

MEMBERS = (Role.OWNER, Role.CLERK, Role.SEAL_KEEPER, Role.AUDITOR)
CHINESE = {"Accept-Language": "zh-CN"}
READS = {"list", "template", "compare", "preview", "page"}
WRITES = {"start", "edit", "save", "publish"}  # tests/integration/portal/test_template_drafts.py
UPLOADS = {"upload", "sheet", "find"}  # tests/integration/portal/test_template_uploads.py


@pytest.fixture
def employer(db: None) -> Employer:
    publish_own_templates()
    return make.make_employer()


def member(employer: Employer, role: Role = Role.CLERK) -> Browser:
    browser = Browser(headers=CHINESE)
    browser.force_login(make.make_member(employer, role).user)
    return browser


def own_template(employer: Employer, versions: int = 1, title: str = "本单位的劳动合同") -> Template:
    """A template of the employer's, made from ours; every further version says one sentence more."""
    slug = f"own-{Template.objects.count()}"
    template = Template.objects.create(
        employer=employer, slug=slug, title_zh=title, title_en="Our own", changed_at=clock.now()
    )
    content = copy.deepcopy(TemplateVersion.objects.get(slug="general").content)
    content |= {"slug": slug, "title": {"zh": title, "en": "Our own"}}
    for number in range(1, versions + 1):
        content["version"] = number
        content["chapters"][0]["clauses"][2]["blocks"].append({"text": f"补充约定第{number}项。"})
        TemplateVersion.objects.create(
            slug=slug, number=number, digest=f"{slug}-{number}", content=content, published_at=clock.now()
        )
    return template


def address(name: str, template: Template) -> str:
    keys = {"list": 0, "template": 1, "compare": 1, "preview": 2, "page": 3}[name]
    return reverse(f"templates:{name}", args=[template.pk, 1, 1][:keys])


def text_of(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_every_route_is_listed_here() -> None:
    assert {pattern.name for pattern in urls.urlpatterns} == READS | WRITES | UPLOADS


@pytest.mark.parametrize("role", MEMBERS)
@pytest.mark.parametrize("name", sorted(READS))
def test_every_member_may_read_templates(employer: Employer, name: str, role: Role) -> None:
    template = own_template(employer)

    assert member(employer, role).get(address(name, template)).status_code == 200


@pytest.mark.parametrize("name", sorted(READS))
def test_another_employers_template_is_not_there(employer: Employer, name: str) -> None:
    template = own_template(make.make_employer(), title="别家的合同")

    answer = member(employer, Role.OWNER).get(address(name, template))

    assert answer.status_code == (200 if name == "list" else 404)
    assert "别家的合同" not in answer.content.decode()


@pytest.mark.parametrize("name", sorted(READS))
def test_a_visitor_is_sent_to_the_log_in_page(employer: Employer, name: str) -> None:
    answer = Browser().get(address(name, own_template(employer)))

    assert answer.headers["Location"].startswith(reverse("account_login"))


def test_the_api_offers_and_takes_ones_own_templates_only(employer: Employer) -> None:
    theirs = own_template(make.make_employer())
    mine = own_template(employer)
    client = make.client_of(make.make_member(employer, Role.CLERK))

    slugs = {each["slug"] for each in client.send("get", "templates/").json()}

    assert mine.slug in slugs
    assert theirs.slug not in slugs
    wish = {
        "worker": str(make.make_worker(employer).pk),
        "template": theirs.slug,
        "jurisdiction_code": "370303",
        "terms": {"employment_start": "2026-12-01"},
    }
    refused = client.send("post", "contracts/", wish)
    assert (refused.status_code, refused.json()["code"]) == (422, "template_unknown")


def test_the_list_tells_whose_and_how_often_used(employer: Employer) -> None:
    own_template(employer)
    make_contract(employer)
    make_contract(employer)
    make_contract(make.make_employer())
    browser = member(employer)

    page = text_of(browser.get(reverse("templates:list")))

    assert page.count("平台提供</span>") == 4
    assert page.count("本单位</span>") == 1
    assert re.findall(r"(\d+) 份", page) == ["2"]
    assert text_of(browser.get(reverse("templates:list") + "?show=own")).count('class="qb-thumb"') == 1


def test_a_template_is_found_by_part_of_its_name(employer: Employer) -> None:
    browser = member(employer)
    assert 'name="search"' in text_of(browser.get(reverse("templates:list")))

    found = browser.post(reverse("templates:list"), {"search": "派遣"}, follow=True)

    assert text_of(found).count('class="qb-thumb"') == 1


def test_a_version_leads_to_its_contracts(employer: Employer) -> None:
    used = make_contract(employer)
    template = own_template(employer)
    browser = member(employer)
    general = Template.objects.get(slug="general")

    page = text_of(browser.get(reverse("templates:template", args=[general.pk])))

    (link,) = re.findall(r'href="([^"]+)">1 份', page)
    assert used.contract_no in text_of(browser.get(link))
    other = TemplateVersion.objects.get(slug=template.slug)
    assert used.contract_no not in text_of(browser.get(f"/contracts/?version={other.pk}"))


def test_two_versions_are_compared_in_words(employer: Employer) -> None:
    template = own_template(employer, versions=2)
    browser = member(employer)

    page = text_of(browser.get(reverse("templates:compare", args=[template.pk])))
    same = text_of(browser.get(reverse("templates:compare", args=[template.pk]) + "?old=2&new=2"))
    turned = text_of(browser.get(reverse("templates:compare", args=[template.pk]) + "?old=2&new=1"))

    assert "<ins>补充约定第2项。</ins>" in page
    assert "<del>" not in page
    assert "文字没有不同" in same
    assert "<del>补充约定第2项。</del>" in turned


def test_the_preview_shows_each_term_that_the_template_allows(employer: Employer) -> None:
    general = Template.objects.get(slug="general")
    browser = member(employer)

    page = text_of(browser.get(reverse("templates:preview", args=[general.pk, 1]) + "?term=3"))

    assert re.findall(r'href="\?term=(\d)"', page) == ["1", "2", "3"]
    picture = re.search(r'class="qb-sample" src="([^"]+)"', page)
    assert picture
    answer = browser.get(picture[1])
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.content[8:12] == b"WEBP"
    assert browser.get(reverse("templates:page", args=[general.pk, 1, 99])).status_code == 404
    assert browser.get(reverse("templates:preview", args=[general.pk, 9])).status_code == 422


@pytest.mark.parametrize("name", ["list", "template", "compare", "preview"])
def test_pages_speak_english_and_obey_the_policy(employer: Employer, name: str) -> None:
    browser = member(employer)
    template = own_template(employer, versions=2)

    page = text_of(browser.get(address(name, template), headers={"Accept-Language": "en"}))

    main = page[page.index('<main class="page-body"') :].replace(employer.name, "")
    heads = re.findall(r"<(?:h1|th|dt|summary|label|button|a)[^>]*>([^<]*[\u4e00-\u9fff])", main)
    assert not [head for head in heads if head not in ("中",)]
    assert not re.search(r"\sstyle=|\son\w+=|<style|javascript:|src=.data:", page)


def test_the_number_of_queries_does_not_grow(employer: Employer) -> None:
    browser = member(employer)
    own_template(employer)
    few = _queries(browser)
    for _ in range(10):
        own_template(employer, versions=2)

    assert _queries(browser) == few


def _queries(browser: Browser) -> int:
    browser.get(reverse("templates:list"))
    with CaptureQueriesContext(connection) as queries:
        text_of(browser.get(reverse("templates:list")))
    return len(queries)
