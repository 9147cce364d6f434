"""Access of members: a role that is missing is asked for and given, a locked log-in is opened again."""

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import selectors
from accounts.services import role_requests, unlocking
from accounts.web.forms import blame
from accounts.web.org_forms import RoleForm
from accounts.web.org_words import ROLES
from accounts.web.pages import Visit, for_acting
from core.errors import Refused
from core.principal import Permission, Role


class AskForm(RoleForm):
    """The role that is needed, and what for."""

    note = forms.CharField(
        label=_("用途"), max_length=200, help_text=_("例如：接手张三的备案工作。请不要填写员工的个人信息。")
    )


@for_acting
def ask_for_role(visit: Visit) -> HttpResponse:
    """Ask the owners for another role."""
    form = AskForm(visit.request.POST if visit.posted else None)
    if visit.posted and form.is_valid():
        try:
            role_requests.ask_for_role(
                principal=visit.principal,
                role=Role(form.cleaned_data["role"]),
                note=form.cleaned_data["note"],
            )
        except Refused as refused:
            blame(form, refused)
        else:
            return visit.done(_("申请已提交，单位管理员会收到邮件。"), "portal:overview")
    return visit.ask(
        _("申请角色"),
        _("您现在是{role}。单位管理员同意后，新的角色立即生效。").format(role=ROLES[visit.principal.role]),
        action=_("提交申请"),
        back=reverse("org:settings"),
        form=form,
    )


@for_acting
def decide_role(visit: Visit, request_id: UUID) -> HttpResponse:
    """Give a member the role asked for, or leave it."""
    asked = selectors.role_request_of(visit.principal, request_id)
    if visit.posted:
        approved = "refuse" not in visit.request.POST
        role_requests.decide_role(principal=visit.principal, request_id=request_id, approved=approved)
        return visit.done(_("角色已更改。") if approved else _("申请已退回，角色不变。"), "org:members")
    return visit.show(
        "role_request.html", asked=asked, now=ROLES[asked.membership.role], wanted=ROLES[asked.role]
    )


@for_acting
def unlock(visit: Visit, membership_id: UUID) -> HttpResponse:
    """Give a locked member new tries."""
    visit.principal.require(Permission.MANAGE_MEMBERS)
    found = selectors.member_of(visit.principal, membership_id)
    if visit.posted:
        unlocking.unlock_member(principal=visit.principal, membership_id=membership_id)
        return visit.done(_("已解除锁定，可以立即重新登录。"), "org:member", membership_id)
    return visit.ask(
        _("解除锁定？"),
        _("请先确认是本人在操作。密码不变；忘记密码的，请在登录页用邮箱重设。"),
        action=_("解除锁定"),
        back=reverse("org:member", args=[found.pk]),
    )
