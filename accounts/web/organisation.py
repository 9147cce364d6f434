"""Pages of the organisation's settings. Each act is a service's; the pages ask, and tell what was done."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import selectors
from accounts.domain import ChangeState, EmployerState
from accounts.masking import mask_number, mask_phone
from accounts.particulars import EMPLOYER_FIELDS
from accounts.services import (
    api_keys,
    employers,
    members,
    notifications,
    profile_changes,
    stepup,
    unlocking,
)
from accounts.web.forms import blame
from accounts.web.org_forms import (
    InviteForm,
    KeyForm,
    NotificationsForm,
    ProfileForm,
    RoleForm,
    SigningForm,
    WebhookForm,
)
from accounts.web.org_tables import endpoints
from accounts.web.org_words import CHANGE_STATES, EMPLOYER_STATES, ROLES
from accounts.web.pages import Visit, for_acting, for_members
from accounts.web.words import by_language
from core import clock
from core.codes import table
from core.errors import Refused
from core.principal import Permission, Role
from core.webhooks import services as webhooks

MASKED = {"contact_phone": mask_phone, "legal_rep_id_no": mask_number}


@for_members
def settings_page(visit: Visit) -> HttpResponse:
    """The way to all settings."""
    employer = selectors.employer_of(visit.principal)
    return visit.show(
        "settings.html",
        employer=employer,
        may_manage=visit.may(Permission.MANAGE_MEMBERS),
        may_change=visit.may(Permission.MANAGE_PROFILE),
        asked=selectors.role_requests_of(visit.principal).filter(state=ChangeState.REQUESTED)
        if visit.may(Permission.MANAGE_MEMBERS)
        else [],
    )


@for_acting
def invite(visit: Visit) -> HttpResponse:
    """Offer a place to an address."""
    visit.principal.require(Permission.MANAGE_MEMBERS)
    form = InviteForm(visit.request.POST if visit.posted else None)
    if visit.posted and form.is_valid():
        given = form.cleaned_data
        try:
            members.invite_member(principal=visit.principal, email=given["email"], role=Role(given["role"]))
        except Refused as refused:
            blame(form, refused)
        else:
            return visit.done(_("邀请已发出，七天内有效。"), "org:invitations")
    return visit.ask(
        _("邀请成员"),
        _("对方会收到一封邮件，打开链接并设置密码后加入。"),
        action=_("发出邀请"),
        back=reverse("org:members"),
        form=form,
    )


@for_acting
def withdraw(visit: Visit, invitation_id: UUID) -> HttpResponse:
    """Make an unanswered invitation worthless."""
    offer = selectors.invitations_of(visit.principal).filter(pk=invitation_id).first()
    if offer is None:
        raise Refused("not_found")
    if visit.posted:
        members.withdraw_invitation(principal=visit.principal, invitation_id=invitation_id)
        return visit.done(_("邀请已撤回。"), "org:invitations")
    return visit.ask(
        _("撤回邀请？"),
        _("邮件里的链接立即失效；需要时可以重新邀请。"),
        action=_("撤回"),
        back=reverse("org:invitations"),
        danger=True,
    )


@for_acting
def member(visit: Visit, membership_id: UUID) -> HttpResponse:
    """Give a member another role."""
    visit.principal.require(Permission.MANAGE_MEMBERS)
    found = selectors.member_of(visit.principal, membership_id)
    form = RoleForm(visit.request.POST if visit.posted else None, initial={"role": found.role})
    if visit.posted and form.is_valid():
        try:
            members.change_role(
                principal=visit.principal, membership_id=membership_id, role=Role(form.cleaned_data["role"])
            )
        except Refused as refused:
            blame(form, refused)
        else:
            return visit.done(_("角色已更改。"), "org:members")
    return visit.show(
        "member.html",
        member=found,
        form=form,
        role=ROLES[found.role],
        locked=unlocking.is_locked(found),
    )


@for_acting
def remove(visit: Visit, membership_id: UUID) -> HttpResponse:
    """Take a member's place away."""
    visit.principal.require(Permission.MANAGE_MEMBERS)
    found = selectors.member_of(visit.principal, membership_id)
    if visit.posted:
        members.remove_member(principal=visit.principal, membership_id=membership_id)
        return visit.done(_("成员已移出。"), "org:members")
    return visit.ask(
        _("移出“{name}”？").format(name=found.user.name or found.user.email),
        _("立即失去全部权限，接口密钥同时作废；操作记录保留。"),
        action=_("移出"),
        back=reverse("org:member", args=[found.pk]),
        danger=True,
    )


