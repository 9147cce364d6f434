"""Writing an employer's own template: the editor, keeping the draft, publishing it."""

import json
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.web.forms import words_of
from accounts.web.pages import Visit, for_acting, for_members
from contracts import selectors
from contracts.checks.template import template_faults
from contracts.document.catalogue import REPEATED, offered_blanks, offered_facts
from contracts.document.template import STATUTORY_ITEMS
from contracts.document.uploaded import is_uploaded
from contracts.document.wording import fact_name
from contracts.services import templates
from contracts.web.template_fields import editor
from contracts.web.template_uploads import told_of
from contracts.web.template_words import applicable, words
from core.errors import Fault, Refused
from core.principal import Permission


@for_acting
def start(visit: Visit, template_id: UUID) -> HttpResponse:
    """Copy one of ours, or go on writing one's own."""
    visit.principal.require(Permission.DRAFT)
    if not visit.posted:
        return redirect("templates:template", selectors.template_of(visit.principal, template_id).pk)
    template = templates.start_draft(principal=visit.principal, template_id=template_id)
    return redirect("templates:edit", template.pk)


@for_members
def edit(visit: Visit, template_id: UUID) -> HttpResponse:
    """The editor."""
    visit.principal.require(Permission.DRAFT)
    template = templates.own_template_of(visit.principal, template_id)
    if template.draft is None:
        return redirect("templates:template", template_id)
    if is_uploaded(template.draft):
        return editor(visit, template)
    desk = {
        "content": template.draft,
        "revision": template.revision,
        "faults": _listed(template_faults(template.draft)),
        "blanks": offered_blanks(template.draft),
        "facts": offered_facts(),
        "repeats": [{"path": REPEATED, "name": fact_name(REPEATED)}],
        **applicable(),
        "items": [{"number": item.number, "name": item.zh} for item in STATUTORY_ITEMS],
        "words": words(),
        "save": reverse("templates:save", args=[template.pk]),
    }
    return visit.show(
        "template_edit.html",
        of=template,
        title=template.draft["title"]["zh"],
        told=told_of(template),
        desk=json.dumps(desk, ensure_ascii=False),
        may_publish=visit.may(Permission.MANAGE_PROFILE),
    )


@for_acting
def save(visit: Visit, template_id: UUID) -> HttpResponse:
    """Keep the draft (JSON: `content`, `revision`); answers with the next revision and all faults."""
    visit.principal.require(Permission.DRAFT)
    try:
        wish = json.loads(visit.request.body)
        content, revision = dict(wish["content"]), int(wish["revision"])
    except (ValueError, TypeError, KeyError) as error:
        raise Refused("template_draft_unfit") from error
    revision, faults = templates.save_draft(
        principal=visit.principal, template_id=template_id, content=content, revision=revision
    )
    return JsonResponse({"revision": revision, "faults": _listed(faults)})


@for_acting
def publish(visit: Visit, template_id: UUID) -> HttpResponse:
    """Ask, then publish; every fault is told at once."""
    visit.principal.require(Permission.MANAGE_PROFILE)
    template = templates.own_template_of(visit.principal, template_id)
    if not visit.posted:
        return visit.ask(
            _("发布这个模板？"),
            _("发布后这一版不能再改，新合同将使用它；已经发出的合同不受影响。需要修改时，可以再写下一版。"),
            action=_("发布"),
            back=reverse("templates:edit", args=[template_id]),
        )
    version = templates.publish_draft(principal=visit.principal, template_id=template.pk)
    told = _("第 {number} 版已发布。").format(number=version.number)
    return visit.done(told, "templates:template", template_id)


def _listed(faults: list[Fault]) -> list[dict[str, str]]:
    return [{"at": fault.field, "words": words_of(fault)} for fault in faults]
