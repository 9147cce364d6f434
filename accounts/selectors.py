"""Reads. Each takes the principal, so that nobody sees another employer's people."""

import re
from typing import Any, TypeVar
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import (
    ApiKey,
    Employer,
    Invitation,
    Membership,
    ProfileChange,
    RoleRequest,
    RosterWish,
    User,
    Worker,
)
from core.crypto import blind_index
from core.errors import Refused
from core.names import normalise_name
from core.numbers import normalise
from core.principal import ROLE_PERMISSIONS, Permission, Principal, Role

T = TypeVar("T")
SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def principal_of(user: User, employer: Employer | None) -> Principal:
    """The person as a member of the employer, or as an operator when there is none; raises `not_found`."""
    if employer is None:
        if not user.is_operator:
            raise Refused("not_found")
        return operator_principal(user)
    memberships = Membership.objects.select_related("employer")
    membership = memberships.filter(user=user, employer=employer, active=True).first()
    if membership is None:
        raise Refused("not_found")
    return member_principal(membership)


def member_principal(membership: Membership) -> Principal:
    """All that a membership may do. Asks once more only where the employer wants second factors."""
    role = Role(membership.role)
    needs_mfa = membership.employer.requires_mfa and not second_factors(membership.user_id).exists()
    return Principal(
        membership.user_id, role, ROLE_PERMISSIONS[role], membership.employer_id, needs_mfa=needs_mfa
    )


def second_factors(user: int | OuterRef) -> QuerySet[Authenticator]:
    """A person's authenticator apps and passkeys; recovery codes alone are none."""
    found: QuerySet[Authenticator] = Authenticator.objects.filter(user_id=user, type__in=SECOND_FACTORS)
    return found


def users_with_second_factor() -> QuerySet[Any]:
    """The keys of all people who have one; to be used inside another query."""
    found: QuerySet[Any] = Authenticator.objects.filter(type__in=SECOND_FACTORS).values("user")
    return found


def places_of(user: User | AnonymousUser) -> QuerySet[Membership]:
    """A person's places in employers, the longest-standing first; a visitor has none."""
    if not user.is_authenticated:
        return Membership.objects.none()
    places = Membership.objects.filter(user=user, active=True).select_related("employer")
    return places.order_by("created_at", "pk")


def operator_principal(user: User) -> Principal:
    """All that an operator may do."""
    return Principal(user.pk, Role.OPERATOR, ROLE_PERMISSIONS[Role.OPERATOR])


def employer_of(principal: Principal) -> Employer:
    """The employer acted for."""
    principal.require(Permission.READ)
    return Employer.objects.get(pk=principal.tenant)


def all_employers(principal: Principal) -> QuerySet[Employer]:
    """Every employer on the platform: for operators."""
    principal.require(Permission.OPERATE)
    return Employer.objects.all()


def members_of(principal: Principal) -> QuerySet[Membership]:
    """The members of the employer, with their people; `has_mfa` says whether they have a second factor."""
    principal.require(Permission.READ)
    members = Membership.objects.filter(employer_id=principal.tenant).select_related("user")
    return members.annotate(has_mfa=Exists(second_factors(OuterRef("user_id"))))


def member_of(principal: Principal, membership_id: UUID) -> Membership:
    """One of them; anybody else's is `not_found`."""
    return _found(members_of(principal).filter(pk=membership_id).first())


def invitations_of(principal: Principal) -> QuerySet[Invitation]:
    """The invitations into the employer, answered or not."""
    principal.require(Permission.MANAGE_MEMBERS)
    return Invitation.objects.filter(employer_id=principal.tenant)


def api_keys_of(principal: Principal) -> QuerySet[ApiKey]:
    """One's own keys in this employer; with `manage_members` everybody's."""
    keys = ApiKey.objects.select_related("user", "membership").filter(
        Q(membership__employer_id=principal.employer_id) if principal.employer_id else Q(membership=None)
    )
    if Permission.MANAGE_MEMBERS in principal.permissions:
        return keys
    return keys.filter(user_id=principal.user_id)


