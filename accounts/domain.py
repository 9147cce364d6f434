"""The life of an employer on the platform, and the roles its members may have. No framework here."""

from collections.abc import Mapping
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


class ChangeState(StrEnum):
    """Where something asked for stands: a change of an approved profile, another role."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"


CHANGE_TRANSITIONS: TransitionTable = {
    ChangeState.REQUESTED: frozenset({ChangeState.APPROVED, ChangeState.REFUSED}),
}


class WishState(StrEnum):
    """Where a worker's wish for a correction of the roster stands."""

    ASKED = "asked"
    GRANTED = "granted"
    DECLINED = "declined"


WISH_TRANSITIONS: TransitionTable = {
    WishState.ASKED: frozenset({WishState.GRANTED, WishState.DECLINED}),
}
# What a worker may ask to have corrected. The phone follows by itself once it is proved; the rest is on
# papers that the employer has seen.
WISHABLE = ("education", "resid_address")


class Topic(StrEnum):
    """What members are told by mail, each only if they want it."""

    SEAL_REQUESTED = "seal_requested"
    FILING_RETURNED = "filing_returned"
    DEADLINES_NEAR = "deadlines_near"
    CERTIFICATE_EXPIRING = "certificate_expiring"
    PROFILE_DECIDED = "profile_decided"
    ROLE_ASKED = "role_asked"
    REVIEW_LATE = "review_late"


# To whom a topic is of use: nobody else is offered it.
TOPIC_ROLES: Mapping[Topic, frozenset[Role]] = {
    Topic.SEAL_REQUESTED: frozenset({Role.SEAL_KEEPER}),
    Topic.FILING_RETURNED: frozenset({Role.OWNER, Role.CLERK}),
    Topic.DEADLINES_NEAR: frozenset({Role.OWNER, Role.CLERK}),
    Topic.CERTIFICATE_EXPIRING: frozenset({Role.OWNER, Role.SEAL_KEEPER}),
    Topic.PROFILE_DECIDED: frozenset({Role.OWNER}),
    Topic.ROLE_ASKED: frozenset({Role.OWNER}),
    Topic.REVIEW_LATE: frozenset({Role.OWNER, Role.CLERK}),
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
