"""Webhooks: signed, retried, replayable, and never sent into the house."""

import json
import socket
import uuid
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from rest_framework.test import APIClient

from core import clock, work
from core.models import AuditEvent, WorkItem
from core.principal import ROLE_PERMISSIONS, Principal, Role
from core.webhooks import egress, services
from core.webhooks.domain import KEEP_TRYING, signature
from core.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookEvent
from tests.support.receiver import Receiver, receiver

TENANT = uuid.UUID("11111111-1111-4111-8111-111111111111")
OTHER = uuid.UUID("22222222-2222-4222-8222-222222222222")


def principal(tenant: uuid.UUID = TENANT, role: Role = Role.OWNER) -> Principal:
    return Principal(user_id=1, role=role, permissions=ROLE_PERMISSIONS[role], employer_id=tenant)


def client(who: Principal) -> APIClient:
    api = APIClient()
    api.force_authenticate(user=SimpleNamespace(is_authenticated=True, pk=who.user_id), token=who)  # type: ignore[arg-type]  # the test's caller is no model
    return api


@pytest.fixture
def listener(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_ALLOW_LOOPBACK = True
    with receiver() as seen:
        yield seen


@pytest.fixture
def endpoint(db: None, listener: Receiver) -> WebhookEndpoint:
    return services.register_endpoint(principal=principal(), url=listener.url, topics=["filing.accepted"])


def tell(topic: str = "filing.accepted", tenant: uuid.UUID = TENANT) -> None:
    services.emit(topic, tenant=tenant, subject="filing:1", data={"state": "accepted"})


def run() -> None:
    while work.run_due(work.GENERAL, limit=10):
        pass


def hurry() -> None:
    """Let every pause be over."""
    past = clock.now() - timedelta(seconds=1)
    WorkItem.objects.update(due_at=past)
    WebhookDelivery.objects.update(due_at=past)
    WebhookEndpoint.objects.update(paused_until=None)


def test_an_event_arrives_signed_with_its_id(endpoint: WebhookEndpoint, listener: Receiver) -> None:
    tell()
    run()
    [(headers, body)] = listener.got
    said = json.loads(body)
    event = WebhookEvent.objects.get()
    assert said == {
        "id": str(event.pk),
        "topic": "filing.accepted",
        "subject": "filing:1",
        "at": event.at.isoformat(),
        "data": {"state": "accepted"},
    }
    assert headers["qianbei-event-id"] == str(event.pk)
    timestamp = int(headers["qianbei-signature"].removeprefix("t=").partition(",")[0])
    assert abs(timestamp - clock.now().timestamp()) < 60
    assert headers["qianbei-signature"] == signature(endpoint.secret, timestamp, body)
    assert headers["qianbei-signature"] != signature(endpoint.secret, timestamp + 1, body)
    assert WebhookDelivery.objects.get().state == "delivered"
    assert WebhookAttempt.objects.get().status == 200
    assert not WorkItem.objects.exists()


def test_only_the_tenants_endpoints_hear_of_their_topics(
    endpoint: WebhookEndpoint, listener: Receiver
) -> None:
    tell("filing.rejected")
    tell(tenant=OTHER)
    run()
    assert listener.got == []
    assert not WebhookEvent.objects.exists()


def test_what_the_receiver_refuses_is_sent_again_under_the_same_id(
    endpoint: WebhookEndpoint, listener: Receiver
) -> None:
    listener.answers.extend([500, 302, 404])
    tell()
    for _ in range(4):
        run()
        hurry()
    assert len(listener.got) == 4
    assert len({headers["qianbei-event-id"] for headers, _ in listener.got}) == 1
    by_time = WebhookAttempt.objects.order_by("started_at")
    assert [attempt.status for attempt in by_time] == [500, 302, 404, 200]
    assert WebhookDelivery.objects.get().state == "delivered"


def test_one_refused_event_does_not_hold_up_the_next(endpoint: WebhookEndpoint, listener: Receiver) -> None:
    listener.answers.append(500)
    tell()
    run()
    tell()
    run()
    states = WebhookDelivery.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["pending", "delivered"]


def test_a_receiver_that_is_down_is_called_once_a_pause(db: None, settings: Any) -> None:
    settings.WEBHOOK_ALLOW_LOOPBACK = True
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        services.register_endpoint(principal=principal(), url=url, topics=["*"])
        for _ in range(5):
            tell()
        run()
        run()
    assert [attempt.error for attempt in WebhookAttempt.objects.all()] == ["not_connected"]
    endpoint = WebhookEndpoint.objects.get()
    assert endpoint.failures == 1
    assert endpoint.paused_until is not None
    assert WorkItem.objects.get().due_at == endpoint.paused_until


def test_retries_last_more_than_three_days_and_then_end(
    endpoint: WebhookEndpoint, listener: Receiver
) -> None:
    listener.answers.extend([500] * 3)
    tell()
    run()
    since = clock.now() - timedelta(days=3, hours=1)
    WebhookDelivery.objects.update(trying_since=since)
    hurry()
    run()
    assert WebhookDelivery.objects.get().state == "pending"
    WebhookDelivery.objects.update(trying_since=clock.now() - KEEP_TRYING)
    hurry()
    run()
    assert WebhookDelivery.objects.get().state == "given_up"
    assert AuditEvent.objects.filter(action="webhook.given_up").count() == 1


def test_replay_sends_the_same_event_again(endpoint: WebhookEndpoint, listener: Receiver) -> None:
    tell()
    run()
    attempt = WebhookAttempt.objects.get()
    path = f"/api/v1/webhooks/attempts/{attempt.pk}/replay/"
    foreign = client(principal(OTHER)).post(path, headers={"Idempotency-Key": "a"})
    weak = client(principal(role=Role.AUDITOR)).post(path, headers={"Idempotency-Key": "b"})
    run()
    assert (foreign.status_code, weak.status_code, len(listener.got)) == (404, 403, 1)
    assert client(principal()).post(path, headers={"Idempotency-Key": "c"}).status_code == 202
    run()
    first, second = listener.got
    assert first[0]["qianbei-event-id"] == second[0]["qianbei-event-id"]
    assert first[1] == second[1]


def test_the_secret_is_shown_once_and_stored_encrypted(db: None) -> None:
    api = client(principal())
    answer = api.post(
        "/api/v1/webhooks/",
        {"url": "https://example.org/hook", "topics": ["*"]},
        format="json",
        headers={"Idempotency-Key": "k"},
    )
    assert answer.status_code == 201
    secret = answer.data["secret"]
    [listed] = api.get("/api/v1/webhooks/").data["results"]
    assert "secret" not in listed
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM core_webhookendpoint")
        assert secret not in cursor.fetchone()[0]
    address = f"/api/v1/webhooks/{listed['id']}/"
    assert client(principal(OTHER)).get(address).status_code == 404
    assert client(principal(OTHER)).delete(address).status_code == 404
    assert api.get(address + "attempts/").data["results"] == []
    assert api.delete(address).status_code == 204
    assert api.get(address).status_code == 404


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.org/", "url_not_https"),
        ("ftp://example.org/", "url_not_https"),
        ("https://user:pass@example.org/", "url_malformed"),
        ("https:///hook", "url_malformed"),
        ("https://example.org:port/", "url_malformed"),
        ("https://[::1/", "url_malformed"),
    ],
)
def test_addresses_that_cannot_be_registered(db: None, url: str, code: str) -> None:
    answer = client(principal()).post(
        "/api/v1/webhooks/", {"url": url, "topics": ["*"]}, format="json", headers={"Idempotency-Key": "k"}
    )
    assert answer.status_code == 400
    assert [fault["code"] for fault in answer.data["faults"]] == [code]
    assert not WebhookEndpoint.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "0.0.0.0",
        "10.1.2.3",
        "169.254.169.254",
        "100.64.0.1",
        "192.168.1.1",
        "224.0.0.1",
        "::1",
        "fe80::1",
        "fd00::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ],
)
def test_a_host_with_any_inner_address_is_not_called(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    def resolved(*_: object, **__: object) -> list[Any]:
        return [(0, 0, 0, "", ("93.184.215.14", 443)), (0, 0, 0, "", (address, 443))]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    with pytest.raises(egress.EgressRefusedError, match="address_not_public"):
        egress.resolve("https://hook.example.org/x")


def test_the_checked_address_is_the_one_that_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def resolved(host: str, *_: object, **__: object) -> list[Any]:
        asked.append(host)
        return [(0, 0, 0, "", ("93.184.215.14", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    target = egress.resolve("https://hook.example.org/x?y=1")
    assert target.connect_url == "https://93.184.215.14:443/x?y=1"
    assert target.host == "hook.example.org"
    assert asked == ["hook.example.org"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_webhookattempt SET status = 200",
        "DELETE FROM core_webhookattempt",
        "UPDATE core_webhookevent SET topic = 'x'",
    ],
)
def test_the_database_keeps_attempts_and_events(
    endpoint: WebhookEndpoint, listener: Receiver, statement: str
) -> None:
    tell()
    run()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)
