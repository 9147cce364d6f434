"""Accepting an invitation on a page."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django.views.generic import FormView

from accounts.adapter import address_of
from accounts.models import Invitation, User
from accounts.selectors import places_of
from accounts.services import members
from accounts.web.acting import EMPLOYER
from core.errors import Refused

TOKEN = "invitation_token"  # noqa: S105  (the session's key for it)


def take_token(request: HttpRequest, token: str) -> HttpResponse:
    """Put the token of a mailed link into the session, so that it does not stay in the address bar."""
    request.session[TOKEN] = token
    return redirect("accounts:accept_invitation")


@login_required
@require_POST
def act_for(request: HttpRequest) -> HttpResponse:
    """Go on as a member of another employer of one's own; anybody else's changes nothing."""
    wanted = request.POST.get("employer")
    if wanted in {str(place.employer_id) for place in places_of(request.user)}:
        request.session[EMPLOYER] = wanted
    return redirect("portal:overview")


class AcceptanceForm(forms.Form):
    """A new person's name and password, or a known person's password and code."""

    name = forms.CharField(label=_("姓名"), max_length=50, widget=forms.TextInput({"autocomplete": "name"}))
    password = forms.CharField(label=_("密码"), max_length=200, strip=False, widget=forms.PasswordInput)
    totp = forms.CharField(
        label=_("动态口令（已绑定验证器的填写）"),
        max_length=6,
        required=False,
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class AcceptInvitation(FormView):  # type: ignore[type-arg]  # not subscriptable at run time
    """Shows what is offered, and takes it."""

    template_name = "account/invitation.html"
    form_class = AcceptanceForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        invitation = self._invitation()
        known = invitation is not None and User.objects.filter(email=invitation.email).exists()
        return super().get_context_data(invitation=invitation, known=known, **kwargs)

    def form_valid(self, form: AcceptanceForm) -> HttpResponse:
        given = form.cleaned_data
        try:
            members.accept_invitation(
                token=self.request.session.get(TOKEN, ""),
                name=given["name"],
                password=given["password"],
                code=given["totp"] or None,
                address=address_of(self.request),
            )
        except Refused as refused:
            form.add_error(None, refused.message("en" if get_language() == "en" else "zh"))
            return self.form_invalid(form)
        del self.request.session[TOKEN]
        messages.success(self.request, _("您已加入，请登录。"))
        return redirect("account_login")

    def _invitation(self) -> Invitation | None:
        try:
            return members.open_invitation(self.request.session.get(TOKEN, ""))
        except Refused:
            return None
