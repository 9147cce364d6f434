"""Seals: one person asks, another approves, the signer process uses, and every use is on record.

Nobody approves an application of their own: refused here, and by a constraint of the database. Whoever calls
`decide_application` has made sure that the decider was strongly authenticated a moment ago; `step_up_proof`
says how and goes into the audit log.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from core import audit, clock, work
from core.errors import Refused
from core.principal import Permission, Principal
from core.transitions import advance, advance_all
from signing.domain import (
    AUTHORISATION_OF_ORGANISATION,
    LIVE_JOB,
    ApplicationState,
    JobState,
    PartyKind,
    PartyState,
    RequestState,
    SealKind,
    SealState,
)
from signing.models import (
    OrganisationKey,
    Seal,
    SealApplication,
    SealUse,
    SignatureRequest,
    SigningJob,
    SigningParty,
)
from signing.pades import marks
from signing.pades.appearance import draw
from signing.selectors import seal_of
from signing.services.jobs import new_job
from signing.services.requests import SYSTEM

# The line under the star; the official seal has none (domain notes §5.2).
PURPOSE_TEXTS = {SealKind.OFFICIAL: "", SealKind.CONTRACT: "合同专用章", SealKind.PERSONNEL: "劳动合同专用章"}

# Not needed for a batch, and decrypting them costs more than all the rest.
PERSONAL = ("party__name", "party__id_no", "party__mobile")


@dataclass(frozen=True)
class Outcome:
    """What an approval set in motion: jobs, and documents that no longer waited for the seal."""

    jobs: int
    skipped: int


def create_seal(
    *,
    principal: Principal,
    kind: SealKind,
    label: str,
    holder: str,
    code13: str = "",
    diameter_mm: Decimal = Decimal("40.0"),
) -> Seal:
    """Make a seal drawn by rule, with the legal name to which the organisation's certificate is issued.

    `holder` (`user:<id>`) answers for it. Refuses `organisation_not_enrolled`, `seal_invalid`,
    `mark_character_missing` and `seal_label_taken`.
    """
    principal.require(Permission.MANAGE_PROFILE)
    enrolled = OrganisationKey.objects.filter(tenant=principal.tenant).first()
    if enrolled is None:
        raise Refused("organisation_not_enrolled")
    name = enrolled.legal_name
    purpose = PURPOSE_TEXTS[kind]
    draw(marks.Seal(name=name, purpose=purpose, code=code13, diameter_mm=float(diameter_mm)))
    seal = Seal(
        tenant=principal.tenant,
        kind=kind,
        label=label,
        name=name,
        purpose_text=purpose,
        code13=code13,
        diameter_mm=diameter_mm,
        holder=holder,
        created_at=clock.now(),
    )
    try:
        with transaction.atomic():
            seal.save(force_insert=True)
            audit.record(
                "seal.created", subject=f"seal:{seal.pk}", actor=principal.actor, tenant=principal.tenant,
                detail={"kind": kind, "holder": holder},
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused("seal_label_taken", params={"label": label}) from error
    return seal


def set_seal_state(*, principal: Principal, seal_id: UUID, state: SealState) -> Seal:
    """Suspend a seal, or put it back into use. Approved applications still run; new ones are refused."""
    principal.require(Permission.SEAL_APPROVE)
    seal = seal_of(principal, seal_id)
    old = SealState.ACTIVE if state is SealState.SUSPENDED else SealState.SUSPENDED
    advance(
        Seal, seal.pk, old=old, new=state, actor=principal.actor, action=f"seal.{state}",
        subject=f"seal:{seal.pk}", tenant=principal.tenant,
    )  # fmt: skip
    seal.state = state
    return seal


def apply_for_seal(
    *, principal: Principal, seal_id: UUID, request_ids: Sequence[UUID], reason: str
) -> SealApplication:
    """Ask for one seal on any number of documents that wait for it.

    Commits the application and one row per document. Refuses `nothing_to_seal`, `seal_suspended`, and
    `not_waiting_for_seal` with the count when any of them is another's, closed, or not at its turn.
    """
    principal.require(Permission.SEAL_REQUEST)
    seal = seal_of(principal, seal_id)
    if seal.state != SealState.ACTIVE:
        raise Refused("seal_suspended")
    wanted = set(request_ids)
    if not wanted:
        raise Refused("nothing_to_seal")
    with transaction.atomic():
        waiting = list(
            _waiting(principal.tenant)
            .filter(request__in=wanted)
            .select_related("request")
            .defer("name", "id_no", "mobile")
        )
        if len(waiting) != len(wanted):
            raise Refused("not_waiting_for_seal", params={"count": len(wanted) - len(waiting)})
        application = SealApplication.objects.create(
            tenant=principal.tenant,
            seal=seal,
            reason=reason,
            requested_by=principal.actor,
            requested_at=clock.now(),
        )
        SealUse.objects.bulk_create(
            SealUse(application=application, party=party, document_digest=party.request.current_digest)
            for party in waiting
        )
        audit.record(
            "seal_application.requested", subject=application.subject, actor=principal.actor,
            tenant=principal.tenant, detail={"seal": str(seal.pk), "documents": len(waiting)},
        )  # fmt: skip
    return application


def approve_application(
    *, principal: Principal, application_id: UUID, step_up_proof: str, note: str = ""
) -> Outcome:
    """Approve the use of a seal: one authorisation and one job for every document of the application.

    Commits all of it in one transaction, in a fixed number of statements. Documents that were withdrawn or
    have expired since they were asked for are skipped. Refuses `seal_needs_two_people`, `seal_suspended`,
    `seal_application_decided`, and `state_conflict` when documents moved at this very moment.
    """
    with transaction.atomic():
        application = _decide(
            principal, application_id, ApplicationState.APPROVED, step_up_proof=step_up_proof, note=note
        )
        if application.seal.state != SealState.ACTIVE:
            raise Refused("seal_suspended")
        now = clock.now()
        SignatureRequest.objects.filter(
            parties__seal_uses__application=application, state=RequestState.OPEN, expires_at__gt=now
        ).update(acted_at=now)
        uses = list(application.uses.select_related("party__request").defer(*PERSONAL))
        still_waiting = set(
            _waiting(principal.tenant).filter(seal_uses__application=application).values_list("pk", flat=True)
        )
        ready = [use for use in uses if use.party_id in still_waiting]
        jobs = [_job_for(use) for use in ready]
        advance_all(
            SigningParty, {use.party_id: use.party.request.subject for use in ready},
            old=PartyState.INVITED, new=PartyState.CONFIRMED, actor=principal.actor,
            action="party.confirmed", tenant=principal.tenant,
            detail={"seal_application": str(application.pk), "seal": str(application.seal_id)},
        )  # fmt: skip
        SigningJob.objects.bulk_create(jobs)
        application.uses.filter(job__isnull=True).update(skipped=True)
        work.enqueue_new("signing.apply", [str(job.pk) for job in jobs])
    return Outcome(len(jobs), len(uses) - len(jobs))


def refuse_application(
    *, principal: Principal, application_id: UUID, step_up_proof: str, note: str = ""
) -> SealApplication:
    """Turn an application down. Nothing is sealed; the documents go on waiting."""
    return _decide(
        principal, application_id, ApplicationState.REFUSED, step_up_proof=step_up_proof, note=note
    )


def finish_applications() -> None:
    """Mark approved applications as used once no job of theirs is under way."""
    under_way = SealUse.objects.filter(job__state__in=LIVE_JOB).values("application")
    for application in SealApplication.objects.filter(state=ApplicationState.APPROVED).exclude(
        pk__in=under_way
    )[:500]:
        sealed = application.uses.filter(job__state=JobState.SIGNED).count()
        advance(
            SealApplication, application.pk, old=ApplicationState.APPROVED, new=ApplicationState.USED,
            actor=SYSTEM, action="seal_application.used", subject=application.subject,
            tenant=application.tenant, detail={"sealed": sealed},
        )  # fmt: skip


def _decide(
    principal: Principal, application_id: UUID, new: ApplicationState, *, step_up_proof: str, note: str
) -> SealApplication:
    principal.require(Permission.SEAL_APPROVE)
    application = (
        SealApplication.objects.select_related("seal")
        .filter(pk=application_id, tenant=principal.tenant)
        .first()
    )
    if application is None:
        raise Refused("not_found")
    if application.requested_by == principal.actor:
        raise Refused("seal_needs_two_people")
    if application.state != ApplicationState.REQUESTED:
        raise Refused("seal_application_decided")
    advance(
        SealApplication, application.pk, old=ApplicationState.REQUESTED, new=new, actor=principal.actor,
        action=f"seal_application.{new}", subject=application.subject, tenant=application.tenant,
        detail={"step_up": step_up_proof, "seal": str(application.seal_id)},
        decided_by=principal.actor, decided_at=clock.now(), decision_note=note,
    )  # fmt: skip
    application.refresh_from_db()
    return application


def _job_for(use: SealUse) -> SigningJob:
    digest = use.party.request.current_digest
    return new_job(use.party, digest, AUTHORISATION_OF_ORGANISATION, seal_use=use)


def _waiting(tenant: UUID) -> QuerySet[SigningParty]:
    """Organisations' parties at their turn, in open requests of the tenant."""
    return SigningParty.objects.filter(
        request__tenant=tenant,
        request__state=RequestState.OPEN,
        request__expires_at__gt=clock.now(),
        kind=PartyKind.ORGANISATION,
        state=PartyState.INVITED,
    )
