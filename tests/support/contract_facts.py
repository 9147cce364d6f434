"""Synthetic contract facts for tests: one valid set for each shipped template."""

import copy
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from contracts.changes.facts import assemble as assemble_change
from contracts.changes.facts import changed_terms
from contracts.document.template import load_template, template_digest
from contracts.endings.facts import Wish, assemble
from contracts.suspensions.facts import SUSPEND
from contracts.suspensions.facts import Wish as SuspensionWish
from contracts.suspensions.facts import assemble as assemble_suspension

_EMPLOYER: dict[str, Any] = {
    "name": "示例制造（淄博）有限公司",
    "uscc": "91370303MA3TE5T03M",
    "si_no": "37030001",
    "type": "10",
    "economic_type": "173",
    "industry": "C3730",
    "reg_address": "山东省淄博市张店区示例路100号",
    "biz_address": "山东省淄博市张店区示例路100号2号厂房",
    "legal_rep_name": "示例法人",
    "contact_name": "示例人事",
    "contact_phone": "0533-2345678",
    "headcount": 318,
    "is_dispatch_agency": False,
}
_WORKER: dict[str, Any] = {
    "name": "𠮷野·买买提",
    "id_type": "01",
    "id_no": "370303199003070013",
    "sex": "1",
    "birth_date": "1990-03-07",
    "hukou_type": "11",
    "hukou_code": "370303",
    "hukou_address": "山东省淄博市张店区测试街道1号",
    "resid_address": "山东省淄博市张店区测试小区2号楼3单元401室",
    "mobile": "13800000000",
    "education": "31",
}
_INSURANCE = {"pension": True, "unemployment": True, "medical": True, "injury": True, "maternity": True}
_CONTRACT: dict[str, Any] = {
    "sign_kind": "1",
    "term_type": "1",
    "start": "2026-11-03",
    "end": "2029-11-02",
    "employment_start": "2026-11-03",
    "employment_form": "1",
    "employment_kind": "010",
    "probation_months": 3,
    "probation_start": "2026-11-03",
    "probation_end": "2027-02-02",
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
    "pay_day": 15,
    "insurance": _INSURANCE,
    "hazards": "噪声：可能造成听力损伤，配发防噪耳塞，每年组织听力检查",
}
_TERMS: dict[str, dict[str, Any]] = {
    "1": {},
    "2": {"term_type": "2", "end": None},
    "3": {
        "term_type": "3",
        "end": None,
        "task_text": "完成二号生产线的安装、调试并通过甲方验收",
        "probation_months": None,
        "probation_start": None,
        "probation_end": None,
        "probation_wage": None,
    },
}
_NO_PROBATION = {
    "probation_months": None,
    "probation_start": None,
    "probation_end": None,
    "probation_wage": None,
}
_KINDS: dict[str, dict[str, Any]] = {
    "general": {
        "contract": {
            "wage_items": [
                {"name": "基本工资", "amount": "3600.00"},
                {"name": "岗位工资", "amount": "1200.00", "note": "随岗位调整"},
                {"name": "技能津贴", "amount": "400.00", "note": "按技能等级确定"},
            ],
        },
    },
    "part-time": {
        "contract": {
            **_NO_PROBATION,
            "employment_form": "2",
            "hours_per_day": "4",
            "hours_per_week": "20",
            "wage_amount": "24.50",
            "wage_unit": "hour",
            "pay_day": None,
            "pay_cycle_days": 15,
            "insurance": {"pension": False, "unemployment": False, "medical": False, "injury": True},
        },
    },
    "dispatch": {
        "employer": {
            "name": "示例人力资源（淄博）有限公司",
            "is_dispatch_agency": True,
            "dispatch_license_no": "测试370300000001",
        },
        "contract": {
            "employment_form": "3",
            "dispatch": {
                "host_name": "示例科技（上海）有限公司",
                "host_uscc": "91310115MA1K2C3D6A",
                "start": "2026-11-03",
                "end": "2027-04-30",
                "post_kind": "auxiliary",
            },
        },
    },
    "construction": {
        "contract": {
            **_NO_PROBATION,
            "term_type": "3",
            "end": None,
            "task_text": "完成示例花园二期3号楼主体结构的钢筋绑扎作业",
            "job_title": "钢筋工",
            "occupation_code": "6-29-01-04",
            "wage_amount": "320.00",
            "wage_unit": "day",
            "construction": {
                "project_name": "示例花园二期",
                "project_no": "370303202611030101",
                "team": "钢筋一班",
                "wage_account": "示例银行淄博张店支行",
                "general_contractor": "示例建设集团有限公司",
            },
        },
    },
}


def sample_facts(
    slug: str = "general", *, term_type: str | None = None, **sections: dict[str, Any]
) -> dict[str, Any]:
    """A valid set of facts for the template `slug`.

    `employer=`, `worker=` and `contract=` change single facts; None removes one.
    """
    template = load_template(slug)
    facts: dict[str, Any] = {
        "schema": "urn:qianbei:schema:contract-facts:1",
        "contract_no": "HT-2026-000123",
        "jurisdiction_code": "370303",
        "template": {"slug": slug, "version": template["version"], "digest": template_digest(template)},
        "employer": copy.deepcopy(_EMPLOYER),
        "worker": copy.deepcopy(_WORKER),
        "contract": copy.deepcopy(_CONTRACT),
    }
    layers = [copy.deepcopy(_KINDS[slug])]
    if term_type is not None:
        layers.append({"contract": _TERMS[term_type]})
    for layer in [*layers, sections]:
        for section, changes in layer.items():
            facts[section] = {
                name: value for name, value in (facts[section] | changes).items() if value is not None
            }
    return facts


def sample_ending(
    contract: Mapping[str, Any], *, ends_on: date, amount: str | None = None, **wish: Any
) -> dict[str, Any]:
    """Facts of the ending of a contract with these facts; `wish` as in `contracts.endings.facts.Wish`."""
    return assemble(
        contract,
        contract_digest="c" * 64,
        certificate_no="ZM-20261104-ABCDEFGH",
        wish=Wish(ends_on=ends_on, **{"protected": False, **wish}),
        amount=None if amount is None else Decimal(amount),
    )


def sample_change(
    contract: Mapping[str, Any], *, effective_on: date, number: int = 1, reason: str = "", **terms: Any
) -> dict[str, Any]:
    """Facts of a change of a contract with these facts; None drops a term."""
    before = contract["contract"]
    return assemble_change(
        {**contract, "contract": changed_terms(before, terms)},
        before,
        agreement_no=f"BG-20261104-ABCDEFG{number}",
        number=number,
        contract_digest="c" * 64,
        previous_digest="c" * 64,
        signed_end=before.get("end"),
        effective_on=effective_on,
        reason=reason,
    )


def sample_suspension(contract: Mapping[str, Any], *, number: int = 1, **wish: Any) -> dict[str, Any]:
    """Facts of a suspension of a contract with these facts; `act` RESUME makes a resumption."""
    act = wish.pop("act", SUSPEND)
    letters = "ZZ" if act == SUSPEND else "HF"
    return assemble_suspension(
        contract,
        contract_digest="c" * 64,
        document_no=f"{letters}-20261104-ABCDEFG{number}",
        wish=SuspensionWish(act=act, **{"reason": "1", **wish}),
    )
