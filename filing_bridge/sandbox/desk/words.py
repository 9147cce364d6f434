"""What the desk calls states and codes."""

from collections.abc import Callable
from typing import Final

from core import codes
from filing_bridge.review import REVIEW_CODES

STATES: Final = {
    "pre_registered": "预登记",
    "received": "已接收",
    "under_review": "审核中",
    "accepted": "备案成功",
    "returned": "退回修改",
    "rejected": "不予受理",
    "voided": "申报作废",
}


def state(name: str) -> str:
    """A state in words."""
    return STATES.get(name, name)


def in_table(table: str) -> Callable[[str], str]:
    """How a code of a table is shown: in words, with the code."""
    return lambda code: with_code(codes.describe(table, code), code)


def review_code(code: str) -> str:
    """How a code of a review is shown."""
    return with_code(REVIEW_CODES[code].zh, code) if code in REVIEW_CODES else code


def with_code(words: str, code: str) -> str:
    """Words with the code behind them; the code alone where there are no words."""
    return code if words == code else f"{words}（{code}）"
