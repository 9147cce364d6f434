"""Tickets by which a browser fetches the PDF through a plain link.

Browsers inside other apps save nothing that a script hands them, and a plain link carries no bearer secret.
A ticket stands for it: signed, bound to one session, good for ten minutes.
"""

from datetime import timedelta
from uuid import UUID

from django.core.signing import BadSignature, TimestampSigner

from core.errors import Refused
from signing.models import SigningSession
from signing.services.sessions import check_usable
from signing.services.steps import readable_document

LIFETIME = timedelta(minutes=10)
SIGNER = TimestampSigner(salt="signing.download")


def ticket_for(session: SigningSession) -> str:
    """A ticket for the session's document. Refuses what `readable_document` refuses."""
    readable_document(session)
    return SIGNER.sign(session.pk.hex)


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
