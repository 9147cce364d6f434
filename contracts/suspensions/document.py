"""劳动合同中止、恢复履行的协议书或者通知书: facts of the act → the PDF that is signed.

PDF/A-3a and PDF/UA-1, with the facts inside as `suspension.json` (RFC 8785).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from contracts.document.engine import Rendered
from contracts.document.formats import chinese_date, chinese_ordinal
from contracts.document.model import (
    Block,
    Chapter,
    Clause,
    Document,
    Field,
    Fields,
    Paragraph,
    Run,
    SigningBlock,
)
from contracts.document.render import Attachment, typeset_document
from contracts.facts import Facts
from contracts.suspensions.facts import ATTACHMENT, SUSPEND, signers_of
from core.codes import describe, table

_ATTACHED: Final = Attachment(ATTACHMENT, "劳动合同中止或者恢复的结构化内容（RFC 8785 规范化 JSON）")
_LABELS: Final = {"worker": "乙方（劳动者签名）", "employer": "甲方（用人单位盖章）"}
_ACTS: Final = {True: ("中止", "suspension"), False: ("恢复履行", "resumption")}


def title(facts: Facts) -> str:
    """An agreement where both sign, else a notice of the employer."""
    act, _en = _ACTS[_suspends(facts)]
    return f"劳动合同{act}{'协议书' if 'worker' in signers_of(facts) else '通知书'}"


def render_suspension(facts: Facts, *, at: datetime) -> Rendered:
    """Render the document of valid facts; `at` (aware) is the time written into the PDF.

    Anchors: `employer_seal`, and `worker_signature` where the worker signs too. Equal input, equal bytes.
    """
    kind = "Agreement on" if "worker" in signers_of(facts) else "Notice of"
    document = Document(
        title=title(facts),
        title_en=f"{kind} the {_ACTS[_suspends(facts)][1]} of a labour contract",
        contract_no=facts["contract_no"],
        chapters=(Chapter("parties", "", "", "Parties", _opening(facts)), _body(facts)),
        signing=tuple(_block(facts, role) for role in ("employer", "worker") if role in signers_of(facts)),
        seam=False,
    )
    return typeset_document(document, facts, _ATTACHED, at=at)


def summary(facts: Facts) -> list[dict[str, str]]:
    """What the worker looks for first, in both languages: rows of label, value, label_en, value_en."""
    said, employer = facts["suspension"], facts["employer"]["name"]
    day, reason = said["effective_on"], table("suspension_reason")[said["reason"]]
    rows = [("用人单位", employer, "Employer", employer)]
    if _suspends(facts):
        rows.append(("中止开始日期", chinese_date(day), "Suspended from", day))
        if until := said.get("until"):
            rows.append(("预计截止日期", chinese_date(until), "Foreseen until", until))
    else:
        rows.append(("恢复履行日期", chinese_date(day), "Resumed on", day))
    rows.append(("中止原因", reason.zh, "Reason of the suspension", reason.en))
    names = ("label", "value", "label_en", "value_en")
    return [dict(zip(names, row, strict=True)) for row in rows]


def _suspends(facts: Facts) -> bool:
    return bool(facts["suspension"]["act"] == SUSPEND)


def _opening(facts: Facts) -> tuple[Clause, ...]:
    employer, worker = facts["employer"], facts["worker"]
    rows: tuple[tuple[str, str, str], ...] = (
        ("甲方（用人单位）", employer["name"], "/employer/name"),
        ("统一社会信用代码", employer["uscc"], "/employer/uscc"),
        ("乙方（劳动者）", worker["name"], "/worker/name"),
        (describe("id_type", worker["id_type"]), worker["id_no"], "/worker/id_no"),
        ("工作岗位", facts["contract"]["job_title"], "/contract/job_title"),
    )
    if signed_as := employer.get("signed_as"):
        rows = (*rows, ("订立合同时的单位名称", signed_as, "/employer/signed_as"))
    fields = tuple(Field(label, (Run(text, fact),), wide=True) for label, text, fact in rows)
    ground = (
        Run("甲乙双方订立的劳动合同（编号 "),
        Run(facts["contract_no"], "/contract_no"),
        Run(f"），{_act_words(facts)}。本文件编号 "),
        Run(facts["suspension"]["document_no"], "/suspension/document_no"),
        Run("。"),
    )
    return (
        Clause("parties", "", "", (), (Fields(fields),)),
        Clause("ground", "", "", (), (Paragraph(ground),)),
    )


def _act_words(facts: Facts) -> str:
    act, _en = _ACTS[_suspends(facts)]
    if "worker" in signers_of(facts):
        return f"经双方协商一致，{act}如下"
    return f"由甲方通知乙方{act}如下"


def _body(facts: Facts) -> Chapter:
    clauses = _suspended(facts) if _suspends(facts) else _resumed(facts)
    return Chapter(
        "act",
        "",
        "",
        "Act",
        tuple(
            Clause(name, f"第{chinese_ordinal(number)}条", heading, (), (block,))
            for number, (name, heading, block) in enumerate(clauses, start=1)
        ),
    )


def _suspended(facts: Facts) -> Iterator[tuple[str, str, Block]]:
    said = facts["suspension"]
    reason = Run(describe("suspension_reason", said["reason"]), "/suspension/reason")
    yield "reason", "中止原因", Paragraph((reason, Run("。")))
    runs = [Run("劳动合同自"), _day(facts, "effective_on"), Run("起中止履行")]
    runs += [Run("，预计至"), _day(facts, "until"), Run("为止")] if "until" in said else []
    yield "time", "中止时间", Paragraph((*runs, Run("。中止的情形提前消失的，应当恢复履行。")))
    yield (
        "effect",
        "中止期间",
        Paragraph((
            Run(
                "中止期间劳动关系保留，劳动合同暂停履行，中止的时间不计算为乙方在甲方的工作年限；"
                "法律、法规另有规定或者双方另有约定的，从其规定或者约定。合同期限不因中止顺延。"
            ),
        )),
    )  # fmt: skip
    yield from _copies(facts)


def _resumed(facts: Facts) -> Iterator[tuple[str, str, Block]]:
    runs = (
        Run("劳动合同自"),
        _day(facts, "since"),
        Run("起中止，自"),
        _day(facts, "effective_on"),
        Run("起恢复履行。"),
    )
    yield "time", "恢复时间", Paragraph(runs)
    yield (
        "effect",
        "恢复之后",
        Paragraph((Run("双方按照劳动合同及其变更协议的约定继续履行，工作年限自恢复之日起继续计算。"),)),
    )
    yield from _copies(facts)


def _copies(facts: Facts) -> Iterator[tuple[str, str, Block]]:
    both = (
        "双方电子签名后生效，双方各持一份。" if "worker" in signers_of(facts) else "甲方电子签章后送达乙方。"
    )
    yield "copies", "文本", Paragraph((Run(f"本文件以数据电文形式作出，经{both}"),))


def _day(facts: Facts, name: str) -> Run:
    return Run(chinese_date(facts["suspension"][name]), f"/suspension/{name}")


def _block(facts: Facts, role: str) -> SigningBlock:
    label = "名称" if role == "employer" else "姓名"
    return SigningBlock(role, _LABELS[role], (Field(label, (Run(facts[role]["name"], f"/{role}/name"),)),))
