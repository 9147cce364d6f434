"""The sending of events, one endpoint at a time.

A receiver that is down costs one call per pause, not one per event; one that refuses a single event still
gets the others.
"""

import time
import uuid
from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import F

from core import clock, work
from core.canonical import canonical_json
from core.transitions import advance
from core.webhooks import egress
from core.webhooks.domain import (
    CALL_SECONDS,
    KEEP_TRYING,
    RETRY_BASE,
    RETRY_CEILING,
    RUN_SECONDS,
    DeliveryState,
    signature,
)
from core.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from core.webhooks.services import WORK

log = structlog.get_logger()
ACTOR = "system:webhooks"


@work.handler(WORK, lease=timedelta(minutes=3))
def deliver(endpoint_id: str) -> None:
    """Send what is due to one endpoint, oldest first, until nothing is or its turn is over."""
    stop = time.monotonic() + RUN_SECONDS
    pending = WebhookDelivery.objects.filter(endpoint__pk=endpoint_id, state=DeliveryState.PENDING)
    while time.monotonic() < stop:
        endpoint = WebhookEndpoint.objects.get(pk=endpoint_id)
        if not endpoint.active:
            return
        if endpoint.paused_until and endpoint.paused_until > clock.now():
            raise work.Later(endpoint.paused_until)
        delivery = pending.order_by("due_at", "id").select_related("event").first()
        if delivery is None:
            return
        if delivery.due_at > clock.now():
            raise work.Later(delivery.due_at)
        _attempt(endpoint, delivery)
    raise work.Later(clock.now())


def _attempt(endpoint: WebhookEndpoint, delivery: WebhookDelivery) -> None:
    started = clock.now()
    event = delivery.event
    body = canonical_json(
        {
            "id": str(event.pk),
            "topic": event.topic,
            "subject": event.subject,
            "at": event.at.isoformat(),
            "data": event.data,
        }
    )
    headers = {
        "Content-Type": "application/json",
        "Qianbei-Event-Id": str(event.pk),
        "Qianbei-Signature": signature(endpoint.secret, int(started.timestamp()), body),
    }
    status, error = None, ""
    try:
        status = egress.post(egress.resolve(endpoint.url), body, headers, seconds=CALL_SECONDS)
    except egress.EgressRefusedError as refused:
        error = str(refused)
    with transaction.atomic():
        WebhookAttempt.objects.create(
            id=uuid.uuid4(),
            delivery=delivery,
            started_at=started,
            created_at=clock.now(),
            status=status,
            error=error,
        )
        if status is not None and 200 <= status < 300:
            _advance(delivery, endpoint, DeliveryState.DELIVERED)
        elif clock.now() - delivery.trying_since > KEEP_TRYING:
            _advance(delivery, endpoint, DeliveryState.GIVEN_UP)
        else:
            due = clock.now() + work.backoff(delivery.tries + 1, base=RETRY_BASE, ceiling=RETRY_CEILING)
            WebhookDelivery.objects.filter(pk=delivery.pk).update(due_at=due, tries=F("tries") + 1)
        _note_health(endpoint, alive=status is not None)


def _note_health(endpoint: WebhookEndpoint, *, alive: bool) -> None:
    mine = WebhookEndpoint.objects.filter(pk=endpoint.pk)
    if not alive:
        pause = work.backoff(endpoint.failures + 1, base=RETRY_BASE, ceiling=RETRY_CEILING)
        mine.update(failures=F("failures") + 1, paused_until=clock.now() + pause)
    elif endpoint.failures:
        mine.update(failures=0, paused_until=None)


def _advance(delivery: WebhookDelivery, endpoint: WebhookEndpoint, new: DeliveryState) -> None:
    advance(
        WebhookDelivery,
        delivery.pk,
        old=DeliveryState.PENDING,
        new=new,
        actor=ACTOR,
        action=f"webhook.{new}",
        subject=endpoint.subject,
        tenant=endpoint.tenant,
        detail={"event": str(delivery.event_id)},
    )
