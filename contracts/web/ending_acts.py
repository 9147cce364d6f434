"""What a member does about an ending that is decided: seal, take back, hand over, take the certificate."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.web.forms import DayInput, blame
from accounts.web.pages import Visit, for_acting, for_members
from accounts.web.words import Words
from contracts import selectors
from contracts.domain import DocumentState
from contracts.services import terminating
from contracts.services.handing_over import Duty, note_handover
from contracts.services.viewing import open_certificate
from contracts.web.later import BackForm, newest_pdf
from contracts.web.sealing import ask_for_seal
from core import clock
from core.errors import Refused
from core.principal import Permission

DUTIES: dict[str, tuple[Duty, Words]] = {
    "file": (Duty.FILE, _("档案转移")),
    "insurance": (Duty.INSURANCE, _("社会保险关系转移")),
}


class HandoverForm(forms.Form):
    on = forms.DateField(label=_("办理日期"), widget=DayInput())


@for_acting
def withdraw(visit: Visit, termination_id: UUID) -> HttpResponse:
    """Take an ending back before its certificate is signed."""
    termination = selectors.termination_of(visit.principal, termination_id)
    visit.principal.require(Permission.SEND)
    form = BackForm(visit.request.POST or None)
    if visit.posted and form.is_valid():
        terminating.withdraw_termination(
            principal=visit.principal, termination_id=termination.pk, reason=form.cleaned_data["reason"]
        )
        return visit.done(_("已撤回，合同继续履行。"), "portal:ending", termination.pk)
    if termination.state not in (DocumentState.PLANNED, DocumentState.SIGNING):
        raise Refused("state_conflict")
    return visit.ask(
        _("撤回这次解除或者终止？"),
        _("证明书作废，合同继续履行。已经书面通知劳动者的，请另行告知本人。"),
        action=_("撤回"),
        back=reverse("portal:ending", args=[termination.pk]),
        form=form,
        danger=True,
    )


@for_acting
def seal(visit: Visit, termination_id: UUID) -> HttpResponse:
    """Ask for the seal on the certificate."""
    termination = selectors.termination_of(visit.principal, termination_id)
    visit.principal.require(Permission.SEAL_REQUEST)
    back = reverse("portal:ending", args=[termination.pk])
    return ask_for_seal(visit, terminations=[termination.pk], back=back)


@for_acting
def hand_over(visit: Visit, termination_id: UUID, name: str) -> HttpResponse:
    """Write down on which day the file or the insurance relation was handed over."""
    termination = selectors.termination_of(visit.principal, termination_id)
    visit.principal.require(Permission.SEND)
    if name not in DUTIES:
        raise Refused("not_found")
    duty, title = DUTIES[name]
    form = HandoverForm(visit.request.POST or None, initial={"on": clock.today()})
    if visit.posted and form.is_valid():
        wanted: dict[str, Any] = {
            "termination_id": termination.pk,
            "duty": duty,
            "on": form.cleaned_data["on"],
        }
        try:
            note_handover(principal=visit.principal, **wanted)
        except Refused as refused:
            blame(form, refused)
        else:
            return visit.done(_("已登记。"), "portal:ending", termination.pk)
    return visit.ask(
        title,
        _("请在手续实际办完之后登记。用人单位应当在解除或者终止之日起十五日内办理。"),
        action=_("登记"),
        back=reverse("portal:ending", args=[termination.pk]),
        form=form,
    )


@for_members
def document(visit: Visit, termination_id: UUID) -> HttpResponse:
    """The certificate: signed, or as it waits for its signatures."""
    termination = open_certificate(principal=visit.principal, termination_id=termination_id)
    return newest_pdf(termination, termination.certificate_no)
