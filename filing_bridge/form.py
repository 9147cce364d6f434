"""The filing form (录用备案登记表) of an accepted filing, ready for the employer's and the agency's seals.

Its words come from the record as filed and the receipt as given; nothing is entered again.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from contracts.document import qr
from contracts.document.engine import Rendered, Typesetter
from contracts.document.formats import CHECKED, UNCHECKED, chinese_date, money
from contracts.document.model import Field, Run, SigningBlock, fill_lines
from core.canonical import canonical_json, sha256_hex
from core.codes import describe, load
from filing_bridge.mapping import BY_TARGET, SHANGHAI, FilingType, value_at
from filing_bridge.profiles import profile_for, route_of

LAYOUT: Final = Path(__file__).parents[1] / "templates" / "forms" / "hire-filing"

TITLES: Final = MappingProxyType(
    {
        "11": "录用备案登记表",
        "12": "录用备案登记表（补办）",
        "21": "劳动合同续订备案表",
        "31": "劳动合同变更备案表",
        "33": "市内调动备案表",
        "41": "劳动合同中止备案表",
        "42": "劳动合同恢复履行备案表",
        "51": "解除劳动合同备案表",
        "52": "终止劳动合同备案表",
        "61": "用工备案更正表",
    }
)
NOTE: Final = "本表依据已签署的电子文件和备案回执生成，用印时间以电子签名所附可信时间戳为准。"
COUNTER_NOTE: Final = "本表依据已签署的电子文件生成，尚未受理，供备案系统不能使用时到窗口办理。"
_SIGN_KINDS: Final = {"1": "初次签订", "2": "续签"}
_WAGE_UNITS: Final = {"month": "元／月", "day": "元／日", "hour": "元／小时"}
_INSURANCES: Final = {
    "si_pension": "养老保险",
    "si_medical": "医疗保险",
    "si_unemp": "失业保险",
    "si_injury": "工伤保险",
}
_NAMES: Final = {target: field.zh for target, field in BY_TARGET.items()}
_INITIATORS: Final = {"1": "用人单位", "2": "劳动者", "3": "双方", "9": "法定事由"}

typesetter = Typesetter(LAYOUT)


@dataclass(frozen=True)
class _Row:
    """A field of the record on the form. `show`: text, date, instant, money, or a code table's name."""

    target: str
    show: str = "text"
    wide: bool = False
    name: str = ""


_EMPLOYER: Final = (
    _Row("/employer/name", wide=True),
    _Row("/employer/uscc"),
    _Row("/employer/type", "employer_type"),
    _Row("/employer/economic_type", "economic_type"),
    _Row("/employer/si_no"),
    _Row("/employer/industry", "industry", wide=True),
    _Row("/employer/reg_address", wide=True),
    _Row("/employer/biz_address", wide=True),
    _Row("/employer/legal_rep_name"),
    _Row("/employer/contact_name"),
    _Row("/employer/contact_phone"),
    _Row("/employer/dispatch_license_no", wide=True),
    _Row("/employer/host_name", wide=True),
    _Row("/employer/dispatch_start", "date"),
    _Row("/employer/dispatch_end", "date"),
    _Row("/employer/project_name"),
    _Row("/employer/project_no"),
)
_WORKER: Final = (
    _Row("/worker/name"),
    _Row("/worker/sex", "sex"),
    _Row("/worker/id_type", "id_type"),
    _Row("/worker/id_no"),
    _Row("/worker/birth_date", "date"),
    _Row("/worker/nationality"),
    _Row("/worker/hukou_type", "hukou_type"),
    _Row("/worker/education", "education"),
    _Row("/worker/mobile"),
    _Row("/worker/hukou_address", wide=True),
    _Row("/worker/resid_address", wide=True),
    _Row("/worker/work_permit_no"),
    _Row("/worker/work_permit_valid_to", "date"),
)
_CONTRACT: Final = (
    _Row("/contract_no"),
    _Row("/contract/sign_date", "date"),
    _Row("/contract/term_type", "term_type"),
    _Row("/contract/employment_form", "employment_form"),
    _Row("/contract/start", "date"),
    _Row("/contract/end", "date"),
    _Row("/contract/task_text", wide=True),
    _Row("/contract/employment_start", "date"),
    _Row("/contract/worktime_system", "worktime_system"),
    _Row("/contract/probation_start", "date"),
    _Row("/contract/probation_end", "date"),
    _Row("/contract/job_title"),
    _Row("/contract/occupation_code", "occupation", name="职业（工种）"),
    _Row("/contract/work_place_address", wide=True),
)
_TRANSFER: Final = (
    _Row("/transfer/from_name", wide=True),
    _Row("/transfer/from_uscc"),
    _Row("/transfer/left_on", "date"),
    _Row("/transfer/certificate_no"),
)
_CHANGE: Final = (
    _Row("/change/agreement_no"),
    _Row("/change/effective_on", "date"),
)
_SUSPENSION: Final = (
    _Row("/suspension/effective_on", "date"),
    _Row("/suspension/document_no"),
    _Row("/suspension/since", "date"),
    _Row("/suspension/until", "date"),
    _Row("/suspension/reason", "suspension_reason", wide=True),
)
_ENDING: Final = (
    _Row("/ending/date", "date"),
    _Row("/ending/certificate_no"),
    _Row("/ending/reason", "end_reason", wide=True),
    _Row("/ending/circumstance", "end_circumstance", wide=True),
    _Row("/ending/transfer_to_name", wide=True),
    _Row("/ending/transfer_to_uscc"),
    _Row("/ending/notice_date", "date"),
    _Row("/ending/union_notice_date", "date"),
    _Row("/ending/layoff_report_no"),
    _Row("/ending/compensation", "money"),
)
_CORRECTION: Final = (
    _Row("/correction/correction_no"),
    _Row("/correction/reason", wide=True),
    _Row("/correction/evidence/value", wide=True, name="证明材料摘要"),
)
_FILING: Final = (
    _Row("/prev_filing_no", name="原备案回执号"),
    _Row("/submitter_name"),
    _Row("/submitter_phone"),
    _Row("/submitted_at", "instant"),
    _Row("/signed_at", "instant"),
    _Row("/late_reason", wide=True),
    _Row("/filing_id", wide=True),
    _Row("/contract_digest/value", wide=True, name="合同文件摘要"),
)


