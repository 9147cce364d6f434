"""States, deadlines and events in the words of a clerk, each with the colour in which it is shown."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.web.words import Badge, Tone, Words, by_language
from contracts.domain import ContractState
from core.codes import table
from filing_bridge.domain import STATE_WORDS, FilingState, FormState, Level, Outcome
from filing_bridge.mapping import FilingType
from filing_bridge.models import Filing
from filing_bridge.protocol import Event, Interface
from signing.domain import PartyState

CONTRACT_STATES: Mapping[str, Badge] = {
    ContractState.DRAFT: Badge(_("草稿"), Tone.PLAIN),
    ContractState.RENDERING: Badge(_("正在生成合同"), Tone.BUSY),
    ContractState.SIGNING: Badge(_("签名核验中"), Tone.BUSY),
    ContractState.EFFECTIVE: Badge(_("已生效"), Tone.GOOD),
    ContractState.SUSPENDED: Badge(_("中止中"), Tone.WARN),
    ContractState.REFUSED: Badge(_("劳动者拒签"), Tone.BAD),
    ContractState.WITHDRAWN: Badge(_("已撤回"), Tone.PLAIN),
    ContractState.EXPIRED: Badge(_("逾期未签"), Tone.BAD),
    ContractState.ENDED: Badge(_("已解除或终止"), Tone.PLAIN),
}
# While a contract is out for signature, whose turn it is says more than the state.
TURNS: Mapping[str, Badge] = {
    "worker": Badge(_("待劳动者签名"), Tone.WARN),
    "employer": Badge(_("待单位盖章"), Tone.WARN),
}
ROLES: Mapping[str, Words] = {"worker": _("劳动者"), "employer": _("用人单位")}
PARTY_STATES: Mapping[str, Badge] = {
    PartyState.WAITING: Badge(_("还没轮到"), Tone.PLAIN),
    PartyState.INVITED: Badge(_("等待签署"), Tone.WARN),
    PartyState.CONFIRMED: Badge(_("正在生成签名"), Tone.BUSY),
    PartyState.SIGNED: Badge(_("已签署，签名有效"), Tone.GOOD),
    PartyState.REFUSED: Badge(_("已拒签"), Tone.BAD),
}
FILING_TONES: Mapping[FilingState, Tone] = {
    FilingState.WAITING: Tone.WARN,
    FilingState.PENDING: Tone.BUSY,
    FilingState.READY: Tone.BUSY,
    FilingState.SENT: Tone.BUSY,
    FilingState.UNKNOWN: Tone.WARN,
    FilingState.PRE_REGISTERED: Tone.BUSY,
    FilingState.RECEIVED: Tone.BUSY,
    FilingState.UNDER_REVIEW: Tone.BUSY,
    FilingState.ACCEPTED: Tone.GOOD,
    FilingState.RETURNED: Tone.BAD,
    FilingState.REJECTED: Tone.BAD,
    FilingState.VOIDED: Tone.WARN,
    FilingState.REPLACED: Tone.PLAIN,
    FilingState.HELD: Tone.BAD,
}
LEVEL_TONES: Mapping[Level, Tone] = {
    Level.OVERDUE: Tone.BAD,
    Level.DAY: Tone.BAD,
    Level.WEEK: Tone.WARN,
    Level.CALM: Tone.PLAIN,
}
FORM_STATES: Mapping[str, Words] = {
    FormState.RENDERED: _("已生成，待单位电子签章"),
    FormState.EMPLOYER_SEALED: _("单位已签章，待经办机构签章"),
    FormState.AGENCY_SEALED: _("双方已签章"),
}
EVENTS: Mapping[str, tuple[Words, Words]] = {  # the filing's name, and its form's
    Event.HIRE: (_("用工备案"), _("录用备案登记表")),
    Event.RENEWAL: (_("续订备案"), _("劳动合同续订备案表")),
    Event.CHANGE: (_("变更备案"), _("劳动合同变更备案表")),
    Event.SUSPENSION: (_("中止备案"), _("劳动合同中止备案表")),
    Event.RESUMPTION: (_("恢复备案"), _("劳动合同恢复履行备案表")),
    Event.ENDING: (_("解除、终止备案"), _("解除、终止劳动合同备案表")),
    Event.CORRECTION: (_("更正备案"), _("用工备案更正表")),
}
# Types of filing with names of their own among those of an event.
TYPES: Mapping[str, tuple[Words, Words]] = {
    FilingType.TRANSFER: (_("市内调动备案"), _("市内调动备案表")),
}
INTERFACES: Mapping[str, Words] = {
    Interface.SUBMIT: _("报送"),
    Interface.QUERY: _("查询结果"),
    Interface.FORM: _("请求签章"),
    Interface.VOID: _("请求作废"),
}
OUTCOMES: Mapping[str, Words] = {
    Outcome.ANSWERED: _("已答复"),
    Outcome.NOT_TAKEN_IN: _("对方未受理"),
    Outcome.NOT_SENT: _("未能连接"),
    Outcome.LOST: _("没有收到答复"),
    Outcome.UNREADABLE: _("答复未予采信"),
    Outcome.STALE: _("答复到达过晚"),
    Outcome.FAILED: _("内部处理出错"),
}
TERM_TYPES: Mapping[str, Words] = {
    "1": _("固定期限"),
    "2": _("无固定期限"),
    "3": _("以完成一定工作任务为期限"),
}
WAGE_UNITS: Mapping[str, Words] = {"month": _("元/月"), "day": _("元/日"), "hour": _("元/小时")}


def contract_badge(state: str, turn: str | None) -> Badge:
    """The state of a contract; `turn` is the role whose signature it waits for."""
    return TURNS.get(turn or "", CONTRACT_STATES[state])


def names_of(filing: Filing) -> tuple[Words, Words]:
    """What a filing is called, and its form."""
    return TYPES.get(filing.filing_type) or EVENTS[filing.event]


def filing_badge(state: str) -> Badge:
    """The state of a filing."""
    known = FilingState(state)
    return Badge(by_language(*STATE_WORDS[known]), FILING_TONES[known])


def deadline_badge(level: Level, deadline: date, today: date) -> Badge | None:
    """How near the deadline is; nothing once the filing is with the province."""
    if level is Level.FILED:
        return None
    left = (deadline - today).days
    if left < 0:
        words = ngettext("已逾期 %(days)s 天", "已逾期 %(days)s 天", -left) % {"days": -left}
    elif left == 0:
        words = str(_("今天到期"))
    else:
        words = ngettext("还剩 %(days)s 天", "还剩 %(days)s 天", left) % {"days": left}
    return Badge(words, LEVEL_TONES[level])


def code_words(name: str, code: str) -> str:
    """What a code of a table means; the code itself when the table does not know it."""
    row = table(name).get(code)
    return by_language(row.zh, row.en) if row else code
