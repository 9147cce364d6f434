"""The form in which the terms of a contract are agreed: a table of fields, of which a template uses some.

Its fields are those of the facts' `contract` section, named by their place in it (`training.fee`). What
follows from others is not asked: the probation's days follow from its months.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.web.forms import DayInput
from accounts.web.words import Words, by_language
from contracts.facts import facts_schema, schema_at
from contracts.lineage import DERIVED
from contracts.models import TemplateVersion
from core import clock
from core.codes import table
from core.periods import last_day
from filing_bridge.web.words import TERM_TYPES, WAGE_UNITS

INSURANCES: Mapping[str, Words] = {
    "pension": _("养老保险"),
    "unemployment": _("失业保险"),
    "medical": _("医疗保险"),
    "injury": _("工伤保险"),
    "maternity": _("生育保险"),
}
CYCLES: Mapping[str, Words] = {"week": _("周"), "month": _("月"), "quarter": _("季"), "year": _("年")}
POSTS: Mapping[str, Words] = {"temporary": _("临时性"), "auxiliary": _("辅助性"), "substitute": _("替代性")}
SIGN_KINDS: Mapping[str, Words] = {"1": _("首次签订"), "2": _("续签")}
ROLES: Mapping[str, Words] = {
    "senior_manager": _("高级管理人员"),
    "senior_technician": _("高级技术人员"),
    "secrecy_duty": _("其他负有保密义务的人员"),
    "other": _("其他人员"),
}


@dataclass(frozen=True)
class Term:
    """One field. `choices` are its codes in words; `always` holds for what every template needs."""

    name: str
    label: Words
    choices: Mapping[str, Words] = field(default_factory=dict)
    help: Words = ""
    always: bool = False


SECTIONS: tuple[tuple[Words, tuple[Term, ...]], ...] = (
    (
        _("期限"),
        (
            Term("employment_start", _("用工之日"), help=_("实际开始上班的那一天"), always=True),
            Term("term_type", _("合同期限类型"), TERM_TYPES, always=True),
            Term("start", _("合同起始日期"), always=True),
            Term("end", _("合同终止日期"), help=_("固定期限合同填写")),
            Term("task_text", _("工作任务"), help=_("以完成一定工作任务为期限的填写")),
            Term("probation_months", _("试用期（月）"), help=_("没有试用期的留空；起止日期自动计算")),
            Term("probation_wage", _("试用期工资（元）")),
            Term("sign_kind", _("签订情况"), SIGN_KINDS, always=True),
            Term("previous_end", _("上一份合同终止日期"), help=_("续签时填写")),
            Term("service_start", _("连续工作起始日期"), help=_("早于本次用工之日的填写")),
        ),
    ),
    (
        _("工作"),
        (
            Term("job_title", _("岗位名称"), always=True),
            Term("occupation_code", _("职业（工种）代码"), help=_("输入文字或代码可以搜索"), always=True),
            Term("work_place_address", _("工作地点"), always=True),
            Term("work_place_code", _("工作地点区划代码"), help=_("六位数字，决定向哪里备案"), always=True),
            Term("worktime_system", _("工时制度"), always=True),
            Term("hours_per_day", _("每日工作小时")),
            Term("hours_per_week", _("每周工作小时")),
            Term("worktime_cycle", _("综合计算周期"), CYCLES, help=_("综合计算工时的填写")),
            Term("worktime_approval_no", _("特殊工时批准文号")),
            Term("worktime_approval_to", _("特殊工时批准有效期")),
            Term("special_work", _("特殊工种")),
            Term("hazards", _("职业危害及防护"), help=_("没有职业危害的写“无”")),
        ),
    ),
    (
        _("报酬和保险"),
        (
            Term("wage_amount", _("工资（元）"), always=True),
            Term("wage_unit", _("工资计算单位"), WAGE_UNITS, always=True),
            Term("pay_day", _("发薪日"), help=_("每月几号，1 到 31")),
            Term("pay_cycle_days", _("支付周期（天）"), help=_("非全日制不超过 15 天")),
            Term("insurance", _("社会保险"), INSURANCES, always=True),
        ),
    ),
    (
        _("派遣"),
        (
            Term("dispatch.host_name", _("用工单位名称")),
            Term("dispatch.host_uscc", _("用工单位统一社会信用代码")),
            Term("dispatch.start", _("派遣起始日期")),
            Term("dispatch.end", _("派遣终止日期")),
            Term("dispatch.post_kind", _("派遣岗位性质"), POSTS),
        ),
    ),
    (
        _("工程项目"),
        (
            Term("construction.project_name", _("项目名称")),
            Term("construction.project_no", _("项目编号")),
            Term("construction.team", _("班组")),
            Term("construction.general_contractor", _("施工总承包单位")),
            Term("construction.wage_account", _("工资专用账户开户行")),
        ),
    ),
    (
        _("市内调动（从同城其他单位调入的填写）"),
        (
            Term("transfer.from_name", _("原单位名称"), always=True),
            Term("transfer.from_uscc", _("原单位统一社会信用代码"), always=True),
            Term("transfer.left_on", _("原单位终止日期"), help=_("原单位证明书上的日期"), always=True),
            Term("transfer.certificate_no", _("原单位证明书编号"), always=True),
        ),
    ),
    (
        _("其他约定（可不填）"),
        (
            Term("training.fee", _("专项培训费用（元）")),
            Term("training.service_months", _("服务期（月）")),
            Term("training.damages", _("培训违约赔偿（元）")),
            Term("non_compete.months", _("竞业限制（月）")),
            Term("non_compete.role", _("竞业限制人员类别"), ROLES),
            Term("non_compete.monthly_compensation", _("竞业限制每月补偿（元）")),
            Term("remark", _("备注")),
        ),
    ),
)
# What no form asks, because it follows from the form of employment.
FIXED = {"employment_kind": "010"}
MONEY = facts_schema()["$defs"]["money"]["pattern"]
BLANK = re.compile(r'(?:\{|"fact": ")contract\.([a-z_]+(?:\.[a-z_]+)?)')


class CodeInput(forms.TextInput):
    """A text field whose suggestions the browser searches by code and by words."""

    template_name = "portal/widgets/code.html"

    def __init__(self, codes: str) -> None:
        super().__init__({"list": f"codes-{codes}", "autocomplete": "off"})
        self.table = codes

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        rows = [(row.code, by_language(row.zh, row.en)) for row in table(self.table).values()]
        return {**super().get_context(name, value, attrs), "rows": rows}


class TermsForm(forms.Form):
    """The terms of one contract, or of several with different people, by a template."""

    def __init__(self, template: TemplateVersion, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.template = template
        self.used = _used(template)
        self.shown = [(heading, [term for term in terms if self.asks(term)]) for heading, terms in SECTIONS]
        for _heading, terms in self.shown:
            for term in terms:
                self.fields[term.name] = _field(term, template)

    def asks(self, term: Term) -> bool:
        """Whether this form has a field for the term."""
        return term.always or term.name in self.used

    def sections(self) -> Iterable[tuple[Words, list[forms.BoundField]]]:
        """The headings of what this template asks, with their fields."""
        for heading, terms in self.shown:
            if terms:
                yield heading, [self[term.name] for term in terms]

    def terms(self) -> dict[str, Any]:
        """The facts' `contract` section. Which of it is missing or wrong, the facts' schema says."""
        section: dict[str, Any] = {
            **FIXED,
            "employment_form": self.template.content["applies_to"]["employment_forms"][0],
        }
        for name, value in self.cleaned_data.items():
            if name == "insurance":
                asked = _insurances(self.template)
                section[name] = {each: each in value for each in asked}
            elif value not in (None, "", False):
                _put(section, name.split("."), _fact(value, name))
        if section.get("term_type") != "1":
            section.pop("end", None)
        months = section.get("probation_months")
        if months and "start" in section:
            first = date.fromisoformat(section["start"])
            section["probation_start"] = first.isoformat()
            section["probation_end"] = last_day(first, int(months)).isoformat()
        return section


class RenewalForm(TermsForm):
    """The terms of a renewal. What follows from the earlier contract is not asked."""

    def asks(self, term: Term) -> bool:
        """What this contract says of itself."""
        return term.name not in DERIVED and super().asks(term)


def initial_terms(
    template: TemplateVersion, latest: Mapping[str, Any] | None, uscc: str, place: str
) -> dict[str, Any]:
    """What the form begins with: the terms last agreed by this template, from today on, or usual ones."""
    today = clock.today()
    usual: dict[str, Any] = {
        "term_type": template.content["applies_to"]["term_types"][0],
        "sign_kind": "1",
        "worktime_system": "1",
        "hours_per_day": "8",
        "hours_per_week": "40",
        "wage_unit": "month",
        "pay_day": 15,
        "insurance": dict.fromkeys(_insurances(template), True),
        "work_place_code": uscc[2:8],
        "work_place_address": place,
    }
    if template.content["applies_to"]["employment_forms"][0] == "2":
        usual |= {"hours_per_day": "4", "hours_per_week": "24", "wage_unit": "hour"}
    dates = {"start": today, "employment_start": today, "end": last_day(today, 36), "sign_kind": "1"}
    kept = {name: value for name, value in (latest or {}).items() if name != "transfer"}  # that person's own
    return flat({**usual, **kept, **dates})


def flat(terms: Mapping[str, Any]) -> dict[str, Any]:
    """The section as the form's initial values: nested parts by dotted names, insurance as a list."""
    values: dict[str, Any] = {}
    for name, value in terms.items():
        if name == "insurance":
            values[name] = [each for each, has in value.items() if has]
        elif isinstance(value, Mapping):
            values |= {f"{name}.{part}": each for part, each in value.items()}
        else:
            values[name] = value
    return values


