"""The desk's pages about corrections and withdrawals."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup

from filing_bridge.correction import CLASSES, Item, Weight
from filing_bridge.mapping import BY_TARGET
from filing_bridge.sandbox.desk.pages import act, in_words, table
from filing_bridge.sandbox.desk.store import Waiting
from filing_bridge.sandbox.desk.words import STATES
from filing_bridge.sandbox.store import Filing

_HEAD: Final = ("受理号", "类别", "单位", "劳动者", "更正项目", "收件时间")


def corrections(waiting: Sequence[Waiting]) -> Markup:
    """Corrections that wait for an officer, oldest first."""
    if not waiting:
        return Markup("<p>没有待审的更正。No correction waits.</p>")
    return table("待审更正", _HEAD, [_line(each) for each in waiting])


def voids(rows: Iterable[Sequence[object]]) -> Markup:
    """Filings that their employers have withdrawn before the review."""
    return table("申报作废", ("受理号", "单位", "原因", "撤回时间"), rows)


def correction(each: Waiting, versions: int, token: str, *, is_open: bool) -> Markup:
    """What a correction is about: each field with the old and the new value, the reason, the evidence."""
    said = each.record["correction"]
    address = f"/desk/filing/{each.key}"
    links = [Markup('<a href="{}/slip">修改单 Slip (PDF)</a>').format(address)]
    if "evidence" in said:
        links.append(Markup('<a href="{}/evidence">证明材料 Evidence</a>').format(address))
    parts = [
        Markup("<p><strong>{}</strong> · 原备案 {} · 已有 {} 个版本</p><p>原因：{}</p><p>{}</p>").format(
            CLASSES[Weight(said["weight"])],
            each.record["prev_filing_no"],
            versions,
            said["reason"],
            Markup(" · ").join(links),
        ),
        table("更正内容", ("项目", "原内容", "更正为"), [_item(item) for item in said["items"]]),
    ]
    if is_open and is_material(each.record):
        inside = Markup('<input type="hidden" name="key" value="{}">').format(each.key)
        parts.append(
            Markup("<section><h2>复核 Second officer</h2><p>{}</p>{}</section>").format(
                "重要更正由一名经办人员提请，另一名复核通过。",
                act("/desk/batches", token, "提请通过 Propose to accept", inside=inside),
            )
        )
    return Markup("").join(parts)


def history(found: Sequence[Filing]) -> Markup:
    """The corrections of a filing, in order: the record below is the one first filed."""
    if not found:
        return Markup("")
    rows = [
        (
            Markup('<a href="/desk/filing/{}">{}</a>').format(each.key, each.receipt_no),
            STATES[each.state],
            *_item(item),
        )
        for each in found
        for item in each.record["correction"]["items"]
    ]
    return table("历次更正（下列为首次申报内容）", ("受理号", "状态", "项目", "原内容", "更正为"), rows)


def is_material(record: Mapping[str, Any]) -> bool:
    """Whether it takes two officers to accept this."""
    return bool(record.get("correction", {}).get("weight") == Weight.MATERIAL)


def _line(each: Waiting) -> Sequence[object]:
    said = each.record["correction"]
    return (
        Markup('<a href="/desk/filing/{}">{}</a>').format(each.key, each.receipt_no),
        CLASSES[Weight(said["weight"])],
        each.record["employer"]["name"],
        each.record["worker"]["name"],
        "、".join(_item(item)[0] for item in said["items"]),
        f"{each.received_at:%Y-%m-%d %H:%M}",
    )


def _item(item: Item) -> tuple[str, str, str]:
    pointer = item["field"]
    old, new = (in_words(pointer, item[side]) if side in item else "—" for side in ("old", "new"))
    return BY_TARGET[pointer].zh, old, new
