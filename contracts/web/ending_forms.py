"""The form of an ending: only what its reason asks for. Its fields bear the names of the facts."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.web.forms import DayInput
from accounts.web.words import by_language
from contracts.endings.checks import TRANSFERRED
from contracts.endings.compensation import MONTHS
from contracts.endings.facts import Wish
from contracts.endings.reasons import EMPLOYER, Reason, circumstances_of
from contracts.web.ending_words import evidence_words
from core.codes import table

MOST_YUAN = Decimal("9999999999.99")


class WagesField(forms.CharField):
    """Amounts as they are pasted from a sheet: one a month, between spaces, tabs or lines."""

    widget = forms.Textarea({"rows": 4, "inputmode": "decimal", "spellcheck": "false"})

    def clean(self, value: Any) -> tuple[Decimal, ...]:
        """The amounts in yuan, in the order typed."""
        typed = re.split(r"[\s、；;]+", super().clean(value).strip())
        wages = tuple(self._amount(each) for each in typed if each)
        if len(wages) > MONTHS:
            raise forms.ValidationError(gettext("最多填写十二个月。"))
        return wages

    def _amount(self, text: str) -> Decimal:
        try:
            amount = Decimal(re.sub(r"[,，](?=\d{3})", "", text))
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite() or not 0 <= amount <= MOST_YUAN or amount != round(amount, 2):
            raise forms.ValidationError(gettext("“%(text)s”不是金额。") % {"text": text[:20]})
        return round(amount, 2)


def _yuan(**options: Any) -> forms.DecimalField:
    typed = forms.TextInput({"inputmode": "decimal"})
    return forms.DecimalField(
        required=False, min_value=0, max_digits=12, decimal_places=2, widget=typed, **options
    )


class EndingForm(forms.Form):
    """How a contract ends for one reason. `wish()` is what the service takes."""

    date = forms.DateField(
        label=_("解除或者终止日期"),
        widget=DayInput(),
        help_text=_("在本单位工作的最后一天。证明书在这一天出具。"),
    )

    def __init__(self, reason: Reason, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.reason = reason
        for name, field in self._asked():
            self.fields[name] = field

    def _asked(self) -> Any:
        """What the reason asks for beyond the day."""
        reason = self.reason
        if cases := circumstances_of(reason.code):
            choices = [(case.code, by_language(case.zh, case.en)) for case in cases]
            yield "circumstance", forms.ChoiceField(
                label=_("具体情形"), choices=choices, widget=forms.RadioSelect,
                help_text=_("是否支付经济补偿由此决定。"),
            )  # fmt: skip
        if reason.barred:
            yield (
                "protected",
                forms.ChoiceField(
                    label=_("劳动者有没有第四十二条规定的情形？"),
                    choices=[("no", _("没有")), ("yes", _("有"))],
                    widget=forms.RadioSelect,
                    help_text=_(
                        "职业病检查或者疑似职业病、因工负伤、医疗期内、孕期产期哺乳期、"
                        "连续工作满十五年且距退休不足五年。只用于检查，不会保存。"
                    ),
                ),
            )
        if reason.notice:
            by_employer = reason.initiator == EMPLOYER
            yield (
                "notice_date",
                forms.DateField(
                    label=_("书面通知劳动者的日期") if by_employer else _("收到劳动者书面通知的日期"),
                    required=False,
                    widget=DayInput(),
                ),
            )
        if reason.or_pay:
            yield "pay_in_lieu", forms.BooleanField(label=_("额外支付一个月工资代替通知"), required=False)
        if reason.union:
            yield "union_notice_date", forms.DateField(
                label=_("通知工会的日期"), required=False, widget=DayInput(),
                help_text=_("没有工会的，填写通知所在地工会或者听取职工代表意见的日期。"),
            )  # fmt: skip
        if reason.within("41"):
            yield (
                "layoff_report_no",
                forms.CharField(
                    label=_("裁员报告编号"),
                    max_length=50,
                    required=False,
                    help_text=_("劳动行政部门回执上的编号"),
                ),
            )
        if reason.evidence:
            yield (
                "evidence",
                forms.MultipleChoiceField(
                    label=_("留存的材料"),
                    choices=[(name, evidence_words(name)) for name in reason.evidence],
                    widget=forms.CheckboxSelectMultiple,
                    required=False,
                    help_text=_("逐项勾选已经备齐的。"),
                ),
            )
        if reason.compensation is not False:
            yield "wages", WagesField(
                label=_("终止前十二个月的应得工资（元）"), required=False, max_length=400,
                help_text=_(
                    "由远到近，每行一个月，可以从表格粘贴。含奖金、津贴和补贴；工作不满十二个月的按实际月数。"
                ),
            )  # fmt: skip
            yield (
                "local_average",
                _yuan(
                    label=_("本地区上年度职工月平均工资（元）"), help_text=_("当地公布的数，用于核对三倍封顶")
                ),
            )
            yield "compensation", _yuan(label=_("约定的经济补偿（元）"), help_text=_("不填的按法定标准计算"))
        if reason.within(TRANSFERRED):
            yield "to_name", forms.CharField(label=_("调入单位名称"), max_length=100, required=False)
            yield (
                "to_uscc",
                forms.CharField(
                    label=_("调入单位统一社会信用代码"),
                    max_length=18,
                    required=False,
                    help_text=_("对照三方协议上的填写，写进证明书。"),
                ),
            )
        yield "handover", forms.CharField(
            label=_("工作交接"), max_length=200, required=False, widget=forms.Textarea({"rows": 2}),
            help_text=_("写进证明书，例如“工作和物品已交接清楚”。可不填"),
        )  # fmt: skip
        modes = [(row.code, by_language(row.zh, row.en)) for row in table("archive_mode").values()]
        yield "archive_mode", forms.ChoiceField(
            label=_("档案怎样转移"), choices=[("", "—"), *modes], required=False,
            help_text=_("有人事档案的填写；随备案一起报送。"),
        )  # fmt: skip
        yield "archive_to", forms.CharField(label=_("档案接收机构"), max_length=100, required=False)

    def wish(self) -> Wish:
        """What was typed, as the service takes it."""
        given = self.cleaned_data
        return Wish(
            reason=self.reason.code,
            ends_on=given["date"],
            protected=given.get("protected") == "yes",
            circumstance=given.get("circumstance", ""),
            notice_date=given.get("notice_date"),
            pay_in_lieu=given.get("pay_in_lieu", False),
            union_notice_date=given.get("union_notice_date"),
            layoff_report_no=given.get("layoff_report_no", ""),
            evidence=tuple(given.get("evidence", ())),
            handover=given["handover"],
            archive_mode=given["archive_mode"],
            archive_to=given["archive_to"],
            wages=given.get("wages", ()),
            local_average=given.get("local_average"),
            agreed=given.get("compensation"),
            transfer=self._transfer(),
        )

    def _transfer(self) -> dict[str, str] | None:
        """To whom the worker goes; None where nothing was typed, and the rules ask for it."""
        said = {name: self.cleaned_data.get(name, "") for name in ("to_name", "to_uscc")}
        return said if said["to_name"] and said["to_uscc"] else None
