"""Employers: registration by anybody, decision by an operator."""

from collections.abc import Mapping
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts import particulars, selectors
from accounts.domain import EmployerState
from accounts.events import EmployerApproved
from accounts.models import Employer
from accounts.services.members import offer_place
from core import audit, blobs, bus, clock, papers
from core.errors import Refused
from core.principal import Permission, Principal, Role
from core.transitions import advance

VISITOR = "system:registration"


def register_employer(
    *, profile: Mapping[str, object], owner_email: str, licence: bytes | None = None
) -> Employer:
    """Register an employer, pending, and invite its first owner by mail.

    The owner's log-in comes into being when the invitation is accepted, which proves the address; so the
    answer is the same whether or not the address is known here. Commits employer, invitation, audit events.
    `licence` is the paper that shows who the employer is (a business licence), for the operator to look at.
    Raises `employer_faulty` (all faults at once), `evidence_faulty` and `employer_already_registered`.
    """
    asked = {**profile, "owner_email": owner_email}
    columns = particulars.employer_columns(asked, particulars.REGISTRATION_FIELDS)
    invited = columns.pop("owner_email")
    if licence is not None and not papers.is_paper(licence):
        raise Refused("evidence_faulty")
    digest = blobs.put(licence) if licence is not None else ""
    try:
        with transaction.atomic():
            employer = Employer.objects.create(licence=digest, **columns)
            audit.record("employer.registered", subject=employer.subject, actor=VISITOR, tenant=employer.pk)
            offer_place(employer=employer, email=invited, role=Role.OWNER, actor=VISITOR)
    except IntegrityError as error:
        raise Refused("employer_already_registered") from error
    return employer


def update_profile(*, principal: Principal, changes: Mapping[str, object]) -> Employer:
    """Edit a profile that nobody has decided on yet.

    Commits the changed columns and an audit event naming them. Raises `employer_profile_locked`,
    `employer_faulty`, `employer_already_registered`.
    """
    principal.require(Permission.MANAGE_PROFILE)
    employer = selectors.employer_of(principal)
    if employer.state != EmployerState.PENDING:
        raise Refused("employer_profile_locked")
    columns = particulars.employer_columns({**particulars.profile_of(employer), **changes})
    try:
        with transaction.atomic():
            edited = Employer.objects.filter(pk=employer.pk, state=EmployerState.PENDING).update(**columns)
            if not edited:
                raise Refused("employer_profile_locked")
            audit.record(
                "employer.edited",
                subject=employer.subject,
                actor=principal.actor,
                tenant=employer.pk,
                detail={"fields": sorted(changes)},
            )
    except IntegrityError as error:
        raise Refused("employer_already_registered") from error
    employer.refresh_from_db()
    return employer


def choose_signing(*, principal: Principal, choices: Mapping[str, bool]) -> Employer:
    """Set how the employer's people sign: `typed_names`, `stroke_data` (see `Employer`), or one of them.

    For contracts sent from now on. Commits the columns and an audit event with what they were set to.
    """
    principal.require(Permission.MANAGE_PROFILE)
    employer = selectors.employer_of(principal)
    with transaction.atomic():
        Employer.objects.filter(pk=employer.pk).update(**choices)
        audit.record(
            "employer.signing_chosen",
            subject=employer.subject,
            actor=principal.actor,
            tenant=employer.pk,
            detail=dict(choices),
        )
    employer.refresh_from_db()
    return employer


@transaction.atomic
def require_mfa(*, principal: Principal, required: bool) -> Employer:
    """Say whether every member needs a second factor; without one, members only look at lists.

    Commits the rule and its audit event. Raises `mfa_first_your_own` to an owner who would lock themselves
    out.
    """
    principal.require(Permission.MANAGE_MEMBERS)
    if required and not selectors.second_factors(principal.user_id).exists():
        raise Refused("mfa_first_your_own")
    employer = selectors.employer_of(principal)
    if employer.requires_mfa != required:
        employer.requires_mfa = required
        employer.save(update_fields=["requires_mfa"])
        audit.record(
            "employer.mfa_required" if required else "employer.mfa_optional",
            subject=employer.subject,
            actor=principal.actor,
            tenant=employer.pk,
        )
    return employer


def approve_employer(*, principal: Principal, employer_id: UUID) -> Employer:
    """Let a registered employer send contracts. Commits state, audit event, and what hears
    `EmployerApproved`. Raises `not_found` and `state_conflict`."""
    with transaction.atomic():
        employer = _decide(principal, employer_id, EmployerState.APPROVED, "employer.approved")
        bus.publish(EmployerApproved(tenant=employer.pk, name=employer.name, uscc=employer.uscc))
    return employer


def reject_employer(*, principal: Principal, employer_id: UUID) -> Employer:
    """Turn a registration down; its credit code becomes free again. Raises as `approve_employer`."""
    return _decide(principal, employer_id, EmployerState.REJECTED, "employer.rejected")


def _decide(principal: Principal, employer_id: UUID, new: EmployerState, action: str) -> Employer:
    employer = selectors.all_employers(principal).filter(pk=employer_id).first()
    if employer is None:
        raise Refused("not_found")
    advance(
        Employer,
        employer.pk,
        old=EmployerState.PENDING,
        new=new,
        actor=principal.actor,
        action=action,
        subject=employer.subject,
        tenant=employer.pk,
        decided_at=clock.now(),
    )
    employer.refresh_from_db()
    return employer
