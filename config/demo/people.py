"""Synthetic people and an invented employer. Nobody here exists; every number only satisfies its checksum."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from core.numbers import citizen_check_character

EMPLOYER: dict[str, Any] = {
    "name": "示例制造（淄博）有限公司",
    "uscc": "91370303MA3TE5T03M",
    "si_no": "3703030001",
    "type": "10",
    "economic_type": "173",
    "affiliation": "90",
    "industry": "C3730",
    "competent_dept": "示例街道办事处",
    "reg_address": "山东省淄博市张店区示例路1号",
    "biz_address": "山东省淄博市张店区示例路1号",
    "legal_rep_name": "测试法人",
    "contact_name": "测试人事",
    "contact_phone": "0533-0000000",
    "headcount": 318,
    "is_dispatch_agency": False,
}

JURISDICTION = "370303"
ADDRESS = "山东省淄博市张店区示例小区{}号楼"

# name, document kind, fixed number (or none: a citizen number is made), template, own terms
Spec = tuple[str, str, str | None, str, dict[str, Any]]

FIXED = {"term_type": "1", "end": "2029-12-31"}
SOON = {"term_type": "1", "days": 20}  # so that it can be renewed
OPEN = {"term_type": "2"}
TASK = {"term_type": "3", "task_text": "完成一号车间设备安装与调试，以验收单签署为完成标志"}
PART = {
    **FIXED,
    "employment_form": "2",
    "wage_amount": "30.00",
    "wage_unit": "hour",
    "hours_per_day": "4",
    "hours_per_week": "20",
    "pay_cycle_days": 15,
}
SITE = {
    "term_type": "3",
    "task_text": "完成示例厂房一期主体结构钢筋绑扎作业",
    "job_title": "钢筋工",
    "construction": {
        "project_name": "示例厂房一期工程",
        "project_no": "SL-2026-001",
        "team": "钢筋一班",
        "wage_account": "示例银行淄博分行农民工工资专用账户",
    },
}

SPECIAL: tuple[Spec, ...] = (
    ("𠮷野·买买提", "01", None, "general", FIXED),
    ("龚䶮", "01", None, "general", OPEN),
    ("测试港居", "16", "810000199408230021", "general", FIXED),
    ("TEST ANNA", "07", "911124198108030024", "general", TASK),
    ("测试甲", "01", "370303199003070013", "general", SOON),
    ("测试乙", "01", None, "part-time", PART),
    ("测试丙", "01", None, "construction", SITE),
)

ORDINARY = "子丑寅卯辰巳午未申酉戌亥"


def workers(count: int) -> Iterator[tuple[dict[str, Any], str, dict[str, Any]]]:
    """`count` workers with the template and the own terms of their contract, always the same ones."""
    for index in range(count):
        if index < len(SPECIAL):
            name, id_type, number, template, terms = SPECIAL[index]
        else:
            name, id_type, number, template, terms = _ordinary_name(index), "01", None, "general", FIXED
        yield _worker(index, name, id_type, number), template, terms


def _ordinary_name(index: int) -> str:
    """Three characters, four from the 145th on: the index in twelves, written in the earthly branches."""
    name, rest = "", index
    while rest or len(name) < 2:
        rest, digit = divmod(rest, len(ORDINARY))
        name += ORDINARY[digit]
    return f"测{name}"


def _worker(index: int, name: str, id_type: str, number: str | None) -> dict[str, Any]:
    number = number or _citizen_number(index)
    foreign = {"07": "CAN", "16": "HKG"}
    worker = {
        "name": name,
        "id_type": id_type,
        "id_no": number,
        "sex": "1" if int(number[16]) % 2 else "2",
        "birth_date": f"{number[6:10]}-{number[10:12]}-{number[12:14]}",
        "hukou_type": {"07": "42", "16": "31"}.get(id_type, "11"),
        "hukou_address": ADDRESS.format(index + 1),
        "resid_code": JURISDICTION,
        "resid_address": ADDRESS.format(index + 1),
        "mobile": f"138{index:08d}",
        "education": "31",
    }
    if id_type in foreign:
        worker["nationality"] = foreign[id_type]
    else:
        worker["hukou_code"] = JURISDICTION
    return worker


def _citizen_number(index: int) -> str:
    """A citizen number of Zhangdian, born 1980–1999, that only the checksum makes look real."""
    year, day = 1980 + index % 20, 1 + index % 28
    body = f"{JURISDICTION}{year}{1 + index % 12:02d}{day:02d}{index // 20 % 1000:03d}"
    return body + citizen_check_character(body)


def terms(own: dict[str, Any], today: date) -> dict[str, Any]:
    """The `contract` section of the facts: common terms with the worker's own on top; `days` is a term."""
    common: dict[str, Any] = {
        "sign_kind": "1",
        "start": today.isoformat(),
        "employment_start": today.isoformat(),
        "employment_form": "1",
        "employment_kind": "010",
        "worktime_system": "1",
        "hours_per_day": "8",
        "hours_per_week": "40",
        "job_title": "装配工",
        "occupation_code": "6",
        "work_place_code": JURISDICTION,
        "work_place_address": "山东省淄博市张店区示例路1号",
        "wage_amount": "5200.00",
        "wage_unit": "month",
        "pay_day": 15,
        "insurance": {
            "pension": True,
            "unemployment": True,
            "medical": True,
            "injury": True,
            "maternity": True,
        },
        "hazards": "车间有噪声，单位提供耳塞并每年组织职业健康检查",
        "hazardous_work": False,
    }
    lasts = own.get("days")
    dates = {"end": (today + timedelta(days=lasts)).isoformat()} if lasts else {}
    return {**common, **{name: value for name, value in own.items() if name != "days"}, **dates}
