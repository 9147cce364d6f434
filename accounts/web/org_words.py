"""Roles, scopes, topics and states of the organisation's settings in words."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from accounts.domain import ChangeState, EmployerState, Topic
from accounts.web.words import Badge, Tone, Words
from core.principal import Permission, Role
from core.webhooks.domain import DeliveryState

ROLES: Mapping[str, Words] = {
    Role.OWNER: _("单位管理员"),
    Role.CLERK: _("人事专员"),
    Role.SEAL_KEEPER: _("印章管理员"),
    Role.AUDITOR: _("审计员"),
}
ROLE_HELP: Words = _(
    "单位管理员：成员、印章、单位资料；人事专员：起草、发送、申请用印、备案；"
    "印章管理员：审批用印；审计员：只能查看。"
)
SCOPES: Mapping[str, Words] = {
    Permission.READ: _("查看"),
    Permission.DRAFT: _("起草合同"),
    Permission.SEND: _("发送合同"),
    Permission.SEAL_REQUEST: _("申请用印"),
    Permission.SEAL_APPROVE: _("审批用印"),
    Permission.FILE: _("办理备案"),
    Permission.MANAGE_MEMBERS: _("管理成员"),
    Permission.MANAGE_PROFILE: _("管理单位"),
    Permission.VIEW_PII: _("查看个人信息"),
}
TOPICS: Mapping[str, tuple[Words, Words]] = {
    Topic.SEAL_REQUESTED: (_("有新的用印申请"), _("您有权使用的印章收到申请时。")),
    Topic.FILING_RETURNED: (_("备案被退回"), _("经办机构退回或不予受理，需要修改时。")),
    Topic.DEADLINES_NEAR: (
        _("合同期限将至"),
        _("用工 20、27、30 天未签，到期前 90、60、30、15 天，到期后仍在用工，试用期或者工作许可将满时。"),
    ),
    Topic.CERTIFICATE_EXPIRING: (_("签章证书即将到期"), _("到期前 90、30、7 天。")),
    Topic.PROFILE_DECIDED: (_("资料变更有结果"), _("平台审核通过或退回时。")),
    Topic.REVIEW_LATE: (_("备案审核超时"), _("经办机构超过承诺的工作日还没有答复时。")),
    Topic.ROLE_ASKED: (_("成员申请角色"), _("有成员缺少权限、申请其他角色时。")),
}
EMPLOYER_STATES: Mapping[str, Badge] = {
    EmployerState.PENDING: Badge(_("待审核"), Tone.WARN),
    EmployerState.APPROVED: Badge(_("已认证"), Tone.GOOD),
    EmployerState.REJECTED: Badge(_("未通过"), Tone.BAD),
}
CHANGE_STATES: Mapping[str, Badge] = {
    ChangeState.REQUESTED: Badge(_("审核中"), Tone.WARN),
    ChangeState.APPROVED: Badge(_("已通过"), Tone.GOOD),
    ChangeState.REFUSED: Badge(_("未通过"), Tone.BAD),
}
DELIVERY_STATES: Mapping[str, Badge] = {
    DeliveryState.PENDING: Badge(_("等待重试"), Tone.WARN),
    DeliveryState.DELIVERED: Badge(_("已送达"), Tone.GOOD),
    DeliveryState.GIVEN_UP: Badge(_("已放弃"), Tone.BAD),
}
