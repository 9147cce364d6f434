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
            raise Refused("not_permitted", params={"permission": Permission.READ})
        return self.employer_id

    def require(self, permission: Permission) -> None:
        """Raise `not_permitted` unless the permission is held, and `mfa_required` where more than that is."""
        if permission not in self.permissions:
            raise Refused("not_permitted", params={"permission": permission})
        if self.needs_mfa and permission is not Permission.READ:
            raise Refused("mfa_required")
