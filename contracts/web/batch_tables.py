"""The history of bulk sheets as a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.web.lists import ALL, Cell, Column, Opening, Tab, Table
from contracts.domain import BatchState
from contracts.models import Batch
from contracts.selectors import Tally, batches_of, tallies_of
from contracts.web.batch_words import BATCH_STATES, title_of
from core.clock import SHANGHAI
from core.principal import Permission, Principal


@dataclass(frozen=True)
class BatchLine:
    batch: Batch
    tally: Tally


def _lines(_principal: Principal, batches: Sequence[Batch]) -> list[BatchLine]:
    tallies = tallies_of(batches)
    return [BatchLine(batch, tallies.get(batch.pk, Tally())) for batch in batches]


def _key(line: BatchLine) -> UUID:
    return line.batch.pk


def _when(line: BatchLine) -> Cell:
    when = line.batch.created_at.astimezone(SHANGHAI)
    return Cell(f"{when:%Y-%m-%d %H:%M}", link=reverse("batches:batch", args=[line.batch.pk]))


def _state(line: BatchLine) -> Cell:
    badge = BATCH_STATES[line.batch.state]
    return Cell(badge.words, tone=badge.tone)


def _in(states: Sequence[BatchState], batches: QuerySet[Batch]) -> QuerySet[Batch]:
    return batches.filter(state__in=states)


BATCHES: Table[Batch, BatchLine] = Table(
    name="batches",
    title=_("批量发送"),
    columns=(
        Column("when", _("上传时间"), _when, sort="created_at", kind="date"),
        Column("file", _("文件"), lambda line: Cell(line.batch.file_name), kind="name"),
        Column("template", _("合同模板"), lambda line: Cell(title_of(line.batch.template))),
        Column("by", _("上传人"), lambda line: Cell(line.batch.created_by.name)),
        Column("state", _("状态"), _state),
        Column("size", _("行数"), lambda line: Cell(str(line.batch.size))),
        Column("sent", _("已发送"), lambda line: Cell(str(line.tally.sent))),
        Column("faulty", _("有错误"), lambda line: Cell(str(line.tally.faulty + line.tally.failed))),
    ),
    found=batches_of,
    rows=_lines,
    key=_key,
    order="-created_at",
    tabs=(
        ALL,
        Tab("open", _("待处理"), partial(_in, [BatchState.MAPPING, BatchState.CHECKING, BatchState.READY])),
        Tab("running", _("发送中"), partial(_in, [BatchState.RUNNING, BatchState.PAUSED])),
        Tab("done", _("已结束"), partial(_in, [BatchState.DONE, BatchState.CANCELLED, BatchState.REPLACED])),
    ),
    openings=(Opening(_("上传文件"), "batches:new", "upload", Permission.DRAFT),),
    empty=_("还没有批量发送"),
    empty_text=_("一次给许多人发合同：下载 Excel 模板，填好后上传，检查无误再发送。"),
)
