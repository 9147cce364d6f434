"""Who acts. Every selector and service takes one, so that the tenant filter cannot be forgotten."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from core.errors import Refused


class Role(StrEnum):
    OWNER = "owner"
    CLERK = "clerk"
    SEAL_KEEPER = "seal_keeper"
    AUDITOR = "auditor"
    OPERATOR = "operator"


class Permission(StrEnum):
    """What a role may do; API keys are narrowed to a subset of their member's permissions."""

    READ = "read"
    DRAFT = "draft"
    SEND = "send"
    SEAL_REQUEST = "seal_request"
    SEAL_APPROVE = "seal_approve"
    FILE = "file"
    MANAGE_MEMBERS = "manage_members"
    MANAGE_PROFILE = "manage_profile"
    VIEW_PII = "view_pii"
    OPERATE = "operate"


P = Permission
ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(
        {P.READ, P.DRAFT, P.SEND, P.SEAL_REQUEST, P.FILE, P.MANAGE_MEMBERS, P.MANAGE_PROFILE, P.VIEW_PII}
    ),
    Role.CLERK: frozenset({P.READ, P.DRAFT, P.SEND, P.SEAL_REQUEST, P.FILE, P.VIEW_PII}),
    Role.SEAL_KEEPER: frozenset({P.READ, P.SEAL_APPROVE}),
    Role.AUDITOR: frozenset({P.READ}),
    Role.OPERATOR: frozenset({P.OPERATE}),
}


# What a permission and a role are called where one is refused for lack of it.
PERMISSION_WORDS: dict[Permission, tuple[str, str]] = {
    P.READ: ("查看", "look at the employer's data"),
    P.DRAFT: ("起草合同", "draft contracts"),
    P.SEND: ("发送合同", "send contracts"),
    P.SEAL_REQUEST: ("申请用印", "ask for a seal"),
    P.SEAL_APPROVE: ("审批用印", "approve the use of seals"),
    P.FILE: ("办理备案", "file contracts"),
    P.MANAGE_MEMBERS: ("管理成员", "manage members"),
    P.MANAGE_PROFILE: ("管理单位", "manage the organisation"),
    P.VIEW_PII: ("查看个人信息", "see personal data"),
    P.OPERATE: ("平台运营", "operate the platform"),
}
ROLE_WORDS: dict[Role, tuple[str, str]] = {
    Role.OWNER: ("单位管理员", "owners"),
    Role.CLERK: ("人事专员", "clerks"),
    Role.SEAL_KEEPER: ("印章管理员", "seal keepers"),
    Role.AUDITOR: ("审计员", "auditors"),
    Role.OPERATOR: ("平台运营人员", "operators of the platform"),
}


def lacking(permission: Permission) -> Refused:
    """The refusal that says which permission is missing, and who has it."""
    zh, en = PERMISSION_WORDS[permission]
    holders = [ROLE_WORDS[role] for role in Role if permission in ROLE_PERMISSIONS[role]]
    return Refused(
        "not_permitted",
        params={
            "permission_zh": zh,
            "permission_en": en,
            "holders_zh": "、".join(each for each, _ in holders),
            "holders_en": ", ".join(each for _, each in holders),
        },
    )


@dataclass(frozen=True)
class Principal:
    """An authenticated actor: a member of one employer, or an operator of the platform.

    `needs_mfa`: the employer asks its members for a second factor and this one has none yet. Such a member
    looks at lists and does nothing.
    """

    user_id: int
    role: Role
    permissions: frozenset[Permission]
    employer_id: UUID | None = None
    needs_mfa: bool = False

    @property
    def actor(self) -> str:
        """The name under which the audit log knows the actor."""
        return f"user:{self.user_id}"

    @property
    def tenant(self) -> UUID:
        """The employer acted for; an operator has none and is told so."""
        if self.employer_id is None:
            raise lacking(Permission.READ)
        return self.employer_id

    def require(self, permission: Permission) -> None:
        """Raise `not_permitted` unless the permission is held, and `mfa_required` where more than that is."""
        if permission not in self.permissions:
            raise lacking(permission)
        if self.needs_mfa and permission is not Permission.READ:
            raise Refused("mfa_required")
