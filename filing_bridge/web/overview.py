"""The first page: what the law's clocks say, what runs out, what is most urgent, the months behind."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.web.handbook import notices_shown
from accounts.web.lists import Table
from accounts.web.pages import Visit, for_members
from accounts.web.words import Tone, Words
from contracts import selectors as contracts
from contracts.models import Contract
from contracts.services.certificates import days_left, level_of
from contracts.web.deadline_tables import DEADLINES
from contracts.web.ending_tables import ENDINGS
from core import clock
from core.principal import Permission
from filing_bridge import selectors as filings
from filing_bridge.mass_endings import WINDOW
from filing_bridge.web import rows
from filing_bridge.web.tables import CONTRACTS, FILINGS, WORKERS
from signing.models import OrganisationKey

MOST_URGENT = 5


@dataclass(frozen=True)
class Counter:
    """A number on the overview, which leads to its list."""

    title: Words
    number: int
    address: str
    tone: Tone


# The overview's counters, on legal clocks: words, which list, which tab, the colour when there is something.
COUNTERS: tuple[tuple[Words, str, str, Tone], ...] = (
    (_("用工超 20 天未签"), "contracts", "late", Tone.BAD),
    (_("已签未备案"), "contracts", "unfiled", Tone.BAD),
    (_("备案已逾期"), "filings", "overdue", Tone.BAD),
    (_("备案退回或待处理"), "filings", "returned", Tone.BAD),
    (_("备案 7 天内到期"), "filings", "week", Tone.WARN),
    (_("审核超时"), "filings", "review-late", Tone.WARN),
    (_("待劳动者签名"), "contracts", "worker", Tone.WARN),
    (_("待盖章"), "contracts", "seal", Tone.WARN),
    (_("转移手续未办结"), "endings", "owing", Tone.WARN),
    (_("员工申请更正信息"), "workers", "wishes", Tone.WARN),
)
# What runs out, nearest first, each a tab of one list.
CLOCKS: tuple[tuple[Words, str, Tone], ...] = (
    (_("已到期仍在用工"), "over", Tone.BAD),
    (_("15 天内到期"), "term-15", Tone.BAD),
    (_("30 天内到期"), "term-30", Tone.WARN),
    (_("60 天内到期"), "term-60", Tone.PLAIN),
    (_("90 天内到期"), "term-90", Tone.PLAIN),
    (_("试用期 15 天内结束"), "probation", Tone.WARN),
    (_("工作许可 90 天内到期或已过期"), "permit", Tone.WARN),
)
# The lists that are counted: their addresses, and the rows that a member may see of them.
LISTS: Mapping[str, tuple[Table[Any, Any], str]] = {
    "contracts": (CONTRACTS, "portal:contracts"),
    "filings": (FILINGS, "portal:filings"),
    "endings": (ENDINGS, "endings:list"),
    "deadlines": (DEADLINES, "portal:deadlines"),
    "workers": (WORKERS, "portal:workers"),
}


@for_members
def overview(visit: Visit) -> HttpResponse:
    """What the law's clocks say, what is most urgent, and the months behind."""
    of_contracts = contracts.contracts_of(visit.principal)
    of_filings = filings.filings_of(visit.principal)
    unfiled = FILINGS.tab("unfiled").pick(of_filings)
    urgent = rows.light(unfiled).order_by("deadline", "id")[:MOST_URGENT]
    late = rows.light_contracts(CONTRACTS.tab("late").pick(of_contracts))
    return visit.show(
        "overview.html",
        counters=[_counted(visit, *row) for row in COUNTERS],
        clocks=[_counted(visit, title, "deadlines", show, tone) for title, show, tone in CLOCKS],
        certificate_days=_certificate_days(visit),
        warning=filings.latest_warning_of(visit.principal, clock.today() - WINDOW),
        urgent=rows.filing_rows(visit.principal, list(urgent)),
        notices=notices_shown(),
        outages=filings.outages_of(visit.principal, clock.today()),
        late=rows.contract_rows(visit.principal, list(late.order_by("employment_start", "pk")[:MOST_URGENT])),
        months=_months(of_contracts),
        may_draft=visit.may(Permission.DRAFT),
    )


def _counted(visit: Visit, title: Words, name: str, show: str, tone: Tone) -> Counter:
    """How many rows a tab of a list has."""
    table, route = LISTS[name]
    number = table.tab(show).pick(table.found(visit.principal)).count()
    return Counter(title, number, f"{reverse(route)}?show={show}", tone if number else Tone.PLAIN)


def _certificate_days(visit: Visit) -> int | None:
    """How long the employer's certificate still holds, once a warning of its end is due."""
    key = OrganisationKey.objects.filter(tenant=visit.principal.tenant).first()
    return days_left(key) if level_of(key) else None


def _months(of_contracts: QuerySet[Contract]) -> list[tuple[str, int]]:
    """How many contracts came into force in each of the last twelve months, this one included."""
    today = clock.today()
    months = [divmod(today.year * 12 + today.month - 1 - back, 12) for back in range(11, -1, -1)]
    first = datetime(months[0][0], months[0][1] + 1, 1, tzinfo=clock.SHANGHAI)
    counted = dict(
        of_contracts.filter(effective_at__gte=first)
        .order_by()
        .annotate(month=TruncMonth("effective_at", tzinfo=clock.SHANGHAI))
        .values_list("month")
        .annotate(number=Count("*"))  # of the index alone: a named column would have every row read
    )
    by_month = {(month.year, month.month): number for month, number in counted.items()}
    return [(f"{year}-{month + 1:02}", by_month.get((year, month + 1), 0)) for year, month in months]
