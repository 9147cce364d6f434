"""How allauth behaves here: whose log-ins there are, what they are locked out by, how secrets are kept."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as current
from allauth.core.internal.httpkit import get_client_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.sites.shortcuts import get_current_site
from django.http import HttpRequest

from accounts.services import api_keys, attempts, mail
from core import audit, crypto
from core.errors import Refused

MFA_SECRET = "mfa_authenticator.data"  # noqa: S105  (the place, not a secret)


def address_of(request: Any) -> str:
    """The client's network address, seen through as many proxies as the settings trust."""
    return get_client_ip(request) or "unknown"


# What allauth tells a person by mail, as the audit log calls it.
SECURITY_CHANGES = {
    "account/email/password_changed": "password.changed",
    "account/email/password_set": "password.set",
    "account/email/password_reset": "password.reset",
    "account/email/email_changed": "email.changed",
    "account/email/email_deleted": "email.deleted",
    "account/email/email_confirm": "email.confirmed",
    "mfa/email/totp_activated": "totp.enrolled",
    "mfa/email/totp_deactivated": "totp.removed",
    "mfa/email/recovery_codes_generated": "recovery_codes.made",
    "mfa/email/webauthn_added": "passkey.added",
    "mfa/email/webauthn_removed": "passkey.removed",
}


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
        """A right password clears the account's tries and gives the address its own back."""
        user = super().authenticate(request, **credentials)
        if user:
            attempts.forgive(attempts.PASSWORD_OF_ACCOUNT, _account(credentials))
            attempts.give_back(attempts.PASSWORD_FROM_ADDRESS, address_of(request))
        return user

    def post_login(self, request: HttpRequest, user: Any, **options: Any) -> Any:
        """Log the log-in, after all its stages."""
        actor = f"user:{user.pk}"
        audit.record("session.opened", subject=actor, actor=actor)
        return super().post_login(request, user, **options)

    def send_notification_mail(self, template_prefix: str, user: Any, *args: Any, **options: Any) -> None:
        """Log a change to the log-in and tell the person; a new password ends the API's sessions too."""
        actor, change = f"user:{user.pk}", SECURITY_CHANGES[template_prefix]
        audit.record(change, subject=actor, actor=actor)
        if change.startswith("password."):
            api_keys.end_sessions(user_id=user.pk)
        super().send_notification_mail(template_prefix, user, *args, **options)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Leave the sending to a worker."""
        request = current.request
        whole = {"request": request, "email": email, "current_site": get_current_site(request), **context}
        letter = self.render_mail(template_prefix, email, whole)
        mail.post(to=email, subject=letter.subject, body=letter.body)


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """Keeps the secrets of authenticator apps and recovery codes encrypted."""

    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text, MFA_SECRET)

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(encrypted_text, MFA_SECRET)


def _account(credentials: Any) -> str:
    return str(credentials.get("email") or credentials.get("username") or "").strip().lower()
