"""What is said of a row: faults that stop it, and things worth knowing before it is sent."""

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Any, Final

from core.errors import Fault


@dataclass(frozen=True)
class Remark:
    """`fault.field` is a JSON pointer into the facts, empty for the row as a whole."""

    fault: Fault
    stops: bool

    def stored(self) -> list[Any]:
        """As it is kept with the row."""
        return [*astuple(self.fault), self.stops]


def recall(stored: list[Any]) -> Remark:
    """The inverse of `Remark.stored`."""
    *columns, stops = stored
    return Remark(Fault(*columns), stops)


def remark(code: str, field: str, **params: object) -> Remark:
    """A remark about a row beside other rows, people and contracts."""
    zh, en, remedy_zh, remedy_en, stops = WORDS[code]
    return Remark(Fault(field, code, zh.format(**params), en.format(**params), remedy_zh, remedy_en), stops)


# code → words in Chinese and English, remedy in both, whether it stops the row
WORDS: Final[Mapping[str, tuple[str, str, str, str, bool]]] = {
    "row_same_person": (
        "与第 {rows} 行是同一个人。",
        "The same person stands in row {rows}.",
        "请删除多余的一行，或改正证件号码。",
        "Take one of the rows out, or correct the number.",
        True,
    ),
    "row_same_number": (
        "合同编号与第 {rows} 行相同。",
        "Row {rows} has the same contract number.",
        "请换一个编号，或留空由系统编号。",
        "Use another, or leave it out and one is assigned.",
        True,
    ),
    "contract_no_used": (
        "合同编号已被使用。",
        "The contract number is in use.",
        "请换一个编号，或留空由系统编号。",
        "Use another, or leave it out and one is assigned.",
        True,
    ),
    "worker_other_name": (
        "花名册里同一证件号码的姓名与此不同。",
        "The roster has another name under this number.",
        "请对照证件核对姓名和证件号码。",
        "Compare name and number with the document.",
        True,
    ),
    "worker_changes": (
        "此人已在花名册中，发送时将更新：{zh_fields}。",
        "The person is on the roster; sending will change: {en_fields}.",
        "请确认表中的资料是最新的；不需要更新的，请把单元格清空。",
        "Make sure that the sheet is right, or empty the cells that should not change.",
        False,
    ),
    "contract_unfinished": (
        "此人还有一份没有签完的合同（{number}）。",
        "The person has a contract that is not signed yet ({number}).",
        "请先完成或撤回那份合同。",
        "Finish or withdraw that one first.",
        True,
    ),
    "contract_overlaps": (
        "与此人的生效合同（{number}）期限重叠。",
        "The term overlaps with the person's contract {number}, which is in force.",
        "请核对起始日期；前一份已经解除的，可以继续。",
        "Check the first day; if the earlier contract has ended, go on.",
        False,
    ),
}
