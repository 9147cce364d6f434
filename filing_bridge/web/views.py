"""The employers' pages that are composed of several apps': overview, one contract."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.masking import shown_name
from accounts.web.lists import Table
from accounts.web.pages import Visit, for_members
from accounts.web.words import Tone, Words
from contracts import selectors as contracts
from contracts.domain import CONCLUDED, ContractState
from contracts.models import Contract
from contracts.web.ending_words import ending_badge
from contracts.web.reaching import reached
from core import clock
from core.principal import Permission
from filing_bridge import selectors as filings
from filing_bridge.models import EvidencePackage
from filing_bridge.web import rows
from filing_bridge.web.actions import history_of
from filing_bridge.web.acts import acts_on
from filing_bridge.web.details import contract_shown, filing_shown, parties_shown, verify_code_of
from filing_bridge.web.sheets import open_sheets
from filing_bridge.web.tables import CONTRACTS, FILINGS
from filing_bridge.web.words import contract_badge

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
    (_("待劳动者签名"), "contracts", "worker", Tone.WARN),
    (_("待盖章"), "contracts", "seal", Tone.WARN),
    (_("30 天内到期"), "contracts", "ending", Tone.WARN),
)


@for_members
def overview(visit: Visit) -> HttpResponse:
    """What the law's clocks say, what is most urgent, and the months behind."""
    of_contracts = contracts.contracts_of(visit.principal)
    of_filings = filings.filings_of(visit.principal)
    counters = []
    for title, name, show, tone in COUNTERS:
        table: Table[Any, Any] = CONTRACTS if name == "contracts" else FILINGS
        number = table.tab(show).pick(of_contracts if name == "contracts" else of_filings).count()
        address = f"{reverse(f'portal:{name}')}?show={show}"
        counters.append(Counter(title, number, address, tone if number else Tone.PLAIN))
    unfiled = FILINGS.tab("unfiled").pick(of_filings)
    urgent = rows.light(unfiled).order_by("deadline", "id")[:MOST_URGENT]
    late = rows.light_contracts(CONTRACTS.tab("late").pick(of_contracts))
    return visit.show(
        "overview.html",
        counters=counters,
        urgent=rows.filing_rows(visit.principal, list(urgent)),
        outages=filings.outages_of(visit.principal, clock.today()),
        late=rows.contract_rows(visit.principal, list(late.order_by("employment_start", "pk")[:MOST_URGENT])),
        months=_months(of_contracts),
        may_draft=visit.may(Permission.DRAFT),
    )


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


@for_members
def contract_page(visit: Visit, contract_id: UUID) -> HttpResponse:
    """One contract: parties, terms, filing, and what has happened."""
    contract = contracts.contract_of(visit.principal, contract_id)
    of_contract = filings.filings_of(visit.principal).filter(contract_id=contract.pk)
    versions = list(of_contract.select_related("form").order_by("-created_at"))
    worker = shown_name(visit.principal, contract.worker.name)
    effective = contract.state in CONCLUDED
    ending = contracts.standing_termination_of(visit.principal, contract.pk) if effective else None
    return visit.show(
        "contract.html",
        contract=contract,
        title=contract.template.content["title"],
        state=contract_badge(contract.state, contracts.turns_of([contract]).get(contract.pk)),
        shown=contract_shown(visit.principal, contract),
        parties=parties_shown(visit.principal, contract.signature_request),
        verify_code=verify_code_of(visit.principal, contract),
        filings=[filing_shown(filing, worker) for filing in versions],
        steps=history_of(visit.principal, contract.pk, versions),
        acts=acts_on(visit, contract),
        ending=ending,
        ending_state=ending_badge(ending.state, contracts.turns_of([ending]).get(ending.pk))
        if ending
        else None,
        reached=reached(visit, contract),
        sheets=open_sheets(visit, contract) if contract.state != ContractState.DRAFT else range(0),
        may_open=visit.may(Permission.VIEW_PII),
        may_file=visit.may(Permission.FILE),
        has_document=bool(contract.signed_digest or contract.prepared_digest),
        has_evidence=effective and EvidencePackage.objects.filter(contract_id=contract.pk).exists(),
    )
