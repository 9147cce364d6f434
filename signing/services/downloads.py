"""Tickets by which a browser fetches the PDF through a plain link, and the copy on paper.

Browsers inside other apps save nothing that a script hands them, and a plain link carries no bearer secret.
A ticket stands for it: signed, bound to one session, good for ten minutes.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.core.signing import BadSignature, TimestampSigner
from django.db import transaction

from core import blobs, bus, clock
from core.audit import Detail
from core.errors import Refused
from signing.domain import RequestState
from signing.events import PaperWanted
from signing.models import SigningParty, SigningSession
from signing.services.sessions import check_usable
from signing.services.steps import readable_document, require_steps
from signing.services.trail import note

LIFETIME = timedelta(minutes=10)
SIGNER = TimestampSigner(salt="signing.download")


@dataclass(frozen=True)
class Handed:
    """A PDF and its SHA-256 in hex."""

    pdf: bytes
    digest: str


def ticket_for(session: SigningSession) -> str:
    """A ticket for the session's document. Refuses what `readable_document` refuses."""
    readable_document(session)
    return SIGNER.sign(session.pk.hex)


def hand_out(session: SigningSession) -> Handed:
    """The newest revision for the session's owner; that it was fetched goes on record.

    指引 Art. 11: the worker is urged to download the signed document, so the first time that the final file
    is fetched is kept. Refuses what `readable_document` refuses.
    """
    digest = readable_document(session)
    party = session.party
    record_download(party, actor=party.actor)
    return Handed(blobs.get(digest), digest)


def record_download(party: SigningParty, *, actor: str) -> None:
    """Write down that the person behind a party has fetched the document."""
    request = party.request
    final = request.state == RequestState.COMPLETED
    with transaction.atomic():
        detail: Detail = {
            "party": str(party.pk),
            "document_digest": request.current_digest,
            "final": final,
        }
        note(request, "document.downloaded", actor=actor, detail=detail)
        if final:
            SigningParty.objects.filter(pk=party.pk, downloaded_at=None).update(downloaded_at=clock.now())


def ask_for_paper(*, session: SigningSession) -> None:
    """Ask the sender for the signed document on paper (指引 Art. 13: at least one copy, free).

    Publishes PaperWanted. Refuses `step_missing` before the identity is proved, `paper_not_yet` before
    everybody has signed.
    """
    require_steps(session, "identity")
    party = session.party
    request = party.request
    if request.state != RequestState.COMPLETED:
        raise Refused("paper_not_yet")
    with transaction.atomic():
        bus.publish(PaperWanted(request.pk, request.subject, request.tenant, party.pk))


def redeem(ticket: str) -> SigningSession:
    """The session that a ticket stands for.

    Refuses `ticket_expired` for anything that is no fresh ticket, and what `session_of` and
    `readable_document` refuse.
    """
    try:
        session_id = UUID(SIGNER.unsign(ticket, max_age=LIFETIME))
    except (BadSignature, ValueError) as error:
        raise Refused("ticket_expired") from error
    session = SigningSession.objects.select_related("party__request").get(pk=session_id)
    check_usable(session)
    readable_document(session)
    return session
