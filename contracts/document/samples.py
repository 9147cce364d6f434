"""Invented facts with which a template is shown before there is a contract. Nobody here exists.

Optional facts are all filled in, so that every clause which hangs on one is seen.
"""

from collections.abc import Mapping
from typing import Any, Final

from contracts.document.template import template_digest
from contracts.facts import SCHEMA_ID

_EMPLOYER: Final[Mapping[str, Any]] = {
    "name": "示例制造（淄博）有限公司",
    "uscc": "91370303MA3TE5T03M",
    "si_no": "3703030001",
    "type": "10",
    "economic_type": "173",
    "affiliation": "90",
    "industry": "C3730",
    "competent_dept": "示例街道办事处",
    "reg_address": "山东省淄博市张店区示例路100号",
    "biz_address": "山东省淄博市张店区示例路100号2号厂房",
    "legal_rep_name": "示例法人",
    "contact_name": "示例人事",
    "contact_phone": "0533-0000000",
    "headcount": 318,
    "is_dispatch_agency": False,
    "dispatch_license_no": "示例370300000001",
}
_WORKER: Final[Mapping[str, Any]] = {
    "name": "示例员工",
    "id_type": "01",
    "id_no": "370303199003070013",
    "sex": "1",
    "birth_date": "1990-03-07",
    "ethnicity": "01",
    "nationality": "CHN",
    "hukou_type": "11",
    "hukou_code": "370303",
    "hukou_address": "山东省淄博市张店区示例街道1号",
    "resid_code": "370303",
    "resid_address": "山东省淄博市张店区示例小区2号楼3单元401室",
    "mobile": "13800000000",
    "postcode": "255000",
    "education": "31",
    "email": "sample@example.com",
}
_CONTRACT: Final[Mapping[str, Any]] = {
    "sign_kind": "1",
    "term_type": "1",
    "start": "2026-12-01",
    "end": "2029-11-30",
    "employment_start": "2026-12-01",
    "employment_form": "1",
    "employment_kind": "010",
    "probation_months": 3,
    "probation_start": "2026-12-01",
    "probation_end": "2027-02-28",
    "probation_wage": "4500.00",
    "worktime_system": "1",
    "hours_per_day": "8",
    "hours_per_week": "40",
    "job_title": "装配工",
    "occupation_code": "6-20-01-01",
    "work_place_code": "370303",
    "work_place_address": "山东省淄博市张店区示例路100号",
    "wage_amount": "5200.00",
    "wage_unit": "month",
    "wage_items": [
        {"name": "基本工资", "amount": "4200.00", "note": "按月发放"},
        {"name": "岗位津贴", "amount": "1000.00", "note": "按出勤计算"},
    ],
    "pay_day": 15,
    "insurance": {"pension": True, "unemployment": True, "medical": True, "injury": True, "maternity": True},
    "hazards": "噪声：可能造成听力损伤，配发防噪耳塞，每年组织听力检查",
    "training": {"fee": "12000.00", "service_months": 24, "damages": "12000.00"},
    "non_compete": {"months": 12, "role": "secrecy_duty", "monthly_compensation": "1560.00"},
    "construction": {
        "project_name": "示例厂房一期工程",
        "project_no": "370303202611030101",
        "team": "钢筋一班",
        "wage_account": "示例银行淄博张店支行",
        "general_contractor": "示例建设集团有限公司",
    },
    "remark": "示例备注",
}
_NO_PROBATION: Final = ("probation_months", "probation_start", "probation_end", "probation_wage")
_FORMS: Final[Mapping[str, Mapping[str, Any]]] = {
    "1": {},
    "2": {
        "hours_per_day": "4",
        "hours_per_week": "20",
        "wage_amount": "24.50",
        "wage_unit": "hour",
        "pay_cycle_days": 15,
    },
    "3": {
        "dispatch": {
            "host_name": "示例科技（上海）有限公司",
            "host_uscc": "91310115MA1K2C3D6A",
            "start": "2026-12-01",
            "end": "2027-05-31",
            "post_kind": "auxiliary",
        },
    },
}
_LEFT_OUT_BY_FORM: Final[Mapping[str, tuple[str, ...]]] = {
    "1": (),
    "2": (*_NO_PROBATION, "pay_day", "training", "non_compete"),
    "3": (),
}
_LEFT_OUT_BY_TERM: Final[Mapping[str, tuple[str, ...]]] = {
    "1": (),
    "2": ("end",),
    "3": ("end", *_NO_PROBATION),
}
_TASK: Final = "完成二号生产线的安装、调试并通过甲方验收"


def sample_facts(template: Mapping[str, Any], *, form: str, term: str) -> dict[str, Any]:
    """Facts of an invented contract made from `template`, for one employment form and one type of term.

    Both are codes of `contract.employment_form` and `contract.term_type`. The facts satisfy their schema.
    """
    left_out = {*_LEFT_OUT_BY_FORM[form], *_LEFT_OUT_BY_TERM[term]}
    terms = {
        **_CONTRACT,
        **_FORMS[form],
        "employment_form": form,
        "term_type": term,
        **({"task_text": _TASK} if term == "3" else {}),
    }
    return {
        "schema": SCHEMA_ID,
        "contract_no": "HT-SAMPLE-0001",
        "jurisdiction_code": "370303",
        "template": {
            "slug": template["slug"],
            "version": template["version"],
            "digest": template_digest(template),
        },
        "employer": {**_EMPLOYER, "is_dispatch_agency": form == "3"},
        "worker": dict(_WORKER),
        "contract": {name: value for name, value in terms.items() if name not in left_out},
    }
