"""The lists of contracts, of workers and of filings."""

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import selectors as accounts
from accounts.masking import mask_number, mask_phone
from accounts.models import Worker
from accounts.web.lists import Bulk, Cell, Column, Filter, Opening, Table
from accounts.web.words import Words, by_language
from contracts import selectors as contracts
from contracts.models import Contract
from contracts.web.onsite import PRINT
from contracts.web.sealing import APPLY
from core.principal import Permission, Principal
from filing_bridge import selectors as filings
from filing_bridge.models import Filing
from filing_bridge.web import acts, rows
from filing_bridge.web.ending_batch_making import end_many
from filing_bridge.web.exports import PACKAGE, SHEET
from filing_bridge.web.rows import ContractRow, FilingRow, WorkerRow
from filing_bridge.web.tabs import CONTRACT_TABS, FILING_TABS, WORKER_TABS


def _contracts(principal: Principal) -> QuerySet[Contract]:
    return rows.light_contracts(contracts.contracts_of(principal))


def _filings(principal: Principal) -> QuerySet[Filing]:
    return rows.light(filings.filings_of(principal))


def _workers(principal: Principal) -> QuerySet[Worker]:
    return accounts.workers_of(principal).only(*rows.WORKER_COLUMNS)


def _template_choices(principal: Principal) -> list[tuple[str, Words]]:
    return [(slug, by_language(zh, en)) for slug, zh, en in contracts.template_titles(principal)]


def _filings_meant(found: QuerySet[Filing], text: str) -> QuerySet[Filing]:
    of_employer = Contract.objects.filter(employer_id=OuterRef("tenant"), pk=OuterRef("contract_id"))
    return found.filter(Exists(contracts.contracts_meant(of_employer, text)))


def _filing_state(row: ContractRow) -> Cell:
    return Cell(row.filing.state.words, tone=row.filing.state.tone) if row.filing else Cell("")


def _filing_deadline(row: ContractRow) -> Cell:
    return _deadline(row.filing) if row.filing else Cell("")


def _deadline(row: FilingRow) -> Cell:
    return Cell(row.deadline.isoformat(), warning=row.warning)


def _filing_number(row: FilingRow) -> Cell:
    version = gettext("第 %(number)s 版") % {"number": row.version} if row.version > 1 else ""
    return Cell(row.contract_no, link=reverse("portal:contract", args=[row.contract_id]), note=version)


def _version_choices(principal: Principal) -> list[tuple[str, str]]:
    """The template versions among which the contracts can be narrowed, the newest of each first."""
    language = by_language("zh", "en")
    versions = contracts.versions_of(principal).order_by("slug", "-number")
    found = versions.values_list("pk", "number", f"content__title__{language}")
    return [
        (str(key), gettext("%(title)s，第 %(number)s 版") % {"title": title, "number": number})
        for key, number, title in found
    ]


HINT = _("合同编号、姓名、证件号码、手机号或其末四位")

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
    filters=(
        Filter(
            "template",
            _("合同类型"),
            lambda found, slug: found.filter(template__slug=slug),
            options=_template_choices,
        ),
        Filter(
            "version",
            _("模板版本"),
            lambda found, version: found.filter(template_id=int(version)),
            options=_version_choices,
        ),
        Filter("from", _("用工之日不早于"), lambda found, day: found.filter(employment_start__gte=day)),
        Filter("to", _("不晚于"), lambda found, day: found.filter(employment_start__lte=day)),
    ),
    search=contracts.contracts_meant,
    hint=HINT,
    bulk=(
        Bulk("remind", _("催签"), Permission.SEND, acts.remind_many),
        PRINT,
        APPLY,
        Bulk("withdraw", _("撤回"), Permission.SEND, acts.withdraw_many),
        Bulk("end", _("批量解除终止"), Permission.SEND, end_many),
    ),
    openings=(Opening(_("发起合同"), "portal:send", "send", Permission.DRAFT),),
    empty=_("还没有合同"),
    empty_text=_("点“发起合同”写第一份；人事系统通过接口发起的合同也显示在这里。"),
)

FILINGS: Table[Filing, FilingRow] = Table(
    name="filings",
    title=_("备案"),
    columns=(
        Column("number", _("合同编号"), _filing_number, sort="contract_no", kind="number"),
        Column("worker", _("劳动者"), lambda row: Cell(row.worker), kind="name"),
        Column("event", _("备案事项"), lambda row: Cell(row.event, link=row.document)),
        Column(
            "start", _("发生日期"), lambda row: Cell(row.starts_on.isoformat()), sort="starts_on", kind="date"
        ),
        Column("state", _("备案状态"), lambda row: Cell(row.state.words, tone=row.state.tone)),
        Column("deadline", _("备案期限"), _deadline, sort="deadline", kind="date"),
        Column("receipt", _("回执号"), lambda row: Cell(row.receipt_no), kind="number"),
    ),
    found=_filings,
    rows=rows.filing_rows,
    key=lambda row: row.id,
    order="deadline",
    bulk=(SHEET, PACKAGE),
    tabs=FILING_TABS,
    search=_filings_meant,
    hint=HINT,
    empty=_("还没有备案"),
    empty_text=_("合同双方签署完成后，备案自动生成并报送。"),
)

WORKERS: Table[Worker, WorkerRow] = Table(
    name="workers",
    title=_("员工"),
    columns=(
        Column(
            "name",
            _("姓名"),
            lambda row: Cell(row.name, link=reverse("portal:worker", args=[row.id])),
            sort="name",
            kind="name",
        ),
        Column("id_type", _("证件类型"), lambda row: Cell(row.id_type)),
        Column("id_no", _("证件号码"), lambda row: Cell(mask_number(row.id_no)), kind="number"),
        Column("mobile", _("手机号码"), lambda row: Cell(mask_phone(row.mobile)), kind="number"),
        Column(
            "contract",
            _("最近的合同"),
            lambda row: (
                Cell(row.contract_no, link=reverse("portal:contract", args=[row.contract_id]))
                if row.contract_id
                else Cell("")
            ),
            kind="number",
        ),
        Column(
            "state",
            _("合同状态"),
            lambda row: Cell(row.state.words, tone=row.state.tone) if row.state else Cell(""),
        ),
        Column(
            "created",
            _("加入名册"),
            lambda row: Cell(row.created_on.isoformat()),
            sort="created_at",
            kind="date",
        ),
    ),
    found=_workers,
    rows=rows.worker_rows,
    key=lambda row: row.id,
    order="-created_at",
    tabs=WORKER_TABS,
    search=accounts.workers_meant,
    hint=_("姓名、证件号码、手机号或其末四位"),
    bulk=(Bulk("send", _("发起合同"), Permission.DRAFT, acts.send_to),),
    openings=(Opening(_("添加员工"), "portal:new_worker", "user-plus", Permission.DRAFT),),
    empty=_("名册上还没有员工"),
    empty_text=_("点“添加员工”录入第一位；批量发送时也可以用表格一次录入。"),
)
