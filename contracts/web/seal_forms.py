"""Forms about seals. Who may be chosen depends on the acting member's employer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.selectors import members_of
from accounts.web.forms import DayInput
from contracts.web.seal_words import KINDS
from core.principal import Principal, Role
from signing.domain import SealState
from signing.selectors import seals_of
from signing.services.seals import Limits, Upload


def _keepers(principal: Principal) -> list[tuple[str, str]]:
    members = members_of(principal).filter(active=True, role=Role.SEAL_KEEPER).order_by("user__name")
    return [(str(member.pk), f"{member.user.name}（{member.user.email}）") for member in members]


class KeeperForm(forms.Form):
    """Which of the employer's seal keepers."""

    holder = forms.ChoiceField(
        label=_("保管人"),
        widget=forms.Select({"class": "form-select"}),
        help_text=_("只能选择角色为“印章管理员”的成员。"),
    )

    def __init__(self, principal: Principal, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["holder"].choices = _keepers(principal)  # type: ignore[attr-defined]  # a choice field


class GrantForm(KeeperForm):
    """Who else may use a seal, and until when."""

    until = forms.DateField(
        label=_("授权截止日"),
        required=False,
        widget=DayInput(),
        help_text=_("当天仍可使用。不填表示长期有效，直到收回。"),
    )

    def __init__(self, principal: Principal, *args: Any, **options: Any) -> None:
        super().__init__(principal, *args, **options)
        self.fields["holder"].label = _("被授权人")


class LimitsForm(forms.Form):
    """How much may be done with a seal."""

    batch_limit = forms.IntegerField(
        label=_("每次申请最多份数"),
        required=False,
        min_value=1,
        max_value=5000,
        help_text=_("不填表示不限。"),
    )
    daily_limit = forms.IntegerField(
        label=_("每天最多份数"), required=False, min_value=1, max_value=100_000, help_text=_("不填表示不限。")
    )

    def limits(self) -> Limits:
        """What was typed."""
        return Limits(self.cleaned_data["batch_limit"], self.cleaned_data["daily_limit"])


class SealForm(LimitsForm, KeeperForm):
    """A new seal: drawn by rule, or a picture with its proof."""

    kind = forms.ChoiceField(
        label=_("种类"), choices=list(KINDS.items()), widget=forms.Select({"class": "form-select"})
    )
    label = forms.CharField(
        label=_("印章名称"), max_length=60, help_text=_("便于区分，例如“公章（人事部）”。")
    )
    diameter_mm = forms.DecimalField(
        label=_("直径（毫米）"), min_value=30, max_value=45, decimal_places=1, initial=40
    )
    code13 = forms.RegexField(
        r"^[0-9]{13}\Z",
        label=_("印章编码"),
        required=False,
        help_text=_("公安备案的 13 位编码，没有可不填。"),
    )
    picture = forms.FileField(
        label=_("印章图片"),
        required=False,
        widget=forms.FileInput({"accept": "image/png", "class": "form-control"}),
        help_text=_("不上传则按国家标准自动绘制。上传须为背景透明的红色 PNG，300 dpi 以上，不超过 1 MB。"),
    )
    proof = forms.FileField(
        label=_("证明材料"),
        required=False,
        widget=forms.FileInput({"accept": "application/pdf,image/png,image/jpeg", "class": "form-control"}),
        help_text=_("上传图片时必须提供，例如印章备案证明。PDF、PNG 或 JPEG，不超过 5 MB。"),
    )

    field_order = ("kind", "label", "holder", "diameter_mm", "code13", "picture", "proof")

    def clean(self) -> dict[str, Any]:
        """A picture without proof is no seal of anybody's."""
        given = super().clean() or self.cleaned_data
        if given.get("picture") and not given.get("proof"):
            self.add_error("proof", _("上传印章图片时必须同时提供证明材料。"))
        return given

    def upload(self) -> Upload | None:
        """The picture with its proof, if there is one."""
        picture, proof = self.cleaned_data["picture"], self.cleaned_data["proof"]
        return Upload(picture.read(), proof.read()) if picture else None


class CodeForm(forms.Form):
    """A second factor for a weighty act, unless the session has just been given one."""

    code = forms.RegexField(
        r"^\d{6}$",
        label=_("动态口令"),
        widget=forms.TextInput(
            {
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "maxlength": "6",
                "class": "form-control",
            }
        ),
        help_text=_("手机验证器上显示的 6 位数字。"),
    )

    def __init__(self, proved: bool, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if proved:
            del self.fields["code"]

    @property
    def typed(self) -> str | None:
        """The code, if one was asked for."""
        return self.cleaned_data.get("code")


class RefusalForm(CodeForm):
    """Why an application is turned down."""

    note = forms.CharField(label=_("退回原因"), max_length=200)
    field_order = ("note", "code")


class ApplyForm(forms.Form):
    """Which seal a clerk asks for, and what for."""

    seal = forms.ChoiceField(label=_("印章"), widget=forms.Select({"class": "form-select"}))
    reason = forms.CharField(
        label=_("用印事由"), max_length=200, help_text=_("例如“11 月新员工劳动合同”。请不要写个人信息。")
    )

    def __init__(self, principal: Principal, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        active = seals_of(principal).filter(state=SealState.ACTIVE)
        self.fields["seal"].choices = [(str(pk), label) for pk, label in active.values_list("pk", "label")]  # type: ignore[attr-defined]  # a choice field
