"""The list of changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.masking import shown_name
from accounts.web.lists import ALL, Bulk, Cell, Column, Filter, Tab, Table
from accounts.web.pages import Visit
from accounts.web.words import Badge
from contracts import selectors
from contracts.domain import DocumentState
from contracts.models import Change, Contract
from contracts.web.change_words import change_badge
from contracts.web.sealing import ask_for_seal
from core import clock
from core.principal import Permission, Principal
from filing_bridge import selectors as filings
from filing_bridge.mapping import filed_items
from filing_bridge.web.term_words import label_of
from filing_bridge.web.words import filing_badge

D = DocumentState
COLUMNS = (
    "agreement_no",
    "state",
    "effective_on",
    "facts",
    "opened_at",
    "signature_request",
    "signed_digest",
    "contract__contract_no",
    "contract__worker__name",
)


@dataclass(frozen=True)
class ChangeRow:
    """`filing` is None until there is one; `filed` says whether there will be."""

    id: UUID
    agreement_no: str
    contract_id: UUID
    contract_no: str
    worker: str
    what: str
    effective_on: date
    state: Badge
    filing: Badge | None
    filed: bool


def _found(principal: Principal) -> QuerySet[Change]:
    return selectors.changes_of(principal).select_related("contract__worker").only(*COLUMNS)


def _rows(principal: Principal, page: Sequence[Change]) -> list[ChangeRow]:
    turns = selectors.turns_of(page)
    digests = [each.signed_digest for each in page if each.signed_digest]
    of_page = filings.filings_of(principal).filter(
        contract_id__in={each.contract_id for each in page}, document_digest__in=digests
    )
    states = dict(of_page.order_by("version").values_list("document_digest", "state"))
    return [_row(principal, each, turns.get(each.pk), states.get(each.signed_digest)) for each in page]


def _row(principal: Principal, change: Change, turn: str | None, filing: str | None) -> ChangeRow:
    names = dict.fromkeys(str(label_of(item["field"])) for item in change.facts["change"]["items"])
    return ChangeRow(
        id=change.pk,
        agreement_no=change.agreement_no,
        contract_id=change.contract_id,
        contract_no=change.contract.contract_no,
        worker=shown_name(principal, change.contract.worker.name),
        what=gettext("、").join(names),
        effective_on=change.effective_on,
        state=change_badge(change, turn),
        filing=filing_badge(filing) if filing else None,
        filed=bool(filed_items(change.facts)),
    )


def _filing(row: ChangeRow) -> Cell:
    if row.filing is not None:
        return Cell(row.filing.words, tone=row.filing.tone)
    return Cell("" if row.filed else _("不需要备案"))


def _in_states(states: Sequence[D], rows: QuerySet[Change]) -> QuerySet[Change]:
    return rows.filter(state__in=states)


def _to_come(rows: QuerySet[Change]) -> QuerySet[Change]:
    return rows.filter(state=D.COMPLETED, effective_on__gt=clock.today())


def _in_force(rows: QuerySet[Change]) -> QuerySet[Change]:
    return rows.filter(state=D.COMPLETED, effective_on__lte=clock.today())


def _meant(rows: QuerySet[Change], text: str) -> QuerySet[Change]:
    of_change = Contract.objects.filter(employer_id=OuterRef("employer_id"), pk=OuterRef("contract_id"))
    return rows.filter(Exists(selectors.contracts_meant(of_change, text)))


def _seal(visit: Visit, picked: QuerySet[Change]) -> object:
    """Ask for the seal on the picked agreements."""
    wanted = list(picked.values_list("pk", flat=True))
    return ask_for_seal(visit, changes=wanted, back=reverse("portal:changes") + "?show=seal")


CHANGES: Table[Change, ChangeRow] = Table(
    name="changes",
    title=_("合同变更"),
    columns=(
        Column(
            "number",
            _("协议编号"),
            lambda row: Cell(row.agreement_no, link=reverse("portal:change", args=[row.id])),
            sort="agreement_no",
            kind="number",
        ),
        Column("worker", _("劳动者"), lambda row: Cell(row.worker), kind="name"),
        Column(
            "contract",
            _("合同编号"),
            lambda row: Cell(row.contract_no, link=reverse("portal:contract", args=[row.contract_id])),
            kind="number",
        ),
        Column("what", _("变更事项"), lambda row: Cell(row.what)),
        Column(
            "effective_on",
            _("生效日期"),
            lambda row: Cell(row.effective_on.isoformat()),
            sort="effective_on",
            kind="date",
        ),
        Column("state", _("状态"), lambda row: Cell(row.state.words, tone=row.state.tone)),
        Column("filing", _("备案状态"), _filing),
    ),
    found=_found,
    rows=_rows,
    key=lambda row: row.id,
    order="-opened_at",
    tabs=(
        ALL,
        Tab("worker", _("待劳动者签名"), partial(selectors.waiting_for, role="worker")),
        Tab("seal", _("待盖章"), partial(selectors.waiting_for, role="employer")),
        Tab("coming", _("已签署，到期生效"), _to_come),
        Tab("done", _("已生效"), _in_force),
        Tab("void", _("未成立"), partial(_in_states, [D.REFUSED, D.WITHDRAWN, D.EXPIRED])),
    ),
    filters=(
        Filter("from", _("生效日期不早于"), lambda found, day: found.filter(effective_on__gte=day)),
        Filter("to", _("不晚于"), lambda found, day: found.filter(effective_on__lte=day)),
    ),
    search=_meant,
    hint=_("合同编号、姓名、证件号码、手机号或其末四位"),
    bulk=(Bulk("seal", _("申请用印"), Permission.SEAL_REQUEST, _seal),),
    empty=_("还没有合同变更"),
    empty_text=_("在已生效的合同页上点“变更”办理。"),
)
