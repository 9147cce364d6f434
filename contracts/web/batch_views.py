"""A batch as its state asks for: its rows to be looked through, its progress, its results."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from accounts.web.pages import Visit, for_members
from accounts.web.words import Words
from contracts import selectors
from contracts.domain import BATCH_UNCONFIRMED, BatchState, RowState
from contracts.models import Batch
from contracts.services.batches.faulty import faults_of_batch
from contracts.web.batch_rows import may_mend, rows_shown
from contracts.web.batch_uploads import workbook_answer
from contracts.web.batch_words import BATCH_STATES, refusal_in_words, title_of
from core.principal import Permission

ROWS_A_PAGE = 25
MOVING = (BatchState.CHECKING, BatchState.RUNNING)
# What of the rows is looked at: name in the address → title, and how the rows are narrowed.
SHOWS: dict[str, tuple[Words, dict[str, Any]]] = {
    "faulty": (_("有错误"), {"faulty": True, "state": RowState.WAITING}),
    "good": (_("没有错误"), {"faulty": False, "state": RowState.WAITING}),
    "failed": (_("发送失败"), {"state": RowState.FAILED}),
    "sent": (_("已发送"), {"state": RowState.SENT}),
    "all": (_("全部"), {}),
}


@for_members
def batch_page(visit: Visit, batch_id: UUID) -> HttpResponse:
    """One batch. While it moves, the page follows it; closing the page stops nothing."""
    batch = selectors.batch_of(visit.principal, batch_id)
    if batch.state == BatchState.MAPPING and visit.may(Permission.DRAFT):
        return redirect("batches:columns", batch.pk)
    about = _about(visit, batch)
    show = _show(visit, about["counts"])
    after = visit.request.GET.get("after", "")
    rows = selectors.rows_of(batch, **SHOWS[show][1]).select_related("contract")
    page = list(rows.filter(number__gt=int(after) if after.isdecimal() else 0)[: ROWS_A_PAGE + 1])
    return visit.show(
        "batch.html",
        **about,
        rows=rows_shown(visit, batch, page[:ROWS_A_PAGE]),
        shows=[(name, SHOWS[name][0], number) for name, number in about["counts"].items() if number],
        show=show,
        after=after,
        next=page[ROWS_A_PAGE - 1].number if len(page) > ROWS_A_PAGE else None,
    )


@for_members
def progress(visit: Visit, batch_id: UUID) -> HttpResponse:
    """How far the batch has got, for the page that is open; it is loaded anew when the batch stands still."""
    batch = selectors.batch_of(visit.principal, batch_id)
    answer = render(visit.request, "portal/batch_progress.html", _about(visit, batch))
    if batch.state not in MOVING:
        answer["HX-Refresh"] = "true"
    return answer


@for_members
def faults_file(visit: Visit, batch_id: UUID) -> HttpResponse:
    """The faulty rows with what is wrong beside them, to be mended and uploaded again."""
    batch = selectors.batch_of(visit.principal, batch_id)
    data = faults_of_batch(principal=visit.principal, batch_id=batch.pk)
    return workbook_answer(data, f"{title_of(batch.template)}-{translated('有错误的行')}.xlsx")


def _about(visit: Visit, batch: Batch) -> dict[str, Any]:
    tally = selectors.tallies_of([batch])[batch.pk]
    confirmed = batch.state not in BATCH_UNCONFIRMED
    return {
        "batch": batch,
        "title": title_of(batch.template),
        "state": BATCH_STATES[batch.state],
        "tally": tally,
        "finished": tally.sent + tally.failed,
        "to_send": tally.sent + tally.failed + tally.good,
        "moving": batch.state in MOVING,
        "confirmed": confirmed,
        "counts": {
            "faulty": tally.faulty,
            "good": tally.good,
            "failed": tally.failed,
            "sent": tally.sent,
            "all": batch.size,
        },
        "halted": refusal_in_words(batch.halted) if batch.halted else "",
        "may_draft": visit.may(Permission.DRAFT),
        "may_send": visit.may(Permission.SEND),
        "may_open": visit.may(Permission.VIEW_PII),
        "may_mend": may_mend(visit, batch),
    }


def _show(visit: Visit, counts: dict[str, int]) -> str:
    """Which rows to show: those asked for, else what needs a person first."""
    wanted = visit.request.GET.get("show", "")
    if wanted in SHOWS:
        return wanted
    return next((name for name in ("failed", "faulty", "sent") if counts[name]), "all")
