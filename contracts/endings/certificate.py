"""解除（终止）劳动合同证明书 (劳动合同法 Art. 50, 实施条例 Art. 24): facts of an ending → the PDF.

PDF/A-3a and PDF/UA-1, with the facts inside as `termination.json` (RFC 8785).
"""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from contracts.document.engine import Rendered, Typesetter
from contracts.document.formats import capital_money, chinese_date, chinese_ordinal, money
from contracts.document.model import Field, Fields, Run, SigningBlock, fill_lines
from contracts.endings.facts import ATTACHMENT, reason_in, signers_of
from contracts.endings.reasons import RESCISSION
from contracts.facts import Facts, canonical_facts
from core.canonical import sha256_hex
from core.codes import describe

LAYOUT: Final = Path(__file__).parents[2] / "templates" / "endings" / "certificate"
TITLE: Final = "解除（终止）劳动合同证明书"
TITLE_EN: Final = "Certificate of the ending of a labour contract"
NOTES: Final = (
    "用人单位自解除或者终止之日起十五日内为劳动者办理档案和社会保险关系转移手续，并办理备案。",
    "非因本人意愿中断就业、已参加失业保险并缴费满一年的，可以凭本证明申领失业保险金，请及时办理失业登记。"
    "对解除或者终止有异议的，可以自知道或者应当知道权利被侵害之日起一年内申请劳动仲裁，咨询电话 12333。",
)
_LABELS: Final = {"worker": "劳动者（签名）", "employer": "用人单位（盖章）"}
_LAWS: Final = {"LCL": "劳动合同法", "IR": "劳动合同法实施条例"}

_typesetter = Typesetter(LAYOUT)


def render_certificate(facts: Facts, *, at: datetime) -> Rendered:
    """Render the certificate of valid facts; `at` (aware) is the time written into the PDF.

    Anchors: `employer_seal`, and `worker_signature` where the worker signs too. Equal input, equal bytes.
    """
    table = Fields(tuple(fill_lines(_rows(facts))))
    opening = _opening(facts)
    data = {
        "title": TITLE,
        "number": facts["certificate_no"],
        "opening": opening,
        "table": asdict(table) | {"i": 0},
        "notes": NOTES,
        "signing": [asdict(_block(facts, role)) for role in signers_of(facts)],
    }
    typeset = _typesetter.typeset(
        {
            "certificate.json": json.dumps(data, ensure_ascii=False).encode(),
            ATTACHMENT: canonical_facts(facts),
        },
        at=at,
    )
    lines = [TITLE, opening, *(f"{row.label}：{row.runs[0].text}" for row in table.fields), *NOTES]
    return Rendered(
        pdf=typeset.pdf,
        digest=sha256_hex(typeset.pdf),
        anchors=typeset.anchors,
        page_sizes=typeset.page_sizes,
        page_text=("\n".join(lines), *[""] * (len(typeset.page_sizes) - 1)),
        sections=(_section(opening, table, len(typeset.page_sizes)),),
    )


def summary(facts: Facts) -> list[dict[str, str]]:
    """What the worker looks for first, in both languages: rows of label, value, label_en, value_en."""
    ending, reason = facts["ending"], reason_in(facts)
    rows = [
        ("用人单位", facts["employer"]["name"], "Employer", facts["employer"]["name"]),
        ("解除或者终止日期", chinese_date(ending["date"]), "Day of the ending", ending["date"]),
        ("原因", reason.zh if reason else "", "Reason", reason.en if reason else ""),
    ]
    if amount := ending.get("compensation"):
        rows.append(("经济补偿", f"{money(amount)} 元", "Severance pay", f"CNY {money(amount)}"))
    names = ("label", "value", "label_en", "value_en")
    return [dict(zip(names, row, strict=True)) for row in rows]


def _opening(facts: Facts) -> str:
    worker, ending = facts["worker"], facts["ending"]
    act = "解除" if ending["kind"] == RESCISSION else "终止"
    return (
        f"兹证明{facts['employer']['name']}与{worker['name']}订立的劳动合同（编号 {facts['contract_no']}），"
        f"于{chinese_date(ending['date'])}{act}。"
    )


def _rows(facts: Facts) -> Iterator[Field]:
    contract, ending, reason = facts["contract"], facts["ending"], reason_in(facts)
    yield _field("姓名", facts["worker"]["name"])
    yield _field("证件类型", describe("id_type", facts["worker"]["id_type"]))
    yield _field("证件号码", facts["worker"]["id_no"])
    yield _field("工作岗位", contract["job_title"])
    yield _field("合同起始日期", chinese_date(contract["start"]))
    ends = contract.get("end")
    yield _field("合同终止日期", chinese_date(ends) if ends else describe("term_type", contract["term_type"]))
    yield _field("用工之日", chinese_date(contract["employment_start"]))
    yield _field("本单位工作年限", f"{ending['service_years']} 年零 {ending['service_months']} 个月")
    if days := ending.get("suspended_days"):
        yield _field("中止履行", f"{days} 天，不计入工作年限")
    yield _field("解除或者终止日期", chinese_date(ending["date"]), wide=True)
    if reason is not None:
        yield _field("原因", f"{reason.zh}{_in_brackets(articles(reason.basis))}", wide=True)
    if amount := ending.get("compensation"):
        yield _field("经济补偿", f"人民币 {money(amount)} 元（{capital_money(amount)}）", wide=True)
    if transfer := ending.get("transfer"):
        yield _field("调入单位", f"{transfer['to_name']}（{transfer['to_uscc']}）", wide=True)
    if signed_as := facts["employer"].get("signed_as"):
        yield _field("订立合同时的单位名称", signed_as, wide=True)
    if handover := ending.get("handover"):
        yield _field("工作交接", handover, wide=True)
    if mode := ending.get("archive_mode"):
        to = ending.get("archive_to")
        receiver = f"，接收机构：{to}" if to else ""
        yield _field("档案转移", describe("archive_mode", mode) + receiver, wide=True)


def articles(basis: str) -> str:
    """`LCL 44(2); IR 21` → 《劳动合同法》第四十四条、《劳动合同法实施条例》第二十一条."""
    found = re.findall(r"(LCL|IR) (\d+)", basis)
    return "、".join(f"《{_LAWS[law]}》第{chinese_ordinal(int(article))}条" for law, article in found)


def _in_brackets(words: str) -> str:
    return f"（{words}）" if words else ""


def _section(opening: str, table: Fields, pages: int) -> dict[str, Any]:
    """The certificate for reading in large letters (contracts/document/reading.py says how)."""
    plain = [{"kind": "paragraph", "runs": [{"text": words, "filled": False}]} for words in (opening, *NOTES)]
    rows = [
        {"label": row.label, "runs": [{"text": row.runs[0].text, "filled": True}]} for row in table.fields
    ]
    blocks = [plain[0], {"kind": "fields", "rows": rows}, *plain[1:]]
    return {"heading": TITLE, "heading_en": TITLE_EN, "first": 1, "last": pages, "blocks": blocks}


def _block(facts: Facts, role: str) -> SigningBlock:
    label = "名称" if role == "employer" else "姓名"
    return SigningBlock(role, _LABELS[role], (_field(label, facts[role]["name"]),))


def _field(label: str, text: str, *, wide: bool = False) -> Field:
    return Field(label, (Run(text),), wide)
