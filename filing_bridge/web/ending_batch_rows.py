"""What a person does on the pages of a batch of endings: papers for the gate, rows that wait for somebody."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _

from accounts.selectors import members_of
from accounts.web.forms import DayInput, blame
from accounts.web.pages import Visit, for_acting, for_members
from core import papers
from core.errors import Refused
from core.principal import Permission
from filing_bridge import selectors
from filing_bridge.mass_endings import GATE_PASSED, NUMBERED, Paper
from filing_bridge.services.mass_endings import handling, recording
from filing_bridge.web.ending_batch_words import PAPERS
from filing_bridge.web.ending_batches import rows_shown


class PaperForm(forms.Form):
    """Day, number where there is one, and the paper."""

    on = forms.DateField(label=_("日期"), widget=DayInput())
    number = forms.CharField(label=_("编号"), max_length=50)
    file = forms.FileField(
        label=_("文书"),
        help_text=_("PDF、PNG 或 JPEG，最大 5 MB。"),
        widget=forms.FileInput(attrs={"class": "form-control", "accept": ".pdf,.png,.jpg,.jpeg"}),
    )

    def __init__(self, paper: Paper, *args: Any) -> None:
        super().__init__(*args)
        if paper not in NUMBERED:
            del self.fields["number"]


class CareForm(forms.Form):
    owner = forms.ChoiceField(label=_("负责人"), required=False)
    note = forms.CharField(
        label=_("备注"), max_length=200, required=False, widget=forms.Textarea({"rows": 2})
    )


class OutForm(forms.Form):
    note = forms.CharField(label=_("原因"), max_length=200)


@for_acting
def record(visit: Visit, batch_id: UUID, name: str) -> HttpResponse:
    """Put a paper of the gate on record."""
    batch = selectors.ending_batch_of(visit.principal, batch_id)
    visit.principal.require(Permission.SEND)
    paper = _paper(name)
    title, text = PAPERS[paper]
    form = PaperForm(paper, visit.request.POST or None, visit.request.FILES or None)
    back = reverse("ending_batches:batch", args=[batch.pk])
    if visit.posted and form.is_valid():
        given = form.cleaned_data
        try:
            recording.record_paper(
                principal=visit.principal,
                batch_id=batch.pk,
                paper=paper,
                on=given["on"],
                number=given.get("number", ""),
                data=given["file"].read(papers.MAX_BYTES + 1),
            )
        except Refused as refused:
            blame(form, refused)
        else:
            return visit.done(_("已登记。"), back)
    return visit.ask(title, text, action=_("登记"), back=back, form=form)


@for_members
def paper(visit: Visit, batch_id: UUID, name: str) -> HttpResponse:
    """A paper as it was handed in."""
    wanted = _paper(name)
    data = recording.open_paper(principal=visit.principal, batch_id=batch_id, paper=wanted)
    media_type, ending = papers.kind_of(data)
    answer = HttpResponse(data, content_type=media_type)
    answer["Content-Disposition"] = content_disposition_header(True, f"{PAPERS[wanted][0]}.{ending}")
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@for_acting
def row_page(visit: Visit, batch_id: UUID, number: int) -> HttpResponse:
    """A row that waits for a person: who looks after it, and what they may do. POST keeps owner and note."""
    visit.principal.require(Permission.VIEW_PII)
    row = selectors.ending_row_of(visit.principal, batch_id, number)
    members = list(members_of(visit.principal).filter(active=True).order_by("user__name"))
    mine = next((str(each.pk) for each in members if each.user_id == row.owner_id), "")
    form = CareForm(visit.request.POST or None, initial={"owner": mine, "note": row.note})
    owners = forms.ChoiceField(
        label=_("负责人"), required=False,
        choices=[("", _("还没有")), *((str(each.pk), each.user.name or each.user.email) for each in members)],
    )  # fmt: skip
    form.fields["owner"] = owners
    if visit.posted and form.is_valid():
        owner = form.cleaned_data["owner"]
        handling.assign_row(
            principal=visit.principal,
            batch_id=batch_id,
            number=number,
            owner=UUID(owner) if owner else None,
            note=form.cleaned_data["note"],
        )
        return visit.done(_("已保存。"), "ending_batches:row", batch_id, number)
    (shown,) = rows_shown(visit, row.batch, [row])
    return visit.show(
        "ending_batch_row.html",
        batch=row.batch,
        row=shown,
        form=form,
        passed=row.batch.state in GATE_PASSED,
        may_send=visit.may(Permission.SEND),
    )


@for_acting
def let_go(visit: Visit, batch_id: UUID, number: int) -> HttpResponse:
    """A person has looked: the row goes by itself."""
    row = selectors.ending_row_of(visit.principal, batch_id, number)
    visit.principal.require(Permission.SEND)
    back = reverse("ending_batches:row", args=[batch_id, row.number])
    if visit.posted:
        handling.let_go(principal=visit.principal, batch_id=batch_id, number=number)
        return visit.done(_("已转为自动办理。"), "ending_batches:batch", batch_id)
    return visit.ask(
        _("核对无误，自动办理"),
        _("按冻结的内容办理。不符合规定的会再次退回人工处理。"),
        action=_("自动办理"),
        back=back,
    )


@for_acting
def leave_out(visit: Visit, batch_id: UUID, number: int) -> HttpResponse:
    """Take a row out."""
    row = selectors.ending_row_of(visit.principal, batch_id, number)
    visit.principal.require(Permission.SEND)
    form = OutForm(visit.request.POST or None)
    if visit.posted and form.is_valid():
        handling.leave_out(
            principal=visit.principal, batch_id=batch_id, number=number, note=form.cleaned_data["note"]
        )
        return visit.done(_("已移出，合同继续履行。"), "ending_batches:batch", batch_id)
    return visit.ask(
        _("移出这一行"),
        _("这个人不在这一批里解除或者终止，合同继续履行。"),
        action=_("移出"),
        back=reverse("ending_batches:row", args=[batch_id, row.number]),
        form=form,
        danger=True,
    )


def _paper(name: str) -> Paper:
    try:
        return Paper(name)
    except ValueError as error:
        raise Refused("not_found") from error
