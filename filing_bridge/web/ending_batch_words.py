"""Batches of endings in the words of a clerk: states, the papers of the gate, what became of a row."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from accounts.web.words import Badge, Tone, Words, by_language
from contracts.endings.reasons import reason_of
from contracts.web.ending_words import ending_badge
from core.errors import CATALOGUE
from filing_bridge.mass_endings import EndingBatchState, EndingRowState, Paper
from filing_bridge.services.mass_endings.results import Result
from filing_bridge.web.words import filing_badge

STATES: Mapping[str, Badge] = {
    EndingBatchState.CHECKING: Badge(_("检查中"), Tone.BUSY),
    EndingBatchState.READY: Badge(_("待冻结"), Tone.WARN),
    EndingBatchState.FROZEN: Badge(_("名单已冻结"), Tone.WARN),
    EndingBatchState.RUNNING: Badge(_("办理中"), Tone.BUSY),
    EndingBatchState.PAUSED: Badge(_("已暂停"), Tone.WARN),
    EndingBatchState.DONE: Badge(_("已全部发起"), Tone.GOOD),
    EndingBatchState.CANCELLED: Badge(_("已取消"), Tone.PLAIN),
}
ROW_STATES: Mapping[str, Badge] = {
    EndingRowState.WAITING: Badge(_("自动办理"), Tone.PLAIN),
    EndingRowState.MANUAL: Badge(_("待人工处理"), Tone.WARN),
    EndingRowState.OPENED: Badge(_("已发起"), Tone.BUSY),
    EndingRowState.LEFT_OUT: Badge(_("已移出"), Tone.PLAIN),
}
# Title, and what it has to show.
PAPERS: Mapping[Paper, tuple[Words, Words]] = {
    Paper.EXPLAINED: (
        _("向工会或者全体职工说明情况"),
        _("最迟在最早的裁员日期前三十日，附生产经营状况的资料。"),
    ),
    Paper.PLAN: (_("裁减人员方案"), _("名单、时间和步骤、经济补偿办法。")),
    Paper.OPINIONS: (_("工会或者职工的意见"), _("听取意见的记录。")),
    Paper.REPORT: (_("向劳动行政部门报告"), _("方案和意见一并报告；填写回执编号。")),
    Paper.APPROVAL: (_("属地化报批的批复"), _("批复针对冻结的名单；填写文号。")),
}


def row_badge(state: str, faulty: bool, by_hand: bool, frozen: bool) -> Badge:
    """The state of a row that has no ending yet."""
    if faulty:
        return Badge(_("有错误"), Tone.BAD)
    if not frozen and by_hand:
        return Badge(_("将由人工处理"), Tone.WARN)
    return ROW_STATES[state]


def result_badge(result: Result) -> Badge:
    """How far the ending of a row has come: its filing, once there is one, else its certificate."""
    return filing_badge(result.filing) if result.filing else ending_badge(result.ending, result.turn)


def reason_in_words(code: str) -> str:
    """A reason in the reader's language; empty for none."""
    found = reason_of(code)
    return by_language(found.zh, found.en) if found else ""


def refusal_in_words(code: str) -> str:
    """Why the service refused a row. The figures of the refusal are not kept."""
    row = CATALOGUE.rows[code]
    return by_language(row.zh.replace(" {count} ", "几"), row.en.replace("{count}", "some"))
