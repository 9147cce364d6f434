"""Tables of webhooks: who wants to hear what, what happened, and every call."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.crypto import EncryptedTextField
from core.transitions import TransitionTable
from core.webhooks.domain import DELIVERY_TRANSITIONS, DeliveryState


class WebhookEndpoint(models.Model):
    """An address of an employer that wants to hear of some topics. Pausing after failures is per endpoint."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    tenant = models.UUIDField()
    url = models.CharField(max_length=500)
    topics = models.JSONField()
    secret = EncryptedTextField()
    active = models.BooleanField(default=True)
    failures = models.PositiveIntegerField(default=0)
    paused_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["tenant", "-created_at"]),)

    @property
    def subject(self) -> str:
        """The name under which the audit log knows this endpoint."""
        return f"webhook:{self.pk}"


class WebhookEvent(models.Model):
    """Something that happened. `id` is the stable id by which receivers tell copies apart. Insert-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    tenant = models.UUIDField()
    topic = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    data = models.JSONField()
    at = models.DateTimeField()


class WebhookDelivery(models.Model):
    """One event for one endpoint."""

    TRANSITIONS: ClassVar[TransitionTable] = DELIVERY_TRANSITIONS

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.PROTECT, related_name="deliveries")
    event = models.ForeignKey(WebhookEvent, on_delete=models.PROTECT, related_name="deliveries")
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in DeliveryState], default=DeliveryState.PENDING
    )
    # Since when it has been tried without a break: a replay starts the clock again.
    trying_since = models.DateTimeField()
    due_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["endpoint", "event"], name="webhook_delivery_once"),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in DeliveryState]), name="webhook_delivery_state_known"
            ),
        )
        indexes = (models.Index(fields=["endpoint", "state", "due_at"]),)


class WebhookAttempt(models.Model):
    """One call and what came of it. Insert-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.PROTECT, related_name="attempts")
    started_at = models.DateTimeField()
    created_at = models.DateTimeField()  # when it ended and was written down
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=60, default="")

    class Meta:
        indexes = (models.Index(fields=["delivery", "-created_at"]),)
