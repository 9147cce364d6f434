"""Files from strangers: judged in a process of its own, which is ended when it takes too long."""

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings

from core import clock, confined
from core.errors import Refused
from signing.models import InspectedPage
from signing.pades.validate import MAX_SIZE

SECONDS = 25
KEPT = timedelta(hours=1)


@dataclass(frozen=True)
class Signer:
    """A signature as the file itself tells it."""

    name: str
    organisation: str
    issuer: str
    at: datetime | None
    ok: bool
    test: bool


@dataclass(frozen=True)
class Inspection:
    """What was found: `problems` are codes of `signing.pades.verdict.SENTENCES`, none when `ok`."""

    id: UUID
    sha256: str
    ok: bool
    problems: tuple[str, ...]
    signers: tuple[Signer, ...]
    archived_at: datetime | None
    valid_until: datetime | None
    pages: int
    shown: int


def inspect(pdf: bytes, *, keep_pages: bool) -> Inspection:
    """Judge a file by the acceptance rule, without trusting a byte of it.

    Commits pictures of its pages for an hour if wanted, never the file. Whatever ends the process early is
    answered with the problem `unreadable`. Raises `verification_busy`.
    """
    if len(pdf) > MAX_SIZE:
        return _nothing("too_large")
    try:
        answer = confined.run("signing.inspection", *settings.TRUST_ROOTS, given=pdf, seconds=SECONDS)
    except confined.BusyError as error:
        raise Refused("verification_busy", retry_after=10) from error
    return _told(answer, keep_pages=keep_pages) if answer else _nothing("unreadable")


def page_of(inspection: UUID, number: int) -> bytes:
    """The picture of a page, as long as it is kept; refuses `not_found`."""
    found = InspectedPage.objects.filter(
        inspection=inspection, number=number, created_at__gt=clock.now() - KEPT
    ).first()
    if found is None:
        raise Refused("not_found")
    return base64.b64decode(found.picture)


def forget_pages() -> None:
    """Drop pictures that are older than an hour."""
    InspectedPage.objects.filter(created_at__lte=clock.now() - KEPT).delete()


def _nothing(problem: str) -> Inspection:
    return Inspection(uuid4(), "", False, (problem,), (), None, None, 0, 0)


def _told(answer: dict[str, Any], *, keep_pages: bool) -> Inspection:
    inspection, now = uuid4(), clock.now()
    if keep_pages:
        InspectedPage.objects.bulk_create(
            InspectedPage(inspection=inspection, number=number, picture=page, created_at=now)
            for number, page in enumerate(answer["pages"], start=1)
        )
    return Inspection(
        id=inspection,
        sha256=answer["sha256"],
        ok=answer["ok"],
        problems=tuple(answer["problems"]),
        signers=tuple(Signer(**{**each, "at": _instant(each["at"])}) for each in answer["signatures"]),
        archived_at=_instant(answer["archived_at"]),
        valid_until=_instant(answer["valid_until"]),
        pages=answer["page_count"],
        shown=len(answer["pages"]) if keep_pages else 0,
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
