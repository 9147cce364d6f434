"""Checking a slip: anybody who holds paper about a filing asks whether it stands. No log-in.

The page tells the state and masked data, never more than the paper.
"""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from accounts.adapter import address_of
from accounts.masking import mask_name, mask_number
from accounts.services import attempts
from accounts.web.pages import stand_in
from accounts.web.words import by_language
from contracts.web.verify import CodeForm
from core.errors import Refused
from filing_bridge.domain import FilingState
from filing_bridge.models import Filing
from filing_bridge.services.paper_slips import acceptance_of, checked_filing
from filing_bridge.web.words import EVENTS, filing_badge


class SlipForm(CodeForm):
    """What stands beside the QR code of a slip."""

    receipt_no = forms.CharField(
        label=_("备案回执号"),
        max_length=50,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "class": "form-control"}),
    )
    field_order = ("receipt_no", "code")

    def clean_receipt_no(self) -> str:
        """Without the spaces that people add."""
        return "".join(str(self.cleaned_data["receipt_no"]).split())


# Nothing is done in anybody's name here.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Where the two numbers of a slip are typed; after a POST, what was found."""
    form = SlipForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, form=form)
    return _found(request, form.cleaned_data["receipt_no"], form.cleaned_data["code"])


@never_cache
@require_GET
def slip(request: HttpRequest, receipt_no: str, code: str) -> HttpResponse:
    """What the QR code of a slip opens."""
    return _found(request, receipt_no, code)


def _found(request: HttpRequest, receipt_no: str, code: str) -> HttpResponse:
    """The answer; only wrong codes are counted, so that a counter may check slips all day."""
    address = address_of(request)
    try:
        attempts.take(attempts.VERIFICATION_FROM_ADDRESS, address)
        filing = checked_filing(receipt_no, code)
    except Refused as refused:
        words = refused.message(by_language("zh", "en"))
        remedy = by_language(refused.row.remedy_zh, refused.row.remedy_en)
        return _page(request, problem=f"{words}{remedy}", status=refused.row.status)
    attempts.give_back(attempts.VERIFICATION_FROM_ADDRESS, address)
    return _page(request, filing=_shown(filing))


def _shown(filing: Filing) -> dict[str, Any]:
    receipt, record = acceptance_of(filing).body, filing.record
    return {
        "good": filing.state == FilingState.ACCEPTED,
        "state": filing_badge(filing.state),
        "lines": [
            (_("备案类型"), EVENTS[filing.event][0]),
            (_("用人单位"), record["employer"]["name"]),
            (_("劳动者"), mask_name(record["worker"]["name"])),
            (_("证件号码"), mask_number(record["worker"]["id_no"])),
            (_("事项日期"), filing.starts_on.isoformat()),
            (_("备案回执号"), filing.receipt_no),
            (_("受理机构"), receipt["agency"]["name"]),
        ],
        "decided_at": filing.decided_at,
    }


def _page(request: HttpRequest, *, status: int = 200, **content: Any) -> HttpResponse:
    shown = {"form": SlipForm(), "stand_in": stand_in(), **content}
    return render(request, "portal/slip_check.html", shown, status=status)


app_name = "checking"
urlpatterns = [
    path("", start, name="start"),
    path("<str:receipt_no>/<slug:code>/", slip, name="slip"),
]
