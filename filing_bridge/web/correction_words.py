"""Corrections in the words of a clerk and of a worker: fields, values, classes and states."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.web.words import Badge, Tone, Words, by_language
from core.codes.fields import CODE_FIELDS
from filing_bridge.correction import Weight
from filing_bridge.domain import CORRECTION_WORDS, CorrectionState, VoidOutcome
from filing_bridge.models import Correction
from filing_bridge.web.words import code_words, filing_badge

NAMES: Mapping[str, Words] = {
    "/worker/mobile": _("手机号码"),
    "/worker/resid_code": _("现居住地区划"),
    "/worker/resid_address": _("现居住地址"),
    "/worker/postcode": _("邮政编码"),
    "/worker/education": _("文化程度"),
    "/contract/job_title": _("岗位"),
    "/employer/contact_name": _("单位联系人"),
    "/employer/contact_phone": _("单位联系电话"),
    "/worker/name": _("姓名"),
    "/worker/id_no": _("证件号码"),
    "/worker/sex": _("性别"),
    "/worker/birth_date": _("出生日期"),
    "/contract/employment_start": _("用工之日"),
    "/contract/start": _("合同起始日期"),
    "/contract/end": _("合同终止日期"),
    "/contract/term_type": _("合同期限类型"),
    "/contract/wage_amount": _("工资数额"),
    "/ending/date": _("解除（终止）日期"),
    "/ending/reason": _("解除（终止）原因"),
}
CLASSES: Mapping[str, Words] = {Weight.MINOR: _("一般更正"), Weight.MATERIAL: _("重要更正")}
STATES: Mapping[str, Tone] = {
    CorrectionState.PROPOSED: Tone.WARN,
    CorrectionState.CONFIRMED: Tone.BUSY,
    CorrectionState.DECLINED: Tone.PLAIN,
    CorrectionState.WITHDRAWN: Tone.PLAIN,
}
VOIDS: Mapping[str, Words] = {
    VoidOutcome.OPEN: _("已申请作废，正在等待经办机构答复；在那之前备案照常办理。"),
    VoidOutcome.VOIDED: _("经办机构已作废这次申报。"),
    VoidOutcome.TOO_LATE: _("申请作废时已经审结，以审核结果为准。"),
    VoidOutcome.REFUSED: _("经办机构没有作废，备案照常办理。"),
}


@dataclass(frozen=True)
class ItemShown:
    """One field: what it is called, what stands there and what should. Empty values are a dash."""

    name: Words
    old: Words
    new: Words


@dataclass(frozen=True)
class Version:
    """One correction of a filing, as it is listed beside it: which fields, not what stands there."""

    id: UUID
    number: str
    state: Badge
    names: list[Words]
    at: datetime | None


def value_words(pointer: str, value: str | None) -> Words:
    """A value of the record as people read it."""
    if not value:
        return "—"
    return code_words(CODE_FIELDS[pointer], value) if pointer in CODE_FIELDS else value


def items_shown(items: list[dict[str, str | None]]) -> list[ItemShown]:
    """What a correction changes; the values are whatever the reader may see."""
    return [
        ItemShown(
            NAMES[str(item["field"])],
            value_words(str(item["field"]), item.get("old")),
            value_words(str(item["field"]), item.get("new")),
        )
        for item in items
    ]


def correction_badge(correction: Correction) -> Badge:
    """Where a correction stands: with the two persons, then with the province."""
    if correction.made is not None:
        return filing_badge(correction.made.state)
    state = CorrectionState(correction.state)
    return Badge(by_language(*CORRECTION_WORDS[state]), STATES[state])
