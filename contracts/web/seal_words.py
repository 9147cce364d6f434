"""Seals and their use in words, and the people behind them."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.web.words import Badge, Tone, Words, by_language
from core.errors import CATALOGUE
from signing.domain import ApplicationState, JobState, SealKind, SealState

KINDS: Mapping[str, Words] = {
    SealKind.OFFICIAL: _("公章"),
    SealKind.CONTRACT: _("合同专用章"),
    SealKind.PERSONNEL: _("劳动合同专用章"),
}
SEAL_STATES: Mapping[str, Badge] = {
    SealState.ACTIVE: Badge(_("使用中"), Tone.GOOD),
    SealState.SUSPENDED: Badge(_("已停用"), Tone.BAD),
}
APPLICATION_STATES: Mapping[str, Badge] = {
    ApplicationState.REQUESTED: Badge(_("待审批"), Tone.WARN),
    ApplicationState.APPROVED: Badge(_("盖章中"), Tone.BUSY),
    ApplicationState.REFUSED: Badge(_("已退回"), Tone.BAD),
    ApplicationState.USED: Badge(_("已完成"), Tone.GOOD),
}
JOB_STATES: Mapping[str, Badge] = {
    JobState.QUEUED: Badge(_("排队中"), Tone.BUSY),
    JobState.SIGNING: Badge(_("盖章中"), Tone.BUSY),
    JobState.SIGNED: Badge(_("已盖章"), Tone.GOOD),
    JobState.FAILED: Badge(_("失败"), Tone.BAD),
    JobState.VOID: Badge(_("已撤销"), Tone.PLAIN),
}


def names_of(actors: Iterable[str | None]) -> dict[str, str]:
    """What to call people (`user:<id>`): their name, else their e-mail address. One query."""
    keys = {actor.partition(":")[2] for actor in actors if actor and actor.startswith("user:")}
    people = User.objects.filter(pk__in=keys).values_list("pk", "name", "email")
    return {f"user:{pk}": name or email for pk, name, email in people}


def reason_of(code: str) -> str:
    """A refusal of the signer in the reader's language."""
    row = CATALOGUE.rows.get(code)
    return by_language(row.zh, row.en) if row else code
