"""What a web session has proved: a second factor given again on purpose, and when."""

from datetime import UTC, datetime

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import urlencode

from accounts.services.stepup import FRESH
from core import clock

TOTP, PASSKEY = Authenticator.Type.TOTP.value, Authenticator.Type.WEBAUTHN.value
STRONG = frozenset({TOTP, PASSKEY})  # a recovery code opens the log-in, no seal


def strongly_proved_at(request: HttpRequest) -> datetime | None:
    """When the person last confirmed with an authenticator app or a passkey, if that was a moment ago.

    The factor given at log-in does not count: whoever sits down at an unlocked computer has that too.
    """
    times = [
        datetime.fromtimestamp(record["at"], UTC)
        for record in get_authentication_records(request, request.user)
        if record.get("method") == "mfa" and record.get("type") in STRONG and record.get("reauthenticated")
    ]
    newest = max(times, default=None)
    return newest if newest is not None and clock.now() - newest <= FRESH else None


def passkey_page(back: str) -> HttpResponseRedirect:
    """To where a passkey is asked for; the person comes `back` when it has been given."""
    page = resolve_url("mfa_reauthenticate_webauthn")
    return HttpResponseRedirect(f"{page}?{urlencode({'next': back})}")
