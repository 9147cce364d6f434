"""A PDF of the employer's as a template: its upload, and the editor that places fields on its pages."""

import json
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.web.forms import blame, words_of
from accounts.web.pages import Visit, for_acting, for_members
from accounts.web.words import by_language
from contracts.checks.template import template_faults
from contracts.document.catalogue import offered_blanks
from contracts.document.template import STATUTORY_ITEMS
from contracts.document.uploaded import is_uploaded
from contracts.models import Template
from contracts.services import templates
from contracts.services.previews import sheet
from contracts.services.rendering import uploaded_pages
from contracts.services.uploads import upload_template
from contracts.uploads.sanitise import MAX_BYTES
from contracts.web.template_words import NOTES, field_words
from core.codes import describe
from core.errors import Refused
from core.principal import Permission
from signing.pages import find_words

MOST_FOUND = 50
LONGEST_SEARCH = 40


class UploadForm(forms.Form):
    """The file and what the template is called."""

    title = forms.CharField(
        label=_("模板名称"), max_length=100, widget=forms.TextInput({"autocomplete": "off"})
    )
    file = forms.FileField(
        label=_("合同文件（PDF）"),
        help_text=_("最多 10 MB、40 页，不加密，没有签过名。Word 文件请先另存为 PDF。"),
        widget=forms.FileInput({"class": "form-control", "accept": "application/pdf,.pdf"}),
    )


@for_acting
def upload(visit: Visit) -> HttpResponse:
    """Take a PDF in; what was left out of it is told on the editor's page."""
    visit.principal.require(Permission.DRAFT)
    form = UploadForm(visit.request.POST or None, visit.request.FILES or None)
    if visit.posted and form.is_valid():
        try:
            template, notes = upload_template(
                principal=visit.principal,
                title=form.cleaned_data["title"],
                data=form.cleaned_data["file"].read(MAX_BYTES + 1),
            )
        except Refused as refused:
            blame(form, refused)
        else:
            for note in notes:
                messages.warning(visit.request, NOTES[note])
            return redirect("templates:edit", template.pk)
    return visit.show("template_upload.html", form=form)


def editor(visit: Visit, template: Template) -> HttpResponse:
    """The editor of a draft that is made of an uploaded document."""
    content = template.draft or {}
    language = by_language("zh", "en")
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
        "forms": [[code, describe("employment_form", code, language)] for code in ("1", "2", "3")],
        "terms": [[code, describe("term_type", code, language)] for code in ("1", "2", "3")],
        "words": field_words(),
        "save": reverse("templates:save", args=[template.pk]),
        "find": reverse("templates:find", args=[template.pk]),
    }
    return visit.show(
        "template_fields.html",
        of=template,
        title=content["title"]["zh"],
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
