"""Make one party's signature: the signer process's work.

Claim in a short transaction, sign outside any, record in another that succeeds only if the claim still holds
and the document is still the one that was signed. A signature that cannot be recorded is discarded, so that
a crash, a slow twin or a withdrawal never leaves two, or one that nobody may use.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

import structlog
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from django.db import transaction
from django.db.models import F

from core import blobs, bus, clock, work
from core.crypto import blind_index
from core.errors import Refused
from signing.domain import LIVE_JOB, JobState, PartyKind, PartyState, RequestState
from signing.events import SignatureApplied
from signing.keys.revocation import Evidence
from signing.keys.signing_key import SigningKey
from signing.models import SignatureRequest, SigningJob, SigningParty
from signing.pades import marks
from signing.pades.apply import Party, sign_first, sign_next
from signing.pades.complete import Completion, archive
from signing.services import keyroom, outside
from signing.services.jobs import fail_job
from signing.services.requests import SYSTEM, invite_next
from signing.services.seals import mark_of
from signing.services.trail import move

log = structlog.get_logger()

# Refusals of the world outside: tried again while the authorisation lasts. All others end the job.
PASSING = frozenset(
    {
        "time_stamp_unavailable",
        "clock_skew",
        "certificate_unavailable",
        "revocation_unavailable",
        "storage_full",
    }
)
LONGEST_WAIT_SECONDS = 60.0
RELATED = ("party__request", "placement", "seal_use__application__seal")


class ClaimLost(Exception):  # noqa: N818  (an answer to `apply_job`, not a malfunction)
    """The request was withdrawn meanwhile, or a twin was faster: what was made is discarded."""


@dataclass(frozen=True)
class Signed:
    """The new revision, stored, and the PEM chain of the certificate that signed it."""

    digest: str
    certificates: str


def apply_job(job_id: str) -> None:
    """Do one job, or find that there is nothing to do. May be run again at any time, also twice at once."""
    try:
        job = _claim(job_id)
        if job is not None:
            _do(job)
    except ClaimLost:
        log.warning("signing.discarded", job=job_id)


def _claim(job_id: str) -> SigningJob | None:
    job = SigningJob.objects.select_related(*RELATED).get(pk=job_id)
    if job.state not in LIVE_JOB:
        return None
    lease = uuid4()
    with _claim_held():
        _move(job, JobState.SIGNING, "job.started", lease=lease, attempts=F("attempts") + 1)
    job.lease, job.state, job.attempts = lease, JobState.SIGNING, job.attempts + 1
    return job


def _do(job: SigningJob) -> None:
    try:
        signed = _sign(job)
    except Refused as refused:
        _give_up(job, refused)
    else:
        _record(job, signed)


def _sign(job: SigningJob) -> Signed:
    """Authorisation, key, document, signature, archive time-stamp: no transaction is open meanwhile."""
    party = job.party
    key = _open_key(job)
    pdf = blobs.get(job.document_digest)
    mark = _mark(job)
    place = job.placement.place if job.placement else party.place_box
    source, tsa = outside.revocation_source(), outside.time_stamp_authority()
    own = source.evidence((key.certificate, *key.chain), fresh=party.kind == PartyKind.PERSON)
    signer = Party(
        field=party.field_name,
        key=key,
        mark=mark,
        place=place,
        # A one-shot certificate may have expired when the last party signs; asking then would be too late.
        evidence=(own, source.evidence(tsa.chain)),
    )
    completion = _completion(job, mark) if _is_last(party) else None
    first = job.document_digest == party.request.base_digest
    signed = (sign_first if first else sign_next)(pdf, signer, tsa, completion)
    if completion is not None:
        signed = archive(signed, tsa)
    chain = (key.certificate, *key.chain)
    pem = "".join(c.public_bytes(serialization.Encoding.PEM).decode() for c in chain)
    return Signed(blobs.put(signed), pem)


def _open_key(job: SigningJob) -> SigningKey:
    party = job.party
    opened = {"document_sha256": job.document_digest, "subject": job.subject}
    if party.kind == PartyKind.ORGANISATION:
        return keyroom.open_organisation_key(job.authorisation, tenant=party.request.tenant, **opened)
    return keyroom.issue_person_key(
        job.authorisation,
        party_id=party.pk,
        name=party.name,
        # Tells namesakes apart without giving the number away: certificates travel.
        reference=blind_index("certificate", party.id_no)[:32],
        **opened,
    )


def _mark(job: SigningJob) -> marks.Mark:
    if job.seal_use is not None:
        return mark_of(job.seal_use.application.seal)
    if job.placement is None:
        raise ValueError("a job has either a placement or a seal")
    if job.placement.typed_name:
        return marks.TypedName(job.placement.typed_name)
    return job.placement.handwriting


def _is_last(party: SigningParty) -> bool:
    return not SigningParty.objects.filter(request=party.request, order__gt=party.order).exists()


def _completion(job: SigningJob, mark: marks.Mark) -> Completion:
    """Newer validation data of earlier signers whose certificates still live; each has its own already."""
    source = outside.revocation_source()
    earlier = SigningJob.objects.filter(party__request=job.party.request, state=JobState.SIGNED)
    evidence: list[Evidence] = []
    for other in earlier.select_related("party").order_by("party__order"):
        chain = _chain(other)
        if chain[0].not_valid_after_utc > clock.now():
            evidence.append(source.evidence(chain, fresh=other.party.kind == PartyKind.PERSON))
    return Completion(evidence, seam=mark if isinstance(mark, marks.Seal | marks.SealPicture) else None)


def _chain(job: SigningJob) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(job.certificates.encode())


def _give_up(job: SigningJob, refused: Refused) -> None:
    """Wait and try again, or end the job; either way the signer can see why."""
    if refused.code in PASSING:
        with _claim_held():
            _move(job, JobState.QUEUED, "job.postponed", {"error": refused.code}, error_code=refused.code)
        wait = work.backoff(job.attempts, base=2.0, ceiling=LONGEST_WAIT_SECONDS)
        raise work.Later(clock.now() + wait) from refused
    expired = refused.code == "authorisation_expired"
    with _claim_held():
        fail_job(job, job.error_code if expired and job.error_code else refused.code)


@contextmanager
def _claim_held() -> Iterator[None]:
    """Conditional updates inside find the rows as they were claimed, or the claim is lost."""
    try:
        yield
    except Refused as refused:
        if refused.code == "state_conflict":
            raise ClaimLost from refused
        raise


def _record(job: SigningJob, signed: Signed) -> None:
    """Move the document on, with everything that follows from it; raises ClaimLost."""
    party = job.party
    request = party.request
    with transaction.atomic():
        last = _is_last(party)
        detail = {"party": str(party.pk), "role": party.role, "document_digest": signed.digest}
        with _claim_held():
            _move_document(request, job.document_digest, signed.digest, last=last)
            move(
                party,
                PartyState.SIGNED,
                "party.signed",
                request=request,
                actor=party.actor,
                detail=detail,
                signed_at=clock.now(),
            )
            _move(
                job,
                JobState.SIGNED,
                "job.signed",
                {"document_digest": signed.digest},
                signed_digest=signed.digest,
                certificates=signed.certificates,
                error_code="",
            )
        if last:
            work.enqueue("signing.accept", str(request.pk))
        else:
            invite_next(request, actor=SYSTEM)
        bus.publish(
            SignatureApplied(
                request.pk, request.subject, request.tenant, party.pk, party.role, signed.digest, last
            )
        )


def _move_document(request: SignatureRequest, old: str, new: str, *, last: bool) -> None:
    if last:
        move(
            request,
            RequestState.SIGNED,
            "request.signed",
            request=request,
            actor=SYSTEM,
            detail={"document_digest": new},
            only_if={"current_digest": old},
            current_digest=new,
            acted_at=clock.now(),
        )
        return
    unmoved = SignatureRequest.objects.filter(pk=request.pk, state=RequestState.OPEN, current_digest=old)
    if not unmoved.update(current_digest=new, acted_at=clock.now()):
        raise Refused("state_conflict")


def _move(
    job: SigningJob, new: JobState, action: str, detail: dict[str, str] | None = None, **changes: object
) -> None:
    request = job.party.request
    move(
        job,
        new,
        action,
        request=request,
        actor=SYSTEM,
        detail={"job": str(job.pk), "party": str(job.party_id), **(detail or {})},
        only_if={"lease": job.lease},
        **changes,
    )
