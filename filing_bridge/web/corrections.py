"""Corrections in the portal: proposed from a filing, looked at and decided by a second person; and filings
that are asked back before their review."""

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.web.forms import blame
from accounts.web.pages import Visit, for_acting, for_members
from accounts.web.words import Words
from contracts.web.seal_words import names_of
from core.errors import Refused
from core.principal import Permission
from filing_bridge import selectors
from filing_bridge.correction import Weight
from filing_bridge.domain import CorrectionState
from filing_bridge.models import Correction
from filing_bridge.profiles import profile_for
from filing_bridge.services import correcting, voiding
from filing_bridge.services.viewing import open_evidence, open_items, open_record, open_slip
from filing_bridge.web.correction_forms import CorrectionForm
from filing_bridge.web.correction_words import CLASSES, correction_badge, items_shown
from filing_bridge.web.downloads import PDF, file_answer

KINDS = {"pdf": PDF, "png": "image/png", "jpg": "image/jpeg"}


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("原因"), max_length=200)


@for_acting
def correct(visit: Visit, filing_id: UUID) -> HttpResponse:
    """The record's fields with what stands there; what is typed otherwise is proposed, or goes on a slip."""
    filing = selectors.filing_of(visit.principal, filing_id)
    visit.principal.require(Permission.FILE)
    if not correcting.may_correct(filing):
        raise Refused("correction_not_possible")
    record = open_record(principal=visit.principal, filing_id=filing.pk)
    data = (visit.request.POST, visit.request.FILES) if visit.posted else ()
    form = CorrectionForm(record, *data)
    if visit.posted and form.is_valid():
        try:
            return _carry_out(visit, filing.pk, form)
        except Refused as refused:
            blame(form, refused)
    return visit.show(
        "filing_correct.html",
        filing=filing,
        form=form,
        online=sorted(profile_for(filing.jurisdiction).corrections),
    )


def _carry_out(visit: Visit, filing_id: UUID, form: CorrectionForm) -> HttpResponse:
    reason = form.cleaned_data["reason"]
    if "slip" in visit.request.POST:
        receipt_no, slip = correcting.correction_slip(
            principal=visit.principal, filing_id=filing_id, changes=form.changes(), reason=reason
        )
        return file_answer(slip, PDF, f"{receipt_no}-correction.pdf")
    correction = correcting.propose_correction(
        principal=visit.principal,
        filing_id=filing_id,
        changes=form.changes(),
        reason=reason,
        evidence=form.evidence(),
    )
    return visit.done(
        _("更正已提出。请另一名有备案权限的成员核对，核对后自动报送。"), "portal:correction", correction.pk
    )


@for_members
def correction_page(visit: Visit, correction_id: UUID) -> HttpResponse:
    """One correction: old and new, why, who, and how far."""
    correction = selectors.correction_of(visit.principal, correction_id)
    items = open_items(principal=visit.principal, correction=correction)
    names = names_of((correction.proposed_by, correction.decided_by))
    is_open = correction.state == CorrectionState.PROPOSED
    own = correction.proposed_by == visit.principal.actor
    return visit.show(
        "correction.html",
        correction=correction,
        contract_no=correction.filing.contract_no,
        weight=CLASSES[Weight(correction.weight)],
        state=correction_badge(correction),
        items=items_shown(items),
        said=correction.facts["correction"],
        proposed_by=names.get(correction.proposed_by, _("成员")),
        decided_by=names.get(correction.decided_by, ""),
        may_open=visit.may(Permission.VIEW_PII),
        to_decide=is_open and not own and visit.may(Permission.FILE),
        to_withdraw=is_open and own and visit.may(Permission.FILE),
        waits=is_open,
    )


@for_acting
def confirm(visit: Visit, correction_id: UUID) -> HttpResponse:
    """As a second person: it is right, and goes out."""
    correction = _open(visit, correction_id)
    if visit.posted:
        correcting.confirm_correction(principal=visit.principal, correction_id=correction.pk)
        return visit.done(_("已核对，更正将自动报送。"), "portal:correction", correction.pk)
    text: Words = _(
        "确认更正内容和证明材料无误。报送后由经办机构审核，通过后告知劳动者；原备案内容仍予保留。"
    )
    return visit.ask(_("报送这次更正？"), text, action=_("核对无误，报送"), back=_page(correction))


@for_acting
def decline(visit: Visit, correction_id: UUID) -> HttpResponse:
    """As a second person: it does not go out."""
    correction = _open(visit, correction_id)
    form = ReasonForm(visit.request.POST or None)
    if visit.posted and form.is_valid():
        correcting.decline_correction(
            principal=visit.principal, correction_id=correction.pk, note=form.cleaned_data["reason"]
        )
        return visit.done(_("已退回，没有报送。"), "portal:correction", correction.pk)
    return visit.ask(
        _("不同意这次更正？"),
        _("不报送，备案内容不变。提出的人会看到原因。"),
        action=_("不同意"),
        back=_page(correction),
        form=form,
        danger=True,
    )


@for_acting
def withdraw(visit: Visit, correction_id: UUID) -> HttpResponse:
    """Take back one's own proposal."""
    correction = _open(visit, correction_id)
    if visit.posted:
        correcting.withdraw_correction(principal=visit.principal, correction_id=correction.pk)
        return visit.done(_("更正已撤回，备案内容不变。"), "portal:correction", correction.pk)
    return visit.ask(
        _("撤回这次更正？"),
        _("撤回后备案内容不变，需要时可以重新提出。"),
        action=_("撤回"),
        back=_page(correction),
        danger=True,
    )


@for_members
def slip(visit: Visit, correction_id: UUID) -> HttpResponse:
    """The slip that is filed, with its facts and the evidence attached."""
    found = selectors.correction_of(visit.principal, correction_id)
    content = open_slip(principal=visit.principal, correction_id=found.pk)
    return file_answer(content, PDF, f"{found.correction_no}.pdf")


@for_members
def evidence(visit: Visit, correction_id: UUID) -> HttpResponse:
    """The evidence as it was handed in."""
    ending, content = open_evidence(principal=visit.principal, correction_id=correction_id)
    return file_answer(content, KINDS[ending], f"evidence.{ending}")


@for_acting
def void(visit: Visit, filing_id: UUID) -> HttpResponse:
    """Ask the province to give a filing back that it has not decided."""
    filing = selectors.filing_of(visit.principal, filing_id)
    visit.principal.require(Permission.FILE)
    form = ReasonForm(visit.request.POST or None)
    if visit.posted and form.is_valid():
        voiding.request_void(
            principal=visit.principal, filing_id=filing.pk, reason=form.cleaned_data["reason"]
        )
        return visit.done(_("已申请作废，请稍后查看经办机构的答复。"), "portal:contract", filing.contract_id)
    return visit.ask(
        _("作废这次申报？"),
        _("只有经办机构还没有审结才能作废；已经审结的，以审核结果为准。作废后合同仍须在期限内重新报送。"),
        action=_("申请作废"),
        back=reverse("portal:contract", args=[filing.contract_id]),
        form=form,
        danger=True,
    )


def _open(visit: Visit, correction_id: UUID) -> Correction:
    correction = selectors.correction_of(visit.principal, correction_id)
    visit.principal.require(Permission.FILE)
    if correction.state != CorrectionState.PROPOSED:
        raise Refused("state_conflict")
    return correction


def _page(correction: Correction) -> str:
    return reverse("portal:correction", args=[correction.pk])
