"""Changes in the words of a clerk: how far the agreement is, and whether the change holds yet."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from accounts.web.words import Badge, Tone
from contracts.domain import DocumentState
from contracts.models import Change
from core import clock

STATES: Mapping[str, Badge] = {
    DocumentState.PLANNED: Badge(_("正在生成协议"), Tone.BUSY),
    DocumentState.SIGNING: Badge(_("协议签署中"), Tone.BUSY),
    DocumentState.COMPLETED: Badge(_("已生效"), Tone.GOOD),
    DocumentState.REFUSED: Badge(_("劳动者拒签"), Tone.BAD),
    DocumentState.WITHDRAWN: Badge(_("已撤回"), Tone.PLAIN),
    DocumentState.EXPIRED: Badge(_("逾期未签"), Tone.BAD),
}
TURNS: Mapping[str, Badge] = {
    "worker": Badge(_("待劳动者签名"), Tone.WARN),
    "employer": Badge(_("待单位盖章"), Tone.WARN),
}
TO_COME = Badge(_("已签署，到期生效"), Tone.GOOD)


def change_badge(change: Change, turn: str | None) -> Badge:
    """The state of a change; `turn` is the role whose signature the agreement waits for."""
    if change.state == DocumentState.COMPLETED and change.effective_on > clock.today():
        return TO_COME
    return TURNS.get(turn or "", STATES[change.state])
