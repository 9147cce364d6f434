"""What a person does in a session before confirming: accept the texts, read, place the signature."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction

from core import clock
from core.audit import Detail
from core.canonical import canonical_json, sha256_hex
from core.errors import Fault, Refused
from signing.domain import REQUIRED_CONSENTS, ConsentKind, PartyState, RequestState
from signing.models import Consent, Placement, Reading, SigningSession
from signing.pades.appearance import draw, typed_name_outline
from signing.pades.errors import MarkRefused
from signing.pades.geometry import Box, check_place
from signing.pades.marks import Strokes, TypedName
from signing.services.requests import check_open, name_key
from signing.services.texts import Text, current_texts
from signing.services.trail import note

Point = Sequence[float]
Line = Sequence[Point]

STEP_NAMES = {
    "identity": ("身份核验", "identity"),
    "consents": ("阅读并同意告知文本", "notices and consent"),
    "read": ("阅读文件", "reading"),
    "place": ("放置签名", "placing the signature"),
}
# What a party that cannot act any more is told.
PARTY_CLOSED = {
    PartyState.CONFIRMED: "already_confirmed",
    PartyState.SIGNED: "already_signed",
    PartyState.REFUSED: "request_refused",
}


TOO_MANY_PAGES = Fault("/dwell_ms", "max_length", "页数多于文件的页数。", "More pages than the document has.")


@dataclass(frozen=True)
class Handwriting:
    """Lines of points (x, y and, if known, milliseconds and pressure) on a pad of `width` × `height`."""

    lines: Sequence[Line]
    width: float
    height: float

    @property
    def strokes(self) -> Strokes:
        """As the mark that is drawn. Raises MarkRefused("mark_unreadable")."""
        shape = tuple(tuple((point[0], point[1]) for point in line) for line in self.lines)
        return Strokes(shape, self.width, self.height)


def accept_text(*, session: SigningSession, kind: str, version: int) -> Consent:
    """Record that a text was accepted. Accepting the same version again changes nothing.

    Refuses `consent_unknown` and `consent_outdated`.
    """
    text = offered_texts(session).get(ConsentKind(kind)) if kind in set(ConsentKind) else None
    if text is None:
        raise Refused("consent_unknown")
    if text.version != version:
        raise Refused("consent_outdated")
    check_acting(session)
    with transaction.atomic():
        consent, created = Consent.objects.update_or_create(
            session=session,
            kind=text.kind,
            defaults={"version": text.version, "text_digest": text.digest, "at": clock.now()},
        )
        _record(
            session,
            "consent.given",
            {"kind": text.kind, "version": text.version, "text_digest": text.digest, "again": not created},
        )
    return consent


def offered_texts(session: SigningSession) -> Mapping[ConsentKind, Text]:
    """The texts that the session is asked to accept: without stroke data if the sender wants none."""
    wanted = session.party.request.stroke_data
    return {kind: text for kind, text in current_texts().items() if wanted or kind != ConsentKind.STROKE_DATA}


def record_reading(*, session: SigningSession, document_digest: str, dwell: Sequence[int]) -> Reading:
    """Record that every page was shown; `dwell` has the milliseconds on each page, page 1 first.

    Refuses `step_missing`, `document_changed`, and `pages_unread` when pages are missing.
    """
    require_steps(session, "identity", "consents")
    check_acting(session)
    check_document(session, document_digest)
    unread = len(session.party.request.frames) - len(dwell)
    if unread < 0:
        raise Refused("invalid_input", faults=[TOO_MANY_PAGES])
    if unread:
        raise Refused("pages_unread", params={"count": unread})
    with transaction.atomic():
        reading, _ = Reading.objects.update_or_create(
            session=session,
            document_digest=document_digest,
            defaults={"dwell": list(dwell), "at": clock.now()},
        )
        detail: Detail = {
            "document_digest": document_digest,
            "pages": len(dwell),
            "dwell_ms": sum(dwell),
        }
        _record(session, "document.read", detail)
    return reading


def place_signature(
    *,
    session: SigningSession,
    document_digest: str,
    box: Box,
    handwriting: Handwriting | None = None,
    typed_name: str = "",
) -> Placement:
    """Record where the signature goes and what it looks like; the newest placement counts.

    Speed and pressure are kept only with the separate consent to stroke data. Refuses `step_missing`,
    `document_changed`, `signature_empty`, `typed_name_not_allowed`, `typed_name_differs`, `mark_unreadable`,
    `mark_character_missing`, and the `place_…` codes of `signing.pades`.
    """
    require_steps(session, "identity", "consents", "read", document_digest=document_digest)
    check_acting(session)
    check_document(session, document_digest)
    party = session.party
    if (handwriting is None) == (not typed_name):
        raise Refused("signature_empty")
    if typed_name:
        if not party.request.typed_names:
            raise Refused("typed_name_not_allowed")
        if name_key(typed_name) != name_key(party.name):
            raise Refused("typed_name_differs")
        draw(TypedName(party.name))
    check_place(box, party.request.page_frames, zone=party.zone_box, keep_clear=party.keep_clear_boxes)
    kept = _kept_strokes(session, handwriting)
    with transaction.atomic():
        placement = Placement.objects.create(
            session=session,
            document_digest=document_digest,
            box=asdict(box),
            strokes=kept,
            typed_name=party.name if typed_name else "",
            at=clock.now(),
        )
        detail: Detail = {
            "document_digest": document_digest,
            "placement": placement.pk,
            "page": box.page,
            "typed": bool(typed_name),
            "strokes_digest": sha256_hex(canonical_json(kept)) if kept else "",
        }
        _record(session, "signature.placed", detail)
    return placement


def typed_name(session: SigningSession) -> tuple[float, float, str]:
    """Width, height and SVG path of the party's name as a typed signature.

    Refuses `step_missing`, `typed_name_not_allowed` and `mark_character_missing`.
    """
    require_steps(session, "identity")
    if not session.party.request.typed_names:
        raise Refused("typed_name_not_allowed")
    return typed_name_outline(session.party.name)


def newest_placement(session: SigningSession, document_digest: str) -> Placement | None:
    """The placement that would be confirmed now."""
    return session.placements.filter(document_digest=document_digest).order_by("-pk").first()


def steps_done(session: SigningSession, document_digest: str) -> dict[str, bool]:
    """Which steps this session has behind it, for this document."""
    accepted = set(session.consents.values_list("kind", "version"))
    texts = current_texts()
    return {
        "identity": session.identified_at is not None,
        "consents": all((kind, texts[kind].version) in accepted for kind in REQUIRED_CONSENTS),
        "read": session.readings.filter(document_digest=document_digest).exists(),
        "place": newest_placement(session, document_digest) is not None,
    }


def require_steps(session: SigningSession, *needed: str, document_digest: str = "") -> None:
    """Refuse `step_missing`, naming the first step that is not done."""
    done = steps_done(session, document_digest or session.party.request.current_digest)
    for step in needed:
        if not done[step]:
            zh, en = STEP_NAMES[step]
            raise Refused("step_missing", params={"step_zh": zh, "step_en": en})


def readable_document(session: SigningSession) -> str:
    """The digest of the newest revision, for who may see it.

    Refuses `step_missing` before the identity is proved and, while the document is out for signature, before
    the notices are accepted.
    """
    request = session.party.request
    needed = ("identity", "consents") if request.state == RequestState.OPEN else ("identity",)
    require_steps(session, *needed)
    digest: str = request.current_digest
    return digest


def check_acting(session: SigningSession) -> None:
    """Refuse, with the reason, when request or party take no more acts from this person.

    Waiting for one's turn is no reason: one may read ahead. Confirming asks for the turn itself.
    """
    party = session.party
    if party.request.state == RequestState.OPEN and party.state in PARTY_CLOSED:
        raise Refused(PARTY_CLOSED[PartyState(party.state)])
    check_open(party.request)


def check_document(session: SigningSession, document_digest: str) -> None:
    """Refuse `document_changed` unless this is the newest revision."""
    if session.party.request.current_digest != document_digest:
        raise Refused("document_changed")


def _kept_strokes(session: SigningSession, handwriting: Handwriting | None) -> dict[str, Any] | None:
    if handwriting is None:
        return None
    _ = handwriting.strokes  # refuses what cannot be drawn
    full = session.consents.filter(kind=ConsentKind.STROKE_DATA).exists()
    lines = [[list(point if full else point[:2]) for point in line] for line in handwriting.lines]
    if not all(math.isfinite(number) for line in lines for point in line for number in point):
        raise MarkRefused("mark_unreadable")
    return {"lines": lines, "width": handwriting.width, "height": handwriting.height}


def _record(session: SigningSession, action: str, detail: Detail) -> None:
    who: Detail = {"party": str(session.party_id), "session": str(session.pk)}
    note(session.party.request, action, actor=session.party.actor, detail={**who, **detail})
