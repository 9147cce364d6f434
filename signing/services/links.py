"""What becomes of an invitation after it is out: reminders, the link once more, and "that is not me"."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from core import bus, clock
from core.errors import Refused
from signing.domain import (
    LINKS_PER_DAY,
    PRINTED_LINK_LIFETIME,
    REMIND_AFTER,
    REMIND_HOURS,
    REMINDERS_PER_DAY,
    Channel,
    LinkKind,
    PartyKind,
    PartyState,
    RequestState,
    SessionState,
)
from signing.events import PartyDisowned
from signing.models import Notice, SignatureRequest, SigningLink, SigningParty, SigningSession
from signing.services.requests import SYSTEM, hash_secret, send_link, touch_open
from signing.services.sessions import check_reachable
from signing.services.steps import check_acting
from signing.services.trail import move, note

REMINDER, LINK = "reminder", "link"
INVITING = ("invitation", REMINDER, LINK)
DAY = timedelta(days=1)
AT_ONCE = 200  # reminders of one sweep


def remind_party(*, request_id: UUID, actor: str) -> None:
    """Send the person whose turn it is a new link with a reminder. Sessions and codes of theirs live on.

    Refuses `nobody_to_remind`, `party_disowned`, `reminders_spent`, and the reason why a request is closed.
    """
    with transaction.atomic():
        touch_open(request_id)
        party = (
            SigningParty.objects.select_related("request")
            .filter(request_id=request_id, kind=PartyKind.PERSON, state=PartyState.INVITED)
            .first()
        )
        if party is None:
            raise Refused("nobody_to_remind")
        if party.disowned_at is not None:
            raise Refused("party_disowned")
        request = party.request
        if _sent_today(request, [REMINDER]) >= REMINDERS_PER_DAY:
            raise Refused("reminders_spent", params={"limit": REMINDERS_PER_DAY})
        note(request, "party.reminded", actor=actor, detail={"party": str(party.pk)})
        send_link(request, party, REMINDER)


def remind_waiting() -> None:
    """Remind everybody who was last written to days ago; by day only."""
    now = clock.now()
    if now.astimezone(clock.SHANGHAI).hour not in REMIND_HOURS:
        return
    lately = Notice.objects.filter(
        subject=OuterRef("request__subject"), template__in=INVITING, created_at__gt=now - REMIND_AFTER
    )
    waiting = SigningParty.objects.filter(
        ~Exists(lately),
        kind=PartyKind.PERSON,
        state=PartyState.INVITED,
        disowned_at=None,
        request__state=RequestState.OPEN,
        request__expires_at__gt=now,
    )
    for request_id in waiting.values_list("request_id", flat=True)[:AT_ONCE]:
        try:
            remind_party(request_id=request_id, actor=SYSTEM)
        except Refused:
            continue  # signed or closed at this very moment


def send_own_link(party: SigningParty, *, actor: str) -> None:
    """The link once more, because its owner asks for it. Refuses `links_spent` and what is not reachable."""
    with transaction.atomic():
        SignatureRequest.objects.filter(pk=party.request_id).update(acted_at=clock.now())
        request = SignatureRequest.objects.get(pk=party.request_id)
        check_reachable(request)
        if _sent_today(request, [LINK]) >= LINKS_PER_DAY:
            raise Refused("links_spent", params={"limit": LINKS_PER_DAY})
        note(request, "link.sent", actor=actor, detail={"party": str(party.pk)})
        send_link(request, party, LINK)


@dataclass(frozen=True)
class PrintedLink:
    """A link to be printed as a QR code: the only time that its token is told."""

    request_id: UUID
    url: str
    expires_at: datetime


def print_links(*, request_ids: Sequence[UUID], actor: str) -> list[PrintedLink]:
    """Links for a signing table, one for each document that waits for a person; others are left out.

    Commits the links; those printed before are void, the ones in messages are not. A link opens no more than
    one in a message does: the person still proves name, number and phone.
    """
    now = clock.now()
    until = now + PRINTED_LINK_LIFETIME
    with transaction.atomic():
        waiting = SigningParty.objects.filter(
            request_id__in=request_ids,
            kind=PartyKind.PERSON,
            state=PartyState.INVITED,
            request__state=RequestState.OPEN,
            request__expires_at__gt=now,
        ).select_related("request")
        parties = list(waiting)
        tokens = {party.pk: secrets.token_urlsafe(32) for party in parties}
        SigningLink.objects.filter(party__in=parties, kind=LinkKind.PRINTED, valid=True).update(valid=False)
        SigningLink.objects.bulk_create(
            SigningLink(
                party=party, kind=LinkKind.PRINTED, token_hash=hash_secret(tokens[party.pk]),
                created_at=now, expires_at=until,
            )
            for party in parties
        )  # fmt: skip
        for party in parties:
            note(party.request, "link.printed", actor=actor, detail={"party": str(party.pk)})
    return [
        PrintedLink(party.request_id, f"{settings.PUBLIC_URL}/sign/#{tokens[party.pk]}", until)
        for party in parties
    ]


def disown_party(*, session: SigningSession) -> None:
    """Whoever holds the link says that they are not the person: the link is void and the sender is told.

    Commits the report, the end of every session that has not proved the phone, and PartyDisowned. Refuses
    `identity_known` to whoever has proved to be the person, and what `check_acting` refuses.
    """
    if session.identified_at is not None:
        raise Refused("identity_known")
    check_acting(session)
    party = session.party
    request = party.request
    with transaction.atomic():
        touch_open(request.pk)
        SigningLink.objects.filter(party=party, valid=True).update(valid=False)
        proved = party.sessions.filter(state=SessionState.OPEN, identified_at__isnull=False).exists()
        strangers = party.sessions.filter(
            state__in=[SessionState.PENDING, SessionState.OPEN], identified_at=None
        )
        _end(request, party, strangers)
        note(request, "party.disowned", actor=party.actor, detail={"party": str(party.pk), "proved": proved})
        if not proved:  # else the person has the document in hand, and only the link went astray
            SigningParty.objects.filter(pk=party.pk).update(disowned_at=clock.now())
            bus.publish(PartyDisowned(request.pk, request.subject, request.tenant))


def _end(request: SignatureRequest, party: SigningParty, sessions: Iterable[SigningSession]) -> None:
    for session in sessions:
        move(
            session,
            SessionState.ENDED,
            "session.ended",
            request=request,
            actor=party.actor,
            detail={"party": str(party.pk), "session": str(session.pk)},
        )


def _sent_today(request: SignatureRequest, templates: list[str]) -> int:
    since = clock.now() - DAY
    return Notice.objects.filter(
        subject=request.subject, channel=Channel.SMS, template__in=templates, created_at__gt=since
    ).count()
