"""The desk's pages as HTML. `Markup.format` escapes whatever is put in."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from markupsafe import Markup

from core import codes
from core.codes.fields import CODE_FIELDS
from filing_bridge.mapping import Document, layout_of, value_at
from filing_bridge.review import REVIEW_CODES
from filing_bridge.sandbox.desk.statistics import SMALLEST, Count
from filing_bridge.sandbox.desk.store import Batch, Waiting
from filing_bridge.sandbox.desk.words import STATES, in_table

_MENU: Final = (
    ("/desk", "待审 Queue"),
    ("/desk/corrections", "更正 Corrections"),
    ("/desk/batches", "批量复核 Batches"),
    ("/desk/voids", "作废 Withdrawn"),
    ("/desk/worklist", "疑难件 Worklist"),
    ("/desk/proxy", "代办退工 Proxy"),
    ("/desk/statistics", "统计 Statistics"),
)
OUTCOMES: Final = (
    ("accepted", "通过 Accept"),
    ("returned", "退回修改 Return"),
    ("rejected", "不予受理 Reject"),
)
STYLE: Final = Path(__file__).with_name("style.css").read_text(encoding="utf-8")
_FRAME: Final = Markup(
    '<!doctype html><html lang="zh"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width,initial-scale=1">'
    "<title>{title} · 测试省厅 SANDBOX</title>"
    '<link rel="stylesheet" href="/desk/style.css"></head><body>'
    '<p class="test" role="note">测试 TEST · 这不是政府系统，审核结果不具有任何法律效力'
    " · NOT AN AUTHORITY</p>"
    "<header>{menu}</header><main><h1>{title}</h1>{content}</main></body></html>"
)


def frame(title: str, content: Markup, *, officer: str = "", token: str = "") -> str:
    """A page under the banner; with the menu once somebody is logged in."""
    menu = Markup("")
    if officer:
        links = Markup(" ").join(Markup('<a href="{}">{}</a>').format(*entry) for entry in _MENU)
        menu = Markup('<nav>{}</nav> <span class="dim">{}</span> {}').format(
            links, officer, act("/desk/logout", token, "退出 Log out", plain=True)
        )
    return str(_FRAME.format(title=title, menu=menu, content=content))


def act(
    address: str,
    token: str,
    words: str,
    *,
    plain: bool = False,
    inside: Markup | str = "",
    files: bool = False,
) -> Markup:
    """A form with one button."""
    return Markup(
        '<form method="post" action="{}"{}><input type="hidden" name="token" value="{}">{}'
        "<button{}>{}</button></form>"
    ).format(
        address,
        Markup(' enctype="multipart/form-data"') if files else "",
        token,
        inside,
        Markup(' class="plain"') if plain else "",
        words,
    )


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Markup:
    return Markup(
        '<div class="scroll"><table><caption>{}</caption><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table></div>"
    ).format(
        caption,
        Markup("").join(Markup('<th scope="col">{}</th>').format(cell) for cell in head),
        Markup("").join(
            Markup("<tr>{}</tr>").format(Markup("").join(Markup("<td>{}</td>").format(cell) for cell in row))
            for row in rows
        ),
    )


def login() -> Markup:
    return Markup(
        '<form method="post" action="/desk/login"><label>姓名 Name<br><input name="name" required'
        ' autocomplete="username"></label><label>密码 Password<br><input name="password"'
        ' type="password" required autocomplete="current-password"></label>'
        "<button>登录 Log in</button></form>"
    )


def queue(waiting: Sequence[Waiting], token: str, *, more: int | None) -> Markup:
    """What waits for an officer, oldest first, to be opened one by one or picked for a batch."""
    if not waiting:
        return Markup("<p>没有待审的备案。Nothing waits.</p>")
    rows = [
        (
            Markup('<input type="checkbox" name="key" value="{}" aria-label="选择 {}">').format(
                each.key, each.receipt_no
            ),
            Markup('<a href="/desk/filing/{}">{}</a>').format(each.key, each.receipt_no),
            each.record["employer"]["name"],
            each.record["worker"]["name"],
            codes.describe("filing_type", each.record["filing_type"]),
            each.record["jurisdiction_code"],
            f"{each.received_at:%Y-%m-%d %H:%M}",
        )
        for each in waiting
    ]
    head = ("", "受理号", "单位", "劳动者", "类型", "区划", "收件时间")
    listed = act(
        "/desk/batches", token, "所选提请批量通过 Propose to accept", inside=table("待审备案", head, rows)
    )
    following = Markup('<p><a href="/desk?after={}">下一页 Next</a></p>').format(more) if more else ""
    return listed + following


def filing(
    each: Waiting,
    acts: Iterable[Sequence[object]],
    token: str,
    officers: Iterable[str],
    *,
    today: str,
    besides: Markup,
    outcomes: Sequence[tuple[str, str]],
) -> Markup:
    """One filing with every field, what was done to it, and what may be done: `outcomes` are the decisions
    that one officer may make, `besides` stands between the filing's state and its fields."""
    address = f"/desk/filing/{each.key}"
    parts = [
        Markup("<p>{} · {} · {:%Y-%m-%d %H:%M}</p>").format(
            STATES[each.state], each.receipt_no, each.received_at
        ),
        besides,
        table("申报内容", ("项目", "内容"), _lines(each.record)),
        table("经办记录", ("时间", "经办人", "动作", "代码"), acts),
    ]
    if each.state in ("received", "under_review"):
        parts += [
            Markup("<section><h2>审核 Review</h2>{}</section>").format(
                act(f"{address}/decision", token, "提交审核结果 Decide", inside=_decision(outcomes))
            ),
            Markup("<section><h2>列为疑难件 Set aside</h2>{}</section>").format(
                act(f"{address}/exception", token, "列入 Set aside", inside=_exception(officers, today))
            ),
        ]
    if each.state == "accepted" and "ending" not in each.record:
        parts.append(
            Markup("<section><h2>单位不能办理，机构代办退工 End for the employer</h2>{}</section>").format(
                act(f"{address}/leave", token, "代办退工 End it", inside=_leave(today), files=True)
            )
        )
    if "letter" in each.record:
        parts.append(
            Markup(
                '<p>依据劳动监察协查回函 {}，无单位签名。<a href="{}/letter">查看回函 Letter</a></p>'
            ).format(each.record["letter"]["number"], address)
        )
    return Markup("").join(parts)


