"""The correction slip (修改单): what of an accepted filing is asked to be changed, as a form for the counter.

Minor corrections an officer carries out; material ones want evidence, a second officer and notice to the
worker. Another person is never a correction: that filing is voided and made anew. Pure functions.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from contracts.document.engine import Rendered
from contracts.document.model import Field, Run, SigningBlock, fill_lines
from core.canonical import canonical_json, sha256_hex
from filing_bridge.fields import FIELDS
from filing_bridge.form import instant, typesetter, words
from filing_bridge.mapping import Document, value_at


class Weight(StrEnum):
    """How much a correction takes."""

    MINOR = "minor"
    MATERIAL = "material"


# What may be corrected at all. Everything else is the contract's, and changes with it.
WEIGHTS: Final[Mapping[str, Weight]] = MappingProxyType(
    dict.fromkeys(
        (
            "/worker/mobile",
            "/worker/resid_code",
            "/worker/resid_address",
            "/worker/postcode",
            "/worker/education",
            "/contract/job_title",
            "/employer/contact_name",
            "/employer/contact_phone",
        ),
        Weight.MINOR,
    )
    | dict.fromkeys(
        (
            "/worker/name",
            "/worker/id_no",
            "/contract/employment_start",
            "/contract/start",
            "/contract/end",
            "/contract/term_type",
            "/contract/wage_amount",
        ),
        Weight.MATERIAL,
    )
)
PERSON: Final = frozenset({"/worker/name", "/worker/id_no"})
_NAMES: Final = {field.target: field.zh for field in FIELDS}
_NEEDS: Final = {
    Weight.MINOR: "一般更正：经办人员核对后办理。",
    Weight.MATERIAL: "重要更正：须附证明材料，由另一名经办人员复核，并告知劳动者。",
}


def weight_of(changes: Mapping[str, str]) -> Weight:
    """The heaviest of the changes counts. Raises `KeyError` for a field that is never corrected, and
    `ValueError` for a change of both name and number: that is another person."""
    weights = {WEIGHTS[pointer] for pointer in changes}
    if changes.keys() >= PERSON:
        raise ValueError("another person")
    return Weight.MATERIAL if Weight.MATERIAL in weights else Weight.MINOR


def render_slip(
    record: Document, receipt: Mapping[str, Any], changes: Mapping[str, str], reason: str, *, at: datetime
) -> Rendered:
    """The slip as PDF/A-3a + PDF/UA-1, the changes attached. Raises what `weight_of` raises."""
    weight = weight_of(changes)
    form = {
        "title": "用工备案修改单",
        "head": [
            asdict(_line("备案回执号", receipt["receipt_no"])),
            asdict(_line("类别", "重要更正" if weight is Weight.MATERIAL else "一般更正")),
        ],
        "sections": [
            {"heading": heading, "fields": [asdict(field) for field in fill_lines(fields)]}
            for heading, fields in (
                ("原备案", _original(record, receipt)),
                ("更正内容", tuple(_change(record, pointer, new) for pointer, new in changes.items())),
                (
                    "原因",
                    (_line("更正原因", reason, wide=True), _line("办理要求", _NEEDS[weight], wide=True)),
                ),
            )
        ],
        "signing": [
            asdict(
                SigningBlock("employer", "用人单位（盖章）", (_line("单位名称", record["employer"]["name"]),))
            ),
            asdict(SigningBlock("agency", "经办机构（业务专用章）", (_line("经办人、复核人", ""),))),
        ],
        "note": "本单由平台依据已通过的备案生成，尚未办理；原备案及各次更正均予保留。",
    }
    attached = {"receipt_no": receipt["receipt_no"], "changes": dict(changes), "reason": reason}
    typeset = typesetter.typeset(
        {"form.json": json.dumps(form, ensure_ascii=False).encode(), "filing.json": canonical_json(attached)},
        at=at,
    )
    return Rendered(
        pdf=typeset.pdf,
        digest=sha256_hex(typeset.pdf),
        anchors=typeset.anchors,
        page_sizes=typeset.page_sizes,
        page_text=("",) * len(typeset.page_sizes),
    )


def _original(record: Document, receipt: Mapping[str, Any]) -> tuple[Field, ...]:
    return (
        _line("单位名称", record["employer"]["name"], wide=True),
        _line("统一社会信用代码", record["employer"]["uscc"]),
        _line("合同编号", record["contract_no"]),
        _line("姓名", record["worker"]["name"]),
        _line("证件号码", record["worker"]["id_no"]),
        _line("准予备案时间", instant(receipt["decided_at"])),
    )


def _change(record: Document, pointer: str, new: str) -> Field:
    old = value_at(record, pointer)
    before = words(pointer, old) if old is not None else "（空）"
    return _line(_NAMES[pointer], f"{before}　更正为　{words(pointer, new)}", wide=True)


def _line(label: str, text: str, *, wide: bool = False) -> Field:
    return Field(label, (Run(text),), wide)
