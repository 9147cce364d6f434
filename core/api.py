"""What all REST endpoints share: exactly-once POST, strict serializers, paging by key."""

import functools
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from core import clock
from core.crypto import blind_index
from core.errors import Refused
from core.models import RememberedAnswer
from core.principal import Principal
from core.problems import as_refusal, problem_response

View = TypeVar("View", bound=Callable[..., Response])

MAX_KEY_LENGTH = 100


def remembered(post: View) -> View:
    """Make a `post` method exactly-once per (caller, Idempotency-Key).

    The effect and the remembered answer commit together, so a repeated request, even after a crash, gets the
    first answer. A refusal is not remembered, since it changed nothing; what it deliberately counts (a wrong
    code) still commits. Handlers therefore make no external calls: they write rows, workers make the calls.
    Raises `idempotency_key_required` and `idempotency_key_reused`.
    """

    @functools.wraps(post)
    def once(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if not 0 < len(key) <= MAX_KEY_LENGTH:
            raise Refused("idempotency_key_required")
        caller = getattr(request.auth, "actor", None) or "anonymous"
        digest = _digest_of(request)
        answer = _recall(caller, key, digest)
        if answer is not None:
            return answer
        try:
            with transaction.atomic():
                row = RememberedAnswer.objects.create(
                    caller=caller, key=key, request_digest=digest, status=0, at=clock.now()
                )
                response = _run(view, request, post, args, kwargs)
                if response.status_code < 400:
                    row.status, row.body = response.status_code, _memorable(response)
                    row.save()
                else:
                    row.delete()
                return response
        except IntegrityError:
            answer = _recall(caller, key, digest)  # the same request ran beside us and won
            if answer is None:
                raise
            return answer

    once.remembers = True  # type: ignore[attr-defined]  # a test enumerates the routes and looks for this mark
    return once  # type: ignore[return-value]  # the same signature, which the wrapper hides


class ShownOnce(Response):
    """An answer with a secret in `token`: a repeated request gets the rest of it, and null for the secret."""


def _digest_of(request: Request) -> str:
    # Keyed, since bodies hold passwords and identity numbers; one person may act for several employers.
    tenant = str(getattr(request.auth, "employer_id", None))
    whole = hashlib.sha256(b"\0".join([request.path.encode(), tenant.encode(), request.body]))
    return blind_index("request", whole.hexdigest())


def _memorable(response: Response) -> Any:
    data = {**response.data, "token": None} if isinstance(response, ShownOnce) else response.data
    return json.loads(json.dumps(data, cls=JSONEncoder))  # plain values, as the renderer would write them


def _recall(caller: str, key: str, digest: str) -> Response | None:
    row = RememberedAnswer.objects.filter(caller=caller, key=key).first()
    if row is None:
        return None
    if row.request_digest != digest:
        raise Refused("idempotency_key_reused")
    return Response(row.body, row.status, headers={"Idempotency-Replayed": "true"})


def _run(
    view: Any, request: Request, post: Callable[..., Response], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Response:
    try:
        return post(view, request, *args, **kwargs)
    except Exception as error:
        if as_refusal(error) is None:
            raise
        return problem_response(error, {})


def principal_of(request: Request) -> Principal:
    """Who sent the request: a member, through a key of theirs. Signing sessions are not members."""
    if not isinstance(request.auth, Principal):
        raise Refused("not_authenticated")
    return request.auth


class StrictSerializer(serializers.Serializer[Any]):
    """A serializer that refuses fields it does not know, at any depth where it is used."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = set(data) - set(self.fields)
            if unknown:
                raise serializers.ValidationError(
                    {name: [ErrorDetail("unknown", code="unknown")] for name in sorted(unknown)}
                )
        return super().to_internal_value(data)


class KeyPagination(CursorPagination):
    """Pages by key: constant cost however deep, and stable while rows arrive."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering = "-created_at"
