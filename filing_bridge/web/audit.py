"""The audit log as a list: who did what to which thing, when. It is read here, never written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from accounts import selectors
from accounts.web import menu
from accounts.web.listing import listed
from accounts.web.lists import Cell, Column, Filter, Table
from accounts.web.words import Words
from contracts.models import Contract
from contracts.web.seal_words import names_of
from core.models import AuditEvent
from core.principal import Permission, Principal
from filing_bridge.web.actions import ACTIONS

# Things by the first part of their events' names, as the filter offers them.
THINGS: Mapping[str, Words] = {
    "contract": _("合同"),
    "change": _("合同变更"),
    "suspension": _("中止或者恢复"),
    "request": _("签署"),
    "party": _("签署人"),
    "document": _("文件"),
    "filing": _("备案"),
    "correction": _("备案更正"),
    "seal": _("印章"),
    "seal_application": _("用印申请"),
    "organisation": _("签章证书"),
    "certificate": _("证书提醒"),
    "member": _("成员"),
    "invitation": _("邀请"),
    "employer": _("单位"),
    "profile_change": _("资料变更"),
    "role_request": _("角色申请"),
    "api_key": _("接口密钥"),
    "webhook": _("事件推送"),
    "worker": _("员工"),
    "notice": _("公告"),
    "list": _("名单"),
}
# What is done beside contracts and filings.
OTHER_ACTIONS: Mapping[str, Words] = {
    "seal.created": _("新建印章"),
    "seal.suspended": _("停用印章"),
    "seal.active": _("恢复使用印章"),
    "seal.limited": _("更改用印限额"),
    "seal.handed_over": _("更换印章保管人"),
    "seal.granted": _("授权他人用印"),
    "seal.grant_ended": _("收回用印授权"),
    "seal_application.requested": _("申请用印"),
    "seal_application.approved": _("批准用印"),
    "seal_application.refused": _("退回用印申请"),
    "seal_application.repeated": _("失败的文件重新盖章"),
    "seal_application.used": _("用印完成"),
    "document.spot_checked": _("盖章前抽查文件"),
    "organisation.enrolled": _("登记签章证书"),
    "certificate.expiring": _("提醒证书即将到期"),
    "member.joined": _("成员加入"),
    "member.role_changed": _("更改成员角色"),
    "member.removed": _("移出成员"),
    "member.unlocked": _("解除登录锁定"),
    "role_request.asked": _("申请角色"),
    "role_request.approved": _("同意角色申请"),
    "role_request.refused": _("退回角色申请"),
    "member.notifications_chosen": _("更改通知设置"),
    "invitation.sent": _("发出邀请"),
    "invitation.withdrawn": _("撤回邀请"),
    "notice.posted": _("发布公告"),
    "notice.withdrawn": _("撤下公告"),
    "employer.registered": _("单位注册"),
    "employer.edited": _("修改单位资料"),
    "employer.approved": _("单位通过认证"),
    "employer.rejected": _("单位未通过认证"),
    "employer.mfa_required": _("要求两步验证"),
    "employer.mfa_optional": _("取消两步验证要求"),
    "profile_change.requested": _("申请变更单位资料"),
    "profile_change.approved": _("资料变更通过"),
    "profile_change.refused": _("资料变更未通过"),
    "api_key.created": _("新建接口密钥"),
    "api_key.revoked": _("吊销接口密钥"),
    "webhook.registered": _("新建事件推送"),
    "webhook.removed": _("停止事件推送"),
    "webhook.replayed": _("重新推送事件"),
    "webhook.hurried": _("立即推送事件"),
    "webhook.delivered": _("事件已送达"),
    "webhook.given_up": _("事件推送失败，已放弃"),
    "worker.created": _("新增员工"),
    "worker.changed": _("修改员工资料"),
    "worker.correction_asked": _("员工申请更正信息"),
    "worker.correction_granted": _("同意员工更正信息"),
    "worker.correction_declined": _("不同意员工更正信息"),
    "worker.revealed": _("查看员工完整资料"),
    "list.exported": _("导出名单"),
}


@dataclass(frozen=True)
class EventRow:
    event: AuditEvent
    who: Words
    what: Words
    contract: Contract | None


def _found(principal: Principal) -> QuerySet[AuditEvent]:
    principal.require(Permission.READ)
    return AuditEvent.objects.filter(tenant=principal.tenant)


def _rows(principal: Principal, page: Sequence[AuditEvent]) -> list[EventRow]:
    """A page of events with the people and the contracts that they are about: two queries."""
    names = names_of(event.actor for event in page)
    keys = {event.subject.partition(":")[2] for event in page if event.subject.startswith("contract:")}
    mine = Contract.objects.filter(employer_id=principal.tenant, pk__in=keys).only("contract_no")
    contracts = {contract.subject: contract for contract in mine}
    system, signer = translated("系统"), translated("签署人")
    return [
        EventRow(
            event,
            names.get(event.actor) or (signer if event.actor.startswith("party:") else system),
            OTHER_ACTIONS.get(event.action) or ACTIONS.get(event.action, event.action),
            contracts.get(event.subject),
        )
        for event in page
    ]


def _subject(row: EventRow) -> Cell:
    if row.contract:
        return Cell(row.contract.contract_no, link=reverse("portal:contract", args=[row.contract.pk]))
    kind, _colon, key = row.event.subject.partition(":")
    return Cell(THINGS.get(kind, kind), note=key)


def _members(principal: Principal) -> list[tuple[str, Words]]:
    members = selectors.members_of(principal).order_by("user__name")
    return [(str(each.user_id), each.user.name or each.user.email) for each in members]


def _meant(events: QuerySet[AuditEvent], text: str) -> QuerySet[AuditEvent]:
    """By a contract's number, or by the identifier that stands below a thing."""
    contracts = Contract.objects.filter(contract_no=text).values_list("pk", flat=True)
    subjects = [f"contract:{pk}" for pk in contracts]
    key = _uuid(text)
    return events.filter(subject__in=[*subjects, *(f"{kind}:{key}" for kind in THINGS if key)])


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


