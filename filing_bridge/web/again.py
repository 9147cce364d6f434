"""Filing once more: what the province found wrong, what can be added, the act that the state calls for."""

from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.web.pages import Visit, for_acting
from accounts.web.words import Words, by_language
from core.errors import Refused
from core.principal import Permission
from filing_bridge import selectors as filings
from filing_bridge.domain import FilingState
from filing_bridge.models import Filing
from filing_bridge.protocol import Event
from filing_bridge.services.repeating import HURRIED, repeat_filing

F = FilingState


@dataclass(frozen=True)
class FaultShown:
    """One of the province's faults: which line of the record, the rule that it breaks, the remedy."""

    what: str
    remedy: str
    field: str
    rule: str


class ParticularsForm(forms.Form):
    """What a person can add to a filing; the rest comes from the signed contract and cannot be typed."""

    late_reason = forms.CharField(
        label=_("补办原因"), max_length=200, required=False, help_text=_("超过期限才报送的填写")
    )
    prev_filing_no = forms.CharField(
        label=_("原备案号"), max_length=50, required=False, help_text=_("续签备案时填写上一次的备案号")
    )
    remark = forms.CharField(label=_("备注"), max_length=200, required=False)


def faults_shown(filing: Filing) -> list[FaultShown]:
    """All that the province has found wrong; nothing once a new version was filed."""
    if filing.state == FilingState.REPLACED:
        return []
    return [
        FaultShown(
            by_language(each["zh"], each["en"]),
            by_language(each["remedy_zh"], each["remedy_en"]),
            each["field"],
            each["code"],
        )
        for each in filing.faults
    ]


@for_acting
def file_again(visit: Visit, filing_id: UUID) -> HttpResponse:
    """What the filing's state calls for: complete it, mend and send it again, ask anew, or hurry it."""
    filing = filings.filing_of(visit.principal, filing_id)
    visit.principal.require(Permission.FILE)
    title, text, adds = _call(filing)
    form = ParticularsForm(visit.request.POST or None, initial=filing.particulars) if adds else None
    if visit.posted and (form is None or form.is_valid()):
        given = {name: text for name, text in form.cleaned_data.items() if text} if form else {}
        repeat_filing(principal=visit.principal, filing_id=filing.pk, particulars=given)
        return visit.done(_("已安排，请稍后查看结果。"), "portal:contract", filing.contract_id)
    return visit.show(
        "filing_again.html",
        title=title,
        text=text,
        action=title,
        back=reverse("portal:contract", args=[filing.contract_id]),
        form=form,
        faults=faults_shown(filing),
    )


def _call(filing: Filing) -> tuple[Words, Words, bool]:
    """Title and words for what can be done, and whether particulars can be added."""
    state = filing.state
    if filing.event == Event.CORRECTION and state in (F.RETURNED, F.REJECTED):
        raise Refused("state_conflict")  # what is wrong with a correction is proposed anew
    if state == F.WAITING:
        return _("补充备案内容"), _("补充后系统自动检查并报送。"), True
    if state == F.VOIDED:
        return _("重新报送"), _("已作废的备案没有效力。以新的版本重新报送。"), True
    if state in (F.RETURNED, F.REJECTED):
        return (
            _("改正后重新报送"),
            _("以新的版本重新报送。合同本身写错的，请先与劳动者签订变更或重新签订合同。"),
            True,
        )
    if state == F.HELD:
        return _("重新核实"), _("向经办机构重新查询结果，再决定下一步。"), False
    if state in HURRIED:
        return _("尽快报送"), _("不等下一轮，立即尝试。"), False
    raise Refused("state_conflict")


def callable_again(filing: Filing) -> Words:
    """The words of the button for a filing as it stands; empty when nothing is to be done."""
    try:
        return "" if filing.to_confirm else _call(filing)[0]
    except Refused:
        return ""
