"""Signing jobs as every process sees them: made with their authorisation, and given up when it runs out."""

from datetime import timedelta
from uuid import uuid4

from django.db import transaction

from core import clock
from core.errors import Refused
from core.work import LEASE
from signing.domain import LIVE_JOB, JobState, PartyState
from signing.models import Placement, SealUse, SigningJob, SigningParty
from signing.services import keyroom
from signing.services.requests import SYSTEM
from signing.services.trail import move


def new_job(
    party: SigningParty,
    document_digest: str,
    valid_for: timedelta,
    *,
    placement: Placement | None = None,
    seal_use: SealUse | None = None,
) -> SigningJob:
    """A job that is not stored yet, with the authorisation for exactly its signature."""
    now = clock.now()
    job = SigningJob(
        id=uuid4(),
        party=party,
        placement=placement,
        seal_use=seal_use,
        document_digest=document_digest,
        expires_at=now + valid_for,
        created_at=now,
    )
    job.authorisation = keyroom.authorise(
        signer=party.signer, document_sha256=document_digest, subject=job.subject, valid_for=valid_for
    )
    return job


def fail_job(job: SigningJob, error_code: str) -> None:
    """Give a job up; its party may confirm again. What a signer still makes of it is discarded.

    Refuses `state_conflict` when the job has moved on since it was read.
    """
    party = job.party
    request = party.request
    detail = {"job": str(job.pk), "party": str(party.pk), "error": error_code}
    with transaction.atomic():
        move(
            party,
            PartyState.INVITED,
            "party.unconfirmed",
            request=request,
            actor=SYSTEM,
            detail=detail,
        )
        move(
            job,
            JobState.FAILED,
            "job.failed",
            request=request,
            actor=SYSTEM,
            detail=detail,
            only_if={"lease": job.lease},
            error_code=error_code,
        )


def fail_expired_jobs() -> None:
    """Give up jobs whose authorisation ran out and that no signer took up to do it itself."""
    overdue = SigningJob.objects.filter(state__in=LIVE_JOB, expires_at__lt=clock.now() - LEASE)
    for job in overdue.select_related("party__request")[:500]:
        try:
            fail_job(job, job.error_code or "authorisation_expired")
        except Refused:
            continue  # it moved on at this very moment