def render_filing_form(
    record: Mapping[str, Any], receipt: Mapping[str, Any], *, at: datetime, check: str = ""
) -> Rendered:
    """The form of an accepted filing as PDF/A-3a + PDF/UA-1, with the record attached as `filing.json`.

    `record` follows the schema of its filing type (`mapping.layout_of`); `receipt` is the body of the
    accepting decision (answer-1.json).
    `check` is the address where paper about this filing is checked; it becomes a QR code.
    Anchors: `employer_seal`, `agency_seal`. `at` (aware) is the time written into the PDF; equal input gives
    equal bytes. Raises ValueError for a receipt that does not accept.
    """
    if receipt["state"] != "accepted":
        raise ValueError(f"no form for a filing that is {receipt['state']}")
    return _render(record, _form(record, receipt), at, check)


def render_counter_form(record: Mapping[str, Any], *, at: datetime) -> Rendered:
    """The same form before the agency has taken the filing in, to be stamped at its counter."""
    return _render(record, _form(record, None), at)


def _render(record: Mapping[str, Any], form: Mapping[str, Any], at: datetime, check: str = "") -> Rendered:
    code = {"check.svg": qr.svg(check)} if check else {}
    typeset = typesetter.typeset(
        {
            "form.json": json.dumps({**form, "check": bool(check)}, ensure_ascii=False).encode(),
            "filing.json": canonical_json(record),
            **code,
        },
        at=at,
    )
    return Rendered(
        pdf=typeset.pdf,
        digest=sha256_hex(typeset.pdf),
        anchors=typeset.anchors,
        page_sizes=typeset.page_sizes,
        page_text=(_text(form), *[""] * (len(typeset.page_sizes) - 1)),
    )


def _form(record: Mapping[str, Any], receipt: Mapping[str, Any] | None) -> dict[str, Any]:
    sections = {
        "用人单位": _fields(record, _EMPLOYER),
        "劳动者": _fields(record, _WORKER),
        "劳动合同": (*_fields(record, _CONTRACT), *_pay(record)),
        "调动": _fields(record, _TRANSFER),
        "变更": (*_fields(record, _CHANGE), *_differing(record, "change", "变更为")),
        "中止恢复": _fields(record, _SUSPENSION),
        "解除终止": (*_fields(record, _ENDING), *_service(record)),
        "更正": (*_fields(record, _CORRECTION), *_differing(record, "correction", "更正为")),
        "申报": _fields(record, _FILING),
    }
    if receipt is not None:
        sections["受理"] = (
            Field("受理机构", (Run(receipt["agency"]["name"]),), wide=True),
            _field("收件时间", instant(receipt["received_at"])),
            _field("准予备案时间", instant(receipt["decided_at"])),
        )
    return {
        "title": _title(record),
        "attachments": [
            attachment("filing.json", "application/json", "备案记录的结构化内容（RFC 8785 规范化 JSON）")
        ],
        "head": [
            asdict(_field("受理区划", describe("division", record["jurisdiction_code"]))),
            asdict(_field("备案回执号", receipt["receipt_no"] if receipt else "（窗口受理后填写）")),
        ],
        "sections": [
            {"heading": heading, "fields": [asdict(field) for field in fill_lines(fields)]}
            for heading, fields in sections.items()
            if fields
        ],
        "signing": [
            asdict(
                SigningBlock(
                    "employer", "用人单位（盖章）", (_field("单位名称", record["employer"]["name"]),)
                )
            ),
            asdict(
                SigningBlock(
                    "agency",
                    "经办机构（用工备案专用章）",
                    (_field("机构名称", receipt["agency"]["name"] if receipt else ""),),
                )
            ),
        ],
        "note": NOTE if receipt else COUNTER_NOTE,
    }