@for_acting
def mfa(visit: Visit) -> HttpResponse:
    """Ask every member for a second factor, or no more."""
    visit.principal.require(Permission.MANAGE_MEMBERS)
    required = not selectors.employer_of(visit.principal).requires_mfa
    if visit.posted:
        employers.require_mfa(principal=visit.principal, required=required)
        words = _("已要求所有成员启用两步验证。") if required else _("不再要求两步验证。")
        return visit.done(words, "org:settings")
    active = selectors.members_of(visit.principal).filter(active=True)
    without = active.exclude(user__in=selectors.users_with_second_factor()).count()
    return visit.ask(
        _("要求所有成员启用两步验证？") if required else _("不再要求两步验证？"),
        _("未启用的成员（现有 {count} 人）启用前只能查看列表，不能办理任何事项。").format(count=without)
        if required
        else _("审批用印仍然需要两步验证。"),
        action=_("要求启用") if required else _("取消要求"),
        back=reverse("org:settings"),
        danger=not required,
    )


@for_acting
def new_key(visit: Visit) -> HttpResponse:
    """Make an API key; the answer shows it, once."""
    has_code = stepup.has_totp(visit.principal.user_id)
    form = KeyForm(visit.principal, has_code, visit.request.POST if visit.posted else None)
    if visit.posted and form.is_valid():
        given = form.cleaned_data
        try:
            _key, token = api_keys.create_api_key(
                principal=visit.principal,
                name=given["name"],
                scopes=[Permission(scope) for scope in given["scopes"]],
                expires_at=clock.now() + timedelta(days=given["days"]),
                code=given.get("code"),
            )
        except Refused as refused:
            blame(form, refused)
        else:
            return visit.show("secret.html", title=_("密钥已建立"), secret=token, back=reverse("org:keys"))
    return visit.ask(
        _("新建接口密钥"),
        _("密钥以您的身份调用接口，权限不会超过您本人。离职或改变角色时随之失效。"),
        action=_("建立"),
        back=reverse("org:keys"),
        form=form,
    )


@for_acting
def revoke_key(visit: Visit, key_id: UUID) -> HttpResponse:
    """End a key at once."""
    key = selectors.api_key_of(visit.principal, key_id)
    if visit.posted:
        api_keys.revoke_api_key(principal=visit.principal, key_id=key_id)
        return visit.done(_("密钥已吊销。"), "org:keys")
    return visit.ask(
        _("吊销密钥“{name}”？").format(name=key.name),
        _("使用这个密钥的系统会立即无法调用接口。不能恢复，只能新建。"),
        action=_("吊销"),
        back=reverse("org:keys"),
        danger=True,
    )


@for_acting
def new_webhook(visit: Visit) -> HttpResponse:
    """Send events to an address; the answer shows the signing secret, once."""
    visit.principal.require(Permission.MANAGE_PROFILE)
    form = WebhookForm(visit.request.POST if visit.posted else None)
    if visit.posted and form.is_valid():
        try:
            endpoint = webhooks.register_endpoint(
                principal=visit.principal, url=form.cleaned_data["url"], topics=form.wanted()
            )
        except Refused as refused:
            blame(form, refused)
        else:
            title = _("推送已建立，请保存签名密钥")
            return visit.show(
                "secret.html", title=title, secret=endpoint.secret, back=reverse("org:webhooks")
            )
    return visit.ask(
        _("新建推送"),
        _("每次推送都带签名（Qianbei-Signature），请用签名密钥核对后再采信。"),
        action=_("建立"),
        back=reverse("org:webhooks"),
        form=form,
    )


@for_acting
def remove_webhook(visit: Visit, webhook_id: UUID) -> HttpResponse:
    """Stop sending to an address."""
    visit.principal.require(Permission.MANAGE_PROFILE)
    endpoint = endpoints(visit.principal).filter(pk=webhook_id).first()
    if endpoint is None:
        raise Refused("not_found")
    if visit.posted:
        webhooks.remove_endpoint(principal=visit.principal, endpoint=endpoint)
        return visit.done(_("推送已停止。"), "org:webhooks")
    return visit.ask(
        _("停止推送到这个地址？"),
        endpoint.url,
        action=_("停止推送"),
        back=reverse("org:webhooks"),
        danger=True,
    )


