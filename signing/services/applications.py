"""Applications for seals: one person asks, another approves, the signer process uses, each use on record.

Nobody approves an application of their own: refused here, and by a constraint of the database. Whoever calls
`approve_applications` has made sure that the decider was strongly authenticated a moment ago; `step_up_proof`
says how and goes into the audit log.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, QuerySet

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
    SealState,
)
from signing.models import Seal, SealApplication, SealUse, SignatureRequest, SigningJob, SigningParty
from signing.selectors import application_of, seal_of, usable_seals
from signing.services.jobs import new_job
from signing.services.requests import SYSTEM

# Not needed for a batch, and decrypting them costs more than all the rest.
PERSONAL = ("party__name", "party__id_no", "party__mobile")
SEALED = Q(uses__job__state=JobState.SIGNED)


@dataclass(frozen=True)
class Outcome:
    """What an approval set in motion: jobs, and documents that no longer waited for the seal."""

    jobs: int
    skipped: int


def apply_for_seal(
    *, principal: Principal, seal_id: UUID, request_ids: Sequence[UUID], reason: str
) -> SealApplication:
    """Ask for one seal on any number of documents that wait for it.

    Commits the application and one row per document. Refuses `nothing_to_seal`, `seal_suspended`,
    `seal_batch_limit`, and `not_waiting_for_seal` with the count when any of them is another's, closed, or
    not at its turn.
    """
    principal.require(Permission.SEAL_REQUEST)
    seal = seal_of(principal, seal_id)
    if seal.state != SealState.ACTIVE:
        raise Refused("seal_suspended")
    wanted = set(request_ids)
    if not wanted:
        raise Refused("nothing_to_seal")
    if seal.batch_limit is not None and len(wanted) > seal.batch_limit:
        raise Refused("seal_batch_limit", params={"label": seal.label, "limit": seal.batch_limit})
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
        _list_documents(application, waiting)
        audit.record(
            "seal_application.requested", subject=application.subject, actor=principal.actor,
            tenant=principal.tenant, detail={"seal": str(seal.pk), "documents": len(waiting)},
        )  # fmt: skip
    return application


def approve_applications(
    *, principal: Principal, application_ids: Collection[UUID], step_up_proof: str, note: str = ""
) -> Outcome:
    """Approve the use of seals: one authorisation and one job for every document of these applications.

    Commits all of it or nothing, in one transaction, in a fixed number of statements however many
    applications and documents there are. Documents that were withdrawn or have expired since they were asked
    for are skipped. Refuses `nothing_to_seal`, `not_found`, `seal_needs_two_people`, `seal_not_yours`,
    `seal_suspended`, `seal_daily_limit`, `seal_application_decided`, and `state_conflict` when documents
    moved at this very moment.
    """
    with transaction.atomic():
        applications = _decide(
            principal, application_ids, ApplicationState.APPROVED, step_up_proof=step_up_proof, note=note
        )
        # The rows of the seals are the lock behind their daily limits.
        seals = Seal.objects.select_for_update().in_bulk({each.seal_id for each in applications.values()})
        if any(seal.state != SealState.ACTIVE for seal in seals.values()):
            raise Refused("seal_suspended")
        return _seal(principal, applications, seals)


def refuse_application(
    *, principal: Principal, application_id: UUID, step_up_proof: str, note: str = ""
) -> SealApplication:
    """Turn an application down. Nothing is sealed; the documents go on waiting."""
    refused = _decide(
        principal, [application_id], ApplicationState.REFUSED, step_up_proof=step_up_proof, note=note
    )
    return refused[application_id]


def repeat_failed(*, principal: Principal, application_id: UUID, step_up_proof: str) -> Outcome:
    """Take up again what failed of an application: a new one in its applicant's name, approved at once.

    Whoever asked and whoever approves are still two people. Commits and refuses as `approve_applications`;
    `nothing_to_seal` when nothing failed, or everything was taken up again.
    """
    principal.require(Permission.SEAL_APPROVE)
    old = application_of(principal, application_id)
    with transaction.atomic():
        waiting = list(
            _waiting(principal.tenant)
            .filter(seal_uses__application=old, seal_uses__job__state=JobState.FAILED)
            .select_related("request")
            .defer("name", "id_no", "mobile")
        )
        if not waiting:
            raise Refused("nothing_to_seal")
        new = SealApplication.objects.create(
            tenant=old.tenant,
            seal=old.seal,
            reason=old.reason,
            requested_by=old.requested_by,
            requested_at=clock.now(),
            repeats=old,
        )
        _list_documents(new, waiting)
        audit.record(
            "seal_application.repeated", subject=new.subject, actor=principal.actor, tenant=old.tenant,
            detail={"repeats": str(old.pk), "documents": len(waiting)},
        )  # fmt: skip
        return approve_applications(
            principal=principal, application_ids=[new.pk], step_up_proof=step_up_proof
        )


def finish_applications() -> None:
    """Mark approved applications as used once no job of theirs is under way."""
    under_way = SealUse.objects.filter(job__state__in=LIVE_JOB).values("application")
    done = SealApplication.objects.filter(state=ApplicationState.APPROVED).exclude(pk__in=under_way)
    for application in done.annotate(sealed=Count("uses", filter=SEALED))[:500]:
        advance(
            SealApplication, application.pk, old=ApplicationState.APPROVED, new=ApplicationState.USED,
            actor=SYSTEM, action="seal_application.used", subject=application.subject,
            tenant=application.tenant, detail={"sealed": application.sealed},
        )  # fmt: skip


def _decide(
    principal: Principal,
    application_ids: Collection[UUID],
    new: ApplicationState,
    *,
    step_up_proof: str,
    note: str,
) -> dict[UUID, SealApplication]:
    principal.require(Permission.SEAL_APPROVE)
    if not application_ids:
        raise Refused("nothing_to_seal")
    found = SealApplication.objects.filter(tenant=principal.tenant).in_bulk(set(application_ids))
    if len(found) != len(set(application_ids)):
        raise Refused("not_found")
    if any(each.requested_by == principal.actor for each in found.values()):
        raise Refused("seal_needs_two_people")
    wanted = {each.seal_id for each in found.values()}
    if usable_seals(principal).filter(pk__in=wanted).count() != len(wanted):
        raise Refused("seal_not_yours")
    if any(each.state != ApplicationState.REQUESTED for each in found.values()):
        raise Refused("seal_application_decided")
    decision = {"decided_by": principal.actor, "decided_at": clock.now(), "decision_note": note}
    advance_all(
        SealApplication, {pk: each.subject for pk, each in found.items()}, old=ApplicationState.REQUESTED,
        new=new, actor=principal.actor, action=f"seal_application.{new}", tenant=principal.tenant,
        detail=lambda pk: {"step_up": step_up_proof, "seal": str(found[pk].seal_id)}, **decision,
    )  # fmt: skip
    for application in found.values():
        application.state = new
        for name, value in decision.items():
            setattr(application, name, value)
    return found


def _seal(
    principal: Principal, applications: dict[UUID, SealApplication], seals: dict[UUID, Seal]
) -> Outcome:
    """Jobs for everything in these applications that still waits. Call inside the transaction."""
    now = clock.now()
    SignatureRequest.objects.filter(
        parties__seal_uses__application__in=applications, state=RequestState.OPEN, expires_at__gt=now
    ).update(acted_at=now)
    uses = list(
        SealUse.objects.filter(application__in=applications)
        .select_related("party__request")
        .defer(*PERSONAL)
        .order_by("pk")
    )
    still_waiting = set(
        _waiting(principal.tenant)
        .filter(seal_uses__application__in=applications)
        .values_list("pk", flat=True)
    )
    # A document asked for twice is sealed once.
    ready = {use.party_id: use for use in reversed(uses) if use.party_id in still_waiting}
    _check_daily_limits(seals, Counter(applications[use.application_id].seal_id for use in ready.values()))
    jobs = [_job_for(use) for use in ready.values()]
    advance_all(
        SigningParty, {party: use.party.request.subject for party, use in ready.items()},
        old=PartyState.INVITED, new=PartyState.CONFIRMED, actor=principal.actor,
        action="party.confirmed", tenant=principal.tenant,
        detail=lambda party: {
            "seal_application": str(ready[party].application_id),
            "seal": str(applications[ready[party].application_id].seal_id),
        },
    )  # fmt: skip
    SigningJob.objects.bulk_create(jobs)
    SealUse.objects.filter(application__in=applications, job__isnull=True).update(skipped=True)
    work.enqueue_new("signing.seal", [str(job.pk) for job in jobs])
    return Outcome(len(jobs), len(uses) - len(jobs))


def _check_daily_limits(seals: dict[UUID, Seal], wanted: Counter[UUID]) -> None:
    limited = {pk: seal.daily_limit for pk, seal in seals.items() if seal.daily_limit is not None}
    if not limited:
        return
    midnight = datetime.combine(clock.today(), time(), clock.SHANGHAI)
    today = SigningJob.objects.filter(
        seal_use__application__seal__in=limited, seal_use__application__decided_at__gte=midnight
    ).exclude(state__in=[JobState.FAILED, JobState.VOID])
    counted = today.values_list("seal_use__application__seal").annotate(Count("pk"))
    used = Counter(dict(counted))
    for pk, limit in limited.items():
        if used[pk] + wanted[pk] > limit:
            params = {"label": seals[pk].label, "limit": limit, "left": max(0, limit - used[pk])}
            raise Refused("seal_daily_limit", params=params)


def _list_documents(application: SealApplication, waiting: Sequence[SigningParty]) -> None:
    SealUse.objects.bulk_create(
        SealUse(application=application, party=party, document_digest=party.request.current_digest)
        for party in waiting
    )


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
