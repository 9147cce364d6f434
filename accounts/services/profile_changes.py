"""Changes of a profile that was approved: an owner asks and shows a paper, an operator decides."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts import particulars, selectors
from accounts.domain import ChangeState, EmployerState, Topic
from accounts.events import EmployerApproved
from accounts.models import Employer, ProfileChange
from accounts.services import notifications
from core import audit, blobs, bus, clock, papers
from core.errors import Refused
from core.principal import Permission, Principal
from core.transitions import advance


def ask_for_change(*, principal: Principal, wanted: Mapping[str, object], evidence: bytes) -> ProfileChange:
    """Ask for other values of the profile than those approved; what is equal is left out.

    Commits the request and an audit event that names the fields, after the paper. Raises
    `profile_not_approved`, `employer_faulty` (all faults at once), `profile_change_empty`, `evidence_faulty`
    and `profile_change_open`.
    """
    principal.require(Permission.MANAGE_PROFILE)
    employer = selectors.employer_of(principal)
    if employer.state != EmployerState.APPROVED:
        raise Refused("profile_not_approved")
    before = particulars.profile_of(employer)
    columns = particulars.employer_columns({**before, **wanted})
    changes = {name: value for name, value in columns.items() if getattr(employer, name) != value}
    if not changes:
        raise Refused("profile_change_empty")
    if not papers.is_paper(evidence):
        raise Refused("evidence_faulty")
    digest = blobs.put(evidence)
    try:
        with transaction.atomic():
            change = ProfileChange.objects.create(
                employer=employer,
                changes=changes,
                evidence=digest,
                requested_by=principal.actor,
                requested_at=clock.now(),
            )
            _record(change, "requested", principal, {"fields": sorted(changes), "evidence": digest})
    except IntegrityError as error:
        raise Refused("profile_change_open") from error
    return change


def approve_change(*, principal: Principal, change_id: UUID) -> ProfileChange:
    """Make the asked-for values the profile. Commits both, and what hears `EmployerApproved`: a new name or
    code gets a new certificate. Raises `not_found`, `state_conflict` and `employer_already_registered`."""
    try:
        with transaction.atomic():
            change = _decide(principal, change_id, ChangeState.APPROVED, "")
            Employer.objects.filter(pk=change.employer_id).update(**change.changes)
            employer = Employer.objects.get(pk=change.employer_id)
            bus.publish(EmployerApproved(tenant=employer.pk, name=employer.name, uscc=employer.uscc))
    except IntegrityError as error:
        raise Refused("employer_already_registered") from error
    return change


def refuse_change(*, principal: Principal, change_id: UUID, note: str) -> ProfileChange:
    """Leave the profile as it is; `note` tells the owner why. Raises as `approve_change`."""
    return _decide(principal, change_id, ChangeState.REFUSED, note)


@transaction.atomic
def _decide(principal: Principal, change_id: UUID, new: ChangeState, note: str) -> ProfileChange:
    principal.require(Permission.OPERATE)
    change = selectors.profile_change_of(principal, change_id)
    advance(
        ProfileChange,
        change.pk,
        old=ChangeState.REQUESTED,
        new=new,
        actor=principal.actor,
        action=f"profile_change.{new}",
        subject=change.subject,
        tenant=change.employer_id,
        detail={"fields": sorted(change.changes)},
        decided_by=principal.actor,
        decided_at=clock.now(),
        note=note,
    )
    change.refresh_from_db()
    notifications.tell(Topic.PROFILE_DECIDED, tenant=change.employer_id, params={"state": new.value})
    return change


def _record(change: ProfileChange, what: str, principal: Principal, detail: dict[str, Any]) -> None:
    audit.record(
        f"profile_change.{what}",
        subject=change.subject,
        actor=principal.actor,
        tenant=change.employer_id,
        detail=detail,
    )
