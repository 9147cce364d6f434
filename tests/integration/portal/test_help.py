"""Help in the portal: the handbook, help on the page at hand, questions, and the notice board."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import Employer, Notice
from accounts.web import handbook
from core import clock
from core.models import AuditEvent
from core.principal import Role
from tests.support import accounts as make

pytestmark = pytest.mark.django_db
NOTICE = {
    "title_zh": "十一月系统升级",
    "title_en": "Upgrade in November",
    "text_zh": "二十八日晚上暂停报送，已排队的次日自动报送。",
    "text_en": "Nothing is filed on the evening of the 28th; what is queued goes the next day.",
}


@pytest.fixture
def employer() -> Employer:
    return make.make_employer()


def browser(employer: Employer, language: str = "zh-CN") -> Browser:
    made = Browser(headers={"Accept-Language": language})
    made.force_login(make.make_member(employer, Role.CLERK).user)
    return made


def names(resolver: Any, prefix: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern, f"{pattern.namespace}:" if pattern.namespace else prefix)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}"


def test_a18_every_page_that_a_task_names_is_there() -> None:
    known = set(names(get_resolver()))
    named = [route for task in handbook.tasks() for route in task.routes]
    assert set(named) <= known
    assert len(named) == len(set(named))


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a18_the_handbook_is_one_page_to_print_in_both_languages(employer: Employer, language: str) -> None:
    page = browser(employer, language).get(reverse("help:start")).content.decode()
    assert "data-print" in page
    for task in handbook.tasks():
        steps = task.steps_en if language == "en" else task.steps_zh
        assert f'id="{task.id}"' in page
        assert len(steps) == len(task.steps_zh)
        for step in steps:
            assert re.sub(r"[\"'“”’]", "", step)[:12] in re.sub(r"[\"'“”’]|&#x27;|&quot;", "", page)
    if language == "en":
        assert not re.search(r"<li>[^<]*[\u4e00-\u9fff]", page)


def test_a18_each_page_leads_to_its_own_help_and_offers_large_letters(employer: Employer) -> None:
    made = browser(employer)
    for route, task in (("portal:filings", "file"), ("endings:list", "end"), ("seals:certificate", "seal")):
        page = made.get(reverse(route)).content.decode()
        assert f'{reverse("help:start")}#{task}"' in page
        assert "data-letters-switch" in page


def test_a30_questions_that_people_ask_are_answered(employer: Employer) -> None:
    page = browser(employer).get(reverse("help:start")).content.decode()
    for question in handbook.questions():
        assert question.zh in page
        assert question.answer_zh[:15] in page


def post(who: Any, **changes: Any) -> Any:
    until = (clock.now() + timedelta(days=3)).isoformat()
    return make.client_of(who).send("post", "operator/notices/", {**NOTICE, "shown_until": until, **changes})


def test_a30_what_an_operator_posts_stands_on_every_first_page_until_its_end(employer: Employer) -> None:
    assert post(make.make_operator()).status_code == 201
    for language, title in (("zh-CN", NOTICE["title_zh"]), ("en", NOTICE["title_en"])):
        made = browser(employer, language)
        assert title in made.get(reverse("portal:overview")).content.decode()
        assert title in made.get(reverse("help:start")).content.decode()
    past = clock.now() - timedelta(seconds=1)
    Notice.objects.update(shown_from=past - timedelta(days=1), shown_until=past)
    assert NOTICE["title_zh"] not in browser(employer).get(reverse("portal:overview")).content.decode()
    assert AuditEvent.objects.filter(action="notice.posted").count() == 1


def test_a30_a_notice_is_withdrawn_at_once(employer: Employer) -> None:
    operator = make.make_operator()
    key = post(operator).json()["id"]
    for _ in range(2):
        answer = make.client_of(operator).send("post", f"operator/notices/{key}/withdraw/")
        assert answer.status_code == 200
    assert NOTICE["title_zh"] not in browser(employer).get(reverse("portal:overview")).content.decode()
    listed = make.client_of(operator).send("get", "operator/notices/").json()["results"]
    assert [each["id"] for each in listed] == [key]
    assert AuditEvent.objects.filter(action="notice.withdrawn").count() == 1


def test_a30_only_operators_write_and_none_ends_before_it_begins(employer: Employer) -> None:
    owner = make.make_member(employer, Role.OWNER)
    assert post(owner).status_code == 403
    past = (clock.now() - timedelta(minutes=1)).isoformat()
    assert post(make.make_operator(), shown_until=past).json()["code"] == "notice_over"
    assert not Notice.objects.exists()
