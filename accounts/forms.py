"""allauth's forms for codes, with our lockout and our memory of used codes instead of a cache."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm as BaseAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as BaseReauthenticateForm
from allauth.mfa.internal.flows.add import validate_can_add_authenticator
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm

from accounts.services import stepup
from core.errors import Refused


class CodeForm:
    """Accepts the code of an authenticator app, or one of the recovery codes, each once."""

    user: Any
    cleaned_data: dict[str, Any]

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"]).strip()
        with _in_words():
            self.authenticator: Authenticator = stepup.accept_any_code(user_id=self.user.pk, code=code)
        return code


class AuthenticateForm(CodeForm, BaseAuthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """At log-in."""


class ReauthenticateForm(CodeForm, BaseReauthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """Before a weighty change."""


class ActivateTotpForm(ActivateTOTPForm):  # type: ignore[misc]  # allauth ships no types
    """The code that confirms an app is thereby used."""

    def clean_code(self) -> str:
        validate_can_add_authenticator(self.user)
        code = str(self.cleaned_data["code"]).strip()
        with _in_words():
            stepup.check_first_code(user_id=self.user.pk, secret=self.secret, code=code)
        return code


@contextmanager
def _in_words() -> Iterator[None]:
    """Turn a refusal into the form's error, in allauth's words."""
    try:
        yield
    except Refused as refused:
        if refused.code == "too_many_attempts":
            raise get_account_adapter().validation_error("too_many_login_attempts") from refused
        raise get_adapter().validation_error("incorrect_code") from refused
