"""The life of an employer on the platform, and the roles its members may have. No framework here."""

from datetime import timedelta
from enum import StrEnum

from core.principal import Role
from core.transitions import TransitionTable


class EmployerState(StrEnum):
    """Where a registration stands. The profile is the employer's to edit only while it is pending."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


EMPLOYER_TRANSITIONS: TransitionTable = {
    EmployerState.PENDING: frozenset({EmployerState.APPROVED, EmployerState.REJECTED}),
}

MEMBER_ROLES = (Role.OWNER, Role.CLERK, Role.SEAL_KEEPER, Role.AUDITOR)

INVITATION_LIFE = timedelta(days=7)
SESSION_LIFE = timedelta(hours=8)
LONGEST_KEY_LIFE = timedelta(days=366)


class RevealReason(StrEnum):
    """Why somebody looks at unmasked personal data. A code, since the audit log holds no free text."""

    CONTRACT = "contract"
    FILING = "filing"
    PAYROLL = "payroll"
    WORKER_REQUEST = "worker_request"
    INSPECTION = "inspection"
