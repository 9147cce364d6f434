"""The list of what runs out: terms, probation, work permits, and the month in which a contract is signed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

from django.db.models import F, QuerySet, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.masking import shown_name
from accounts.web.lists import Cell, Column, Tab, Table
from accounts.web.words import Badge, Tone
from contracts import selectors
from contracts.deadlines import COLUMNS, Kind, between
from contracts.models import Contract
from core import clock
from core.principal import Principal

NEAR = 15  # days


@dataclass(frozen=True)
class DeadlineRow:
    id: UUID
    number: str
    worker: str
    day: date
    left: Badge
    start: date


def _found(principal: Principal) -> QuerySet[Contract]:
    return selectors.contracts_of(principal).only(
        "contract_no", "employment_start", "worker__name", "template_id"
    )


def _within(kind: Kind, first: int, last: int | None, contracts: QuerySet[Contract]) -> QuerySet[Contract]:
    """Those whose day of this kind lies so many days back, with that day and what it is the day of."""
    found = between(contracts, kind, first, last, clock.today())
    return found.annotate(day=F(COLUMNS[kind]), kind=Value(kind.value))


def _rows(principal: Principal, page: Sequence[Contract]) -> list[DeadlineRow]:
    today = clock.today()
    return [
        DeadlineRow(
            id=contract.pk,
            number=contract.contract_no,
            worker=shown_name(principal, contract.worker.name),
            day=contract.day,  # type: ignore[attr-defined]  # annotated by `_within`
            left=_left(contract.kind, (contract.day - today).days),  # type: ignore[attr-defined]  # as above
            start=contract.employment_start,
        )
        for contract in page
    ]


def _left(kind: str, days: int) -> Badge:
    if kind == Kind.UNSIGNED:
        words = ngettext("用工 %(days)s 天未签", "用工 %(days)s 天未签", -days) % {"days": -days}
        return Badge(words, Tone.BAD)
    if days < 0:
        words = ngettext("已过 %(days)s 天", "已过 %(days)s 天", -days) % {"days": -days}
        return Badge(words, Tone.BAD)
    if days == 0:
        return Badge(_("今天到期"), Tone.BAD)
    words = ngettext("还剩 %(days)s 天", "还剩 %(days)s 天", days) % {"days": days}
    return Badge(words, Tone.WARN if days <= NEAR else Tone.PLAIN)


DEADLINES: Table[Contract, DeadlineRow] = Table(
    name="deadlines",
    title=_("期限提醒"),
    columns=(
        Column(
            "number",
            _("合同编号"),
            lambda row: Cell(row.number, link=reverse("portal:contract", args=[row.id])),
            sort="contract_no",
            kind="number",
        ),
        Column("worker", _("劳动者"), lambda row: Cell(row.worker), kind="name"),
        Column(
            "day",
            _("日期"),
            lambda row: Cell(row.day.isoformat(), warning=row.left),
            sort="day",
            kind="date",
        ),
        Column("start", _("用工之日"), lambda row: Cell(row.start.isoformat()), kind="date"),
    ),
    found=_found,
    rows=_rows,
    key=lambda row: row.id,
    order="day",
    tabs=(
        Tab("term-90", _("90 天内到期"), partial(_within, Kind.TERM, -90, 0)),
        Tab("term-60", _("60 天内到期"), partial(_within, Kind.TERM, -60, 0)),
        Tab("term-30", _("30 天内到期"), partial(_within, Kind.TERM, -30, 0)),
        Tab("term-15", _("15 天内到期"), partial(_within, Kind.TERM, -15, 0)),
        Tab("over", _("已到期仍在用工"), partial(_within, Kind.TERM, 1, None)),
        Tab("unsigned", _("用工满 20 天未签"), partial(_within, Kind.UNSIGNED, 20, None)),
        Tab("probation", _("试用期 15 天内结束"), partial(_within, Kind.PROBATION, -15, 0)),
        Tab("permit", _("工作许可 90 天内到期或已过期"), partial(_within, Kind.PERMIT, -90, None)),
    ),
    search=selectors.contracts_meant,
    hint=_("合同编号、姓名、证件号码、手机号或其末四位"),
    empty=_("90 天内没有到期的合同"),
    empty_text=_("有固定期限的合同到期前 90、60、30、15 天会出现在这里，并发邮件提醒。"),
)
