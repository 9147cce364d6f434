"""Endings in the words of a clerk: the reasons in their groups, what each asks for, states, who signs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.web.words import Badge, Tone, Words, by_language
from contracts.domain import DocumentState
from contracts.endings.certificate import articles
from contracts.endings.checks import EVIDENCE_ZH
from contracts.endings.reasons import BY_AGENCY, Reason, reason_of
from core import codes

STATES: Mapping[str, Badge] = {
    DocumentState.PLANNED: Badge(_("未到日期"), Tone.BUSY),
    DocumentState.SIGNING: Badge(_("证明书签署中"), Tone.BUSY),
    DocumentState.COMPLETED: Badge(_("已解除或终止"), Tone.PLAIN),
    DocumentState.REFUSED: Badge(_("劳动者拒签"), Tone.BAD),
    DocumentState.WITHDRAWN: Badge(_("已撤回"), Tone.PLAIN),
    DocumentState.EXPIRED: Badge(_("逾期未签"), Tone.BAD),
}
TURNS: Mapping[str, Badge] = {
    "worker": Badge(_("待劳动者签名"), Tone.WARN),
    "employer": Badge(_("待单位盖章"), Tone.WARN),
}
INITIATORS: Mapping[str, Words] = {
    "1": _("用人单位"),
    "2": _("劳动者"),
    "3": _("双方"),
    "9": _("法定情形出现"),
}


@dataclass(frozen=True)
class Group:
    """Reasons that belong together: who begins, in plain words what they are, and which codes they are."""

    initiator: str
    title: Words
    text: Words
    begins: str  # the codes' beginning


# In the order of the question "who begins?".
GROUPS: tuple[Group, ...] = (
    Group("1", _("协商一致解除"), _("单位先提出，劳动者同意。双方签协议，按工作年限支付经济补偿。"), "36"),
    Group(
        "1",
        _("劳动者有过错，单位解除"),
        _("不用提前通知，不付经济补偿；但要有制度依据、事实材料和送达证明，先通知工会，争议时由单位举证。"),
        "39",
    ),
    Group(
        "1",
        _("提前三十日通知后解除"),
        _("劳动者没有过错：医疗期满、不能胜任，或者客观情况重大变化。可以多付一个月工资代替通知。"),
        "40",
    ),
    Group(
        "1",
        _("经济性裁员"),
        _(
            "先向工会或者全体职工说明并听取意见，向劳动行政部门报告方案后才能裁减。要一批一起办：在“解除终止”中点“批量办理”。"
        ),
        "41",
    ),
    Group("2", _("协商一致解除"), _("劳动者先提出，单位同意。双方签协议，不付经济补偿。"), "36"),
    Group("2", _("劳动者辞职"), _("劳动者书面通知即可，不需要单位批准，不付经济补偿。"), "37"),
    Group(
        "2",
        _("单位有过错，劳动者解除"),
        _("例如拖欠工资、不缴社会保险。劳动者通知后即解除，应当支付经济补偿。"),
        "38",
    ),
    Group(
        "9",
        _("劳动合同终止"),
        _("合同期满、退休、死亡、单位破产或者解散等法定情形。不能约定其他终止条件。"),
        "44",
    ),
    Group("3", _("转到其他单位"), _("市内调动或者用人单位主体变更，三方签协议，工作年限连续计算。"), "90"),
)
HEADINGS: Mapping[str, Words] = {
    "1": _("用人单位提出"),
    "2": _("劳动者提出"),
    "9": _("法定情形出现"),
    "3": _("双方和新单位商定"),
}


def reasons_of(group: Group) -> list[Reason]:
    """The reasons of a group that an employer may give, in the order of the table."""
    found = (reason_of(code) for code in codes.table("end_reason") if code.startswith(group.begins))
    return [each for each in found if each and each.initiator == group.initiator and each.code != BY_AGENCY]


def reason_words(reason: Reason) -> str:
    """The reason in the reader's language."""
    return by_language(reason.zh, reason.en)


def basis_words(reason: Reason) -> str:
    """The articles on which a reason rests."""
    return by_language(articles(reason.basis), reason.basis)


def demands(reason: Reason) -> Iterator[Badge]:
    """What the law attaches to a reason, in a few words each."""
    if reason.compensation is None:
        yield Badge(_("经济补偿看具体情形"), Tone.WARN)
    elif reason.compensation:
        yield Badge(_("付经济补偿"), Tone.WARN)
    else:
        yield Badge(_("不付经济补偿"), Tone.PLAIN)
    if reason.notice:
        days = gettext("提前 %(days)s 日") % {"days": reason.notice}
        yield Badge(
            gettext("%(notice)s或多付一月工资") % {"notice": days} if reason.or_pay else days, Tone.PLAIN
        )
    if reason.union:
        yield Badge(_("先通知工会"), Tone.PLAIN)
    if reason.barred:
        yield Badge(_("受保护的劳动者除外"), Tone.PLAIN)
    if reason.both_sign:
        yield Badge(_("双方签证明书"), Tone.PLAIN)


def evidence_words(name: str) -> str:
    """A kind of evidence, by its name in the table."""
    return by_language(EVIDENCE_ZH[name], name)


def ending_badge(state: str, turn: str | None) -> Badge:
    """The state of an ending; `turn` is the role whose signature the certificate waits for."""
    return TURNS.get(turn or "", STATES[state])