def _title(record: Mapping[str, Any]) -> str:
    """The form's own name where the jurisdiction has one for this worker's household registration."""
    route = route_of(record, profile_for(record["jurisdiction_code"]))
    own = route.forms.get(FilingType(record["filing_type"])) if route else None
    return own or TITLES[record["filing_type"]]


def _fields(record: Mapping[str, Any], rows: tuple[_Row, ...]) -> tuple[Field, ...]:
    return tuple(
        Field(row.name or _NAMES[row.target], (Run(_words(value, row.show), row.target),), row.wide)
        for row in rows
        if (value := value_at(record, row.target)) is not None
    )


def words(pointer: str, value: Any) -> str:
    """A field's value as the forms show it."""
    rows = (*_EMPLOYER, *_WORKER, *_CONTRACT, *_ENDING, *_FILING)
    return _words(value, next((row.show for row in rows if row.target == pointer), "text"))


def _words(value: Any, show: str) -> str:
    if show == "text":
        return str(value)
    if show == "date":
        return chinese_date(value)
    if show == "instant":
        return instant(value)
    if show == "money":
        return f"{money(value)}元"
    return _meaning(show, value)


def _meaning(table: str, code: str) -> str:
    """A code in words; where the table is not complete, the words of its class and the code itself."""
    words = describe(table, code)
    if words != code:
        return words
    group = code[: load(table).prefix]
    return f"{describe(table, group)}（{code}）" if group else code


def _pay(record: Mapping[str, Any]) -> Iterator[Field]:
    contract = record.get("contract", {})
    if "wage_amount" not in contract:  # on file with the hire
        return
    yield _field("工资标准", f"{money(contract['wage_amount'])}{_WAGE_UNITS[contract['wage_unit']]}")
    yield _field(_NAMES["/contract/sign_kind"], _SIGN_KINDS[contract["sign_kind"]])
    ticks = [
        f"{CHECKED if contract[name] else UNCHECKED}{words}"
        for name, words in _INSURANCES.items()
        if name in contract
    ]
    if ticks:
        yield Field("社会保险", (Run("  ".join(ticks)),), wide=True)


def item_words(item: Mapping[str, Any]) -> tuple[str, str, str]:
    """Name, old and new value of what is changed or corrected, as the forms show them."""
    pointer = item["field"]
    old, new = (words(pointer, item[side]) if side in item else "（无）" for side in ("old", "new"))
    return _NAMES[pointer], old, new


def _differing(record: Mapping[str, Any], section: str, verb: str) -> Iterator[Field]:
    for item in record.get(section, {}).get("items", ()):
        name, old, new = item_words(item)
        yield Field(name, (Run(f"{old}　{verb}　{new}", item["field"]),), wide=True)


def _service(record: Mapping[str, Any]) -> Iterator[Field]:
    if "ending" in record:
        ending = record["ending"]
        yield _field(_NAMES["/ending/initiator"], _INITIATORS[ending["initiator"]])
        yield _field("本单位工作年限", f"{ending['service_years']} 年零 {ending['service_months']} 个月")


def _field(label: str, text: str) -> Field:
    return Field(label, (Run(text),))


def attachment(name: str, mime: str, description: str, relationship: str = "data") -> dict[str, str]:
    """A file that the layout attaches: it lies beside the program under this name."""
    return {"name": name, "mime": mime, "description": description, "relationship": relationship}


def instant(moment: str) -> str:
    """A moment in the words of the forms: local time, to the second."""
    return f"{datetime.fromisoformat(moment).astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def _text(form: Mapping[str, Any]) -> str:
    lines = [form["title"]]
    for part in ({"heading": "", "fields": form["head"]}, *form["sections"]):
        lines += [part["heading"]] if part["heading"] else []
        lines += [
            f"{field['label']}：{''.join(run['text'] for run in field['runs'])}" for field in part["fields"]
        ]
    return "\n".join(lines)
