"""What the lists show of contracts and filings: few columns, loaded in a constant number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from accounts.masking import shown_name
from accounts.models import Worker
from accounts.web.words import Badge, Words
from contracts import selectors as contracts
from contracts.models import Contract, LaterDocument, TemplateVersion
from core import clock
from core.principal import Principal
from filing_bridge import selectors as filings
from filing_bridge.domain import level_of
from filing_bridge.models import Filing
from filing_bridge.protocol import Event
from filing_bridge.web.words import code_words, contract_badge, deadline_badge, filing_badge, names_of

FILING_COLUMNS = (
    "contract_id",
    "contract_no",
    "document_digest",
    "event",
    "filing_type",
    "version",
    "state",
    "deadline",
    "starts_on",
    "receipt_no",
    "created_at",
)
CONTRACT_COLUMNS = (
    "contract_no",
    "state",
    "employment_start",
    "signature_request",
    "created_at",
    "worker__name",
    "template_id",
)


WORKER_COLUMNS = ("name", "id_type", "id_no", "mobile", "created_at")


@dataclass(frozen=True)
class WorkerRow:
    """`contract_no`, `contract_id` and `state` are of the latest contract, if there is one."""

    id: UUID
    name: str
    id_type: str
    id_no: str
    mobile: str
    created_on: date
    contract_no: str
    contract_id: UUID | None
    state: Badge | None


@dataclass(frozen=True)
class FilingRow:
    """`document` is the address of the page of the change or ending that is filed; empty for a contract."""

    id: UUID
    contract_id: UUID
    contract_no: str
    event: Words
    document: str
    version: int
    worker: str
    starts_on: date
    state: Badge
    deadline: date
    warning: Badge | None
    receipt_no: str


@dataclass(frozen=True)
class ContractRow:
    id: UUID
    number: str
    worker: str
    template: str
    state: Badge
    start: date
    filing: FilingRow | None


def light(rows: QuerySet[Filing]) -> QuerySet[Filing]:
    """Without the record and the other encrypted columns, which a list does not show."""
    return rows.only(*FILING_COLUMNS)


def light_contracts(rows: QuerySet[Contract]) -> QuerySet[Contract]:
    """The columns of the list; not the facts and terms, which are long and encrypted."""
    return rows.only(*CONTRACT_COLUMNS).select_related("worker")


def contract_rows(principal: Principal, page: Sequence[Contract]) -> list[ContractRow]:
    """A page of contracts with whose turn it is and the newest filing of each."""
    turns = contracts.turns_of(page)
    of_page = filings.filings_of(principal).filter(contract_id__in=[contract.pk for contract in page])
    of_page = of_page.exclude(event=Event.CORRECTION)
    latest = {filing.contract_id: filing for filing in light(of_page).order_by("created_at")}
    # Asked for apart: a join would have every contract on the list open its template for the title.
    language = "en" if get_language() == "en" else "zh"
    used = TemplateVersion.objects.filter(pk__in={contract.template_id for contract in page})
    titles = dict(used.values_list("pk", f"content__title__{language}"))
    rows = []
    for contract in page:
        name = shown_name(principal, contract.worker.name)
        filing = latest.get(contract.pk)
        rows.append(
            ContractRow(
                id=contract.pk,
                number=contract.contract_no,
                worker=name,
                template=titles[contract.template_id],
                state=contract_badge(contract.state, turns.get(contract.pk)),
                start=contract.employment_start,
                filing=filing_row(filing, name) if filing else None,
            )
        )
    return rows


def worker_rows(principal: Principal, page: Sequence[Worker]) -> list[WorkerRow]:
    """A page of the roster, each with the latest contract."""
    of_page = contracts.contracts_of(principal).filter(worker_id__in=[worker.pk for worker in page])
    newest = of_page.filter(worker_id=OuterRef("worker_id")).order_by("-created_at", "-pk").values("pk")[:1]
    latest = {
        contract.worker_id: contract
        for contract in of_page.filter(pk=Subquery(newest)).only(*CONTRACT_COLUMNS, "worker_id")
    }
    turns = contracts.turns_of(latest.values())
    rows = []
    for worker in page:
        contract = latest.get(worker.pk)
        rows.append(
            WorkerRow(
                id=worker.pk,
                name=shown_name(principal, worker.name),
                id_type=code_words("id_type", worker.id_type),
                id_no=worker.id_no,
                mobile=worker.mobile,
                created_on=timezone.localdate(worker.created_at),
                contract_no=contract.contract_no if contract else "",
                contract_id=contract.pk if contract else None,
                state=contract_badge(contract.state, turns.get(contract.pk)) if contract else None,
            )
        )
    return rows


def filing_rows(principal: Principal, page: Sequence[Filing]) -> list[FilingRow]:
    """A page of filings with their workers' names."""
    of_page = contracts.contracts_of(principal).filter(pk__in={filing.contract_id for filing in page})
    names = dict(of_page.values_list("pk", "worker__name"))
    documents = documents_filed(principal, page)
    return [
        filing_row(
            filing, shown_name(principal, names.get(filing.contract_id, "")), documents.get(filing.pk, "")
        )
        for filing in page
    ]


def documents_filed(principal: Principal, page: Sequence[Filing]) -> dict[UUID, str]:
    """The addresses of the changes and endings that these filings are about: two queries."""
    of_page = {each.contract_id for each in page}
    found: Mapping[str, QuerySet[LaterDocument]] = {
        "portal:change": contracts.changes_of(principal).filter(contract_id__in=of_page),
        "portal:ending": contracts.terminations_of(principal).filter(contract_id__in=of_page),
    }
    pages = {
        digest: reverse(route, args=[key])
        for route, documents in found.items()
        for digest, key in documents.exclude(signed_digest="").values_list("signed_digest", "pk")
    }
    return {each.pk: pages[each.document_digest] for each in page if each.document_digest in pages}


def filing_row(filing: Filing, worker: str, document: str = "") -> FilingRow:
    """One filing in words."""
    today = clock.today()
    return FilingRow(
        id=filing.pk,
        contract_id=filing.contract_id,
        contract_no=filing.contract_no,
        event=names_of(filing)[0],
        document=document,
        version=filing.version,
        worker=worker,
        starts_on=filing.starts_on,
        state=filing_badge(filing.state),
        deadline=filing.deadline,
        warning=deadline_badge(level_of(filing.state, filing.deadline, today), filing.deadline, today),
        receipt_no=filing.receipt_no,
    )
