"""Tables of the kernel: the audit log, due work, and remembered answers to POST requests."""

from django.db import models

from core.crypto import EncryptedJSONField
from core.webhooks.models import (  # noqa: F401  (Django finds an app's tables here)
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
)


class AuditEvent(models.Model):
    """One act. Rows are only ever inserted: a trigger refuses UPDATE and DELETE on both engines."""

    id = models.UUIDField(primary_key=True)
    at = models.DateTimeField()
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    actor = models.CharField(max_length=80)
    tenant = models.UUIDField(null=True)
    detail = models.JSONField()

    class Meta:
        indexes = (
            models.Index(fields=["subject", "at"]),
            models.Index(fields=["tenant", "at"]),
        )


class UnsealedEvent(models.Model):
    """An event that waits for the sequencer; written with the event, deleted when a block takes it in."""

    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, primary_key=True)


class WorkItem(models.Model):
    """A piece of due work. The row is the queue; a broker only rings the bell."""

    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=80)
    channel = models.CharField(max_length=20)
    urgent = models.BooleanField(default=False)
    due_at = models.DateTimeField()
    generation = models.PositiveIntegerField(default=0)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=200, default="")
    parked = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["kind", "key"], name="work_item_once"),)
        indexes = (models.Index(fields=["channel", "parked", "-urgent", "due_at"]),)


class RememberedAnswer(models.Model):
    """The answer given to a POST, kept so that a repeated request gets the same one."""

    caller = models.CharField(max_length=80)
    key = models.CharField(max_length=100)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = EncryptedJSONField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["caller", "key"], name="remembered_answer_once"),)
