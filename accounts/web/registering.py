"""The registration of an employer by anybody, on one page: its particulars, its licence, its first owner."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.adapter import address_of
from accounts.models import Employer
from accounts.services import attempts
from accounts.services.employers import register_employer
from accounts.web.forms import blame
from accounts.web.org_forms import ProfileForm
from accounts.web.pages import stand_in
from core.errors import Refused


class RegistrationForm(ProfileForm):
    """The profile, the paper that shows whose it is, and where the first owner is written to."""

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(Employer(), data, files, evidence=False)
        self.fields["licence"] = forms.FileField(
            label=_("营业执照（法人登记证书、统一社会信用代码证书）"),
            widget=forms.FileInput(
                {"accept": "application/pdf,image/png,image/jpeg", "class": "form-control"}
            ),
            help_text=_("PDF、PNG 或 JPEG，不超过 5 MB。只用于核实单位身份。"),
        )
        self.fields["owner_email"] = forms.EmailField(
            label=_("管理员邮箱"),
            max_length=254,
            help_text=_("账号开通邮件发到这里；打开邮件里的链接，由本人设置密码。"),
        )


@never_cache
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """The form; once it is sent, what happens next."""
    form = RegistrationForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        owner_email, paper = given.pop("owner_email"), given.pop("licence").read()
        try:
            attempts.take(attempts.REGISTRATION_FROM_ADDRESS, address_of(request))
            register_employer(profile=given, owner_email=owner_email, licence=paper)
        except Refused as refused:
            blame(form, refused)
        else:
            return _page(request, sent_to=owner_email)
    return _page(request, form=form)


def _page(request: HttpRequest, **content: Any) -> HttpResponse:
    return render(request, "account/register.html", {"stand_in": stand_in(), **content})
