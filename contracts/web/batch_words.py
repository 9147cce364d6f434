"""Batches and their rows in the words of a clerk."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from accounts.web.words import Badge, Tone, Words, by_language
from contracts.bulk.columns import Column
from contracts.domain import BatchState, RowState
from contracts.models import TemplateVersion
from core.errors import CATALOGUE

BATCH_STATES: Mapping[str, Badge] = {
    BatchState.MAPPING: Badge(_("待确认列"), Tone.WARN),
    BatchState.CHECKING: Badge(_("检查中"), Tone.BUSY),
    BatchState.READY: Badge(_("待发送"), Tone.WARN),
    BatchState.RUNNING: Badge(_("发送中"), Tone.BUSY),
    BatchState.PAUSED: Badge(_("已暂停"), Tone.WARN),
    BatchState.DONE: Badge(_("已完成"), Tone.GOOD),
    BatchState.CANCELLED: Badge(_("已取消"), Tone.PLAIN),
    BatchState.REPLACED: Badge(_("已被新文件替换"), Tone.PLAIN),
}
ROW_STATES: Mapping[str, Badge] = {
    RowState.WAITING: Badge(_("未发送"), Tone.PLAIN),
    RowState.SENT: Badge(_("已发送"), Tone.GOOD),
    RowState.FAILED: Badge(_("发送失败"), Tone.BAD),
}


def title_of(template: TemplateVersion) -> str:
    """The template's title in the reader's language."""
    title = template.content["title"]
    return by_language(title["zh"], title["en"])


def heading_of(column: Column) -> str:
    """A column's title in the reader's language."""
    return by_language(column.zh, column.en)


def refusal_in_words(code: str) -> Words:
    """Why a row was not sent, and what to do."""
    row = CATALOGUE.rows[code]
    # Some words have places for figures that are not kept with the row.
    told = by_language(row.zh, row.en).replace("{count}", "").replace("  ", " ")
    return f"{told} {by_language(row.remedy_zh, row.remedy_en)}"
