"""The will to sign: the code bound to the document, the confirmation, or the refusal."""

from django.db import transaction

from core import bus, work
from core.errors import Refused
from signing.domain import AUTHORISATION_OF_PERSON, PartyState, Purpose
from signing.events import RequestRefused
from signing.models import SigningJob, SigningSession
from signing.services import codes
from signing.services.jobs import new_job
from signing.services.requests import refuse_request, touch_open
from signing.services.steps import check_acting, check_document, newest_placement, require_steps
from signing.services.trail import move


def request_sign_code(*, session: SigningSession, document_digest: str) -> codes.SentCode:
    """Send the code that will confirm exactly this document. Its message carries the digest's beginning.

    Refuses `step_missing`, `document_changed`, `out_of_turn`, and as `codes.send_code`.
    """
    _check_ready(session, document_digest)
    return codes.send_code(session, Purpose.SIGN, document_digest=document_digest)


def confirm_signature(*, session: SigningSession, document_digest: str, code: str) -> SigningJob:
    """Take the code as the will to sign this document, and hand the signer process its authorisation.

    Commits, in one transaction: the code as used, the party as confirmed, the job with its due work. From
    then on the signature is made or the party is told why not. Refuses as `request_sign_code` and as
    `codes.try_code`; a wrong try stays counted, so call this outside `atomic`.
    """
    _check_ready(session, document_digest)
    party = session.party
    placement = newest_placement(session, document_digest)
    job = new_job(party, document_digest, AUTHORISATION_OF_PERSON, placement=placement)
    try:
        right = codes.try_code(session, Purpose.SIGN, code, document_digest=document_digest)
        with transaction.atomic():
            touch_open(party.request_id, document_digest=document_digest)
            move(
                party,
                PartyState.CONFIRMED,
                "party.confirmed",
                request=party.request,
                actor=party.actor,
                detail={
                    "party": str(party.pk),
                    "session": str(session.pk),
                    "document_digest": document_digest,
                    "job": str(job.pk),
                },
            )
            codes.use_code(right)
            job.save(force_insert=True)
            work.enqueue("signing.apply", str(job.pk))
    except Refused as refused:
        if refused.code in ("state_conflict", "code_used"):  # the same ran beside us and won
            party.refresh_from_db()
            check_acting(session)
        raise
    return job


def refuse_to_sign(*, session: SigningSession, reason: str) -> None:
    """The party will not sign: request and party are closed, and whoever asked is told the reason.

    Refuses `step_missing` before the identity is proved, `out_of_turn`, and what `check_acting` says.
    """
    require_steps(session, "identity")
    check_acting(session)
    party = session.party
    request = party.request
    if party.state != PartyState.INVITED:
        raise Refused("out_of_turn")
    with transaction.atomic():
        touch_open(request.pk)
        move(
            party,
            PartyState.REFUSED,
            "party.refused",
            request=request,
            actor=party.actor,
            detail={"party": str(party.pk), "session": str(session.pk)},
        )
        refuse_request(request, actor=party.actor, detail={"party": str(party.pk)})
        bus.publish(RequestRefused(request.pk, request.subject, request.tenant, reason))


def _check_ready(session: SigningSession, document_digest: str) -> None:
    check_acting(session)
    if session.party.state == PartyState.WAITING:
        raise Refused("out_of_turn")
    check_document(session, document_digest)
    require_steps(session, "identity", "consents", "read", "place", document_digest=document_digest)
