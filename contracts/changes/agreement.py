"""劳动合同变更协议书 (劳动合同法 Art. 35): facts of a change → the PDF that both parties sign.

PDF/A-3a and PDF/UA-1, with the facts inside as `change.json` (RFC 8785).
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from contracts.changes.facts import ATTACHMENT
from contracts.document.engine import Rendered
from contracts.document.formats import chinese_date, chinese_ordinal, money
from contracts.document.model import (
    Block,
    Chapter,
    Clause,
    Column,
    Document,
    Field,
    Fields,
    Paragraph,
    Run,
    SigningBlock,
    Table,
)
from contracts.document.render import Attachment, typeset_document
from contracts.document.wording import value_name
from contracts.facts import Facts, facts_schema, field_title, schema_at
from core.codes import describe

TITLE: Final = "劳动合同变更协议书"
TITLE_EN: Final = "Agreement on the change of a labour contract"
_ATTACHED: Final = Attachment(ATTACHMENT, "劳动合同变更的结构化内容（RFC 8785 规范化 JSON）")
_NONE: Final = "（未约定）"
_MONEY: Final = facts_schema()["$defs"]["money"]["pattern"]
_LABELS: Final = {"worker": "乙方（劳动者签名）", "employer": "甲方（用人单位盖章）"}
_COLUMNS: Final = (
    Column("变更事项", 3, "left"),
    Column("原约定", 5, "left"),
    Column("变更为", 5, "left"),
)


def render_agreement(facts: Facts, *, at: datetime) -> Rendered:
    """Render the agreement of valid facts; `at` (aware) is the time written into the PDF.

    Anchors: `worker_signature`, `employer_seal`. Equal input, equal bytes.
    """
    document = Document(
        title=TITLE,
        title_en=TITLE_EN,
        contract_no=facts["contract_no"],
        chapters=(Chapter("parties", "", "", "Parties", _opening(facts)), _body(facts)),
        signing=tuple(_block(facts, role) for role in ("employer", "worker")),
        seam=False,
    )
    return typeset_document(document, facts, _ATTACHED, at=at)


def summary(facts: Facts) -> list[dict[str, str]]:
    """What the worker looks for first, in both languages: rows of label, value, label_en, value_en."""
    said, employer = facts["change"], facts["employer"]["name"]
    lines = [_line("用人单位", employer, "Employer", employer), *_terms(facts)]
    if "reason" in said:
        lines.append(_line("变更原因", said["reason"], "Reason", said["reason"]))
    day = said["effective_on"]
    return [*lines, _line("变更生效日期", chinese_date(day), "Holds from", day)]


def _terms(facts: Facts) -> list[dict[str, str]]:
    """Every term that changes, old and new, as rows of the same kind."""
    rows = []
    for item in facts["change"]["items"]:
        old, new = (words(item["field"], item.get(side)) for side in ("old", "new"))
        label_en = item["field"].split("/")[-1].replace("_", " ").capitalize()
        rows.append(_line(field_title(item["field"]), f"{old} → {new}", label_en, f"{old} → {new}"))
    return rows


def _line(*cells: str) -> dict[str, str]:
    return dict(zip(("label", "value", "label_en", "value_en"), cells, strict=True))


def words(pointer: str, value: object) -> str:
    """A term in the words of a contract."""
    if value is None:
        return _NONE
    if isinstance(value, list):
        return "；".join(f"{each['name']} {money(each['amount'])} 元" for each in value)
    names = pointer.split("/")[1:]
    schema = schema_at(names) or {}
    if schema.get("format") == "date":
        return chinese_date(str(value))
    if schema.get("pattern") == _MONEY:
        return f"{money(str(value))} 元"
    return value_name(".".join(names), value)


def _opening(facts: Facts) -> tuple[Clause, ...]:
    employer, worker = facts["employer"], facts["worker"]
    rows = (
        ("甲方（用人单位）", employer["name"], "/employer/name"),
        ("统一社会信用代码", employer["uscc"], "/employer/uscc"),
        ("乙方（劳动者）", worker["name"], "/worker/name"),
        (describe("id_type", worker["id_type"]), worker["id_no"], "/worker/id_no"),
    )
    fields = tuple(Field(label, (Run(text, fact),), wide=True) for label, text, fact in rows)
    change = facts["change"]
    return (
        Clause("parties", "", "", (), (Fields(fields),)),
        Clause(
            "ground",
            "",
            "",
            (),
            (
                Paragraph((
                    Run("甲乙双方订立的劳动合同（编号 "),
                    Run(facts["contract_no"], "/contract_no"),
                    Run("），经双方协商一致，依照《劳动合同法》第三十五条变更如下。本协议为第"),
                    Run(chinese_ordinal(change["number"]), "/change/number"),
                    Run("次变更，编号 "),
                    Run(change["agreement_no"], "/change/agreement_no"),
                    Run("。"),
                )),
            ),
        ),
    )  # fmt: skip


def _body(facts: Facts) -> Chapter:
    clauses = tuple(
        Clause(name, f"第{chinese_ordinal(number)}条", heading, (), blocks)
        for number, (name, heading, blocks) in enumerate(_clauses(facts), start=1)
    )
    return Chapter("change", "", "", "Change", clauses)


def _clauses(facts: Facts) -> Iterator[tuple[str, str, tuple[Block, ...]]]:
    change = facts["change"]
    if "reason" in change:
        yield "reason", "变更原因", (Paragraph((Run(change["reason"], "/change/reason"),)),)
    rows = tuple(_row(number, item) for number, item in enumerate(change["items"]))
    lead = Paragraph((Run("双方同意变更下列事项："),))
    yield "items", "变更内容", (lead, Table(_COLUMNS, rows))
    day = Run(chinese_date(change["effective_on"]), "/change/effective_on")
    yield "effect", "生效日期", (Paragraph((Run("上述变更自"), day, Run("起执行。"))),)
    yield (
        "rest",
        "其他约定",
        (Paragraph((Run("劳动合同的其他条款继续有效；原约定与本协议不一致的，以本协议为准。"),)),),
    )
    yield (
        "copies",
        "文本",
        (
            Paragraph((
                Run("本协议以数据电文形式订立，经双方电子签名后生效，是劳动合同的组成部分，双方各持一份。"),
            )),
        ),
    )  # fmt: skip


def _row(number: int, item: Mapping[str, Any]) -> tuple[tuple[Run, ...], ...]:
    pointer = f"/change/items/{number}"
    return (
        (Run(field_title(item["field"])),),
        (Run(words(item["field"], item.get("old")), f"{pointer}/old"),),
        (Run(words(item["field"], item.get("new")), f"{pointer}/new"),),
    )


def _block(facts: Facts, role: str) -> SigningBlock:
    label = "名称" if role == "employer" else "姓名"
    return SigningBlock(role, _LABELS[role], (Field(label, (Run(facts[role]["name"], f"/{role}/name"),)),))
