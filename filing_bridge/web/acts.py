"""What a member can do about a contract that is out, and about its filing. Each act is asked about first."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.web.forms import DayInput, blame
from accounts.web.listing import kept
from accounts.web.pages import Visit, for_acting
from accounts.web.words import Words
from contracts import selectors as contracts
from contracts.domain import IN_FORCE, ContractState
from contracts.models import Contract
from contracts.services import reaching, sending
from contracts.web.endings import may_end
from contracts.web.suspensions import may_suspend
from core import clock
from core.errors import Refused
from core.principal import Permission
from filing_bridge.web.changing import may_change

S = ContractState
ENDED = (S.REFUSED, S.WITHDRAWN, S.EXPIRED)
A_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Act:
    """A button: what it says and where it leads. `main` is the one that is called for."""

    title: Words
    address: str
    icon: str
    main: bool = False


def acts_on(visit: Visit, contract: Contract) -> list[Act]:
    """What this member may do about the contract as it stands."""
    acts: list[Act] = []
    turn = contracts.turns_of([contract]).get(contract.pk)
    if contract.state == S.DRAFT and visit.may(Permission.DRAFT):
        acts.append(Act(_("预览并发送"), f"{reverse('portal:preview')}?id={contract.pk}", "send", main=True))
        acts.append(Act(_("修改条款"), reverse("portal:edit_draft", args=[contract.pk]), "pencil"))
    if contract.state == S.DRAFT and visit.may(Permission.SEND):
        acts.append(Act(_("登记已签合同"), _address("signed_file", contract), "upload"))
    if visit.may(Permission.SEND):
        if contract.state == S.SIGNING and turn == "worker":
            acts.append(Act(_("催签"), _address("remind", contract), "bell", main=True))
        if contract.state == S.SIGNING:
            acts.append(Act(_("延期"), _address("extend", contract), "calendar"))
        if contract.state in (S.DRAFT, S.RENDERING, S.SIGNING):
            acts.append(Act(_("撤回"), _address("withdraw", contract), "x"))
    in_force = contract.state in IN_FORCE
    goes_on = in_force and contracts.standing_termination_of(visit.principal, contract.pk) is None
    if (
        goes_on
        and contract.state == S.EFFECTIVE
        and contract.ends_on
        and visit.may(Permission.DRAFT)
        and contracts.renewal_of(contract) is None
    ):
        query = {"template": contract.template.slug, "worker": contract.worker_id, "follows": contract.pk}
        acts.append(Act(_("续订"), f"{reverse('portal:terms')}?{urlencode(query)}", "refresh"))
    if goes_on and may_suspend(visit, contract):
        acts.append(Act(_("中止"), reverse("suspensions:suspend", args=[contract.pk]), "player-pause"))
    if goes_on and contract.state == S.SUSPENDED and visit.may(Permission.SEND):
        acts.append(
            Act(_("恢复履行"), reverse("suspensions:resume", args=[contract.pk]), "player-play", main=True)
        )
    if may_change(visit, contract):
        acts.append(Act(_("变更"), reverse("portal:change_contract", args=[contract.pk]), "edit"))
    if goes_on and may_end(visit, contract):
        acts.append(Act(_("解除或终止"), reverse("endings:choose", args=[contract.pk]), "user-minus"))
    if contract.state in ENDED and visit.may(Permission.DRAFT):
        query = {"template": contract.template.slug, "worker": contract.worker_id, "again": contract.pk}
        acts.append(
            Act(_("改正后重发"), f"{reverse('portal:terms')}?{urlencode(query)}", "refresh", main=True)
        )
    return acts


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("原因"), max_length=200, help_text=_("劳动者打开链接时会看到合同已撤回。")
    )


class DayForm(forms.Form):
    until = forms.DateField(label=_("新的签署期限"), widget=DayInput(), help_text=_("到这一天结束为止"))


@for_acting
def remind(visit: Visit, contract_id: UUID) -> HttpResponse:
    """Remind the worker by text message."""
    contract = contracts.contract_of(visit.principal, contract_id)
    visit.principal.require(Permission.SEND)
    if visit.posted:
        reaching.remind_worker(principal=visit.principal, contract_id=contract.pk)
        return visit.done(_("提醒短信已安排发送。"), "portal:contract", contract.pk)
    return visit.ask(
        _("催签"),
        _("向劳动者再发一条短信，附新的签署链接。每天次数有限。"),
        action=_("发送提醒"),
        back=_page(contract),
    )


@for_acting
def withdraw(visit: Visit, contract_id: UUID) -> HttpResponse:
    """Take a contract back before it is in force."""
    contract = contracts.contract_of(visit.principal, contract_id)
    visit.principal.require(Permission.SEND)
    form = ReasonForm(visit.request.POST or None)
    if visit.posted and form.is_valid():
        reason = form.cleaned_data["reason"]
        sending.withdraw_contract(principal=visit.principal, contract_id=contract.pk, reason=reason)
        return visit.done(_("合同已撤回，可以改正后重发。"), "portal:contract", contract.pk)
    return visit.ask(
        _("撤回合同"),
        _("撤回后签署链接立即失效，这份合同不能再恢复；需要时可以改正后重发。"),
        action=_("撤回"),
        back=_page(contract),
        form=form,
        danger=True,
    )


@for_acting
def extend(visit: Visit, contract_id: UUID) -> HttpResponse:
    """Give more time to sign."""
    contract = contracts.contract_of(visit.principal, contract_id)
    visit.principal.require(Permission.SEND)
    present = timezone.localdate(contract.sign_before) if contract.sign_before else clock.today()
    form = DayForm(visit.request.POST or None, initial={"until": present + A_WEEK})
    if visit.posted and form.is_valid():
        try:
            until = form.cleaned_data["until"]
            sending.extend_contract(principal=visit.principal, contract_id=contract.pk, until=until)
        except Refused as refused:
            if refused.code != "extension_out_of_range":
                raise
            blame(form, refused)
        else:
            return visit.done(_("签署期限已延长。"), "portal:contract", contract.pk)
    return visit.ask(
        _("延长签署期限"),
        gettext("现在的期限是 %(day)s。延期后原来的签署链接继续有效。") % {"day": present.isoformat()},
        action=_("延期"),
        back=_page(contract),
        form=form,
    )


def remind_many(visit: Visit, chosen: QuerySet[Contract]) -> HttpResponse:
    """Remind all whose turn it is; who cannot be reminded today is counted, not an error."""
    return _each(
        visit,
        contracts.waiting_for(chosen, "worker"),
        lambda contract: reaching.remind_worker(principal=visit.principal, contract_id=contract.pk),
        _("已安排提醒 %(done)s 人；%(left)s 份不需要或今天不能再提醒。"),
        chosen,
    )


def withdraw_many(visit: Visit, chosen: QuerySet[Contract]) -> HttpResponse:
    """Take back all that are not in force yet, after asking."""
    form = ReasonForm(visit.request.POST if "confirmed" in visit.request.POST else None)
    if "confirmed" in visit.request.POST and form.is_valid():
        reason = form.cleaned_data["reason"]
        return _each(
            visit,
            chosen.filter(state__in=[S.DRAFT, S.RENDERING, S.SIGNING]),
            lambda contract: sending.withdraw_contract(
                principal=visit.principal, contract_id=contract.pk, reason=reason
            ),
            _("已撤回 %(done)s 份；%(left)s 份已生效或已结束，没有变动。"),
            chosen,
        )
    return visit.ask(
        gettext("撤回 %(number)s 份合同") % {"number": chosen.count()},
        _("撤回后签署链接立即失效，不能恢复。已生效的合同不会变动。"),
        action=_("撤回"),
        back=reverse("portal:contracts"),
        form=form,
        kept=kept(visit),
        danger=True,
    )


def send_to(visit: Visit, chosen: QuerySet[Any]) -> HttpResponse:
    """Go on to a new contract with the picked people."""
    people = urlencode([("worker", key) for key in chosen.values_list("pk", flat=True)])
    return redirect(f"{reverse('portal:send')}?{people}")


def _each(
    visit: Visit,
    able: Iterable[Contract],
    act: Callable[[Contract], None],
    words: Words,
    chosen: QuerySet[Contract],
) -> HttpResponse:
    done = 0
    for contract in able:  # one page of a list: each act is its own transaction and may be refused alone
        try:
            act(contract)
            done += 1
        except Refused:
            continue
    text = str(words) % {"done": done, "left": chosen.count() - done}
    return visit.done(text, "portal:contracts")


def _address(act: str, contract: Contract) -> str:
    return reverse(f"portal:{act}", args=[contract.pk])


def _page(contract: Contract) -> str:
    return _address("contract", contract)
