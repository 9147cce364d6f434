"""The sheet of a batch of endings: its columns, and from the cells of a row to what is said of an ending.

What holds for all rows is written into each: a row is complete by itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Final

from contracts.bulk.columns import Column, Kind, Plan
from contracts.bulk.values import CellError, cell_fault, read_cell
from contracts.endings.facts import Wish
from contracts.endings.reasons import BY_AGENCY, reason_of
from core import codes
from core.errors import Fault
from filing_bridge.mass_endings import EXPLAINED_BEFORE, is_layoff

TITLE: Final = "劳动合同"
# Key, title in both languages, how a cell is read, an example, a note.
_COLUMNS: Final[tuple[tuple[str, str, str, Kind, str, str], ...]] = (
    ("worker.name", "姓名", "name", Kind.TEXT, "测试甲", "用于核对，可不填。"),
    ("worker.id_no", "证件号码", "identity number", Kind.DIGITS, "370303199003070013", "与合同编号填一项。"),
    ("contract_no", "合同编号", "contract number", Kind.DIGITS, "", "一个人有几份合同时必填。"),
    ("reason", "原因", "reason", Kind.CHOICE, "3601", "法定原因；整批同一原因的可以不填。"),
    ("circumstance", "具体情形", "circumstance", Kind.CHOICE, "", "合同期满等原因必填。"),
    ("ends_on", "解除或者终止日期", "last day", Kind.DATE, "{start}", "在本单位的最后一天。"),
    ("notice_date", "书面通知日期", "day of notice", Kind.DATE, "", "第四十条、劳动者辞职必填。"),
    ("pay_in_lieu", "代通知金", "pay in lieu of notice", Kind.FLAG, "", "第四十条可以用一个月工资代替通知。"),
    ("union_notice_date", "通知工会日期", "union told on", Kind.DATE, "", "单位单方解除必填。"),
    ("evidence_held", "材料已备齐", "evidence is held", Kind.FLAG, "true", "应当留存的材料都已备齐。"),
    ("protected", "有第四十二条情形", "protected by Article 42", Kind.FLAG, "false",
     "职业病、工伤、医疗期、孕期产期哺乳期、接近退休等；第四十条、第四十一条和合同期满必填。"),
    ("wages", "前十二个月应得工资", "pay of the last twelve months", Kind.AMOUNTS,
     "5200 5200 5200 5200 5200 5200 5200 5200 5200 5200 5200 5200", "由远到近；应当支付经济补偿的必填。"),
    ("local_average", "当地月平均工资", "local average wage", Kind.MONEY, "", "用于核对三倍封顶。"),
    ("agreed", "约定的经济补偿", "agreed severance pay", Kind.MONEY, "", "不填的按法定标准计算。"),
    ("handover", "工作交接", "handover", Kind.TEXT, "", "写进证明书。"),
    ("archive_mode", "档案转移方式", "transfer of the file", Kind.CHOICE, "", "有人事档案的填写。"),
    ("archive_to", "档案接收机构", "who receives the file", Kind.TEXT, "", ""),
)  # fmt: skip
# By one of these a row says whom it means.
NAMED_BY: Final = ("contract_no", "worker.id_no")
# What may be said once for all rows.
COMMON: Final = (
    "reason",
    "circumstance",
    "ends_on",
    "notice_date",
    "pay_in_lieu",
    "union_notice_date",
    "evidence_held",
    "local_average",
    "handover",
)
_CHOICES: Final = {
    "reason": "end_reason",
    "circumstance": "end_circumstance",
    "archive_mode": "archive_mode",
}
# What the papers of a layoff stand for, before they are there.
UNNUMBERED: Final = "-"


@dataclass(frozen=True)
class Consultation:
    """What the papers of a layoff say of every worker in it."""

    explained_on: date
    report_no: str


@cache
def plan() -> Plan:
    """The columns by key."""
    return Plan({row[0]: _column(*row) for row in _COLUMNS}, {}, "批量解除终止")


def read_row(cells: Mapping[str, str]) -> tuple[dict[str, Any], tuple[Fault, ...]]:
    """What the cells of a row say, by key, and every cell that cannot be read."""
    given: dict[str, Any] = {}
    faults = []
    for key, column in plan().columns.items():
        try:
            value = read_cell(column, cells.get(key, ""))
        except CellError as error:
            faults.append(cell_fault(column, str(error)))
            continue
        if value is not None:
            given[key] = value
    return given, tuple(faults)


def missing(given: Mapping[str, Any]) -> Iterator[Fault]:
    """What has to be said of an ending and is not: without it the rules cannot judge."""
    wanted = ["reason", "ends_on"]
    reason = reason_of(given.get("reason", ""))
    if reason is not None and reason.barred:
        wanted.append("protected")
    yield from (cell_fault(plan().columns[key], "cell_missing") for key in wanted if key not in given)


def wish_of(given: Mapping[str, Any], consultation: Consultation | None = None) -> Wish:
    """What a row says, as the service of endings takes it. Nothing may be `missing`.

    In a layoff, notice, evidence and the number of the report are the batch's; without them the row is
    judged as if they were there.
    """
    code, ends_on = given["reason"], date.fromisoformat(given["ends_on"])
    reason = reason_of(code)
    notice, union, report_no = _day(given, "notice_date"), _day(given, "union_notice_date"), ""
    if is_layoff(code):
        told = consultation or Consultation(ends_on - EXPLAINED_BEFORE, UNNUMBERED)
        notice, union, report_no = told.explained_on, told.explained_on, told.report_no
    held = is_layoff(code) or given.get("evidence_held", False)
    return Wish(
        reason=code,
        ends_on=ends_on,
        protected=given.get("protected", False),
        circumstance=given.get("circumstance", ""),
        notice_date=notice,
        pay_in_lieu=given.get("pay_in_lieu", False),
        union_notice_date=union,
        layoff_report_no=report_no,
        evidence=reason.evidence if reason and held else (),
        handover=given.get("handover", ""),
        archive_mode=given.get("archive_mode", ""),
        archive_to=given.get("archive_to", ""),
        wages=tuple(map(Decimal, given.get("wages", ()))),
        local_average=_money(given, "local_average"),
        agreed=_money(given, "agreed"),
    )


def _column(key: str, zh: str, en: str, kind: Kind, example: str, note: str) -> Column:
    table = _CHOICES.get(key)
    options = (
        {row.code: row.zh for row in codes.table(table).values() if row.code != BY_AGENCY} if table else {}
    )
    return Column(
        key=key, zh=zh, en=en, kind=kind, required=False, options=options, closed=bool(options), default="",
        example=example, note=note, aliases=(),
    )  # fmt: skip


def _day(given: Mapping[str, Any], key: str) -> date | None:
    return date.fromisoformat(given[key]) if key in given else None


def _money(given: Mapping[str, Any], key: str) -> Decimal | None:
    return Decimal(given[key]) if key in given else None
