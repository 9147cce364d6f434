"""How allauth behaves here: whose log-ins there are, what they are locked out by, how secrets are kept."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.httpkit import get_client_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from accounts.services import attempts
from core import crypto
from core.errors import Refused

MFA_SECRET = "mfa_authenticator.data"  # noqa: S105  (the place, not a secret)


def address_of(request: Any) -> str:
    """The client's network address, seen through as many proxies as the settings trust."""
    return get_client_ip(request) or "unknown"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Log-ins are made by accepting an invitation, never by a bare form."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try before it is judged, with the counters that the API uses too."""
        try:
            attempts.take(attempts.PASSWORD_FROM_ADDRESS, address_of(request))
            attempts.take(attempts.PASSWORD_OF_ACCOUNT, _account(credentials))
        except Refused as error:
            raise self.validation_error("too_many_login_attempts") from error

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        user = super().authenticate(request, **credentials)
        if user:
            attempts.forgive(attempts.PASSWORD_OF_ACCOUNT, _account(credentials))
            attempts.give_back(attempts.PASSWORD_FROM_ADDRESS, address_of(request))
        return user


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps the secrets of authenticator apps and recovery codes encrypted."""

    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text, MFA_SECRET)

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(encrypted_text, MFA_SECRET)


def _account(credentials: Any) -> str:
    return str(credentials.get("email") or credentials.get("username") or "").strip().lower()
