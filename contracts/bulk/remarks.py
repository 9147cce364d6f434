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
    "row_no_contract": (
        "找不到此人（或此编号）已生效的合同。",
        "There is no contract in force of this person, or with this number.",
        "请核对证件号码和合同编号；已经解除、终止的不能再办理。",
        "Check the identity number and the contract's number; what has ended cannot end again.",
        True,
    ),
    "row_several_contracts": (
        "此人有几份已生效的合同。",
        "The person has several contracts in force.",
        "请填写合同编号。",
        "Enter the contract's number.",
        True,
    ),
    "row_other_person": (
        "合同编号与证件号码、姓名不是同一个人。",
        "The contract is not that of the person with this identity number and name.",
        "请对照花名册改正。",
        "Compare with the roster and correct it.",
        True,
    ),
    "row_same_contract": (
        "与第 {rows} 行是同一份合同。",
        "Row {rows} means the same contract.",
        "请删除多余的一行。",
        "Take one of the rows out.",
        True,
    ),
    "row_ends_already": (
        "这份合同的解除或者终止已在办理，或者在另一批里。",
        "The ending of this contract is under way already, or stands in another batch.",
        "请从这一批中删除这一行，或者先撤回另一项。",
        "Take the row out, or withdraw the other first.",
        True,
    ),
}
