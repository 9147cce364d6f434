"""The saved filters of the lists. Counters of the overview are the same filters, counted."""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import TypeVar

from django.db.models import Exists, Model, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Worker
from accounts.web.lists import ALL, Tab
from contracts.domain import IN_FORCE, UNSIGNED, ContractState
from contracts.models import Contract
from contracts.selectors import waiting_for
from core import clock
from filing_bridge.domain import UNFILED, FilingState, Level
from filing_bridge.models import Filing
from filing_bridge.selectors import at_levels
from filing_bridge.services.escalating import late
from filing_bridge.web.wishes import asking

LATE_AFTER = 20  # days from the first day of work; after a month double wages are due (劳动合同法 Art. 82)

Row = TypeVar("Row", bound=Model)


def _in_states(states: Iterable[str], rows: QuerySet[Row]) -> QuerySet[Row]:
    return rows.filter(state__in=list(states))


def _at(levels: Iterable[Level], filings: QuerySet[Filing]) -> QuerySet[Filing]:
    return at_levels(filings, levels, clock.today())


def _not_filed(contracts: QuerySet[Contract]) -> QuerySet[Contract]:
    unfiled = Filing.objects.filter(
        tenant=OuterRef("employer_id"), contract_id=OuterRef("pk"), state__in=UNFILED
    )
    return contracts.filter(Exists(unfiled), state__in=sorted(IN_FORCE))


def _late(contracts: QuerySet[Contract]) -> QuerySet[Contract]:
    """Employed for more than twenty days and not signed: the written contract is due within a month."""
    edge = clock.today() - timedelta(days=LATE_AFTER)
    return contracts.filter(state__in=sorted(UNSIGNED), employment_start__lt=edge)


def _late_with_the_agency(filings: QuerySet[Filing]) -> QuerySet[Filing]:
    return late(filings, clock.today())


CONTRACT_TABS: tuple[Tab[Contract], ...] = (
    ALL,
    Tab("draft", _("草稿"), partial(_in_states, [ContractState.DRAFT, ContractState.RENDERING])),
    Tab("worker", _("待劳动者签名"), partial(waiting_for, role="worker")),
    Tab("seal", _("待盖章"), partial(waiting_for, role="employer")),
    Tab("unfiled", _("已签未备案"), _not_filed),
    Tab("late", _("用工超 20 天未签"), _late),
    Tab("effective", _("已生效"), partial(_in_states, sorted(IN_FORCE))),
    Tab(
        "ended",
        _("未成立"),
        partial(_in_states, [ContractState.REFUSED, ContractState.WITHDRAWN, ContractState.EXPIRED]),
    ),
)
FILING_TABS: tuple[Tab[Filing], ...] = (
    ALL,
    Tab("overdue", _("已逾期"), partial(_at, [Level.OVERDUE])),
    Tab("week", _("7 天内到期"), partial(_at, [Level.DAY, Level.WEEK])),
    Tab("unfiled", _("待报"), partial(_in_states, UNFILED)),
    Tab("review", _("审核中"), partial(_in_states, [FilingState.RECEIVED, FilingState.UNDER_REVIEW])),
    Tab("review-late", _("审核超时"), _late_with_the_agency),
    Tab(
        "returned",
        _("退回或待处理"),
        partial(
            _in_states, [FilingState.RETURNED, FilingState.REJECTED, FilingState.VOIDED, FilingState.HELD]
        ),
    ),
    Tab("accepted", _("备案成功"), partial(_in_states, [FilingState.ACCEPTED])),
)
WORKER_TABS: tuple[Tab[Worker], ...] = (ALL, Tab("wishes", _("申请更正信息"), asking))
