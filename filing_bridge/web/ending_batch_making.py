"""A batch of endings is made: from a sheet, or from contracts picked on their list."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.web.forms import DayInput, blame
from accounts.web.listing import kept
from accounts.web.pages import Visit, for_acting, for_members
from accounts.web.words import by_language
from contracts.bulk.reader import MAX_BYTES
from contracts.bulk.sheets import template_workbook
from contracts.bulk.values import NO, YES
from contracts.models import Contract
from contracts.web.batch_uploads import workbook_answer
from contracts.web.ending_words import GROUPS, HEADINGS, reason_words, reasons_of
from core import clock, codes
from core.errors import Refused
from core.principal import Permission
from filing_bridge.ending_sheet import TITLE, plan
from filing_bridge.services.mass_endings import making


def _reasons() -> list[tuple[str, Any]]:
    grouped = [
        (
            str(heading),
            [
                (each.code, reason_words(each))
                for group in GROUPS
                if group.initiator == initiator
                for each in reasons_of(group)
            ],
        )
        for initiator, heading in HEADINGS.items()
    ]
    return [("", gettext("每行单独填写")), *grouped]


def _circumstances() -> list[tuple[str, str]]:
    rows = codes.table("end_circumstance").values()
    return [
        ("", gettext("不需要，或者每行单独填写")),
        *((row.code, by_language(row.zh, row.en)) for row in rows),
    ]


class CommonForm(forms.Form):
    """What holds for all rows; its fields bear the keys of the sheet."""

    reason = forms.ChoiceField(label=_("统一的原因"), choices=_reasons, required=False)
    circumstance = forms.ChoiceField(
        label=_("具体情形"), choices=_circumstances, required=False,
        help_text=_("合同期满等原因要选，是否支付经济补偿由此决定。"),
    )  # fmt: skip
    ends_on = forms.DateField(label=_("解除或者终止日期"), widget=DayInput(), required=False)
    notice_date = forms.DateField(
        label=_("书面通知日期"), widget=DayInput(), required=False,
        help_text=_("第四十条、劳动者辞职要填。裁员不用填，以说明情况的日期为准。"),
    )  # fmt: skip
    union_notice_date = forms.DateField(
        label=_("通知工会的日期"), widget=DayInput(), required=False, help_text=_("单位单方解除要填。")
    )
    evidence_held = forms.BooleanField(
        label=_("这个原因应当留存的材料，每个人的都已备齐"), required=False,
        help_text=_("没有备齐的人，请在表格里填“否”，由人工处理。"),
    )  # fmt: skip

    def common(self) -> dict[str, str]:
        """As the cells of a sheet."""
        return {key: _cell(value) for key, value in self.cleaned_data.items() if key in self._own and value}

    _own = ("reason", "circumstance", "ends_on", "notice_date", "union_notice_date", "evidence_held")


class UploadForm(CommonForm):
    file = forms.FileField(
        label=_("填好的 Excel 文件"),
        help_text=_("只收 .xlsx，最多 5,000 行、10 MB。"),
        widget=forms.FileInput(attrs={"class": "form-control", "accept": ".xlsx"}),
    )


@for_acting
def new(visit: Visit) -> HttpResponse:
    """The sheet to be filled in, what holds for all rows, and the upload."""
    visit.principal.require(Permission.SEND)
    form = UploadForm(visit.request.POST or None, visit.request.FILES or None)
    if visit.posted and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = making.make_of_sheet(
                principal=visit.principal,
                file_name=file.name or "",
                data=file.read(MAX_BYTES + 1),
                common=form.common(),
            )
        except Refused as refused:
            blame(form, refused)
        else:
            return redirect("ending_batches:batch", batch.pk)
    return visit.show("ending_batch_new.html", form=form, shared=[form[name] for name in CommonForm._own])


@for_members
def sheet(visit: Visit) -> HttpResponse:
    """The Excel file to be filled in."""
    visit.principal.require(Permission.SEND)
    data = template_workbook(plan(), title=TITLE, today=clock.today())
    return workbook_answer(data, f"{gettext('批量解除终止')}.xlsx")


def end_many(visit: Visit, chosen: QuerySet[Contract]) -> HttpResponse:
    """A batch of the picked contracts, after asking what holds for all."""
    confirmed = "confirmed" in visit.request.POST
    form = CommonForm(visit.request.POST if confirmed else None)
    if confirmed and form.is_valid():
        try:
            batch = making.make_of_contracts(
                principal=visit.principal,
                contract_ids=list(chosen.values_list("pk", flat=True)),
                common=form.common(),
            )
        except Refused as refused:
            if refused.code != "not_found":
                raise
            form.add_error(None, gettext("选中的合同里有没有生效的，或者已经解除、终止的。"))
        else:
            return redirect("ending_batches:batch", batch.pk)
    return visit.ask(
        gettext("批量解除终止：%(number)s 份合同") % {"number": chosen.count()},
        _(
            "先建立名单并逐行检查，冻结名单、登记法定文书以后才会开始办理。应当支付经济补偿的，请改用表格，逐人填写工资。"
        ),
        action=_("建立名单"),
        back=reverse("portal:contracts"),
        form=form,
        kept=kept(visit),
    )


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return YES if value else NO
    return value.isoformat() if isinstance(value, date) else str(value)
