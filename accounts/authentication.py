"""API keys as DRF authentication: `Authorization: Bearer qb_…`."""

from dataclasses import replace
from datetime import timedelta

from django.db.models import Q
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts import selectors
from accounts.models import ApiKey, User
from accounts.services import api_keys
from core import clock
from core.principal import Principal

# How exact “last used” is. Writing it at every request would make every read a write.
USE_NOTED_EVERY = timedelta(minutes=1)


class ApiKeyAuthentication(BaseAuthentication):
    """Sets `request.user` to the person, `request.auth` to the `Principal` narrowed to the key's scopes."""

    def authenticate(self, request: Request) -> tuple[User, Principal] | None:
        kind, _, token = get_authorization_header(request).decode("latin-1").partition(" ")
        if kind.lower() != "bearer":
            return None
        key = api_keys.find_live_key(token.strip())
        if key is None:
            raise AuthenticationFailed
        _note_use(key)
        return key.user, principal_of_key(key)

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def principal_of_key(key: ApiKey) -> Principal:
    """Who acts through a key: its person's role now, narrowed to what the key was made for."""
    if key.membership is None:
        whole = selectors.operator_principal(key.user)
    else:
        whole = selectors.member_principal(key.membership)
    return replace(whole, permissions=frozenset(p for p in whole.permissions if p in key.scopes))


def _note_use(key: ApiKey) -> None:
    now = clock.now()
    stale = Q(last_used_at=None) | Q(last_used_at__lte=now - USE_NOTED_EVERY)
    if key.last_used_at is None or key.last_used_at <= now - USE_NOTED_EVERY:
        ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)
