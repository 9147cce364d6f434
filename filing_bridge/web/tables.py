"""The lists of contracts and of filings."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from accounts.web.lists import Cell, Column, Table
from contracts import selectors as contracts
from contracts.models import Contract
from core.principal import Principal
from filing_bridge import selectors as filings
from filing_bridge.models import Filing
from filing_bridge.web import rows
from filing_bridge.web.rows import ContractRow, FilingRow
from filing_bridge.web.tabs import CONTRACT_TABS, FILING_TABS


def _contracts(principal: Principal) -> QuerySet[Contract]:
    return rows.light_contracts(contracts.contracts_of(principal))


def _filings(principal: Principal) -> QuerySet[Filing]:
    return rows.light(filings.filings_of(principal))


def _filing_state(row: ContractRow) -> Cell:
    return Cell(row.filing.state.words, tone=row.filing.state.tone) if row.filing else Cell("")


def _filing_deadline(row: ContractRow) -> Cell:
    return _deadline(row.filing) if row.filing else Cell("")


def _deadline(row: FilingRow) -> Cell:
    return Cell(row.deadline.isoformat(), warning=row.warning)


def _filing_number(row: FilingRow) -> Cell:
    version = translated("第 %(number)s 版") % {"number": row.version} if row.version > 1 else ""
    return Cell(row.contract_no, link=reverse("portal:contract", args=[row.contract_id]), note=version)


CONTRACTS: Table[Contract, ContractRow] = Table(
    name="contracts",
    title=_("合同"),
    columns=(
        Column(
            "number",
            _("合同编号"),
            lambda row: Cell(row.number, link=reverse("portal:contract", args=[row.id])),
            sort="contract_no",
            kind="number",
        ),
        Column("worker", _("劳动者"), lambda row: Cell(row.worker), kind="name"),
        Column("template", _("合同类型"), lambda row: Cell(row.template)),
        Column("state", _("合同状态"), lambda row: Cell(row.state.words, tone=row.state.tone)),
        Column(
            "start",
            _("用工之日"),
            lambda row: Cell(row.start.isoformat()),
            sort="employment_start",
            kind="date",
        ),
        Column("filing", _("备案状态"), _filing_state),
        Column("deadline", _("备案期限"), _filing_deadline, kind="date"),
    ),
    found=_contracts,
    rows=rows.contract_rows,
    key=lambda row: row.id,
    order="-created_at",
    tabs=CONTRACT_TABS,
    empty=_("还没有合同"),
    empty_text=_("人事系统通过接口发起的合同会显示在这里。"),
)

FILINGS: Table[Filing, FilingRow] = Table(
    name="filings",
    title=_("备案"),
    columns=(
        Column("number", _("合同编号"), _filing_number, sort="contract_no", kind="number"),
        Column("worker", _("劳动者"), lambda row: Cell(row.worker), kind="name"),
        Column(
            "start", _("用工之日"), lambda row: Cell(row.starts_on.isoformat()), sort="starts_on", kind="date"
        ),
        Column("state", _("备案状态"), lambda row: Cell(row.state.words, tone=row.state.tone)),
        Column("deadline", _("备案期限"), _deadline, sort="deadline", kind="date"),
        Column("receipt", _("回执号"), lambda row: Cell(row.receipt_no), kind="number"),
    ),
    found=_filings,
    rows=rows.filing_rows,
    key=lambda row: row.id,
    order="deadline",
    tabs=FILING_TABS,
    empty=_("还没有备案"),
    empty_text=_("合同双方签署完成后，备案自动生成并报送。"),
)
