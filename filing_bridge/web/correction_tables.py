"""The list of corrections: what waits for a second person, and what became of the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.web.lists import ALL, Cell, Column, Tab, Table
from accounts.web.words import Badge, Words
from contracts.web.seal_words import names_of
from core.principal import Principal
from filing_bridge import selectors
from filing_bridge.correction import Weight
from filing_bridge.domain import CorrectionState
from filing_bridge.models import Correction
from filing_bridge.web.correction_words import CLASSES, correction_badge


@dataclass(frozen=True)
class CorrectionRow:
    id: UUID
    number: str
    contract_no: str
    contract_id: UUID
    weight: str
    state: Badge
    proposed_by: Words
    proposed_at: datetime


def _found(principal: Principal) -> QuerySet[Correction]:
    """Without the facts and the records, which a list does not show."""
    return selectors.corrections_of(principal).only(
        "correction_no",
        "contract_id",
        "weight",
        "state",
        "proposed_by",
        "proposed_at",
        "filing__contract_no",
        "made__state",
    )


def _rows(_principal: Principal, page: Sequence[Correction]) -> list[CorrectionRow]:
    names = names_of(each.proposed_by for each in page)
    return [
        CorrectionRow(
            each.pk,
            each.correction_no,
            each.filing.contract_no,
            each.contract_id,
            each.weight,
            correction_badge(each),
            names.get(each.proposed_by, _("成员")),
            each.proposed_at,
        )
        for each in page
    ]


def _in_state(state: CorrectionState, found: QuerySet[Correction]) -> QuerySet[Correction]:
    return found.filter(state=state)


def _meant(found: QuerySet[Correction], text: str) -> QuerySet[Correction]:
    return found.filter(correction_no=text) | found.filter(filing__contract_no=text)


CORRECTIONS: Table[Correction, CorrectionRow] = Table(
    name="corrections",
    title=_("备案更正"),
    columns=(
        Column(
            "number",
            _("修改单编号"),
            lambda row: Cell(row.number, link=reverse("portal:correction", args=[row.id])),
            kind="number",
        ),
        Column(
            "contract",
            _("合同编号"),
            lambda row: Cell(row.contract_no, link=reverse("portal:contract", args=[row.contract_id])),
            kind="number",
        ),
        Column("weight", _("类别"), lambda row: Cell(CLASSES[Weight(row.weight)])),
        Column("state", _("状态"), lambda row: Cell(row.state.words, tone=row.state.tone)),
        Column("by", _("提出人"), lambda row: Cell(row.proposed_by), kind="name"),
        Column(
            "at",
            _("提出时间"),
            lambda row: Cell(timezone.localtime(row.proposed_at).strftime("%Y-%m-%d %H:%M")),
            sort="proposed_at",
            kind="date",
        ),
    ),
    found=_found,
    rows=_rows,
    key=lambda row: row.id,
    order="-proposed_at",
    tabs=(
        ALL,
        Tab("proposed", _("待核对"), partial(_in_state, CorrectionState.PROPOSED)),
        Tab("confirmed", _("已报送"), partial(_in_state, CorrectionState.CONFIRMED)),
    ),
    search=_meant,
    hint=_("修改单编号或合同编号"),
    empty=_("还没有更正"),
    empty_text=_("备案通过后发现写错的，在合同页面的备案中点“更正”。"),
)
