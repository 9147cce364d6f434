"""What the portal shows of reaching the worker: messages, "not me", the download, the copy on paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.web.forms import blame
from accounts.web.pages import Visit, for_acting
from accounts.web.words import Badge, Tone, Words
from contracts import selectors
from contracts.domain import ContractState, PaperState
from contracts.models import Contract, PaperRequest
from contracts.services import reaching
from core.errors import Refused
from core.numbers import NumberError, check_mobile
from core.principal import Permission
from signing.domain import NoticeState, PartyState
from signing.selectors import notices_of, person_asked
from signing.services.notices import address_shown

TEMPLATES: Mapping[str, Words] = {
    "invitation": _("签署邀请"),
    "reminder": _("催签"),
    "link": _("本人索取的链接"),
    "code_identity": _("身份验证码"),
    "code_sign": _("签署验证码"),
    "completed": _("签署完成"),
    "filed": _("备案成功"),
}
STATES: Mapping[str, Badge] = {
    NoticeState.QUEUED: Badge(_("待发送"), Tone.BUSY),
    NoticeState.SENT: Badge(_("已发送"), Tone.GOOD),
    NoticeState.ARRIVED: Badge(_("已送达"), Tone.GOOD),
    NoticeState.LOST: Badge(_("没有送达"), Tone.BAD),
    NoticeState.FAILED: Badge(_("发送失败"), Tone.BAD),
    NoticeState.DROPPED: Badge(_("过期未发"), Tone.PLAIN),
}


@dataclass(frozen=True)
class Told:
    """One message: what about, to which phone or e-mail address, what became of it."""

    what: Words
    to: str
    state: Badge
    at: datetime


@dataclass(frozen=True)
class Reached:
    """Whether the worker was reached, has fetched the contract, wants it on paper."""

    told: list[Told]
    wrong_person_at: datetime | None
    downloaded_at: datetime | None
    paper: PaperRequest | None
    may_give: bool
    may_send_anew: bool


def reached(visit: Visit, contract: Contract) -> Reached:
    """What is shown on the contract's page."""
    asked = person_asked(contract.signature_request) if contract.signature_request else None
    paper = selectors.paper_requests_of(visit.principal).filter(contract=contract)
    newest = paper.order_by("-asked_at").first()
    may = visit.may(Permission.SEND)
    return Reached(
        told=[
            Told(
                TEMPLATES.get(notice.template, notice.template),
                address_shown(notice),
                STATES[notice.state],
                notice.sent_at or notice.created_at,
            )
            for notice in notices_of(contract.subject)
        ],
        wrong_person_at=contract.wrong_person_at,
        downloaded_at=asked.downloaded_at if asked else None,
        paper=newest,
        may_give=may and newest is not None and newest.state == PaperState.ASKED,
        may_send_anew=may
        and contract.state == ContractState.SIGNING
        and asked is not None
        and asked.state in (PartyState.WAITING, PartyState.INVITED),
    )


class AnewForm(forms.Form):
    mobile = forms.CharField(
        label=_("正确的手机号"),
        max_length=20,
        required=False,
        help_text=_("手机号没有错的不用填"),
        widget=forms.TextInput({"inputmode": "tel", "autocomplete": "off"}),
    )

    def clean_mobile(self) -> str:
        given = str(self.cleaned_data["mobile"])
        try:
            return check_mobile(given) if given else ""
        except NumberError as error:
            raise forms.ValidationError(_("请填写 11 位手机号码。")) from error


@for_acting
def send_anew(visit: Visit, contract_id: UUID) -> HttpResponse:
    """Invite the worker afresh, on the right phone."""
    contract = selectors.contract_of(visit.principal, contract_id)
    visit.principal.require(Permission.SEND)
    form = AnewForm(visit.request.POST or None)
    if visit.posted and form.is_valid():
        try:
            reaching.send_anew(
                principal=visit.principal,
                contract_id=contract.pk,
                mobile=form.cleaned_data["mobile"] or None,
            )
        except Refused as refused:
            blame(form, refused)
        else:
            return visit.done(_("已重新发送签署链接。"), "portal:contract", contract.pk)
    return visit.ask(
        _("更正手机号，重新发送"),
        _(
            "此前的链接、打印的二维码和验证码全部作废，劳动者重新核验身份。"
            "合同文本中印有的手机号不会改变；需要更正文本的，请撤回后重发。"
        ),
        action=_("重新发送"),
        back=reverse("portal:contract", args=[contract.pk]),
        form=form,
    )


@for_acting
def paper_given(visit: Visit, contract_id: UUID) -> HttpResponse:
    """The copy on paper was handed over."""
    contract = selectors.contract_of(visit.principal, contract_id)
    wish = selectors.paper_requests_of(visit.principal).filter(contract=contract, state=PaperState.ASKED)
    found = wish.first()
    if found is None:
        raise Refused("not_found")
    if visit.posted:
        reaching.give_paper(principal=visit.principal, wish_id=found.pk)
        return visit.done(_("已登记交给劳动者。"), "portal:contract", contract.pk)
    visit.principal.require(Permission.SEND)
    return visit.ask(
        _("已交给劳动者纸质件？"),
        _("请在实际交给本人之后登记。劳动者会在“我的合同”中看到。"),
        action=_("登记"),
        back=reverse("portal:contract", args=[contract.pk]),
    )
