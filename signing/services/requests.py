"""The life of a signature request: opened, withdrawn, expired, and whose turn it is.

Acts on one request are serialised by its row: each first updates it on the condition that it is still open,
so of two acts at once the second sees what the first did.
"""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from core import blobs, bus, clock
from core.audit import Detail
from core.crypto import blind_index
from core.errors import Refused
from core.names import normalise_name
from core.numbers import normalise
from signing.domain import LIVE_JOB, JobState, LinkKind, PartyKind, PartyState, RequestState, SessionState
from signing.events import RequestExpired
from signing.models import (
    CodeBudget,
    SignatureRequest,
    SigningJob,
    SigningLink,
    SigningParty,
)
from signing.pades.document import Revision
from signing.pades.geometry import Box, check_place
from signing.services.companions import Companion, keep
from signing.services.notices import queue_notice
from signing.services.people import contact_of
from signing.services.trail import move, note

SYSTEM = "system:signing"
LINK_NOTICE_LIFETIME = timedelta(days=1)  # of a link to a document that is signed already
# What a request that is no longer open answers to whoever wants to act on it.
CLOSED: dict[str, str] = {
    RequestState.SIGNED: "already_signed",
    RequestState.COMPLETED: "already_signed",
    RequestState.QUARANTINED: "already_signed",
    RequestState.REFUSED: "request_refused",
    RequestState.WITHDRAWN: "request_withdrawn",
    RequestState.EXPIRED: "request_expired",
}


@dataclass(frozen=True)
class PartySpec:
    """One who is to sign, in the order in which the specs are given.

    `id_type` is a code of table AAC058 (core.numbers) for a person; for an organisation it is `uscc`, `name`
    its legal name and `id_no` its unified social credit code. `place` is the default place of the mark;
    `zone` is where it may be put instead (a first signer without one may use every page).
    """

    role: str
    kind: PartyKind
    name: str
    id_type: str
    id_no: str
    field_name: str
    place: Box
    zone: Box | None = None
    mobile: str = ""
    email: str = ""


@dataclass(frozen=True)
class _Room:
    """Where a party's mark may stand: inside `zone` if there is one, off every box of `keep_clear`."""

    zone: Box | None
    keep_clear: list[Box]


def open_request(
    *,
    tenant: UUID,
    subject: str,
    title: str,
    document_digest: str,
    parties: Sequence[PartySpec],
    expires_at: datetime,
    actor: str,
    companion: Companion | None = None,
    typed_names: bool = True,
    stroke_data: bool = True,
) -> SignatureRequest:
    """Put a prepared PDF (a stored blob) before its signers and invite the first.

    `companion` helps them to understand it. `typed_names`: they may type their name instead of writing it;
    `stroke_data`: they are asked whether speed and pressure of their writing may be kept.

    Commits the request, its parties, the invitation and its message. Refuses `request_exists` when the
    subject is out for signature already, a field that the document lacks, and a place off its page or zone.
    """
    layout = Revision(blobs.get(document_digest))
    rooms = [_room(layout, spec, first=number == 0) for number, spec in enumerate(parties)]
    for spec, room in zip(parties, rooms, strict=True):
        check_place(spec.place, layout.frames, zone=room.zone, keep_clear=room.keep_clear)
    sender = next(spec.name for spec in parties if spec.kind is PartyKind.ORGANISATION)
    now = clock.now()
    try:
        with transaction.atomic():
            request = SignatureRequest.objects.create(
                tenant=tenant,
                subject=subject,
                title=title,
                sender_name=sender,
                base_digest=document_digest,
                current_digest=document_digest,
                frames=[astuple(frame) for frame in layout.frames],
                companion_digest=keep(companion),
                typed_names=typed_names,
                stroke_data=stroke_data,
                expires_at=expires_at,
                created_at=now,
                acted_at=now,
            )
            SigningParty.objects.bulk_create(
                _party(request, order, spec, room)
                for order, (spec, room) in enumerate(zip(parties, rooms, strict=True), start=1)
            )
            note(
                request,
                "request.opened",
                actor=actor,
                detail={
                    "request": str(request.pk),
                    "document_digest": document_digest,
                    "roles": [spec.role for spec in parties],
                    "expires_at": expires_at.isoformat(),
                },
            )
            invite_next(request, actor=actor)
    except IntegrityError as error:
        raise Refused("request_exists") from error
    return request


