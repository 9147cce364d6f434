"""What was filed, field by field, each with where it was first entered: nothing is typed for a filing."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.web.pages import Visit, for_members
from accounts.web.words import Words, by_language
from core.codes.fields import CODE_FIELDS
from filing_bridge import selectors
from filing_bridge.fields import Origin
from filing_bridge.mapping import leaves, origins
from filing_bridge.services.viewing import open_record
from filing_bridge.web.words import code_words

ORIGINS: Mapping[Origin, Words] = {
    Origin.PLATFORM: _("平台生成"),
    Origin.EVENT: _("由事项决定"),
    Origin.PROFILE: _("按地区规则"),
    Origin.SESSION: _("当前登录人员"),
    Origin.USER: _("人工填写"),
    Origin.FILING: _("前一次备案"),
    Origin.EMPLOYER: _("单位资料"),
    Origin.WORKER: _("员工名册"),
    Origin.IDENTITY: _("员工证件"),
    Origin.CONTRACT: _("已签合同"),
    Origin.AGREEMENT: _("已签变更协议"),
    Origin.CERTIFICATE: _("已签证明书"),
    Origin.SLIP: _("已盖章修改单"),
    Origin.DERIVED: _("由其他内容计算"),
}

TABLES: Mapping[str, str] = {**CODE_FIELDS, "/filing_type": "filing_type"}


@dataclass(frozen=True)
class Line:
    label: str
    value: str
    origin: Words


@for_members
def record_page(visit: Visit, filing_id: UUID) -> HttpResponse:
    """The record as filed; looking at it is on record."""
    filing = selectors.filing_of(visit.principal, filing_id)
    record = open_record(principal=visit.principal, filing_id=filing_id)
    rows = origins(record)
    lines = [
        Line(
            by_language(rows[pointer].zh, pointer.removeprefix("/").replace("/", ", ").replace("_", " ")),
            _value(pointer, value),
            ORIGINS[rows[pointer].origin],
        )
        for pointer, value in leaves(record)
        if pointer in rows
    ]
    return visit.show("record.html", filing=filing, lines=lines)


def _value(pointer: str, value: object) -> str:
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if isinstance(value, list):
        return str(_("{number} 项").format(number=len(value)))
    table = TABLES.get(pointer)
    return code_words(table, str(value)) if table else str(value)
