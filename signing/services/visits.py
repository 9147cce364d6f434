"""Visits: a person comes by phone and code to all that they have signed, for life.

The phone says who it is when exactly one person has proved it lately. Otherwise (a phone that several share,
one that may have been given to somebody else since) the identity number is asked for as well.
"""

import secrets
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from core import clock
from core.crypto import blind_index
from core.errors import Refused
from core.numbers import normalise
from core.transitions import advance
from signing.domain import NUMBER_TRIES, PHONE_TRUSTED_FOR, VISIT_LIFETIME, VisitState
from signing.models import Person, Visit
from signing.services.people import mobile_index
from signing.services.phone_codes import check_code, send_code
from signing.services.requests import hash_secret

TEMPLATE = "code_visit"


@dataclass(frozen=True)
class Begun:
    """A new visit. `secret` is told once and kept by the device."""

    secret: str
    visit: Visit


def begin_visit(*, mobile: str, address: str, agent: str, language: str) -> Begun:
    """Send a code to a phone. Nothing tells whether anybody with that phone is known.

    Refuses `phone_quota`; then nothing changed.
    """
    secret = secrets.token_urlsafe(32)
    now = clock.now()
    with transaction.atomic():
        visit = Visit.objects.create(
            secret_hash=hash_secret(secret), mobile=mobile, mobile_index=mobile_index(mobile),
            language=language, created_at=now, expires_at=now + VISIT_LIFETIME, address=address, agent=agent,
        )  # fmt: skip
        send_code(visit, TEMPLATE, known=_candidates(visit).exists())
    return Begun(secret, visit)


def resend_code(visit: Visit) -> None:
    """Another code; the one before is void. Refuses `session_invalid` unless a code is waited for."""
    if visit.state != VisitState.CODE:
        raise Refused("session_invalid")
    send_code(visit, TEMPLATE, known=_candidates(visit).exists())


def prove_phone(visit: Visit, digits: str) -> Visit:
    """The code from the message. Opens the visit, or leads to the question for the identity number.

    Refuses as `phone_codes.check_code`; a wrong try stays counted, so call this outside `atomic`.
    """
    if visit.state != VisitState.CODE:
        raise Refused("session_invalid")
    check_code(visit, digits)
    people = list(_candidates(visit)[:2])
    trusted = clock.now() - PHONE_TRUSTED_FOR
    if len(people) == 1 and people[0].proved_at > trusted:
        return _open(visit, people[0])
    return _move(visit, VisitState.NUMBER, "visit.number_asked")


def prove_number(visit: Visit, id_no: str) -> Visit:
    """The identity number of the one whose phone it is. After five wrong ones the visit is over.

    Refuses `number_mismatch`, which commits its count, so call this outside `atomic`.
    """
    if visit.state != VisitState.NUMBER:
        raise Refused("session_invalid")
    counted = Visit.objects.filter(pk=visit.pk, number_tries__lt=NUMBER_TRIES)
    if not counted.update(number_tries=F("number_tries") + 1):
        _move(visit, VisitState.ENDED, "visit.locked")
        raise Refused("session_invalid")
    person = _candidates(visit).filter(id_no_index=blind_index("id_no", normalise(id_no))).first()
    if person is None:
        raise Refused("number_mismatch", params={"left": max(0, NUMBER_TRIES - visit.number_tries - 1)})
    return _open(visit, person)


def visit_of(secret: str) -> Visit:
    """The visit that a secret belongs to, at whatever stage. Refuses `visit_over`."""
    found = Visit.objects.select_related("person").filter(secret_hash=hash_secret(secret)).first()
    if found is None or found.state == VisitState.ENDED or found.expires_at <= clock.now():
        raise Refused("visit_over")
    return found


def end_visit(visit: Visit) -> None:
    """Log out."""
    _move(visit, VisitState.ENDED, "visit.ended")


def write_in(person: Person, language: str) -> None:
    """The language of messages to a person from now on."""
    Person.objects.filter(pk=person.pk).update(language=language)


def _candidates(visit: Visit) -> QuerySet[Person]:
    return Person.objects.filter(mobile_index=visit.mobile_index)


def _open(visit: Visit, person: Person) -> Visit:
    with transaction.atomic():
        Person.objects.filter(pk=person.pk).update(proved_at=clock.now())
        return _move(visit, VisitState.OPEN, "visit.opened", person=person)


def _move(visit: Visit, new: VisitState, action: str, **changes: Any) -> Visit:
    person = changes.get("person", visit.person)
    advance(
        Visit,
        visit.pk,
        old=visit.state,
        new=new,
        actor=person.subject if person else visit.subject,
        action=action,
        subject=person.subject if person else visit.subject,
        detail={"visit": str(visit.pk), "address": blind_index("address", visit.address)},
        code_hash="",
        **changes,
    )
    visit.refresh_from_db()
    return visit