def proxy(*, missing: bool) -> Markup:
    """Looking up whose employment is to be ended."""
    return Markup(
        "<p>单位负责人被羁押、失联等不能自行办理的，凭劳动监察协查回函由经办机构代办。"
        "Ended by the agency on the strength of a letter of the labour inspectorate.</p>{}"
        '<form method="get" action="/desk/proxy"><label>录用备案回执号 Receipt number of the hire<br>'
        '<input name="receipt_no" required maxlength="50" autocomplete="off"></label>'
        "<button>查找 Find</button></form>"
    ).format(Markup("<p>没有这个回执号。No such receipt number.</p>") if missing else "")


def batches(waiting: Sequence[Batch], officer: str, token: str) -> Markup:
    """Batches that wait; the one who proposed them only looks on."""
    if not waiting:
        return Markup("<p>没有待复核的批次。No batch waits.</p>")
    return table(
        "待复核批次",
        ("批次", "提出时间", "提出人", "件数", ""),
        [
            (each.no, each.at, each.proposed_by, _count(each.keys), _second(each, officer, token))
            for each in waiting
        ],
    )


def worklist(rows: Iterable[Sequence[object]]) -> Markup:
    head = ("受理号", "状态", "原因", "负责人", "备注", "期限", "")
    return Markup('<p><a href="/desk/worklist.csv">导出 Export (CSV)</a></p>') + table("疑难件", head, rows)


