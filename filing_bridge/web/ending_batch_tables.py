"""The batches of endings as a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.web.lists import ALL, Cell, Column, Opening, Tab, Table
from core.clock import SHANGHAI
from core.principal import Permission, Principal
from filing_bridge.mass_endings import EndingBatchState
from filing_bridge.models import EndingBatch
from filing_bridge.selectors import ending_batches_of, ending_tallies_of
from filing_bridge.web.ending_batch_words import STATES

B = EndingBatchState


@dataclass(frozen=True)
class Line:
    batch: EndingBatch
    tally: dict[str, int]


def name_of(batch: EndingBatch) -> str:
    """The file's name, or that the contracts were picked."""
    return batch.file_name or gettext("从列表选定的合同")


def _lines(_principal: Principal, batches: Sequence[EndingBatch]) -> list[Line]:
    tallies = ending_tallies_of(batches)
    return [Line(batch, tallies[batch.pk]) for batch in batches]


def _key(line: Line) -> UUID:
    return line.batch.pk


def _when(line: Line) -> Cell:
    when = line.batch.created_at.astimezone(SHANGHAI)
    return Cell(f"{when:%Y-%m-%d %H:%M}", link=reverse("ending_batches:batch", args=[line.batch.pk]))


def _state(line: Line) -> Cell:
    badge = STATES[line.batch.state]
    return Cell(badge.words, tone=badge.tone)


def _in(states: Sequence[EndingBatchState], batches: QuerySet[EndingBatch]) -> QuerySet[EndingBatch]:
    return batches.filter(state__in=states)


ENDING_BATCHES: Table[EndingBatch, Line] = Table(
    name="ending_batches",
    title=_("批量解除终止"),
    columns=(
        Column("when", _("建立时间"), _when, sort="created_at", kind="date"),
        Column("name", _("名单"), lambda line: Cell(name_of(line.batch)), kind="name"),
        Column("by", _("建立人"), lambda line: Cell(line.batch.created_by.name)),
        Column("state", _("状态"), _state),
        Column("size", _("人数"), lambda line: Cell(str(line.batch.size))),
        Column("opened", _("已发起"), lambda line: Cell(str(line.tally["opened"]))),
        Column("manual", _("待人工处理"), lambda line: Cell(str(line.tally["manual"]))),
    ),
    found=ending_batches_of,
    rows=_lines,
    key=_key,
    order="-created_at",
    tabs=(
        ALL,
        Tab("open", _("未开始"), partial(_in, [B.CHECKING, B.READY, B.FROZEN])),
        Tab("running", _("办理中"), partial(_in, [B.RUNNING, B.PAUSED])),
        Tab("done", _("已结束"), partial(_in, [B.DONE, B.CANCELLED])),
    ),
    openings=(Opening(_("上传名单"), "ending_batches:new", "upload", Permission.SEND),),
    empty=_("还没有批量解除终止"),
    empty_text=_("许多人一起解除或者终止：上传表格，或者在合同列表里勾选后点“批量解除终止”。"),
)
