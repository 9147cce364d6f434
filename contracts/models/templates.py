"""Templates and their published versions."""

import uuid

from django.db import models
from django.db.models import Q


class Template(models.Model):
    """A contract template: one of ours, which has no employer, or an employer's own.

    Its versions bear its slug. The titles are those of the newest one, for lists and searches. `draft` is
    what the employer is writing, faults and all; `revision` counts how often it was kept. `report` tells its
    writer what was made of the uploaded file (contracts/services/uploads.py), until the draft is published.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    employer = models.ForeignKey(
        "accounts.Employer", on_delete=models.PROTECT, null=True, related_name="templates"
    )
    slug = models.CharField(max_length=60, unique=True)
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=400)
    changed_at = models.DateTimeField()
    draft = models.JSONField(null=True)
    revision = models.PositiveIntegerField(default=0)
    report = models.JSONField(null=True)

    class Meta:
        indexes = (models.Index(fields=["employer", "title_zh"]),)
        constraints = (
            models.CheckConstraint(
                condition=Q(draft__isnull=True) | Q(employer__isnull=False),
                name="template_draft_is_an_employers",
            ),
        )

    @property
    def subject(self) -> str:
        """The name under which the audit log knows this template."""
        return f"template:{self.slug}"


class TemplateVersion(models.Model):
    """A published version of a contract template. Insert-only: a trigger refuses UPDATE and DELETE."""

    slug = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, unique=True)
    content = models.JSONField()
    published_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["slug", "number"], name="template_version_once"),)
