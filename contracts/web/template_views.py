"""Contract templates: one with its versions, how its pages look, and what changed between two versions."""

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
from contracts.models import Template, TemplateVersion
from contracts.services.previews import THUMBNAIL, WIDTH, sample_page, sample_pages
from core.codes import describe
from core.errors import Refused


@for_members
def template_page(visit: Visit, template_id: UUID) -> HttpResponse:
    """One template: what it is for, its versions, and which contracts were made with each."""
    template = selectors.template_of(visit.principal, template_id)
    versions = _versions(visit, template)
    uses = selectors.uses_of(visit.principal, [version.pk for version in versions])
    newest = versions[0]
    applies = newest.content["applies_to"]
    language = by_language("zh", "en")
    return visit.show(
        "template.html",
        of=template,
        title=by_language(template.title_zh, template.title_en),
        summary=newest.content["summary"][language],
        newest=newest,
        versions=[(version, uses.get(version.pk, 0)) for version in versions],
        forms=[describe("employment_form", code, language) for code in applies["employment_forms"]],
        terms=[describe("term_type", code, language) for code in applies["term_types"]],
        pages=range(1, sample_pages(newest.content, _term(visit, newest)) + 1),
        comparable=len(versions) > 1,
    )


@for_members
def preview_page(visit: Visit, template_id: UUID, number: int) -> HttpResponse:
    """The pages of a version as the worker will see them, filled with invented facts."""
    template = selectors.template_of(visit.principal, template_id)
    version = selectors.template_version(visit.principal, template.slug, number)
    term = _term(visit, version)
    language = by_language("zh", "en")
    faults: list[str] = []
    pages = 0
    try:
        pages = sample_pages(version.content, term)
    except CannotExpand as error:
        faults = [words_of(fault) for fault in error.faults]
    return visit.show(
        "template_preview.html",
        of=template,
        title=version.content["title"][language],
        version=version,
        term=term,
        terms=[
            (code, describe("term_type", code, language))
            for code in version.content["applies_to"]["term_types"]
        ],
        pages=range(1, pages + 1),
        faults=faults,
    )


@for_members
def page_picture(visit: Visit, template_id: UUID, number: int, page: int) -> HttpResponse:
    """A page of the sample as WebP; `?small=1` for lists."""
    template = selectors.template_of(visit.principal, template_id)
    version = selectors.template_version(visit.principal, template.slug, number)
    width = THUMBNAIL if "small" in visit.request.GET else WIDTH
    try:
        picture = sample_page(version.content, _term(visit, version), page, width)
    except (CannotExpand, ValueError) as error:
        raise Refused("not_found") from error
    return HttpResponse(picture, content_type="image/webp")


@for_members
def compare_page(visit: Visit, template_id: UUID) -> HttpResponse:
    """What changed from one version (`?old=`) to another (`?new=`); by default the newest two."""
    template = selectors.template_of(visit.principal, template_id)
    versions = {str(version.number): version for version in _versions(visit, template)}
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


def _term(visit: Visit, version: TemplateVersion) -> str:
    """The type of term to be shown: the one asked for, if the template allows it, else its first."""
    terms: list[str] = version.content["applies_to"]["term_types"]
    wanted = visit.request.GET.get("term", "")
    return wanted if wanted in terms else terms[0]
