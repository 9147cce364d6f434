"""An employer's own templates: written as a draft, published as versions that never change."""

import copy
import secrets
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from contracts import selectors
from contracts.checks.template import template_faults
from contracts.document.template import template_digest
from contracts.models import Template, TemplateVersion
from core import audit, clock
from core.canonical import canonical_json
from core.errors import Fault, Refused
from core.principal import Permission, Principal

MOST_BYTES = 500_000
# What the writer cannot change: the kind of template, the document whose pages it has, what it asks besides.
PINNED = ("schema", "document", "asks")


def start_draft(*, principal: Principal, template_id: UUID) -> Template:
    """The template to write on: a copy, when it is one of ours; else the employer's own with a draft.

    Commits the copy or the draft, which begins as the newest version. A draft that is there is left alone.
    """
    principal.require(Permission.DRAFT)
    template = selectors.template_of(principal, template_id)
    if template.draft is not None:
        return template
    content = copy.deepcopy(selectors.template_version(principal, template.slug).content)
    with transaction.atomic():
        if template.employer_id is None:
            template = _copied(principal, content)
        else:
            content["version"] += 1
            Template.objects.filter(pk=template.pk, draft__isnull=True).update(
                draft=content, revision=F("revision") + 1, changed_at=clock.now()
            )
        audit.record(
            "template.draft_started",
            subject=template.subject,
            actor=principal.actor,
            tenant=principal.tenant,
        )
    return selectors.template_of(principal, template.pk)


def save_draft(
    *, principal: Principal, template_id: UUID, content: Mapping[str, Any], revision: int
) -> tuple[int, list[Fault]]:
    """Keep the draft as it is now; returns the next revision, and all that keeps it from being published.

    Commits the draft. Refuses `template_draft_moved` when the draft was kept elsewhere since
    `revision`, or published, and
    `template_draft_unfit` for one that is too large or no template at all.
    """
    principal.require(Permission.DRAFT)
    template = own_template_of(principal, template_id)
    kept = {part: template.draft[part] for part in PINNED if part in template.draft} if template.draft else {}
    number = _next_number(principal, template)
    numbered = {**content, **kept, "slug": template.slug, "version": number}
    faults = template_faults(numbered)
    if any(fault.code == "template_malformed" for fault in faults) or _size(numbered) > MOST_BYTES:
        raise Refused("template_draft_unfit")
    found = Template.objects.filter(pk=template.pk, revision=revision, draft__isnull=False)
    if not found.update(draft=numbered, revision=revision + 1, changed_at=clock.now()):
        raise Refused("template_draft_moved")
    return revision + 1, faults


def publish_draft(*, principal: Principal, template_id: UUID) -> TemplateVersion:
    """Make the draft the next version, from which contracts are drafted from now on.

    A clerk writes, the owner publishes: what stands here is signed by everybody. Commits the version, which
    nothing changes anymore, and its audit event. Refuses `template_faulty` with all faults at once, and
    `template_draft_moved` when there is no draft, or it was kept while it was being published.
    """
    principal.require(Permission.MANAGE_PROFILE)
    template = own_template_of(principal, template_id)
    content = template.draft
    if content is None:
        raise Refused("template_draft_moved")
    if faults := template_faults(content):
        raise Refused("template_faulty", faults=faults, params={"count": len(faults)})
    now = clock.now()
    titles = {"title_zh": content["title"]["zh"], "title_en": content["title"]["en"]}
    with transaction.atomic():
        found = Template.objects.filter(pk=template.pk, revision=template.revision)
        if not found.update(
            draft=None, report=None, revision=template.revision + 1, changed_at=now, **titles
        ):
            raise Refused("template_draft_moved")
        version = TemplateVersion.objects.create(
            slug=template.slug,
            number=content["version"],
            digest=template_digest(content),
            content=content,
            published_at=now,
        )
        audit.record(
            "template.published",
            subject=template.subject,
            actor=principal.actor,
            tenant=principal.tenant,
            detail={"number": version.number, "digest": version.digest},
        )
    return version


def own_template_of(principal: Principal, template_id: UUID) -> Template:
    """A template that the employer may write on; ours are `not_found` here."""
    template = selectors.template_of(principal, template_id)
    if template.employer_id is None:
        raise Refused("not_found")
    return template


def _copied(principal: Principal, content: dict[str, Any]) -> Template:
    slug = f"own-{secrets.token_hex(8)}"
    title = {"zh": f"{content['title']['zh']}（本单位）"[:200], "en": f"{content['title']['en']} (own)"[:400]}
    return Template.objects.create(
        employer_id=principal.tenant,
        slug=slug,
        title_zh=title["zh"],
        title_en=title["en"],
        changed_at=clock.now(),
        draft={**content, "slug": slug, "version": 1, "title": title},
        revision=1,
    )


def _size(content: Mapping[str, Any]) -> int:
    try:
        return len(canonical_json(content))
    except ValueError as error:  # numbers and characters of which no digest can be made
        raise Refused("template_draft_unfit") from error


def _next_number(principal: Principal, template: Template) -> int:
    versions = selectors.versions_of(principal).filter(slug=template.slug)
    newest: int | None = versions.order_by("-number").values_list("number", flat=True).first()
    return (newest or 0) + 1