def statistics(told: Iterable[tuple[Count, Sequence[tuple[str, ...]]]]) -> Markup:
    """Tables by one property each."""
    note = Markup('<p class="dim">少于 {} 件的不显示数字。Small numbers are not told.</p>').format(SMALLEST)
    export = Markup('<p><a href="/desk/statistics.csv">导出 Export (CSV)</a></p>')
    return (
        note
        + export
        + Markup("").join(
            table(
                count.title,
                ("类别", *count.numbers),
                [(count.words(name), *numbers) for name, *numbers in lines],
            )
            for count, lines in told
        )
    )


def online_shares(shares: Sequence[tuple[str, int, int | None]]) -> Markup:
    """How much of each division's filings came online, beside how many there are."""
    rows = [
        (
            f"{codes.describe('division', division)}（{division}）",
            number,
            "—" if share is None else f"{share} %",
        )
        for division, number, share in shares
    ]
    return table("线上办理率 Online share by division", ("区划", "件数", "线上占比"), rows)


def _lines(record: Document) -> list[tuple[str, str]]:
    """Every field that is filled, in the order of the published table, codes in words."""
    fields = layout_of(record["filing_type"]).fields
    found = ((field, value_at(record, field.target)) for field in fields)
    shown = ((field, value) for field, value in found if value is not None and not isinstance(value, list))
    return [(field.zh, in_words(field.target, value)) for field, value in shown]


def in_words(pointer: str, value: object) -> str:
    """A value as officers read it: a code in words, with the code."""
    if isinstance(value, bool):
        return "是" if value else "否"
    table = CODE_FIELDS.get(pointer)
    return in_table(table)(str(value)) if table else str(value)


def _codes() -> Markup:
    return Markup("").join(
        Markup('<option value="{}">{}（{}）</option>').format(row.code, row.zh, row.code)
        for row in REVIEW_CODES.values()
    )


def _decision(outcomes: Sequence[tuple[str, str]]) -> Markup:
    choices = Markup("").join(
        Markup('<label><input type="radio" name="state" value="{}" required> {}</label>').format(state, words)
        for state, words in outcomes
    )
    return Markup(
        '<div class="choices">{}</div><label>原因代码 Codes（退回、不予受理时必选，可多选，一次性告知）<br>'
        '<select name="code" multiple size="8">{}</select></label>'
        '<label>补充说明 Words besides（可不填）<br><input name="words" maxlength="200"></label>'
    ).format(choices, _codes())


def _exception(officers: Iterable[str], today: str) -> Markup:
    owners = Markup("").join(Markup("<option>{}</option>").format(name) for name in officers)
    return Markup(
        '<label>原因 Reason<br><select name="reason">{}</select></label>'
        '<label>负责人 Owner<br><select name="owner">{}</select></label>'
        '<label>备注 Note<br><input name="note" maxlength="200"></label>'
        '<label>期限 Due<br><input name="due" type="date" required min="{}"></label>'
    ).format(_codes(), owners, today)


def _leave(today: str) -> Markup:
    return Markup(
        '<label>解除或者终止日期 Day<br><input name="day" type="date" required max="{}"></label>'
        '<label>协查回函文号 Number of the letter<br><input name="number" required maxlength="60"></label>'
        "<label>协查回函 Letter（PDF、PNG 或 JPEG，不超过 5 MB）<br>"
        '<input name="paper" type="file" required accept="application/pdf,image/png,image/jpeg"></label>'
        "<p>原因：单位异常，机构代办（9002）Reason: the employer cannot act</p>"
    ).format(today)


def _count(keys: Sequence[str]) -> Markup | int:
    """How many; a single one can be looked at."""
    if len(keys) > 1:
        return len(keys)
    return Markup('<a href="/desk/filing/{}">1 · 查看 View</a>').format(keys[0])


def _second(batch: Batch, officer: str, token: str) -> Markup:
    if batch.proposed_by == officer:
        return Markup('<span class="dim">须由另一名经办人员复核</span>')
    address = f"/desk/batches/{batch.no}"
    return act(f"{address}/approval", token, "复核通过 Approve") + act(
        f"{address}/refusal", token, "不同意 Refuse", plain=True
    )
