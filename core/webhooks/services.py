"""Writes: who listens, what happened, and sending again."""

import secrets
import uuid
from collections.abc import Mapping, Sequence
from uuid import UUID

from core import audit, clock
from core.errors import Fault, Refused
from core.principal import Permission, Principal
from core.transitions import advance
from core.webhooks.domain import MAX_ENDPOINTS, DeliveryState
from core.webhooks.egress import EgressRefusedError, check
from core.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookEvent
from core.work import enqueue

WORK = "webhook.deliver"

_URL_WORDS: Mapping[str, tuple[str, str]] = {
    "url_malformed": (
        "地址格式不正确，且不能带用户名、密码或 #。",
        "Not a plain URL without credentials or fragment.",
    ),
    "url_not_https": ("地址必须以 https:// 开头。", "The address must start with https://."),
}


def register_endpoint(*, principal: Principal, url: str, topics: Sequence[str]) -> WebhookEndpoint:
    """Send events of these topics (or `*`) to `url` from now on. The secret is shown this once.

    Raises `not_permitted`, `invalid_input` for an address that may not be called, `webhook_limit`.
    """
    principal.require(Permission.MANAGE_PROFILE)
    try:
        check(url)
    except EgressRefusedError as error:
        raise Refused("invalid_input", faults=[Fault("/url", str(error), *_URL_WORDS[str(error)])]) from error
    if WebhookEndpoint.objects.filter(tenant=principal.tenant, active=True).count() >= MAX_ENDPOINTS:
        raise Refused("webhook_limit", params={"limit": MAX_ENDPOINTS})
    endpoint = WebhookEndpoint.objects.create(
        tenant=principal.tenant,
        url=url,
        topics=sorted(set(topics)),
        secret=f"whsec_{secrets.token_urlsafe(32)}",
        created_at=clock.now(),
    )
    audit.record(
        "webhook.registered",
        subject=endpoint.subject,
        actor=principal.actor,
        tenant=principal.tenant,
        detail={"topics": endpoint.topics},
    )
    return endpoint


def remove_endpoint(*, principal: Principal, endpoint: WebhookEndpoint) -> None:
    """Stop sending. What was sent stays visible."""
    principal.require(Permission.MANAGE_PROFILE)
    if WebhookEndpoint.objects.filter(pk=endpoint.pk, active=True).update(active=False):
        audit.record(
            "webhook.removed", subject=endpoint.subject, actor=principal.actor, tenant=principal.tenant
        )


def emit(topic: str, *, tenant: UUID, subject: str, data: Mapping[str, str | int | bool | None]) -> None:
    """Tell the tenant's endpoints, in the caller's transaction; `data` holds identifiers and states only."""
    listening = [
        endpoint
        for endpoint in WebhookEndpoint.objects.filter(tenant=tenant, active=True)
        if topic in endpoint.topics or "*" in endpoint.topics
    ]
    if not listening:
        return
    now = clock.now()
    event = WebhookEvent.objects.create(
        id=uuid.uuid4(), tenant=tenant, topic=topic, subject=subject, data=dict(data), at=now
    )
    for endpoint in listening:
        WebhookDelivery.objects.create(endpoint=endpoint, event=event, trying_since=now, due_at=now)
        enqueue(WORK, str(endpoint.pk))


def replay(*, principal: Principal, attempt: WebhookAttempt) -> None:
    """Send the event of this attempt again, with the same event id, and start its days of retries anew."""
    principal.require(Permission.MANAGE_PROFILE)
    delivery = attempt.delivery
    if not delivery.endpoint.active:
        raise Refused("webhook_removed")
    now = clock.now()
    if delivery.state == DeliveryState.PENDING:
        WebhookDelivery.objects.filter(pk=delivery.pk).update(due_at=now, trying_since=now)
        audit.record(
            "webhook.hurried",
            subject=delivery.endpoint.subject,
            actor=principal.actor,
            tenant=principal.tenant,
            detail={"event": str(delivery.event_id)},
        )
    else:
        advance(
            WebhookDelivery,
            delivery.pk,
            old=delivery.state,
            new=DeliveryState.PENDING,
            actor=principal.actor,
            action="webhook.replayed",
            subject=delivery.endpoint.subject,
            tenant=principal.tenant,
            detail={"event": str(delivery.event_id)},
            due_at=now,
            trying_since=now,
            tries=0,
        )
    WebhookEndpoint.objects.filter(pk=delivery.endpoint_id).update(paused_until=None)
    enqueue(WORK, str(delivery.endpoint_id))
