"""Publishing contract templates: a version, once published, never changes."""

from django.db import transaction

from contracts.document.template import check_template, load_template, shipped_slugs, template_digest
from contracts.models import Template, TemplateVersion
from core import audit, clock


def publish_own_templates() -> list[TemplateVersion]:
    """Publish the templates of this release; returns what is new. May be repeated.

    Raises ValueError for a template with faults, and for one whose text changed under a published number.
    """
    published = []
    for slug in shipped_slugs():
        content = load_template(slug)
        if faults := check_template(content):
            raise ValueError(f"{slug}: {faults}")
        digest = template_digest(content)
        known = TemplateVersion.objects.filter(slug=slug, number=content["version"]).first()
        if known is None:
            with transaction.atomic():
                now = clock.now()
                titles = {"title_zh": content["title"]["zh"], "title_en": content["title"]["en"]}
                Template.objects.update_or_create(
                    slug=slug, employer=None, defaults={**titles, "changed_at": now}
                )
                published.append(
                    TemplateVersion.objects.create(
                        slug=slug,
                        number=content["version"],
                        digest=digest,
                        content=content,
                        published_at=now,
                    )
                )
                audit.record(
                    "template.published",
                    subject=f"template:{slug}",
                    actor="system:release",
                    detail={"number": content["version"], "digest": digest},
                )
        elif known.digest != digest:
            raise ValueError(
                f"{slug} version {known.number} is published with another text: raise its number"
            )
    return published
