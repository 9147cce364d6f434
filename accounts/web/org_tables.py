"""The lists of the organisation's settings: members, invitations, API keys, webhooks and their calls."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import selectors
from accounts.models import ApiKey, Invitation, Membership
from accounts.web.lists import ALL, Bulk, Cell, Column, Filter, Opening, Tab, Table
from accounts.web.org_words import DELIVERY_STATES, ROLES, SCOPES
from accounts.web.pages import Visit
from accounts.web.words import Tone, Words
from core import clock
from core.errors import Refused
from core.principal import Permission, Principal
from core.webhooks import services as webhooks
from core.webhooks.models import WebhookAttempt, WebhookEndpoint

MANAGE = Permission.MANAGE_MEMBERS


def minute(at: object) -> str:
    """An instant as people here write it; nothing for none."""
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""  # type: ignore[arg-type]  # a datetime


def _as_found(principal: Principal, page: Sequence[object]) -> list[object]:
    return list(page)


def _invitations(principal: Principal) -> QuerySet[Invitation]:
    return selectors.invitations_of(principal).select_related("invited_by")


def _invitation_state(row: Invitation) -> Cell:
    if row.accepted_at:
        return Cell(_("已接受"), tone=Tone.GOOD)
    if row.expires_at <= clock.now():
        return Cell(_("已失效"), tone=Tone.PLAIN)
    return Cell(_("等待接受"), tone=Tone.WARN, link=reverse("org:withdraw", args=[row.pk]), needs=MANAGE)


def _keys(principal: Principal) -> QuerySet[ApiKey]:
    return selectors.api_keys_of(principal).filter(is_session=False)


def _key_state(row: ApiKey) -> Cell:
    if row.revoked_at:
        return Cell(_("已吊销"), tone=Tone.PLAIN)
    if row.expires_at <= clock.now():
        return Cell(_("已过期"), tone=Tone.PLAIN)
    return Cell(_("有效"), tone=Tone.GOOD)


def _endpoint_state(row: WebhookEndpoint) -> Cell:
    if row.paused_until and row.paused_until > clock.now():
        return Cell(_("暂停，稍后重试"), tone=Tone.WARN, note=minute(row.paused_until))
    return Cell(_("正常"), tone=Tone.GOOD)


def endpoints(principal: Principal) -> QuerySet[WebhookEndpoint]:
    """The addresses that hear of events."""
    principal.require(Permission.READ)
    return WebhookEndpoint.objects.filter(tenant=principal.tenant, active=True)


def _attempts(principal: Principal) -> QuerySet[WebhookAttempt]:
    principal.require(Permission.READ)
    mine = WebhookAttempt.objects.filter(delivery__endpoint__tenant=principal.tenant)
    return mine.select_related("delivery__event", "delivery__endpoint")


def _endpoint_options(principal: Principal) -> list[tuple[str, Words]]:
    return [(str(pk), url) for pk, url in endpoints(principal).values_list("pk", "url")]


def _replay(visit: Visit, picked: QuerySet[WebhookAttempt]) -> HttpResponse:
    sent = 0
    for attempt in picked.select_related("delivery__endpoint")[:50]:
        try:
            webhooks.replay(principal=visit.principal, attempt=attempt)
        except Refused as refused:
            if refused.code != "webhook_removed":
                raise
        else:
            sent += 1
    return visit.done(_("{count} 次推送将重新发送。").format(count=sent), "org:attempts")


MEMBERS: Table[Membership, Membership] = Table(
    name="members",
    title=_("成员"),
    columns=(
        Column(
            "name",
            _("姓名"),
            lambda row: Cell(
                row.user.name or row.user.email, link=reverse("org:member", args=[row.pk]), needs=MANAGE
            ),
            kind="name",
        ),
        Column("email", _("邮箱"), lambda row: Cell(row.user.email), sort="user__email"),
        Column("role", _("角色"), lambda row: Cell(ROLES[row.role]), sort="role"),
        Column(
            "mfa",
            _("两步验证"),
            lambda row: (
                Cell(_("已启用"), tone=Tone.GOOD)
                if row.has_mfa  # type: ignore[attr-defined]  # annotated by members_of
                else Cell(_("未启用"), tone=Tone.WARN)
            ),
        ),
        Column(
            "since", _("加入时间"), lambda row: Cell(minute(row.created_at)), sort="created_at", kind="date"
        ),
    ),
    found=lambda principal: selectors.members_of(principal).filter(active=True),
    rows=_as_found,  # type: ignore[arg-type]  # rows are shown as they are found
    key=lambda row: row.pk,
    order="created_at",
    openings=(
        Opening(_("邀请成员"), "org:invite", "user-plus", MANAGE),
        Opening(_("邀请记录"), "org:invitations", "mail", MANAGE),
    ),
    empty=_("还没有成员"),
)

INVITATIONS: Table[Invitation, Invitation] = Table(
    name="invitations",
    title=_("邀请记录"),
    columns=(
        Column("email", _("邮箱"), lambda row: Cell(row.email), sort="email"),
        Column("role", _("角色"), lambda row: Cell(ROLES[row.role])),
        Column(
            "sent", _("发出时间"), lambda row: Cell(minute(row.created_at)), sort="created_at", kind="date"
        ),
        Column("until", _("有效期至"), lambda row: Cell(minute(row.expires_at)), kind="date"),
        Column("state", _("状态"), _invitation_state),
        Column(
            "withdraw",
            _("操作"),
            lambda row: (
                Cell(_("撤回"), link=reverse("org:withdraw", args=[row.pk]), needs=MANAGE)
                if row.accepted_at is None and row.expires_at > clock.now()
                else Cell("")
            ),
        ),
    ),
    found=_invitations,
    rows=_as_found,  # type: ignore[arg-type]
    key=lambda row: row.pk,
    order="-created_at",
    openings=(Opening(_("邀请成员"), "org:invite", "user-plus", MANAGE),),
    empty=_("还没有发出邀请"),
)

KEYS: Table[ApiKey, ApiKey] = Table(
    name="api-keys",
    title=_("接口密钥"),
    columns=(
        Column("name", _("名称"), lambda row: Cell(row.name, link=reverse("org:revoke_key", args=[row.pk]))),
        Column("prefix", _("前缀"), lambda row: Cell(f"qb_{row.prefix}_…"), kind="number"),
        Column("who", _("所属成员"), lambda row: Cell(row.user.name or row.user.email), kind="name"),
        Column(
            "scopes",
            _("权限"),
            lambda row: Cell("、".join(str(SCOPES.get(each, each)) for each in row.scopes)),
        ),
        Column("used", _("最近使用"), lambda row: Cell(minute(row.last_used_at)), kind="date"),
        Column(
            "until", _("有效期至"), lambda row: Cell(minute(row.expires_at)), sort="expires_at", kind="date"
        ),
        Column("state", _("状态"), _key_state),
    ),
    found=_keys,
    rows=_as_found,  # type: ignore[arg-type]
    key=lambda row: row.pk,
    order="-created_at",
    tabs=(
        Tab("live", _("有效"), lambda keys: keys.filter(revoked_at=None, expires_at__gt=clock.now())),
        ALL,
    ),
    openings=(Opening(_("新建密钥"), "org:new_key", "plus", Permission.READ),),
    empty=_("还没有接口密钥"),
    empty_text=_("人事系统调用接口时使用密钥。密钥只在建立时显示一次。"),
)

WEBHOOKS: Table[WebhookEndpoint, WebhookEndpoint] = Table(
    name="webhooks",
    title=_("事件推送"),
    columns=(
        Column(
            "url",
            _("地址"),
            lambda row: Cell(
                row.url, link=reverse("org:remove_webhook", args=[row.pk]), needs=Permission.MANAGE_PROFILE
            ),
        ),
        Column(
            "topics", _("事件"), lambda row: Cell(_("全部") if "*" in row.topics else "、".join(row.topics))
        ),
        Column(
            "since", _("建立时间"), lambda row: Cell(minute(row.created_at)), sort="created_at", kind="date"
        ),
        Column("state", _("状态"), _endpoint_state),
        Column(
            "calls",
            _("推送记录"),
            lambda row: Cell(_("查看"), link=f"{reverse('org:attempts')}?endpoint={row.pk}"),
        ),
    ),
    found=endpoints,
    rows=_as_found,  # type: ignore[arg-type]
    key=lambda row: row.pk,
    order="-created_at",
    openings=(
        Opening(_("新建推送"), "org:new_webhook", "plus", Permission.MANAGE_PROFILE),
        Opening(_("推送记录"), "org:attempts", "history", Permission.READ),
    ),
    empty=_("还没有推送地址"),
    empty_text=_("合同和备案有进展时，平台会把事件推送到您的人事系统。"),
)

ATTEMPTS: Table[WebhookAttempt, WebhookAttempt] = Table(
    name="webhook-attempts",
    title=_("推送记录"),
    columns=(
        Column(
            "topic", _("事件"), lambda row: Cell(row.delivery.event.topic, note=str(row.delivery.event_id))
        ),
        Column("url", _("地址"), lambda row: Cell(row.delivery.endpoint.url)),
        Column("at", _("时间"), lambda row: Cell(minute(row.created_at)), sort="created_at", kind="date"),
        Column(
            "answer", _("答复"), lambda row: Cell(str(row.status) if row.status else row.error), kind="number"
        ),
        Column(
            "state",
            _("结果"),
            lambda row: Cell(
                DELIVERY_STATES[row.delivery.state].words, tone=DELIVERY_STATES[row.delivery.state].tone
            ),
        ),
    ),
    found=_attempts,
    rows=_as_found,  # type: ignore[arg-type]
    key=lambda row: row.pk,
    order="-created_at",
    tabs=(
        ALL,
        Tab("failed", _("失败"), lambda rows: rows.exclude(status__gte=200, status__lt=300)),
    ),
    filters=(
        Filter(
            "endpoint",
            _("地址"),
            lambda rows, key: rows.filter(delivery__endpoint=UUID(key)),
            _endpoint_options,
        ),
    ),
    bulk=(Bulk("replay", _("重新发送"), Permission.MANAGE_PROFILE, _replay),),
    empty=_("还没有推送记录"),
)
