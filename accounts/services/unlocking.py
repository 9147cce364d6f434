"""A member who is locked out after wrong tries: seen, and let in again by an owner."""

from uuid import UUID

from django.db import transaction

from accounts import selectors
from accounts.models import Membership
from accounts.services import attempts
from core import audit
from core.principal import Permission, Principal


def is_locked(member: Membership) -> bool:
    """Whether the member's log-in is locked now, for wrong passwords or wrong codes."""
    return any(attempts.locked(limit, whose) for limit, whose in _counters(member))


@transaction.atomic
def unlock_member(*, principal: Principal, membership_id: UUID) -> Membership:
    """Give a locked member new tries, once somebody has made sure who asks; the password stays as it is.

    Commits the counters with the audit event. Can be repeated. Raises `not_found`.
    """
    principal.require(Permission.MANAGE_MEMBERS)
    member = selectors.member_of(principal, membership_id)
    for limit, whose in _counters(member):
        attempts.forgive(limit, whose)
    audit.record(
        "member.unlocked",
        subject=f"member:{member.pk}",
        actor=principal.actor,
        tenant=principal.tenant,
    )
    return member


def _counters(member: Membership) -> tuple[tuple[attempts.Limit, str], ...]:
    return (
        (attempts.PASSWORD_OF_ACCOUNT, member.user.email.lower()),
        (attempts.SECOND_FACTOR, str(member.user_id)),
    )
