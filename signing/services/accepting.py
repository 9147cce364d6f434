"""The acceptance rule over the final file: only what passes it counts as signed to the rest of the house."""

from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from django.db import transaction

from core import blobs, bus, clock
from signing.domain import JobState, RequestState
from signing.events import RequestCompleted
from signing.models import SignatureRequest, SigningJob
from signing.pades.validate import validate
from signing.pades.verdict import Verdict
from signing.services import outside
from signing.services.notices import mine_url, tell_signers
from signing.services.requests import SYSTEM
from signing.services.trail import move

MAX_PROBLEMS = 20
NOTICE_LIFETIME = timedelta(days=7)


def accept_request(request_id: str) -> None:
    """Judge the final file of a request that everybody has signed.

    Commits `completed` and publishes RequestCompleted, or commits `quarantined` with the problems found, for
    a person to look at. A quarantined request may be judged again.
    """
    request = SignatureRequest.objects.get(pk=request_id)
    if request.state not in (RequestState.SIGNED, RequestState.QUARANTINED):
        return
    verdict = validate(blobs.get(request.current_digest), outside.trust_roots())
    problems = [problem.code for problem in verdict.problems][:MAX_PROBLEMS]
    if verdict.ok and not _made_by_us(request, verdict):
        problems = ["signatures_differ_from_record"]
    if problems or not verdict.ok:
        _quarantine(request, problems)
    else:
        _complete(request, verdict)


def _made_by_us(request: SignatureRequest, verdict: Verdict) -> bool:
    """The certificates in the file are, field by field, those with which our jobs signed."""
    jobs = SigningJob.objects.filter(party__request=request, state=JobState.SIGNED).select_related("party")
    recorded = {job.party.field_name: _leaf(job.certificates) for job in jobs}
    return recorded == {signature.field: signature.certificate for signature in verdict.signatures}


def _complete(request: SignatureRequest, verdict: Verdict) -> None:
    completed_at = max(signature.at for signature in verdict.signatures if signature.at is not None)
    with transaction.atomic():
        move(
            request,
            RequestState.COMPLETED,
            "request.completed",
            request=request,
            actor=SYSTEM,
            detail={"request": str(request.pk), "document_digest": request.current_digest},
            only_if={"current_digest": request.current_digest},
            completed_at=completed_at,
            acted_at=clock.now(),
        )
        tell_signers(request.subject, "completed", {"mine": mine_url()}, lifetime=NOTICE_LIFETIME)
        bus.publish(
            RequestCompleted(
                request.pk, request.subject, request.tenant, request.current_digest, completed_at
            )
        )


def _quarantine(request: SignatureRequest, problems: list[str]) -> None:
    if request.state == RequestState.QUARANTINED:
        return
    move(
        request,
        RequestState.QUARANTINED,
        "request.quarantined",
        request=request,
        actor=SYSTEM,
        detail={"document_digest": request.current_digest, "problems": problems},
        acted_at=clock.now(),
    )


def _leaf(pem: str) -> bytes:
    certificate = x509.load_pem_x509_certificates(pem.encode())[0]
    return certificate.public_bytes(serialization.Encoding.DER)
