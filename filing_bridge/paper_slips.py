"""Slips on paper about an accepted filing: a page for each who keeps a copy, and a code to check it by.

People who trust paper only can have paper: whoever holds a page asks the platform, by its QR code or by
typing two numbers, whether the filing stands. Pure functions.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from contracts.document import qr
from contracts.document.engine import Rendered, Typesetter
from contracts.document.formats import CHECKED, UNCHECKED, chinese_date
from contracts.document.model import Field, Run, fill_lines
from core.canonical import sha256_hex
from core.codes import describe
from core.codes.fields import CODE_FIELDS
from filing_bridge.form import instant
from filing_bridge.mapping import ENDINGS, Document, FilingType, value_at
from filing_bridge.profiles import Profile, Slip, route_of

LAYOUT: Final = Path(__file__).parents[1] / "templates" / "forms" / "slip"

# 一式四联: who keeps which part, whatever the jurisdiction.
_FOUR: Final = ("用人单位留存", "劳动者留存", "经办机构留存", "存入个人档案")
_TITLES: Final[Mapping[FilingType, tuple[str, str]]] = MappingProxyType(
    {
        FilingType.HIRE: ("录用备案单", "Slip of a hire"),
        FilingType.LATE_HIRE: ("录用备案单（补办）", "Slip of a late hire"),
        FilingType.RENEWAL: ("续订备案单", "Slip of a renewal"),
        FilingType.CHANGE: ("变更备案单", "Slip of a change"),
        FilingType.RESCISSION: ("退工单", "Slip of leaving"),
        FilingType.ENDING: ("退工单", "Slip of leaving"),
    }
)
_PLAIN: Final = ("用工备案单", "Slip of a filing")
_ORDINALS: Final = ("第一联", "第二联", "第三联", "第四联")
NOTE: Final = (
    "本单由平台依据经办机构的回执生成。任何人都可以扫描二维码，或者打开下列网址填写回执号和核验码，核对真伪。"
)
PART_TIME: Final = "2"

_typesetter = Typesetter(LAYOUT)


@dataclass(frozen=True)
class _Line:
    """A line of the slip: its label, and where its value stands in the record or in the contract's facts."""

    label: str
    pointer: str
    wide: bool = False


_LINES: Final = (
    _Line("单位名称", "/employer/name", wide=True),
    _Line("统一社会信用代码", "/employer/uscc"),
    _Line("合同编号", "/contract_no"),
    _Line("姓名", "/worker/name"),
    _Line("证件号码", "/worker/id_no"),
    _Line("户籍地址", "/worker/hukou_address", wide=True),
    _Line("用工之日", "/contract/employment_start"),
    _Line("岗位（工种）", "/contract/job_title"),
    _Line("合同起始日期", "/contract/start"),
    _Line("合同终止日期", "/contract/end"),
    _Line("用工形式", "/contract/employment_form"),
    _Line("变更生效日期", "/change/effective_on"),
    _Line("解除或者终止日期", "/ending/date"),
    _Line("退工原因", "/ending/reason", wide=True),
    _Line("转档形式", "/ending/archive_mode"),
    _Line("委托转档机构", "/ending/archive_to"),
)


@dataclass(frozen=True)
class Check:
    """How a slip is checked: the address behind the QR code, where it is typed, and what is typed there."""

    url: str
    page: str
    code: str


def slips_for(facts: Document, filing_type: FilingType, profile: Profile) -> tuple[Slip, ...]:
    """The slips that can be printed: one in four parts for everybody, then the jurisdiction's own, if this
    filing is among those that it is for. `facts` are the contract's: they know the household registration."""
    zh, en = _TITLES.get(filing_type, _PLAIN)
    four = Slip(zh, en, frozenset({filing_type}), None, _FOUR)
    own = profile.slip
    if own is None or filing_type not in own.types:
        return (four,)
    route = route_of(facts, profile)
    return (four, own) if own.hukou is None or (route and route.hukou == own.hukou) else (four,)


def render_slip(
    slip: Slip, record: Document, facts: Document, receipt: Mapping[str, Any], check: Check, *, at: datetime
) -> Rendered:
    """All copies as PDF/A-3a + PDF/UA-1, one page each. Equal input, equal bytes.

    Raises ValueError for a receipt that does not accept.
    """
    if receipt["state"] != "accepted":
        raise ValueError(f"no slip of a filing that is {receipt['state']}")
    lines = tuple(_lines(record, facts, receipt))
    data = {
        "title": slip.zh,
        "copies": [{"mark": _ORDINALS[number], "for": words} for number, words in enumerate(slip.copies)],
        "receipt_no": receipt["receipt_no"],
        "fields": [asdict(field) for field in fill_lines(lines)],
        "employer": record["employer"]["name"],
        "check": asdict(check),
        "note": NOTE,
    }
    typeset = _typesetter.typeset(
        {"slip.json": json.dumps(data, ensure_ascii=False).encode(), "check.svg": qr.svg(check.url)}, at=at
    )
    return Rendered(
        pdf=typeset.pdf,
        digest=sha256_hex(typeset.pdf),
        anchors=(),
        page_sizes=typeset.page_sizes,
        page_text=("",) * len(typeset.page_sizes),
    )


def _lines(record: Document, facts: Document, receipt: Mapping[str, Any]) -> Iterator[Field]:
    for line in _LINES:
        value = value_at(record, line.pointer) or value_at(facts, line.pointer)
        if value:
            yield _field(line.label, _words(line.pointer, str(value)), wide=line.wide)
    if record["filing_type"] in ENDINGS and value_at(record, "/ending/archive_mode") is None:
        part_time = record["contract"]["employment_form"] == PART_TIME
        yield _field("转档形式", _transfer(part_time=part_time), wide=True)
        yield _field("委托转档机构", "", wide=True)
    yield _field("受理机构", receipt["agency"]["name"], wide=True)
    yield _field("备案办结时间", instant(receipt["decided_at"]), wide=True)


def _transfer(*, part_time: bool) -> str:
    """How the personnel file goes on, to be ticked by hand; what follows from the contract is ticked."""
    return "　".join(
        (
            f"{UNCHECKED}保管职介代转",
            f"{UNCHECKED}无需转档（协保、退休等）",
            f"{CHECKED if part_time else UNCHECKED}无需转档（非全日制退工）",
        )
    )


def _words(pointer: str, value: str) -> str:
    if table := CODE_FIELDS.get(pointer):
        return describe(table, value)
    return chinese_date(value) if re.fullmatch(r"\d{4}-\d\d-\d\d", value) else value


def _field(label: str, text: str, *, wide: bool = False) -> Field:
    return Field(label, (Run(text),), wide)
