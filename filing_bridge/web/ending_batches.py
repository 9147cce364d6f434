"""The pages of a batch of endings: as its state asks for, its rows, and the acts on it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.masking import shown_name
from accounts.web.forms import words_of
from accounts.web.pages import Visit, for_acting, for_members
from accounts.web.words import Badge, Words
from contracts.bulk.remarks import recall
from contracts.models import Termination
from contracts.selectors import waiting_for
from contracts.web.batch_uploads import workbook_answer
from contracts.web.sealing import ask_for_seal
from core.errors import Refused
from core.principal import Permission
from filing_bridge import selectors
from filing_bridge.mass_endings import GATE_PASSED, EndingBatchState, EndingRowState
from filing_bridge.models import EndingBatch, EndingRow
from filing_bridge.services.mass_endings import confirming, gate, making, running
from filing_bridge.services.mass_endings.results import Progress, progress_of, results_of
from filing_bridge.web.ending_batch_tables import name_of
from filing_bridge.web.ending_batch_words import (
    PAPERS,
    STATES,
    reason_in_words,
    refusal_in_words,
    result_badge,
    row_badge,
)

B, R = EndingBatchState, EndingRowState
ROWS_A_PAGE = 25
MOVING = (B.CHECKING, B.RUNNING)
# What of the rows is looked at: name in the address → title, how they are narrowed, the key of their count.
SHOWS: Mapping[str, tuple[Words, Q, str]] = {
    "faulty": (_("有错误"), Q(faults__gt=0), "faulty"),
    "manual": (_("待人工处理"), Q(state=R.MANUAL), "manual"),
    "person": (_("将由人工处理"), Q(by_hand=True), "for_person"),
    "waiting": (_("自动办理"), Q(state=R.WAITING, faults=0, by_hand=False), "waiting"),
    "opened": (_("已发起"), Q(state=R.OPENED), "opened"),
    "out": (_("已移出"), Q(state=R.LEFT_OUT), "left_out"),
    "all": (_("全部"), Q(), "all"),
}
BEFORE = ("faulty", "person", "all")  # the rows are not frozen yet
AFTER = ("manual", "waiting", "opened", "out", "all")


@dataclass(frozen=True)
class PaperShown:
    """A paper that the gate asks for, or the day and number under which it is on record."""

    key: str
    title: Words
    text: Words
    on: date | None
    number: str


@dataclass(frozen=True)
class RowShown:
    number: int
    name: str
    contract: UUID | None
    contract_no: str
    reason: str
    ends_on: date | None
    state: Badge
    ending: UUID | None
    receipt_no: str
    owner: str
    note: str
    manual: bool
    faults: Sequence[str]
    warnings: Sequence[str]


@dataclass(frozen=True)
class Act:
    """`text` may name {all} and {for_person}, numbers of rows; without a text nothing is asked."""

    run: Callable[..., EndingBatch]
    title: Words
    text: Words
    done: Words
    danger: bool = False


ACTS: Mapping[str, Act] = {
    "freeze": Act(
        gate.freeze_batch,
        _("冻结名单"),
        _("名单共 {all} 人，冻结以后不能再改；{for_person} 人转人工处理，其余的自动办理。之后登记法定文书。"),
        _("名单已冻结。"),
    ),
    "start": Act(
        gate.start_batch,
        _("开始办理"),
        _("自动办理的合同到日期后生成证明书，盖章后自动备案；劳动者会收到短信。"),
        _("已开始办理。可以关闭页面，办理不会中断。"),
    ),
    "pause": Act(running.pause_batch, _("暂停办理"), "", _("已暂停。")),
    "resume": Act(gate.resume_batch, _("继续办理"), "", _("已继续办理。")),
    "cancel": Act(
        making.cancel_batch,
        _("取消这一批"),
        _("还没有发起的不再办理，合同继续履行。已经发起的不受影响，需要时请逐份撤回。"),
        _("已取消。"),
        danger=True,
    ),
}


@for_members
def batch_page(visit: Visit, batch_id: UUID) -> HttpResponse:
    """One batch. While it moves, the page follows it; closing the page stops nothing."""
    batch = selectors.ending_batch_of(visit.principal, batch_id)
    about = _about(visit, batch)
    shows = {name: SHOWS[name] for name in (AFTER if batch.digest else BEFORE)}
    show = visit.request.GET.get("show", "")
    if show not in shows:
        show = next((name for name, (_title, _rows, key) in shows.items() if about["tally"][key]), "all")
    after = visit.request.GET.get("after", "")
    rows = batch.rows.filter(SHOWS[show][1], number__gt=int(after) if after.isdecimal() else 0)
    page = list(rows.select_related("contract__worker", "owner").order_by("number")[: ROWS_A_PAGE + 1])
    return visit.show(
        "ending_batch.html",
        **about,
        rows=rows_shown(visit, batch, page[:ROWS_A_PAGE]),
        shows=[
            (name, title, about["tally"][key])
            for name, (title, _rows, key) in shows.items()
            if about["tally"][key]
        ],
        show=show,
        after=after,
        next=page[ROWS_A_PAGE - 1].number if len(page) > ROWS_A_PAGE else None,
    )


@for_members
def progress(visit: Visit, batch_id: UUID) -> HttpResponse:
    """How far the batch has got, for the page that is open; loaded anew when the batch stands still."""
    batch = selectors.ending_batch_of(visit.principal, batch_id)
    answer = render(visit.request, "portal/ending_batch_progress.html", _about(visit, batch))
    if batch.state not in MOVING:
        answer["HX-Refresh"] = "true"
    return answer


@for_members
def rows_file(visit: Visit, batch_id: UUID) -> HttpResponse:
    """All rows with what is to be said of each: for the authority, or to be mended."""
    data = making.sheet_of_batch(principal=visit.principal, batch_id=batch_id)
    return workbook_answer(data, f"{gettext('批量解除终止')}-{batch_id.hex[:8]}.xlsx")


@for_acting
def act(visit: Visit, batch_id: UUID, name: str) -> HttpResponse:
    """Ask, then do it."""
    wanted = ACTS.get(name)
    if wanted is None:
        raise Refused("not_found")
    batch = selectors.ending_batch_of(visit.principal, batch_id)
    visit.principal.require(Permission.SEND)
    if not visit.posted or (wanted.text and "confirmed" not in visit.request.POST):
        return visit.ask(
            wanted.title,
            str(wanted.text).format(**selectors.ending_tallies_of([batch])[batch.pk]),
            action=wanted.title,
            back=reverse("ending_batches:batch", args=[batch.pk]),
            danger=wanted.danger,
        )
    wanted.run(principal=visit.principal, batch_id=batch.pk)
    return visit.done(wanted.done, "ending_batches:batch", batch.pk)


@for_acting
def seal(visit: Visit, batch_id: UUID) -> HttpResponse:
    """Ask for the seal on all certificates of the batch that wait for it."""
    batch = selectors.ending_batch_of(visit.principal, batch_id)
    visit.principal.require(Permission.SEAL_REQUEST)
    waiting = waiting_for(Termination.objects.filter(ending_row__batch=batch), "employer")
    wanted = list(waiting.values_list("pk", flat=True))
    return ask_for_seal(visit, terminations=wanted, back=reverse("ending_batches:batch", args=[batch.pk]))


@for_acting
def dates(visit: Visit, batch_id: UUID) -> HttpResponse:
    """The last days of filings that cannot be undone; POST confirms exactly what was shown."""
    batch = selectors.ending_batch_of(visit.principal, batch_id)
    if visit.posted:
        number = confirming.confirm_many(
            principal=visit.principal, batch_id=batch.pk, digest=visit.request.POST.get("digest", "")
        )
        words = gettext("已确认 %(number)s 份备案的日期，将自动报送。") % {"number": number}
        return visit.done(words, "ending_batches:batch", batch.pk)
    return visit.show(
        "ending_batch_dates.html",
        batch=batch,
        name=name_of(batch),
        asked=confirming.confirmable(visit.principal, batch.pk),
    )


def rows_shown(visit: Visit, batch: EndingBatch, rows: Sequence[EndingRow]) -> list[RowShown]:
    """Rows in words; remarks and notes, which may tell of health, for who may see personal data."""
    results = results_of(rows)
    shown = []
    for row in rows:
        remarks = [recall(stored) for stored in row.remarks] if visit.may(Permission.VIEW_PII) else []
        result = results[row.pk]
        state = row_badge(row.state, row.faults > 0, row.by_hand, bool(batch.digest))
        refused = [refusal_in_words(row.refusal)] if row.refusal and row.state == R.MANUAL else []
        settled = row.state in (R.OPENED, R.LEFT_OUT)
        shown.append(
            RowShown(
                number=row.number,
                name=shown_name(visit.principal, row.contract.worker.name) if row.contract else "",
                contract=row.contract_id,
                contract_no=row.contract.contract_no if row.contract else "",
                reason=reason_in_words(row.reason),
                ends_on=row.ends_on,
                state=result_badge(result) if result.ending else state,
                ending=row.termination_id,
                receipt_no=result.receipt_no,
                owner=row.owner.name if row.owner else "",
                note=row.note if visit.may(Permission.VIEW_PII) else "",
                manual=row.state == R.MANUAL,
                faults=[*refused, *(words_of(each.fault) for each in remarks if each.stops and not settled)],
                warnings=[words_of(each.fault) for each in remarks if not each.stops and not settled],
            )
        )
    return shown


def papers_shown(batch: EndingBatch) -> Iterator[PaperShown]:
    """What the gate asks of this batch."""
    for paper in batch.needed():
        title, text = PAPERS[paper]
        number = getattr(batch, f"{paper}_no", "")
        yield PaperShown(paper.value, title, text, getattr(batch, f"{paper}_on"), number)


def _about(visit: Visit, batch: EndingBatch) -> dict[str, Any]:
    tally = selectors.ending_tallies_of([batch])[batch.pk]
    papers = list(papers_shown(batch))
    passed = batch.state in GATE_PASSED
    return {
        "batch": batch,
        "name": name_of(batch),
        "state": STATES[batch.state],
        "tally": tally,
        "finished": tally["opened"] + tally["manual"] + tally["left_out"],
        "moving": batch.state in MOVING,
        "passed": passed,
        "progress": progress_of(batch) if passed else Progress(0, 0, 0, 0),
        "to_confirm": confirming.waiting_number(batch.pk) if passed else 0,
        "papers": papers,
        "gate_open": all(each.on for each in papers),
        "may_send": visit.may(Permission.SEND),
        "may_file": visit.may(Permission.FILE),
        "may_open": visit.may(Permission.VIEW_PII),
        "may_seal": visit.may(Permission.SEAL_REQUEST),
    }
