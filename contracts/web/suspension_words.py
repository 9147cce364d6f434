"""Suspensions and resumptions in the words of a clerk."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from accounts.web.words import Badge, Tone, Words, by_language
from contracts.domain import DocumentState
from contracts.suspensions.facts import RESUME, SUSPEND
from core.codes import table

STATES: Mapping[str, Badge] = {
    DocumentState.PLANNED: Badge(_("正在生成文书"), Tone.BUSY),
    DocumentState.SIGNING: Badge(_("签署中"), Tone.BUSY),
    DocumentState.COMPLETED: Badge(_("已签署"), Tone.GOOD),
    DocumentState.REFUSED: Badge(_("劳动者拒签"), Tone.BAD),
    DocumentState.WITHDRAWN: Badge(_("已撤回"), Tone.PLAIN),
    DocumentState.EXPIRED: Badge(_("逾期未签"), Tone.BAD),
}
TURNS: Mapping[str, Badge] = {
    "worker": Badge(_("待劳动者签名"), Tone.WARN),
    "employer": Badge(_("待单位盖章"), Tone.WARN),
}
TITLES: Mapping[str, Words] = {SUSPEND: _("合同中止"), RESUME: _("恢复履行")}
DAYS: Mapping[str, Words] = {SUSPEND: _("中止开始日期"), RESUME: _("恢复履行日期")}


def suspension_badge(state: str, turn: str | None) -> Badge:
    """The state of one; `turn` is the role whose signature its document waits for."""
    return TURNS.get(turn or "", STATES[state])


def reason_words(code: str) -> str:
    """Why the contract rests."""
    row = table("suspension_reason")[code]
    return by_language(row.zh, row.en)


def who_signs(signers: Sequence[str]) -> Words:
    """What follows when it is confirmed."""
    if "worker" in signers:
        return _("劳动者收到短信，在手机上签名；然后由单位申请用印盖章。")
    return _("由单位申请用印盖章，不需要劳动者签名；办成后劳动者收到短信。")
