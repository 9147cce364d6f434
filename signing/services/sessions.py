"""Links and sessions: a link from a message becomes a session on one device, and only one is in use."""

import secrets
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from core import clock
from core.crypto import blind_index
from core.errors import Refused
from signing.domain import SESSION_LIFETIME, SESSIONS_PER_LINK, Language, RequestState, SessionState
from signing.models import SignatureRequest, SigningLink, SigningParty, SigningSession
from signing.services.requests import CLOSED, hash_secret
from signing.services.trail import move, note

# A link still opens the signed document; it opens nothing that came to another end.
OPENS = (RequestState.OPEN, RequestState.SIGNED, RequestState.COMPLETED, RequestState.QUARANTINED)
ENDED = {
    SessionState.TAKEN_OVER: "session_taken_over",
    SessionState.ENDED: "session_invalid",
}


@dataclass(frozen=True)
class Exchanged:
    """A new session. `secret` is told once and kept by the device; `takes_over` when another one is open."""

    secret: str
    session: SigningSession
    takes_over: bool


def exchange_link(*, token: str, address: str, agent: str, language: str = Language.ZH) -> Exchanged:
    """Turn a link's token into a session of this device.

    The first device gets the open session. A later one gets a pending session, which takes over when its
    owner proves the phone. Refuses `link_invalid`, `link_replaced`, `printed_link_expired`,
    `link_exhausted`, and the reason when the request was withdrawn, refused or has expired.
    """
    found = SigningLink.objects.select_related("party__request").filter(token_hash=hash_secret(token))
    link = found.first()
    if link is None:
        raise Refused("link_invalid")
    if not link.valid:
        raise Refused("link_replaced")
    if link.expires_at is not None and link.expires_at <= clock.now():
        raise Refused("printed_link_expired")
    request = link.party.request
    check_reachable(request)
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        allowed = SigningLink.objects.filter(pk=link.pk, valid=True, exchanges__lt=SESSIONS_PER_LINK)
        if not allowed.update(exchanges=F("exchanges") + 1):
            raise Refused("link_exhausted")
        session = _create(link.party, secret, address, agent, language)
        note(
            request,
            "session.opened",
            actor=link.party.actor,
            detail={
                "party": str(link.party_id),
                "session": str(session.pk),
                "state": session.state,
                "address": blind_index("address", address),
                "agent": blind_index("agent", agent),
            },
        )
    return Exchanged(secret, session, session.state == SessionState.PENDING)


def check_reachable(request: SignatureRequest) -> None:
    """Refuse, with the reason, what was withdrawn, refused or has expired; what is signed may be seen."""
    if request.state not in OPENS:
        raise Refused(CLOSED[request.state])
    if request.state == RequestState.OPEN and request.expires_at <= clock.now():
        raise Refused("request_expired")


def session_of(secret: str) -> SigningSession:
    """The session that a secret belongs to, with party and request.

    Refuses `session_invalid`, `session_expired`, and `session_taken_over` when the person has moved on to
    another device.
    """
    found = SigningSession.objects.select_related("party__request")
    session = found.filter(secret_hash=hash_secret(secret)).first()
    if session is None:
        raise Refused("session_invalid")
    check_usable(session)
    return session


def check_usable(session: SigningSession) -> None:
    """Refuse as `session_of` does, for a session that was found."""
    if session.state in ENDED:
        raise Refused(ENDED[SessionState(session.state)])
    if session.expires_at <= clock.now():
        raise Refused("session_expired")


def identify(session: SigningSession) -> None:
    """Mark the session's owner as proved; a pending session takes over from the open one.

    Call it in the transaction that spends the identity code. Refuses `state_conflict` when the session was
    itself taken over meanwhile.
    """
    now = clock.now()
    if session.state == SessionState.PENDING:
        others = SigningSession.objects.filter(party=session.party, state=SessionState.OPEN)
        for other in others.exclude(pk=session.pk):
            _move(other, SessionState.TAKEN_OVER, "session.taken_over")
        _move(session, SessionState.OPEN, "session.identified", identified_at=now)
        return
    if not SigningSession.objects.filter(pk=session.pk, state=SessionState.OPEN).update(identified_at=now):
        raise Refused("state_conflict")
    request = session.party.request
    note(
        request,
        "session.identified",
        actor=session.party.actor,
        detail={"party": str(session.party_id), "session": str(session.pk)},
    )


def _create(party: SigningParty, secret: str, address: str, agent: str, language: str) -> SigningSession:
    now = clock.now()
    session = SigningSession(
        party=party,
        secret_hash=hash_secret(secret),
        state=SessionState.OPEN,
        created_at=now,
        expires_at=now + SESSION_LIFETIME,
        address=address,
        agent=agent,
        language=language,
    )
    try:
        with transaction.atomic():
            session.save(force_insert=True)
    except IntegrityError:  # another session of this party is open
        session.state = SessionState.PENDING
        session.save(force_insert=True)
    return session


def _move(session: SigningSession, new: SessionState, action: str, **changes: Any) -> None:
    request = session.party.request
    move(
        session,
        new,
        action,
        request=request,
        actor=session.party.actor,
        detail={"party": str(session.party_id), "session": str(session.pk)},
        **changes,
    )