def api_key_of(principal: Principal, key_id: UUID) -> ApiKey:
    """One of them; anybody else's is `not_found`."""
    return _found(api_keys_of(principal).filter(pk=key_id).first())


def profile_changes_of(principal: Principal) -> QuerySet[ProfileChange]:
    """The changes of the profile that were asked for, newest first; an operator sees every employer's."""
    changes = ProfileChange.objects.select_related("employer").order_by("-requested_at")
    if principal.employer_id is None:
        principal.require(Permission.OPERATE)
        return changes
    principal.require(Permission.READ)
    return changes.filter(employer_id=principal.tenant)


def profile_change_of(principal: Principal, change_id: UUID) -> ProfileChange:
    """One of them; anybody else's is `not_found`."""
    return _found(profile_changes_of(principal).filter(pk=change_id).first())


def role_requests_of(principal: Principal) -> QuerySet[RoleRequest]:
    """The roles that members ask for, the oldest first: an owner's to decide on."""
    principal.require(Permission.MANAGE_MEMBERS)
    asked = RoleRequest.objects.filter(membership__employer_id=principal.tenant, membership__active=True)
    return asked.select_related("membership__user").order_by("asked_at")


def role_request_of(principal: Principal, request_id: UUID) -> RoleRequest:
    """One of them; anybody else's is `not_found`."""
    return _found(role_requests_of(principal).filter(pk=request_id).first())


def workers_of(principal: Principal) -> QuerySet[Worker]:
    """The roster of the employer."""
    principal.require(Permission.READ)
    return Worker.objects.filter(employer_id=principal.tenant)


def worker_of(principal: Principal, worker_id: UUID) -> Worker:
    """One row of it; anybody else's is `not_found`."""
    return _found(workers_of(principal).filter(pk=worker_id).first())


def roster_wishes_of(principal: Principal) -> QuerySet[RosterWish]:
    """What workers ask this employer to correct, the latest first."""
    principal.require(Permission.READ)
    wishes = RosterWish.objects.filter(worker__employer_id=principal.tenant)
    return wishes.select_related("worker").order_by("-asked_at")


def roster_wish_of(principal: Principal, wish_id: UUID) -> RosterWish:
    """One of them; anybody else's is `not_found`."""
    return _found(roster_wishes_of(principal).filter(pk=wish_id).first())


def find_workers(
    principal: Principal, *, id_no: str | None = None, mobile: str | None = None, name: str | None = None
) -> QuerySet[Worker]:
    """The rows with exactly this (normalised) number, this mobile number, and this piece of the name."""
    found = workers_of(principal)
    if id_no is not None:
        found = found.filter(id_no_index=blind_index("id_no", id_no))
    if mobile is not None:
        found = found.filter(mobile_index=blind_index("mobile", mobile))
    if name is not None:
        found = found.filter(name__contains=name)
    return found


def workers_meant(workers: QuerySet[Worker], text: str) -> QuerySet[Worker]:
    """Those whom a search means: by whole identity or mobile number, the mobile's last four digits, or name.

    A name is searched from its beginning, which an index answers however long the roster is; numbers are
    found through their blind indexes, so that none is ever compared in clear.
    """
    typed = normalise(text)
    if re.fullmatch(r"[0-9]{4}", typed):
        return workers.filter(mobile_end_index=blind_index("mobile_end", typed))
    if re.fullmatch(r"1[0-9]{10}", typed):
        return workers.filter(mobile_index=blind_index("mobile", typed))
    if re.search(r"[0-9]{6}", typed):
        return workers.filter(id_no_index=blind_index("id_no", typed))
    return workers.filter(name__startswith=normalise_name(text))


def _found(row: T | None) -> T:
    if row is None:
        raise Refused("not_found")
    return row
