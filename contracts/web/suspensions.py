"""Suspending and resuming a contract: particulars → everything told before it is decided → opened."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.masking import shown_name
from accounts.web.forms import DayInput, blame
from accounts.web.pages import Visit, for_acting, for_members
from accounts.web.words import Words, by_language
from contracts import selectors
from contracts.checks import Severity
from contracts.domain import ContractState, DocumentState
from contracts.models import Contract
from contracts.services import suspending
from contracts.services.suspending import Proposal
from contracts.services.viewing import open_suspension_document
from contracts.suspensions.facts import AGREED, RESUME, SUSPEND, Wish, signers_of
from contracts.web.findings import in_words
from contracts.web.sealing import ask_for_seal
from contracts.web.suspension_words import DAYS, TITLES, reason_words, who_signs
from core import blobs, clock
from core.codes import table
from core.errors import Refused
from core.principal import Permission


class SuspendForm(forms.Form):
    reason = forms.ChoiceField(label=_("中止原因"), widget=forms.RadioSelect)
    effective_on = forms.DateField(
        label=_("中止开始日期"), widget=DayInput(), help_text=_("从这一天起暂停工作，合同中止履行。")
    )
    until = forms.DateField(
        label=_("预计截止日期"),
        required=False,
        widget=DayInput(),
        help_text=_("中止的最后一天。双方约定的，到期恢复时不用再签；还不知道的可以不填。"),
    )
    evidence = forms.BooleanField(
        label=_("证明材料已经取得并留存"),
        required=False,
        help_text=_("有关机关的通知书，或者不可抗力的证明。不用上传；双方协商一致的不用勾选。"),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        rows = table("suspension_reason").values()
        field = self.fields["reason"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(row.code, by_language(row.zh, row.en)) for row in rows]


class ResumeForm(forms.Form):
    effective_on = forms.DateField(
        label=_("恢复履行日期"), widget=DayInput(), help_text=_("从这一天起恢复工作，工作年限继续计算。")
    )


class BackForm(forms.Form):
    reason = forms.CharField(label=_("原因"), max_length=200)


@dataclass(frozen=True)
class Way:
    """What differs between the two: the form, what it means, and the words."""

    form: type[forms.Form]
    wish: Callable[..., Wish]
    text: Words
    action: Words


WAYS: Mapping[str, Way] = {
    SUSPEND: Way(
        SuspendForm,
        suspending.suspension,
        _(
            "中止期间劳动关系保留，合同暂停履行，时间不计算工作年限；期间不能变更、续订，"
            "恢复以后继续履行。劳动者愿意继续工作、单位也能安排的，不要中止。"
        ),
        _("确认中止"),
    ),
    RESUME: Way(
        ResumeForm,
        suspending.resumption,
        _("中止的情形消失以后，应当及时恢复履行。按原定日期恢复的由单位盖章即可。"),
        _("确认恢复"),
    ),
}


@for_acting
def suspend(visit: Visit, contract_id: UUID) -> HttpResponse:
    """Suspend a contract in force."""
    return _act(visit, contract_id, SUSPEND)


@for_acting
def resume(visit: Visit, contract_id: UUID) -> HttpResponse:
    """Resume a suspended contract."""
    return _act(visit, contract_id, RESUME)


def _act(visit: Visit, contract_id: UUID, act: str) -> HttpResponse:
    visit.principal.require(Permission.SEND)
    contract = selectors.contract_of(visit.principal, contract_id)
    suspending.last_before(contract, act)
    if selectors.standing_termination_of(visit.principal, contract.pk):
        raise Refused("contract_ends_already")
    way = WAYS[act]
    form = way.form(visit.request.POST or None, initial={"effective_on": clock.today(), "reason": AGREED})
    proposal = None
    if visit.posted and form.is_valid() and "again" not in visit.request.POST:
        wanted: dict[str, Any] = {
            "principal": visit.principal,
            "contract": contract,
            "wish": way.wish(contract, **form.cleaned_data),
        }
        try:
            if "confirmed" in visit.request.POST:
                made = suspending.open_suspension(**wanted)
                return visit.done(_("已确认，正在生成文书。"), "portal:suspension", made.pk)
            proposal = suspending.propose(**wanted)
        except Refused as refused:
            blame(form, refused)
    findings = proposal.findings if proposal else ()
    good = proposal is not None and all(each.severity is not Severity.ERROR for each in findings)
    return visit.show(
        "suspension_confirm.html" if good else "suspension_fill.html",
        contract=contract,
        worker=shown_name(visit.principal, contract.worker.name),
        title=TITLES[act],
        text=way.text,
        action=way.action,
        form=form,
        findings=in_words(findings),
        blocked=not good,
        lines=_lines(proposal) if proposal else [],
        follows=who_signs(signers_of(proposal.facts)) if proposal else "",
        back=reverse("portal:contract", args=[contract.pk]),
    )


def _lines(proposal: Proposal) -> list[tuple[Words, str]]:
    said = proposal.facts["suspension"]
    lines: list[tuple[Words, str]] = [
        (_("中止原因"), reason_words(said["reason"])),
        (_("中止开始日期"), said.get("since") or said["effective_on"]),
        (_("预计截止日期"), said.get("until", "")),
        (DAYS[RESUME], said["effective_on"] if said["act"] == RESUME else ""),
    ]
    return [line for line in lines if line[1]]


@for_acting
def withdraw(visit: Visit, suspension_id: UUID) -> HttpResponse:
    """Take one back before it is signed."""
    found = selectors.suspension_of(visit.principal, suspension_id)
    visit.principal.require(Permission.SEND)
    form = BackForm(visit.request.POST or None)
    if visit.posted and form.is_valid():
        reason = form.cleaned_data["reason"]
        suspending.withdraw_suspension(principal=visit.principal, suspension_id=found.pk, reason=reason)
        return visit.done(_("已撤回，合同照旧。"), "portal:suspension", found.pk)
    if found.state not in (DocumentState.PLANNED, DocumentState.SIGNING):
        raise Refused("state_conflict")
    return visit.ask(
        _("撤回？"),
        _("文书作废，合同照旧。已经告知劳动者的，请另行告知本人。"),
        action=_("撤回"),
        back=reverse("portal:suspension", args=[found.pk]),
        form=form,
        danger=True,
    )


@for_acting
def seal(visit: Visit, suspension_id: UUID) -> HttpResponse:
    """Ask for the seal on the document."""
    found = selectors.suspension_of(visit.principal, suspension_id)
    visit.principal.require(Permission.SEAL_REQUEST)
    return ask_for_seal(visit, suspensions=[found.pk], back=reverse("portal:suspension", args=[found.pk]))


@for_members
def document(visit: Visit, suspension_id: UUID) -> HttpResponse:
    """The document: signed, or as it waits for its signatures."""
    found = open_suspension_document(principal=visit.principal, suspension_id=suspension_id)
    digest = found.signed_digest or found.prepared_digest
    if not digest:
        raise Refused("document_not_ready")
    answer = HttpResponse(blobs.get(digest), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{found.document_no}.pdf"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def may_suspend(visit: Visit, contract: Contract) -> bool:
    """Whether to offer the first of these pages."""
    return visit.may(Permission.SEND) and contract.state == ContractState.EFFECTIVE
