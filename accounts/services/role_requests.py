"""Another role: asked for by a member who lacks a permission, given or refused by an owner."""

from uuid import UUID

from django.db import IntegrityError, transaction

from accounts import selectors
from accounts.domain import ChangeState, Topic
from accounts.models import Membership, RoleRequest
from accounts.services import members, notifications
from core import audit, clock
from core.errors import Refused
from core.principal import Permission, Principal, Role
from core.transitions import advance


def ask_for_role(*, principal: Principal, role: Role, note: str) -> RoleRequest:
    """Ask the owners for another role. Commits the request, its audit event and the due mails.

    Raises `role_held` and `role_request_open`.
    """
    principal.require(Permission.READ)
    mine = Membership.objects.get(user_id=principal.user_id, employer_id=principal.tenant, active=True)
    if mine.role == role:
        raise Refused("role_held")
    try:
        with transaction.atomic():
            asked = RoleRequest.objects.create(membership=mine, role=role, note=note, asked_at=clock.now())
            audit.record(
                "role_request.asked",
                subject=asked.subject,
                actor=principal.actor,
                tenant=principal.tenant,
                detail={"role": role},
            )
            notifications.tell(Topic.ROLE_ASKED, tenant=principal.tenant, params={})
    except IntegrityError as error:
        raise Refused("role_request_open") from error
    return asked


@transaction.atomic
def decide_role(*, principal: Principal, request_id: UUID, approved: bool) -> RoleRequest:
    """Give the role or leave it, once. Commits the decision with its audit event, and the role with its own.

    Raises `not_found`, `state_conflict`, `last_owner`.
    """
    principal.require(Permission.MANAGE_MEMBERS)
    asked = selectors.role_request_of(principal, request_id)
    new = ChangeState.APPROVED if approved else ChangeState.REFUSED
    advance(
        RoleRequest,
        asked.pk,
        old=ChangeState.REQUESTED,
        new=new,
        actor=principal.actor,
        action=f"role_request.{new}",
        subject=asked.subject,
        tenant=principal.tenant,
        detail={"role": asked.role},
        decided_by=principal.actor,
        decided_at=clock.now(),
    )
    if approved:
        members.change_role(principal=principal, membership_id=asked.membership_id, role=Role(asked.role))
    asked.refresh_from_db()
    return asked
