"""The few facts that a worker looks for first, in words of both languages: shown above the document.

Who employs, for which work, how long, on probation until when, for which pay. Labels and codes that Chinese
contracts print as text stay Chinese in the English column where they are names.
"""

from collections.abc import Iterator
from typing import Final

from contracts.document.formats import chinese_date, money
from contracts.facts import Facts

WAGE_UNITS: Final = {"month": ("月", "month"), "day": ("日", "day"), "hour": ("小时", "hour")}


def summary(facts: Facts) -> list[dict[str, str]]:
    """Rows of `label`, `value`, `label_en`, `value_en`, in the order in which they are shown."""
    names = ("label", "value", "label_en", "value_en")
    return [dict(zip(names, row, strict=True)) for row in _rows(facts)]


def _rows(facts: Facts) -> Iterator[tuple[str, str, str, str]]:
    contract = facts["contract"]
    employer, job, place = facts["employer"]["name"], contract["job_title"], contract["work_place_address"]
    yield ("用人单位", employer, "Employer", employer)
    yield ("岗位", job, "Post", job)
    yield ("工作地点", place, "Place of work", place)
    yield ("合同期限", _term_zh(contract), "Term", _term_en(contract))
    yield ("试用期", *_probation(contract))
    unit_zh, unit_en = WAGE_UNITS[contract["wage_unit"]]
    wage = money(contract["wage_amount"])
    yield ("工资", f"{wage} 元/{unit_zh}", "Pay", f"CNY {wage} per {unit_en}")


def _term_zh(contract: Facts) -> str:
    start = chinese_date(contract["start"])
    match contract["term_type"]:
        case "1":
            return f"{start}至{chinese_date(contract['end'])}"
        case "2":
            return f"{start}起，无固定期限"
        case _:
            return f"{start}起，至工作任务完成"


def _term_en(contract: Facts) -> str:
    start = contract["start"]
    match contract["term_type"]:
        case "1":
            return f"{start} to {contract['end']}"
        case "2":
            return f"from {start}, open-ended"
        case _:
            return f"from {start} until the task is done"


def _probation(contract: Facts) -> tuple[str, str, str]:
    months = contract.get("probation_months")
    if not months:
        return ("无", "Probation", "none")
    zh, en = f"{months} 个月", f"{months} months"
    if end := contract.get("probation_end"):
        zh, en = f"{zh}，至{chinese_date(end)}", f"{en}, until {end}"
    if wage := contract.get("probation_wage"):
        unit_zh, unit_en = WAGE_UNITS[contract["wage_unit"]]
        zh, en = f"{zh}，工资 {money(wage)} 元/{unit_zh}", f"{en}, CNY {money(wage)} per {unit_en}"
    return (zh, "Probation", en)