def invite_next(request: SignatureRequest, *, actor: str) -> None:
    """Give the turn to the first party that waits. Call inside a transaction."""
    party = request.parties.filter(state=PartyState.WAITING).earliest("order")
    move(
        party,
        PartyState.INVITED,
        "party.invited",
        request=request,
        actor=actor,
        detail={"party": str(party.pk), "role": party.role},
    )
    if party.kind == PartyKind.PERSON:
        send_link(request, party)


def send_link(request: SignatureRequest, party: SigningParty, template: str = "invitation") -> None:
    """Replace the party's link by a new one and send it. The token leaves in the message only."""
    token = secrets.token_urlsafe(32)
    links = SigningLink.objects.filter(party=party, kind=LinkKind.MESSAGE, valid=True)
    links.update(valid=False)
    SigningLink.objects.create(party=party, token_hash=hash_secret(token), created_at=clock.now())
    queue_notice(
        request,
        to=contact_of(party),
        template=template,
        params={
            "link": f"{settings.PUBLIC_URL}/sign/#{token}",
            "until": request.expires_at.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M"),
        },
        expires_at=request.expires_at
        if request.state == RequestState.OPEN
        else clock.now() + LINK_NOTICE_LIFETIME,
    )


def reinvite_party(*, request_id: UUID, party_id: UUID, actor: str, mobile: str | None = None) -> None:
    """Send a person a new link, to a new number if `mobile` is given; everything old of theirs is void.

    Commits the new link; the old one, open sessions and codes die; three more codes may be sent. Wrong codes
    stay counted for the life of the request.
    """
    request, party = _party_of(request_id, party_id)
    with transaction.atomic():
        touch_open(request.pk)
        if party.state not in (PartyState.WAITING, PartyState.INVITED):
            raise Refused("request_not_open")
        if mobile is not None:
            party.mobile = mobile
            party.mobile_index = blind_index("mobile", mobile)
        SigningLink.objects.filter(party=party, valid=True).update(valid=False)
        party.identity_tries = 0
        party.disowned_at = None
        party.save(update_fields=["mobile", "mobile_index", "identity_tries", "disowned_at"])
        CodeBudget.objects.filter(party=party).update(codes=0)
        for session in party.sessions.filter(state__in=[SessionState.PENDING, SessionState.OPEN]):
            move(
                session,
                SessionState.ENDED,
                "session.ended",
                request=request,
                actor=actor,
                detail={"party": str(party.pk), "session": str(session.pk)},
            )
        note(
            request,
            "party.reinvited",
            actor=actor,
            detail={"party": str(party.pk), "phone_changed": mobile is not None},
        )
        send_link(request, party)


def withdraw_request(*, request_id: UUID, actor: str, reason: str) -> None:
    """Take a request back. Signatures under way are void: none can be recorded afterwards.

    Refuses `request_not_open` once everybody has signed, or when it is closed already.
    """
    request = SignatureRequest.objects.get(pk=request_id)
    with transaction.atomic():
        detail = {"reason_digest": blind_index("reason", reason)}
        try:
            _close(request, RequestState.WITHDRAWN, "request.withdrawn", actor, detail)
        except Refused as error:
            raise Refused("request_not_open") from error
        for job in SigningJob.objects.filter(party__request=request, state__in=LIVE_JOB):
            move(
                job,
                JobState.VOID,
                "job.voided",
                request=request,
                actor=actor,
                detail={"job": str(job.pk)},
            )


def extend_request(*, request_id: UUID, until: datetime, actor: str) -> None:
    """Give the parties more time. Links and sessions follow; refuses what is closed or overdue already."""
    with transaction.atomic():
        touch_open(request_id)
        request = SignatureRequest.objects.get(pk=request_id)
        SignatureRequest.objects.filter(pk=request_id).update(expires_at=until)
        note(request, "request.extended", actor=actor, detail={"until": until.isoformat()})


def refuse_request(request: SignatureRequest, *, actor: str, detail: Detail) -> None:
    """Close a request because a party will not sign. Call inside the transaction of the refusal."""
    _close(request, RequestState.REFUSED, "request.refused", actor, detail)