EVENTS: Table[AuditEvent, EventRow] = Table(
    name="audit",
    title=_("审计日志"),
    columns=(
        Column(
            "at",
            _("时间"),
            lambda row: Cell(timezone.localtime(row.event.at).strftime("%Y-%m-%d %H:%M:%S")),
            sort="at",
            kind="date",
        ),
        Column("who", _("操作人"), lambda row: Cell(row.who), kind="name"),
        Column("what", _("操作"), lambda row: Cell(row.what, note=row.event.action)),
        Column("subject", _("对象"), _subject),
        Column("detail", _("详情"), lambda row: Cell(_detail(row.event.detail))),
    ),
    found=_found,
    rows=_rows,
    key=lambda row: row.event.pk,
    order="-at",
    filters=(
        Filter("who", _("操作人"), lambda events, who: events.filter(actor=f"user:{who}"), _members),
        Filter(
            "thing",
            _("对象"),
            lambda events, thing: events.filter(action__startswith=f"{thing}."),
            lambda principal: list(THINGS.items()),
        ),
        Filter("from", _("从"), lambda events, day: events.filter(at__date__gte=day)),
        Filter("to", _("到"), lambda events, day: events.filter(at__date__lte=day)),
    ),
    search=_meant,
    hint=_("合同编号，或对象下面的编号"),
    empty=_("还没有记录"),
)


def _detail(detail: dict[str, Any]) -> str:
    """Codes, counts and digests, as they stand; digests by their beginning."""
    parts = []
    for name, value in detail.items():
        text = "、".join(map(str, value)) if isinstance(value, list) else str(value)
        if value not in (None, ""):
            parts.append(f"{name}={text[:16]}…" if len(text) == 64 else f"{name}={text}")
    return "；".join(parts)


app_name = "audit"
urlpatterns = [path("", listed(EVENTS), name="events")]

menu.add(menu.Entry(80, _("审计日志"), "audit:events", "history"))
