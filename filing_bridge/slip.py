"""The correction slip (修改单): what of an accepted filing is asked to be changed, on paper or as a file.

Over the protocol it is the document of the correction's filing, with its facts and the evidence attached;
where corrections are not taken online, it is printed and taken to the counter. Pure functions.
"""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from contracts.document.engine import Rendered
from contracts.document.model import Field, Run, SigningBlock, fill_lines
from core import papers
from core.canonical import canonical_json, sha256_hex
from filing_bridge.correction import ATTACHMENT, CLASSES, Item, Weight
from filing_bridge.form import attachment, instant, item_words, typesetter
from filing_bridge.mapping import Document

_NEEDS: Final = {
    Weight.MINOR: "一般更正：经办人员核对后办理。",
    Weight.MATERIAL: "重要更正：须附证明材料，由另一名经办人员复核，并告知劳动者。",
}
_NOTE: Final = (
    "本单由平台依据已通过的备案生成，尚未办理；原备案及各次更正均予保留。"
    "网上报送的，以用人单位对备案记录的电子签名代替盖章。"
)


def evidence_name(evidence: bytes) -> str:
    """What the evidence is called inside the slip."""
    return f"evidence.{papers.kind_of(evidence)[1]}"


def render_slip(
    record: Document, decided_at: str, facts: Document, *, evidence: bytes = b"", at: datetime
) -> Rendered:
    """The slip as PDF/A-3a + PDF/UA-1; facts (`correction.facts_of`) and evidence are attached.

    `record` is what holds before the correction, `decided_at` (ISO 8601) when its filing was accepted.
    """
    correction, weight = facts["correction"], Weight(facts["correction"]["weight"])
    attached = {ATTACHMENT: canonical_json(facts)}
    named = [attachment(ATTACHMENT, "application/json", "更正内容（RFC 8785 规范化 JSON）")]
    if evidence:
        attached[evidence_name(evidence)] = evidence
        named.append(
            attachment(evidence_name(evidence), papers.kind_of(evidence)[0], "证明材料", "supplement")
        )
    form = {
        "title": "用工备案修改单",
        "attachments": named,
        "head": [
            asdict(_line("备案回执号", correction["receipt_no"])),
            asdict(_line("类别", CLASSES[weight])),
        ],
        "sections": [
            {"heading": heading, "fields": [asdict(field) for field in fill_lines(fields)]}
            for heading, fields in (
                ("原备案", _original(record, decided_at)),
                ("更正内容", tuple(_change(item) for item in correction["items"])),
                ("原因", _reason(correction, weight)),
            )
        ],
        "signing": [
            asdict(
                SigningBlock("employer", "用人单位（盖章）", (_line("单位名称", record["employer"]["name"]),))
            ),
            asdict(SigningBlock("agency", "经办机构（业务专用章）", (_line("经办人、复核人", ""),))),
        ],
        "note": _NOTE,
    }
    typeset = typesetter.typeset(
        {"form.json": json.dumps(form, ensure_ascii=False).encode(), **attached}, at=at
    )
    return Rendered(
        pdf=typeset.pdf,
        digest=sha256_hex(typeset.pdf),
        anchors=typeset.anchors,
        page_sizes=typeset.page_sizes,
        page_text=("",) * len(typeset.page_sizes),
    )


def _original(record: Document, decided_at: str) -> tuple[Field, ...]:
    return (
        _line("单位名称", record["employer"]["name"], wide=True),
        _line("统一社会信用代码", record["employer"]["uscc"]),
        _line("合同编号", record["contract_no"]),
        _line("姓名", record["worker"]["name"]),
        _line("证件号码", record["worker"]["id_no"]),
        _line("准予备案时间", instant(decided_at)),
    )


def _change(item: Item) -> Field:
    name, old, new = item_words(item)
    return _line(name, f"{old}　更正为　{new}", wide=True)


def _reason(correction: dict[str, Any], weight: Weight) -> tuple[Field, ...]:
    lines = [
        _line("更正原因", correction["reason"], wide=True),
        _line("修改单编号", correction["correction_no"], wide=True),
        _line("办理要求", _NEEDS[weight], wide=True),
    ]
    if "evidence" in correction:
        lines.insert(1, _line("证明材料摘要", correction["evidence"]["value"], wide=True))
    return tuple(lines)


def _line(label: str, text: str, *, wide: bool = False) -> Field:
    return Field(label, (Run(text),), wide)
