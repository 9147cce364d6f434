"""What a member does about a change that was sent: have it sealed, take it back, take the agreement."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.web.pages import Visit, for_acting, for_members
from contracts import selectors
from contracts.domain import OPEN_DOCUMENT
from contracts.services.changing import withdraw_change
from contracts.services.viewing import open_agreement
from contracts.web.later import BackForm, newest_pdf
from contracts.web.sealing import ask_for_seal
from core.errors import Refused
from core.principal import Permission


@for_acting
def withdraw(visit: Visit, change_id: UUID) -> HttpResponse:
    """Take a change back before both have signed its agreement."""
    change = selectors.change_of(visit.principal, change_id)
    visit.principal.require(Permission.SEND)
    form = BackForm(visit.request.POST or None)
    if visit.posted and form.is_valid():
        reason = form.cleaned_data["reason"]
        withdraw_change(principal=visit.principal, change_id=change.pk, reason=reason)
        return visit.done(_("变更已撤回，合同按原约定履行。"), "portal:change", change.pk)
    if change.state not in OPEN_DOCUMENT:
        raise Refused("state_conflict")
    return visit.ask(
        _("撤回这次变更？"),
        _("变更协议作废，签署链接立即失效，合同按原约定履行。需要时可以重新办理。"),
        action=_("撤回"),
        back=reverse("portal:change", args=[change.pk]),
        form=form,
        danger=True,
    )


@for_acting
def seal(visit: Visit, change_id: UUID) -> HttpResponse:
    """Ask for the seal on the agreement."""
    change = selectors.change_of(visit.principal, change_id)
    visit.principal.require(Permission.SEAL_REQUEST)
    return ask_for_seal(visit, changes=[change.pk], back=reverse("portal:change", args=[change.pk]))


@for_members
def document(visit: Visit, change_id: UUID) -> HttpResponse:
    """The agreement: signed, or as it waits for its signatures."""
    change = open_agreement(principal=visit.principal, change_id=change_id)
    return newest_pdf(change, change.agreement_no)
