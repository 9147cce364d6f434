"""Contract templates: one with its versions, how its pages look, and what changed between two versions."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.web.forms import words_of
from accounts.web.pages import Visit, for_members
from accounts.web.words import by_language
from contracts import selectors
from contracts.document.compare import compare
from contracts.document.expand import CannotExpand
from contracts.document.template import check_template
from contracts.document.uploaded import is_uploaded
from contracts.models import Template, TemplateVersion
from contracts.services.previews import THUMBNAIL, WIDTH, sample_page, sample_pages
from core.codes import describe
from core.errors import Fault, Refused
from core.principal import Permission

DRAFT: Final = 0  # stands for the draft where an address has a version's number


@for_members
def template_page(visit: Visit, template_id: UUID) -> HttpResponse:
    """One template: what it is for, its versions, and which contracts were made with each."""
    template = selectors.template_of(visit.principal, template_id)
    versions = _versions(visit, template)
    uses = selectors.uses_of(visit.principal, [version.pk for version in versions])
    number = versions[0].number if versions else DRAFT
    content = _content(visit, template, number)
    applies = content["applies_to"]
    language = by_language("zh", "en")
    return visit.show(
        "template.html",
        of=template,
        title=by_language(template.title_zh, template.title_en),
        summary=content["summary"][language],
        number=number,
        versions=[(version, uses.get(version.pk, 0)) for version in versions],
        forms=[describe("employment_form", code, language) for code in applies["employment_forms"]],
        terms=[describe("term_type", code, language) for code in applies["term_types"]],
        pages=range(1, _pages(content, _term(visit, content))[0] + 1),
        comparable=len(versions) > 1,
        uploaded=is_uploaded(content),
        may_write=visit.may(Permission.DRAFT),
        may_publish=visit.may(Permission.MANAGE_PROFILE),
    )


@for_members
def preview_page(visit: Visit, template_id: UUID, number: int) -> HttpResponse:
    """The pages of a version as the worker will see them, filled with invented facts; 0 is the draft."""
    template = selectors.template_of(visit.principal, template_id)
    content = _content(visit, template, number)
    term = _term(visit, content)
    language = by_language("zh", "en")
    pages, faults = _pages(content, term)
    return visit.show(
        "template_preview.html",
        of=template,
        title=content["title"][language],
        number=number,
        term=term,
        terms=[(code, describe("term_type", code, language)) for code in content["applies_to"]["term_types"]],
        pages=range(1, pages + 1),
        faults=[words_of(fault) for fault in faults],
    )


@for_members
def page_picture(visit: Visit, template_id: UUID, number: int, page: int) -> HttpResponse:
    """A page of the sample as WebP; `?small=1` for lists."""
    template = selectors.template_of(visit.principal, template_id)
    content = _content(visit, template, number)
    width = THUMBNAIL if "small" in visit.request.GET else WIDTH
    term = _term(visit, content)
    if not 1 <= page <= _pages(content, term)[0]:
        raise Refused("not_found")
    return HttpResponse(sample_page(content, term, page, width), content_type="image/webp")


@for_members
def compare_page(visit: Visit, template_id: UUID) -> HttpResponse:
    """What changed from one version (`?old=`) to another (`?new=`); by default the newest two."""
    template = selectors.template_of(visit.principal, template_id)
    versions = {str(version.number): version for version in _versions(visit, template)}
    if not versions:
        raise Refused("not_found")
    numbers = list(versions)
    new = versions.get(visit.request.GET.get("new", ""), versions[numbers[0]])
    old = versions.get(visit.request.GET.get("old", ""), versions[numbers[min(1, len(numbers) - 1)]])
    return visit.show(
        "template_compare.html",
        of=template,
        title=by_language(template.title_zh, template.title_en),
        versions=list(versions.values()),
        sides=((_("旧版本"), "old", old), (_("新版本"), "new", new)),
        changes=compare(old.content, new.content),
        back=reverse("templates:template", args=[template.pk]),
    )


def _versions(visit: Visit, template: Template) -> list[TemplateVersion]:
    """All published versions, the newest first."""
    return list(selectors.versions_of(visit.principal).filter(slug=template.slug).order_by("-number"))


def _content(visit: Visit, template: Template, number: int) -> dict[str, Any]:
    """What a version says, or the draft does."""
    if number != DRAFT:
        content: dict[str, Any] = selectors.template_version(visit.principal, template.slug, number).content
        return content
    if template.draft is None:
        raise Refused("not_found")
    draft: dict[str, Any] = template.draft
    return draft


def _pages(content: dict[str, Any], term: str) -> tuple[int, Sequence[Fault]]:
    """How many pages the sample has, or why a draft cannot be shown yet."""
    if faults := check_template(content):
        return 0, faults
    try:
        return sample_pages(content, term), ()
    except CannotExpand as error:
        return 0, error.faults


def _term(visit: Visit, content: dict[str, Any]) -> str:
    """The type of term to be shown: the one asked for, if the template allows it, else its first, if any."""
    terms: list[str] = content["applies_to"]["term_types"]
    wanted = visit.request.GET.get("term", "")
    return wanted if wanted in terms else next(iter(terms), "")
