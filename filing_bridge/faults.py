"""Faults of a record in the words of the API: Chinese and English, each with its remedy.

The province writes Chinese only; what it says is passed on as it came, with English words by its code.
"""

from collections.abc import Mapping
from typing import Any

from filing_bridge.mapping import BY_TARGET
from filing_bridge.protocol import CODES, RejectItem
from filing_bridge.review import REVIEW_CODES
from filing_bridge.schemas import Violation

Fault = dict[str, str]

_TITLES = {target: field.zh for target, field in BY_TARGET.items()}


def fault_of_item(item: RejectItem) -> Fault:
    """One item of the record check or of the province's decision."""
    row = REVIEW_CODES.get(item.code) or CODES.get(item.code)
    en = row.en if row else f"{item.field or 'The filing'}: {item.code.replace('_', ' ')}."
    remedy_en = row.remedy_en if row else "See the remedy in Chinese, which is the agency's own."
    return _fault(item.field, item.code, item.text, en, item.remedy, remedy_en)


def fault_of_refusal(body: Mapping[str, Any]) -> Fault:
    """A signed refusal as a whole (body of answer-1.json)."""
    return _fault("", body["code"], body["zh"], body["en"], body["remedy_zh"], body["remedy_en"])


def fault_of_violation(violation: Violation) -> Fault:
    """A place where our own record breaks its schema."""
    title = _TITLES.get(violation.pointer, violation.pointer or "备案记录")
    return _fault(
        violation.pointer,
        "field_malformed",
        f"“{title}”格式不符合规定或缺失。",
        f"{violation.pointer or 'The record'} is missing or not in the required form.",
        "请联系平台运维人员核对合同事实。",
        "Ask the platform's operator to check the facts of the contract.",
    )


def _fault(field: str, code: str, zh: str, en: str, remedy_zh: str, remedy_en: str) -> Fault:
    return {
        "field": field,
        "code": code,
        "zh": zh,
        "en": en,
        "remedy_zh": remedy_zh,
        "remedy_en": remedy_en,
    }
