"""The public verify page: drop a PDF, or type the code kept with a contract. No log-in, no trust in the file.

It tells what the file itself tells, never more: by a code alone, people's names are masked.
"""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from accounts.adapter import address_of
from accounts.masking import mask_name
from accounts.services import attempts
from accounts.web.pages import stand_in
from accounts.web.words import by_language
from core import blobs
from core.errors import Refused
from signing.domain import VERIFY_ALPHABET, VERIFY_LENGTH, RequestState
from signing.models import SignatureRequest
from signing.pades.validate import MAX_SIZE
from signing.pades.verdict import SENTENCES
from signing.services.inspecting import inspect, page_of

KEPT = "inspections"  # the session's key for the files that this browser has shown us
MOST_KEPT = 5
FORM_ROOM = 64 * 1024  # what a form holds beside its file
# Letters that people read for others.
CONFUSED = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})


class FileForm(forms.Form):
    """A file to be looked at."""

    file = forms.FileField(
        label=_("合同文件（PDF）"),
        widget=forms.FileInput({"accept": "application/pdf", "class": "form-control"}),
        help_text=_("不超过 32 MB。文件只用于本次核验，不保存。"),
    )


class CodeForm(forms.Form):
    """The code kept with a contract."""

    code = forms.CharField(
        label=_("核验码"),
        max_length=40,
        help_text=_("16 位字母和数字，例如 7K3M-9QXA-2B4C-8D6E。大小写和短横线不影响。"),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "class": "form-control"}),
    )

    def clean_code(self) -> str:
        """Without what people add to it, and with the letters that they meant."""
        typed = str(self.cleaned_data["code"]).upper().translate(CONFUSED)
        code = "".join(letter for letter in typed if letter not in " -—–")
        if len(code) != VERIFY_LENGTH or set(code) - set(VERIFY_ALPHABET):
            raise forms.ValidationError(_("核验码应为 16 位字母和数字。"))
        return code


# Nothing is done in anybody's name here; and the protection against forgery would read the whole upload
# before its size is known.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Both forms; after a POST, what was found."""
    if request.method == "GET":
        return _page(request)
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_SIZE + FORM_ROOM:
            return _page(request, problems=[_sentence("too_large")], status=413)
        attempts.take(attempts.VERIFICATION_FROM_ADDRESS, address_of(request))
        return _by_code(request) if "code" in request.POST else _by_file(request)
    except Refused as refused:
        words = refused.message(by_language("zh", "en"))
        remedy = by_language(refused.row.remedy_zh, refused.row.remedy_en)
        return _page(request, problems=[f"{words} {remedy}"], status=refused.row.status)


@never_cache
@require_GET
def page_picture(request: HttpRequest, inspection: UUID, number: int) -> HttpResponse:
    """A page of a file that this very browser has shown us."""
    try:
        if str(inspection) not in request.session.get(KEPT, []):
            raise Refused("not_found")
        return HttpResponse(page_of(inspection, number), content_type="image/webp")
    except Refused as refused:
        return _page(request, problems=[refused.message(by_language("zh", "en"))], status=refused.row.status)


def _by_file(request: HttpRequest) -> HttpResponse:
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, file_form=form)
    found = inspect(form.cleaned_data["file"].read(), keep_pages=True)
    request.session[KEPT] = [*request.session.get(KEPT, []), str(found.id)][-MOST_KEPT:]
    ours = found.sha256 and SignatureRequest.objects.filter(
        current_digest=found.sha256, state=RequestState.COMPLETED
    )
    return _page(
        request,
        found=found,
        known=bool(ours and ours.exists()),
        people=[(each.organisation or each.name, each) for each in found.signers],
        reasons=[_sentence(code) for code in found.problems],
        pages=range(1, found.shown + 1),
    )


def _by_code(request: HttpRequest) -> HttpResponse:
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _page(request, code_form=form)
    asked = SignatureRequest.objects.filter(verify_code=form.cleaned_data["code"]).first()
    if asked is None:
        raise Refused("verify_code_unknown")
    if asked.state != RequestState.COMPLETED:
        return _page(request, code_form=form, unfinished=True, title=asked.title)
    found = inspect(blobs.get(asked.current_digest), keep_pages=False)
    return _page(
        request,
        code_form=form,
        found=found,
        known=True,
        title=asked.title,
        people=[(each.organisation or mask_name(each.name), each) for each in found.signers],
        reasons=[_sentence(code) for code in found.problems],
    )


def _page(request: HttpRequest, *, status: int = 200, **content: Any) -> HttpResponse:
    forms_ = {"file_form": FileForm(), "code_form": CodeForm(), "stand_in": stand_in()}
    return render(request, "portal/verify.html", {**forms_, **content}, status=status)


def _sentence(code: str) -> str:
    return by_language(*SENTENCES[code])


app_name = "verify"
urlpatterns = [
    path("", verify, name="verify"),
    path("<uuid:inspection>/<int:number>/", page_picture, name="page"),
]