def expire_requests() -> None:
    """Close what nobody signed in time. What was confirmed in time may still be finished."""
    overdue = SignatureRequest.objects.filter(state=RequestState.OPEN, expires_at__lte=clock.now())
    for request in overdue.exclude(parties__jobs__state__in=LIVE_JOB)[:500]:
        with transaction.atomic():
            still_open = SignatureRequest.objects.filter(pk=request.pk, state=RequestState.OPEN)
            if not still_open.update(acted_at=clock.now()):
                continue
            if SigningJob.objects.filter(party__request=request, state__in=LIVE_JOB).exists():
                continue  # confirmed a moment ago
            _close(request, RequestState.EXPIRED, "request.expired", SYSTEM, {})
            bus.publish(RequestExpired(request.pk, request.subject, request.tenant))


def touch_open(request_id: UUID, *, document_digest: str | None = None) -> None:
    """Hold a request open until the end of the transaction: nobody can close it or move its document.

    Refuses with the reason when it is closed or overdue, and `document_changed` when the newest revision is
    not the one given.
    """
    now = clock.now()
    wanted = {} if document_digest is None else {"current_digest": document_digest}
    held = SignatureRequest.objects.filter(
        pk=request_id, state=RequestState.OPEN, expires_at__gt=now, **wanted
    )
    if not held.update(acted_at=now):
        request = SignatureRequest.objects.get(pk=request_id)
        check_open(request)
        raise Refused("document_changed")


def check_open(request: SignatureRequest) -> None:
    """Raise the refusal that tells why the request takes no more acts, if it does not."""
    if request.state in CLOSED:
        raise Refused(CLOSED[request.state])
    if request.expires_at <= clock.now():
        raise Refused("request_expired")


def hash_secret(secret: str) -> str:
    """The form in which random 256-bit secrets are kept."""
    return sha256(secret.encode()).hexdigest()


def name_key(name: str) -> str:
    """The form in which names are compared: spelling variants, spaces and case do not count."""
    return "".join(normalise_name(name).casefold().split())


def identity_indexes(name: str, id_no: str) -> tuple[str, str]:
    """The blind indexes by which a claimed name and number are compared with a party's."""
    return blind_index("name", name_key(name)), blind_index("id_no", normalise(id_no))


def _close(request: SignatureRequest, new: RequestState, action: str, actor: str, detail: Detail) -> None:
    move(
        request,
        new,
        action,
        request=request,
        actor=actor,
        detail={"request": str(request.pk), **detail},
        acted_at=clock.now(),
    )


def _room(layout: Revision, spec: PartySpec, *, first: bool) -> _Room:
    """The first signature moves its field; a later one stays inside the field it was given."""
    field = layout.field(spec.field_name)
    if first:
        return _Room(spec.zone, layout.other_boxes(field))
    return _Room(spec.zone or layout.box(field), [])


def _party(request: SignatureRequest, order: int, spec: PartySpec, room: _Room) -> SigningParty:
    if spec.kind is PartyKind.PERSON and not spec.mobile:
        raise ValueError("a person is invited by text message")
    name_index, id_no_index = identity_indexes(spec.name, spec.id_no)
    return SigningParty(
        request=request,
        order=order,
        role=spec.role,
        kind=spec.kind,
        name=spec.name,
        name_index=name_index,
        id_type=spec.id_type,
        id_no=normalise(spec.id_no),
        id_no_index=id_no_index,
        mobile=spec.mobile,
        mobile_index=blind_index("mobile", spec.mobile) if spec.mobile else "",
        email=spec.email,
        field_name=spec.field_name,
        place=asdict(spec.place),
        zone=asdict(room.zone) if room.zone else None,
        keep_clear=[asdict(box) for box in room.keep_clear],
    )


def _party_of(request_id: UUID, party_id: UUID) -> tuple[SignatureRequest, SigningParty]:
    party = (
        SigningParty.objects.select_related("request")
        .filter(pk=party_id, request_id=request_id, kind=PartyKind.PERSON)
        .first()
    )
    if party is None:
        raise Refused("not_found")
    return party.request, party
