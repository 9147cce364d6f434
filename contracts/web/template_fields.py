"""The editor that places fields on the pages of an uploaded PDF."""

import json
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.urls import reverse

from accounts.web.forms import words_of
from accounts.web.pages import Visit, for_members
from accounts.web.words import by_language
from contracts.checks.template import template_faults
from contracts.document.catalogue import offered_blanks
from contracts.document.template import STATUTORY_ITEMS
from contracts.document.uploaded import is_uploaded
from contracts.models import Template
from contracts.services import templates
from contracts.services.previews import sheet
from contracts.services.rendering import uploaded_pages
from contracts.web.template_uploads import told_of
from contracts.web.template_words import applicable, field_words
from core.errors import Refused
from core.principal import Permission
from signing.pages import find_words

MOST_FOUND = 50
LONGEST_SEARCH = 40


def editor(visit: Visit, template: Template) -> HttpResponse:
    """The editor of a draft that is made of an uploaded document."""
    content = template.draft or {}
    pages = content["document"]["pages"]
    desk = {
        "content": {name: part for name, part in content.items() if name != "document"},
        "pages": [
            {
                "w": page["w"],
                "h": page["h"],
                "picture": reverse("templates:sheet", args=[template.pk, number]),
            }
            for number, page in enumerate(pages, start=1)
        ],
        "revision": template.revision,
        "faults": [{"at": each.field, "words": words_of(each)} for each in template_faults(content)],
        "blanks": offered_blanks(content),
        "items": [{"number": item.number, "name": by_language(item.zh, item.en)} for item in STATUTORY_ITEMS],
        **applicable(),
        "words": field_words(),
        "save": reverse("templates:save", args=[template.pk]),
        "find": reverse("templates:find", args=[template.pk]),
    }
    return visit.show(
        "template_fields.html",
        of=template,
        title=content["title"]["zh"],
        told=told_of(template),
        desk=json.dumps(desk, ensure_ascii=False),
        scanned=not any(page["text"] for page in pages),
        may_publish=visit.may(Permission.MANAGE_PROFILE),
    )


@for_members
def sheet_picture(visit: Visit, template_id: UUID, page: int) -> HttpResponse:
    """A page of the draft's document, without fields, as WebP."""
    content = _draft(visit, template_id)
    if not 1 <= page <= len(content["document"]["pages"]):
        raise Refused("not_found")
    return HttpResponse(sheet(content, page), content_type="image/webp")


@for_members
def find(visit: Visit, template_id: UUID) -> HttpResponse:
    """Where the words `?q=` stand in the draft's document, as boxes."""
    content = _draft(visit, template_id)
    words = visit.request.GET.get("q", "")[:LONGEST_SEARCH]
    found = find_words(uploaded_pages(content), words, MOST_FOUND)
    boxes = [{"page": each.page, "x": each.x, "y": each.y, "w": each.w, "h": each.h} for each in found]
    return JsonResponse({"found": boxes})


def _draft(visit: Visit, template_id: UUID) -> dict[str, dict[str, list[object]]]:
    visit.principal.require(Permission.DRAFT)
    template = templates.own_template_of(visit.principal, template_id)
    if template.draft is None or not is_uploaded(template.draft):
        raise Refused("not_found")
    draft: dict[str, dict[str, list[object]]] = template.draft
    return draft
