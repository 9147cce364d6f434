"""Exactly-once POST: the effect and the remembered answer commit together."""

import threading
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from core import audit
from core.api import remembered
from core.errors import Refused
from core.models import AuditEvent, RememberedAnswer


class NoteView(APIView):
    """Writes one audit event per execution; refuses or fails when told to."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()
    caller = "user:1"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        request.auth = SimpleNamespace(actor=self.caller)

    @remembered
    def post(self, request: Request) -> Response:
        audit.record("note.made", subject="note:1", actor="user:1")
        wish: Any = request.data
        if wish.get("refuse"):
            raise Refused("state_conflict")
        if wish.get("fail"):
            raise RuntimeError("broken")
        return Response({"number": AuditEvent.objects.count()}, 201)


def send(body: dict[str, Any], key: str | None = "k1", caller: str = "user:1") -> Response:
    headers = {"Idempotency-Key": key} if key else {}
    request = APIRequestFactory().post("/notes/", body, format="json", headers=headers)
    return NoteView.as_view(caller=caller)(request)


@pytest.mark.django_db
def test_a_repeated_request_gets_the_first_answer_and_acts_once() -> None:
    first, second = send({"a": 1}), send({"a": 1})
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.data == second.data
    assert second["Idempotency-Replayed"] == "true"
    assert AuditEvent.objects.count() == 1


@pytest.mark.django_db
def test_a_key_with_another_body_is_refused_and_changes_nothing() -> None:
    send({"a": 1})
    refused = send({"a": 2})
    assert (refused.status_code, refused.data["code"]) == (422, "idempotency_key_reused")
    assert AuditEvent.objects.count() == 1


@pytest.mark.django_db
def test_a_key_belongs_to_its_caller() -> None:
    send({"a": 1})
    assert send({"a": 1}, caller="user:2").data == {"number": 2}


@pytest.mark.django_db
@pytest.mark.parametrize("key", [None, "x" * 101])
def test_a_post_needs_a_key(key: str | None) -> None:
    refused = send({"a": 1}, key=key)
    assert (refused.status_code, refused.data["code"]) == (400, "idempotency_key_required")
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db
def test_a_refusal_is_not_remembered_but_what_it_counts_commits() -> None:
    assert send({"refuse": True}).status_code == 409
    assert not RememberedAnswer.objects.exists()
    assert AuditEvent.objects.count() == 1


@pytest.mark.django_db
def test_a_malfunction_leaves_nothing_and_can_be_repeated() -> None:
    failed = send({"fail": True})
    assert (failed.status_code, failed.data["code"]) == (500, "internal_error")
    assert "broken" not in str(failed.data)
    assert not AuditEvent.objects.exists()
    assert not RememberedAnswer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_same_request_sent_by_eight_at_once_acts_once() -> None:
    barrier = threading.Barrier(8)
    answers: list[Any] = []

    def tap() -> None:
        barrier.wait()
        response = send({"a": 1})
        answers.append((response.status_code, response.data))
        connection.close()

    crew = [threading.Thread(target=tap) for _ in range(8)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    assert answers == [(201, {"number": 1})] * 8
    assert AuditEvent.objects.count() == 1
