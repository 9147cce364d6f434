"""Seals and their use in words, and the people behind them."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.web.words import Badge, Tone, Words, by_language
from contracts.services.diagnosing import Question
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


# What the page about the certificate asks: when it is well, when it is not, and what to do then.
DIAGNOSES: Mapping[str, tuple[Words, Words, Words]] = {
    Question.ISSUED: (
        _("证书已经颁发"),
        _("证书还没有颁发"),
        _("单位通过认证后平台自动申请，一般几分钟内完成。超过一天的，请联系平台客服。"),
    ),
    Question.AUTHORITY: (
        _("电子认证机构正常"),
        _("向电子认证机构申请证书没有成功，平台正在重试"),
        _("无需操作。超过一天仍未成功的，请联系平台客服。"),
    ),
    Question.IN_TIME: (
        _("证书在有效期内"),
        _("证书已经过期"),
        _("平台会在下一次用印时自动换发；仍不能用印的，请联系平台客服。"),
    ),
    Question.NAME: (
        _("证书上的名称与单位资料一致"),
        _("证书上的名称与单位资料不一致"),
        _("资料变更通过后平台自动换发新证书，请几分钟后再看。"),
    ),
    Question.CODE: (
        _("证书上的统一社会信用代码与单位资料一致"),
        _("证书上的统一社会信用代码与单位资料不一致"),
        _("资料变更通过后平台自动换发新证书，请几分钟后再看。"),
    ),
    Question.LAST_USE: (
        _("最近一次用印正常"),
        _("最近一次用印遇到问题"),
        _("平台会自动重试；也可以在“盖章”中对失败的文件重新盖章。"),
    ),
}