def _used(template: TemplateVersion) -> set[str]:
    """The terms that a template's text or conditions name."""
    return set(BLANK.findall(json.dumps(template.content, ensure_ascii=False)))


def _insurances(template: TemplateVersion) -> list[str]:
    used = _used(template)
    return [each for each in INSURANCES if f"insurance.{each}" in used] or list(INSURANCES)


def _field(term: Term, template: TemplateVersion) -> forms.Field:
    schema = schema_at(["contract", *term.name.split(".")]) or {}
    common: dict[str, Any] = {"label": term.label, "help_text": term.help, "required": _required(term.name)}
    if term.name == "insurance":
        offered = [(each, INSURANCES[each]) for each in _insurances(template)]
        return forms.MultipleChoiceField(
            choices=offered, widget=forms.CheckboxSelectMultiple, **{**common, "required": False}
        )
    if term.name == "occupation_code":
        return forms.CharField(max_length=10, widget=CodeInput("occupation"), **common)
    choices = _choices(term, template)
    if choices:
        first = [] if common["required"] else [("", "—")]
        return forms.ChoiceField(choices=[*first, *choices], **common)
    if schema.get("type") == "boolean":
        return forms.BooleanField(**{**common, "required": False})
    if schema.get("type") == "integer":
        return forms.IntegerField(min_value=0, **common)
    if schema.get("format") == "date":
        return forms.DateField(widget=DayInput(), **common)
    limit = schema.get("maxLength", 30)
    long = limit > 100
    widget = forms.Textarea({"rows": 2}) if long else forms.TextInput({"autocomplete": "off"})
    return forms.CharField(max_length=limit, widget=widget, **common)


def _choices(term: Term, template: TemplateVersion) -> list[tuple[str, Words]]:
    if term.name == "worktime_system":
        return [(code, by_language(row.zh, row.en)) for code, row in table("worktime_system").items()]
    if term.name == "term_type":
        return [(code, term.choices[code]) for code in template.content["applies_to"]["term_types"]]
    return list(term.choices.items())


def _required(name: str) -> bool:
    return name in facts_schema()["properties"]["contract"]["required"]


def _fact(value: Any, name: str) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    is_money = (schema_at(["contract", *name.split(".")]) or {}).get("pattern") == MONEY
    if is_money and re.fullmatch(r"[0-9]{1,10}(\.[0-9]{1,2})?", value):
        return f"{Decimal(value):.2f}"  # people leave the cents out
    return value


def _put(section: dict[str, Any], path: list[str], value: Any) -> None:
    for step in path[:-1]:
        section = section.setdefault(step, {})
    section[path[-1]] = value
