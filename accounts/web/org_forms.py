"""Forms of the organisation's settings."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.domain import MEMBER_ROLES, Topic
from accounts.models import Employer
from accounts.particulars import EMPLOYER_FIELDS, profile_of
from accounts.web.org_words import ROLE_HELP, ROLES, SCOPES, TOPICS
from accounts.web.words import by_language
from core.codes import table
from core.principal import Principal

SELECT = {"class": "form-select"}
LONGEST_KEY_DAYS = 366


class RoleForm(forms.Form):
    """A role of a member."""

    role = forms.ChoiceField(
        label=_("角色"),
        choices=[(role.value, ROLES[role]) for role in MEMBER_ROLES],
        widget=forms.Select(SELECT),
        help_text=ROLE_HELP,  # type: ignore[arg-type]  # the stubs know no lazy strings but their own
    )


class InviteForm(RoleForm):
    """Who is invited as what."""

    email = forms.EmailField(label=_("邮箱"), max_length=254)
    field_order = ("email", "role")


class CodeForm(forms.Form):
    """A one-time password, asked of whoever has an authenticator app."""

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


class KeyForm(CodeForm):
    """A new API key; its scopes are among what the member may do."""

    name = forms.CharField(label=_("名称"), max_length=50, help_text=_("写明用途，例如“人事系统”。"))
    scopes = forms.MultipleChoiceField(label=_("权限"), widget=forms.CheckboxSelectMultiple())
    days = forms.IntegerField(
        label=_("有效天数"), min_value=1, max_value=LONGEST_KEY_DAYS, initial=90, help_text=_("最长 366 天。")
    )
    field_order = ("name", "scopes", "days", "code")

    def __init__(self, principal: Principal, has_code: bool, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["scopes"].choices = [  # type: ignore[attr-defined]  # a choice field
            (scope, words) for scope, words in SCOPES.items() if scope in principal.permissions
        ]
        if not has_code:
            del self.fields["code"]


class WebhookForm(forms.Form):
    """Where events go, and which."""

    url = forms.CharField(
        label=_("地址"), max_length=500, help_text=_("以 https:// 开头的公网地址。"), initial="https://"
    )
    topics = forms.RegexField(
        r"^(\*|[a-z_]+\.[a-z_]+)(\s*,\s*(\*|[a-z_]+\.[a-z_]+))*$",
        label=_("事件"),
        initial="*",
        help_text=_("* 表示全部；也可以写事件名，用逗号分隔，例如 filing.accepted, filing.returned。"),
    )

    def wanted(self) -> list[str]:
        """The topics, one by one."""
        return [each.strip() for each in self.cleaned_data["topics"].split(",")]


class NotificationsForm(forms.Form):
    """One box for every topic that is of use to the member's role."""

    def __init__(self, topics: list[Topic], silenced: set[str], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for topic in topics:
            title, remark = TOPICS[topic]
            self.fields[topic.value] = forms.BooleanField(
                label=str(title),
                help_text=str(remark),
                required=False,
                initial=topic.value not in silenced,
            )

    def wanted(self) -> list[Topic]:
        """The topics that are ticked."""
        return [Topic(name) for name, on in self.cleaned_data.items() if on]


class SigningForm(forms.Form):
    """How the employer's people sign."""

    typed_names = forms.BooleanField(
        label=_("可以用输入的姓名代替手写签名"),
        help_text=_("适合手部不便或屏幕失灵的劳动者；以手写体显示，身份核验和签署验证码不变。"),
        required=False,
    )
    stroke_data = forms.BooleanField(
        label=_("征得同意后保存书写的速度和压力"),
        help_text=_("只用于笔迹鉴定。劳动者不同意也能签署，此时只保留笔画。"),
        required=False,
    )


class ProfileForm(forms.Form):
    """The profile as it should be, and the paper that shows it."""

    def __init__(self, employer: Employer, data: Any = None, files: Any = None, *, evidence: bool) -> None:
        super().__init__(data, files, initial=profile_of(employer))
        for name, field in EMPLOYER_FIELDS.items():
            label = by_language(field.zh, field.en[:1].upper() + field.en[1:])
            # An industry may be given finer than the table has it; then it is typed.
            if field.codes and (not self.initial[name] or table(field.codes).get(self.initial[name])):
                rows = [(code, by_language(row.zh, row.en)) for code, row in table(field.codes).items()]
                choices = rows if field.required and self.initial[name] else [("", "—"), *rows]
                self.fields[name] = forms.ChoiceField(
                    label=label, choices=choices, required=field.required, widget=forms.Select(SELECT)
                )
            else:
                self.fields[name] = forms.CharField(
                    label=label, max_length=field.limit, required=field.required
                )
        self.fields["headcount"] = forms.IntegerField(label=_("职工人数"), min_value=0, required=False)
        self.fields["is_dispatch_agency"] = forms.BooleanField(label=_("劳务派遣单位"), required=False)
        if evidence:
            self.fields["evidence"] = forms.FileField(
                label=_("证明材料"),
                widget=forms.FileInput(
                    {"accept": "application/pdf,image/png,image/jpeg", "class": "form-control"}
                ),
                help_text=_("例如新的营业执照、变更登记通知书。PDF、PNG 或 JPEG，不超过 5 MB。"),
            )