@for_acting
def notify(visit: Visit) -> HttpResponse:
    """Which mails the member wants."""
    topics = notifications.topics_for(visit.principal.role)
    silenced = notifications.silenced(visit.principal)
    form = NotificationsForm(topics, silenced, visit.request.POST if visit.posted else None)
    if visit.posted and form.is_valid():
        notifications.choose(principal=visit.principal, wanted=form.wanted())
        return visit.done(_("通知设置已保存。"), "org:settings")
    text = _("以邮件发到您的登录邮箱，不含个人信息。") if topics else _("您的角色目前没有可设置的通知。")
    return visit.ask(_("通知设置"), text, action=_("保存"), back=reverse("org:settings"), form=form)


@for_acting
def signing(visit: Visit) -> HttpResponse:
    """How the employer's people sign, from the next contract on."""
    visit.principal.require(Permission.MANAGE_PROFILE)
    employer = selectors.employer_of(visit.principal)
    now = {"typed_names": employer.typed_names, "stroke_data": employer.stroke_data}
    form = SigningForm(visit.request.POST if visit.posted else None, initial=now)
    if visit.posted and form.is_valid():
        employers.choose_signing(principal=visit.principal, choices=form.cleaned_data)
        return visit.done(_("签署方式已保存，今后发送的合同按此办理。"), "org:settings")
    return visit.ask(
        _("签署方式"),
        _("劳动者在手机上怎样签名。已经发出的合同不受影响。"),
        action=_("保存"),
        back=reverse("org:settings"),
        form=form,
    )


@for_members
def profile(visit: Visit) -> HttpResponse:
    """The employer as it is, and what changes were asked for."""
    employer = selectors.employer_of(visit.principal)
    lines = []
    for name, field in EMPLOYER_FIELDS.items():
        value = str(getattr(employer, name) or "")
        if field.codes and value:
            row = table(field.codes).get(value)
            value = by_language(row.zh, row.en) if row else value
        lines.append((_label(name), MASKED.get(name, str)(value)))
    return visit.show(
        "profile.html",
        employer=employer,
        state=EMPLOYER_STATES[employer.state],
        lines=lines,
        changes=[
            (change, CHANGE_STATES[change.state], [_label(name) for name in change.changes])
            for change in selectors.profile_changes_of(visit.principal)[:10]
        ],
        may_change=visit.may(Permission.MANAGE_PROFILE),
    )


@for_acting
def change_profile(visit: Visit) -> HttpResponse:
    """Edit a profile that nobody has decided on; ask for a change of an approved one."""
    visit.principal.require(Permission.MANAGE_PROFILE)
    employer = selectors.employer_of(visit.principal)
    locked = employer.state != EmployerState.PENDING
    data = (visit.request.POST, visit.request.FILES) if visit.posted else ()
    form = ProfileForm(employer, *data, evidence=locked)
    if visit.posted and form.is_valid():
        wanted = {name: value for name, value in form.cleaned_data.items() if name != "evidence"}
        try:
            if locked:
                paper = form.cleaned_data["evidence"].read()
                profile_changes.ask_for_change(principal=visit.principal, wanted=wanted, evidence=paper)
            else:
                employers.update_profile(principal=visit.principal, changes=wanted)
        except Refused as refused:
            blame(form, refused)
        else:
            words = _("变更申请已提交，等待平台审核。") if locked else _("单位资料已保存。")
            return visit.done(words, "org:profile")
    return visit.ask(
        _("申请变更单位资料") if locked else _("修改单位资料"),
        _("资料已认证并锁定。修改后连同证明材料提交，平台审核通过后生效；在此之前仍按原资料办理。")
        if locked
        else _("认证通过前可以直接修改。"),
        action=_("提交申请") if locked else _("保存"),
        back=reverse("org:profile"),
        form=form,
    )


def _label(name: str) -> str:
    field = EMPLOYER_FIELDS.get(name)
    if field is None:
        return str({"headcount": _("职工人数"), "is_dispatch_agency": _("劳务派遣单位")}[name])
    return by_language(field.zh, field.en[:1].upper() + field.en[1:])
