"""The list of endings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.masking import shown_name
from accounts.web.lists import ALL, Bulk, Cell, Column, Filter, Opening, Tab, Table
from accounts.web.pages import Visit
from accounts.web.words import Badge, Tone, Words, by_language
from contracts import selectors
from contracts.domain import STANDING_TERMINATION, DocumentState
from contracts.endings.checks import FILED_WITHIN
from contracts.endings.reasons import BY_AGENCY
from contracts.models import Contract, Termination
from contracts.web.ending_words import ending_badge
from contracts.web.sealing import ask_for_seal
from core import clock, codes
from core.principal import Permission, Principal

T = DocumentState
COLUMNS = (
    "certificate_no",
    "state",
    "reason",
    "ends_on",
    "opened_at",
    "signature_request",
    "file_moved_on",
    "insurance_moved_on",
    "contract__contract_no",
    "contract__worker__name",
)
NEAR = timedelta(days=7)
UNDONE = Q(state=T.COMPLETED) & (Q(file_moved_on=None) | Q(insurance_moved_on=None))


@dataclass(frozen=True)
class EndingRow:
    """`until` is the last day for the transfers; there is none where the contract goes on."""

    id: UUID
    certificate_no: str
    contract_id: UUID
    contract_no: str
    worker: str
    reason: str
    ends_on: date
    state: Badge
    until: date | None
    warning: Badge | None


def clock_badge(until: date, *, done: bool) -> Badge | None:
    """How near the fifteenth day after an ending is; nothing once all is done."""
    if done:
        return None
    left = (until - clock.today()).days
    if left < 0:
        words = ngettext("已逾期 %(days)s 天", "已逾期 %(days)s 天", -left) % {"days": -left}
        return Badge(words, Tone.BAD)
    if left == 0:
        return Badge(_("今天到期"), Tone.BAD)
    words = ngettext("还剩 %(days)s 天", "还剩 %(days)s 天", left) % {"days": left}
    return Badge(words, Tone.WARN if left <= NEAR.days else Tone.PLAIN)


def _found(principal: Principal) -> QuerySet[Termination]:
    """Without the facts, which a list does not show."""
    return selectors.terminations_of(principal).select_related("contract__worker").only(*COLUMNS)


def _rows(principal: Principal, page: Sequence[Termination]) -> list[EndingRow]:
    turns = selectors.turns_of(page)
    return [_row(principal, each, turns.get(each.pk)) for each in page]


def _row(principal: Principal, ending: Termination, turn: str | None) -> EndingRow:
    until = ending.ends_on + FILED_WITHIN
    owing = ending.state == T.COMPLETED and not (ending.file_moved_on and ending.insurance_moved_on)
    reason = codes.table("end_reason")[ending.reason]
    return EndingRow(
        id=ending.pk,
        certificate_no=ending.certificate_no,
        contract_id=ending.contract_id,
        contract_no=ending.contract.contract_no,
        worker=shown_name(principal, ending.contract.worker.name),
        reason=by_language(reason.zh, reason.en),
        ends_on=ending.ends_on,
        state=ending_badge(ending.state, turn),
        until=until if ending.state in STANDING_TERMINATION else None,
        warning=clock_badge(until, done=not owing),
    )


def _in_states(states: Sequence[T], rows: QuerySet[Termination]) -> QuerySet[Termination]:
    return rows.filter(state__in=states)


def _owing(rows: QuerySet[Termination]) -> QuerySet[Termination]:
    return rows.filter(UNDONE)


def _meant(rows: QuerySet[Termination], text: str) -> QuerySet[Termination]:
    of_ending = Contract.objects.filter(employer_id=OuterRef("employer_id"), pk=OuterRef("contract_id"))
    return rows.filter(Exists(selectors.contracts_meant(of_ending, text)))


def _reasons(principal: Principal) -> list[tuple[str, Words]]:
    rows = codes.table("end_reason").values()
    return [(row.code, by_language(row.zh, row.en)) for row in rows if row.code != BY_AGENCY]


def _seal(visit: Visit, picked: QuerySet[Termination]) -> object:
    """Ask for the seal on the picked certificates."""
    wanted = list(picked.values_list("pk", flat=True))
    return ask_for_seal(visit, terminations=wanted, back=reverse("endings:list") + "?show=seal")


ENDINGS: Table[Termination, EndingRow] = Table(
    name="endings",
    title=_("解除和终止"),
    columns=(
        Column(
            "number",
            _("证明书编号"),
            lambda row: Cell(row.certificate_no, link=reverse("portal:ending", args=[row.id])),
            sort="certificate_no",
            kind="number",
        ),
        Column("worker", _("劳动者"), lambda row: Cell(row.worker), kind="name"),
        Column(
            "contract",
            _("合同编号"),
            lambda row: Cell(row.contract_no, link=reverse("portal:contract", args=[row.contract_id])),
            kind="number",
        ),
        Column("reason", _("原因"), lambda row: Cell(row.reason)),
        Column(
            "ends_on",
            _("日期"),
            lambda row: Cell(row.ends_on.isoformat()),
            sort="ends_on",
            kind="date",
        ),
        Column("state", _("状态"), lambda row: Cell(row.state.words, tone=row.state.tone)),
        Column(
            "until",
            _("转移手续期限"),
            lambda row: Cell(row.until.isoformat() if row.until else "", warning=row.warning),
            kind="date",
        ),
    ),
    found=_found,
    rows=_rows,
    key=lambda row: row.id,
    order="-opened_at",
    tabs=(
        ALL,
        Tab("planned", _("未到日期"), partial(_in_states, [T.PLANNED])),
        Tab("worker", _("待劳动者签名"), partial(selectors.waiting_for, role="worker")),
        Tab("seal", _("待盖章"), partial(selectors.waiting_for, role="employer")),
        Tab("owing", _("转移手续未办结"), _owing),
        Tab("done", _("已解除或终止"), partial(_in_states, [T.COMPLETED])),
        Tab("void", _("未成立"), partial(_in_states, [T.REFUSED, T.WITHDRAWN, T.EXPIRED])),
    ),
    filters=(
        Filter("reason", _("原因"), lambda found, code: found.filter(reason=code), options=_reasons),
        Filter("from", _("日期不早于"), lambda found, day: found.filter(ends_on__gte=day)),
        Filter("to", _("不晚于"), lambda found, day: found.filter(ends_on__lte=day)),
    ),
    search=_meant,
    hint=_("合同编号、姓名、证件号码、手机号或其末四位"),
    bulk=(Bulk("seal", _("申请用印"), Permission.SEAL_REQUEST, _seal),),
    openings=(Opening(_("批量办理"), "ending_batches:list", "stack-2", Permission.READ),),
    empty=_("还没有解除或者终止"),
    empty_text=_("在已生效的合同页上点“解除或终止”办理。"),
)
