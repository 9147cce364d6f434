"""A person's new phone: name and number, a code to the new phone, and the real-name provider's word.

Nobody needs the old phone, which may be lost; whoever has not all of the three gets nowhere, and is not told
whether name and number are known.
"""

import secrets
from datetime import timedelta
from typing import Any

from django.db import transaction

from core import bus, clock, work
from core.errors import Refused
from core.transitions import advance
from signing.domain import ChangeState, PartyState, RequestState, VisitState
from signing.events import PhoneChanged
from signing.identity.realname import RealNameUnavailable, real_name_provider
from signing.models import Person, PhoneChange
from signing.selectors import parties_of
from signing.services.notices import mine_url, queue_message
from signing.services.people import Contact, mobile_index
from signing.services.phone_codes import check_code, send_code
from signing.services.requests import hash_secret, identity_indexes, reinvite_party

TEMPLATE = "code_phone"
ACTOR = "system:identity"
ASK_AGAIN_AFTER = timedelta(seconds=5)
NOTICE_LIFETIME = timedelta(days=1)
CHECK = "signing.new_phone"


def begin_change(*, name: str, id_no: str, mobile: str, language: str) -> str:
    """Send a code to the new phone; returns the secret that the device keeps. Refuses `phone_quota`."""
    secret = secrets.token_urlsafe(32)
    name_index, id_no_index = identity_indexes(name, id_no)
    with transaction.atomic():
        change = PhoneChange.objects.create(
            secret_hash=hash_secret(secret), mobile=mobile, mobile_index=mobile_index(mobile),
            language=language, created_at=clock.now(),
            person=Person.objects.filter(name_index=name_index, id_no_index=id_no_index).first(),
        )  # fmt: skip
        send_code(change, TEMPLATE, known=True)
    return secret


def change_of(secret: str) -> PhoneChange:
    """The change that a secret belongs to. Refuses `visit_over`."""
    change = PhoneChange.objects.filter(secret_hash=hash_secret(secret)).first()
    if change is None or change.state != ChangeState.CODE:
        raise Refused("visit_over")
    return change


def resend_code(change: PhoneChange) -> None:
    """Another code; the one before is void."""
    send_code(change, TEMPLATE, known=True)


def confirm_change(change: PhoneChange, digits: str) -> None:
    """The code proves the new phone; the real-name provider is asked next.

    Refuses as `phone_codes.check_code`; a wrong try stays counted, so call this outside `atomic`.
    """
    check_code(change, digits)
    with transaction.atomic():
        _move(change, ChangeState.CHECKING, change.subject, code_hash="")
        work.enqueue(CHECK, str(change.pk))


def ask_provider(change_id: str) -> None:
    """Put one change to the real-name provider; the answer goes to the new phone as a message."""
    change = PhoneChange.objects.select_related("person").get(pk=change_id)
    if change.state != ChangeState.CHECKING:
        return
    person = change.person
    party = parties_of(person).first() if person else None
    if person is None or party is None:
        _fail(change)
        return
    provider = real_name_provider()
    try:
        answer = provider.check(
            name=party.name,
            id_type=party.id_type,
            id_no=party.id_no,
            mobile=change.mobile,
            check_id=str(change.pk),
        )
    except RealNameUnavailable as error:
        raise work.Later(clock.now() + ASK_AGAIN_AFTER) from error
    if answer.passed:
        _apply(change, person, provider.name, answer.reference)
    else:
        _fail(change, provider=provider.name, reference=answer.reference)


def _apply(change: PhoneChange, person: Person, provider: str, reference: str) -> None:
    """Everything that goes to the phone goes to the new one; open invitations are void and sent anew."""
    now = clock.now()
    with transaction.atomic():
        _move(
            change, ChangeState.DONE, person.subject, provider=provider, reference=reference, answered_at=now
        )
        old = person.mobile
        person.mobile, person.mobile_index = change.mobile, change.mobile_index
        person.proved_at = now
        person.save(update_fields=["mobile", "mobile_index", "proved_at"])
        for visit in person.visits.filter(state=VisitState.OPEN):
            advance(
                type(visit), visit.pk, old=VisitState.OPEN, new=VisitState.ENDED, actor=person.subject,
                action="visit.ended", subject=person.subject, detail={"visit": str(visit.pk)},
            )  # fmt: skip
        invited = parties_of(person).filter(
            request__state=RequestState.OPEN,
            request__expires_at__gt=now,
            state__in=[PartyState.WAITING, PartyState.INVITED],
        )
        for party in invited:
            reinvite_party(
                request_id=party.request_id, party_id=party.pk, actor=person.subject, mobile=change.mobile
            )
        for mobile, template in ((change.mobile, "phone_changed"), (old, "phone_given_up")):
            _tell(change, Contact(mobile, person.language), template)
        bus.publish(PhoneChanged(person.pk, person.id_no_index, change.mobile))


def _fail(change: PhoneChange, **answer: str) -> None:
    with transaction.atomic():
        _move(change, ChangeState.FAILED, change.subject, answered_at=clock.now(), **answer)
        _tell(change, Contact(change.mobile, change.language), "phone_not_changed")


def _tell(change: PhoneChange, to: Contact, template: str) -> None:
    queue_message(
        subject=change.subject,
        tenant=None,
        to=to,
        template=template,
        params={"ending": change.mobile[-4:], "mine": mine_url()},
        expires_at=clock.now() + NOTICE_LIFETIME,
    )


def _move(change: PhoneChange, new: ChangeState, actor: str, **changes: Any) -> None:
    advance(
        PhoneChange, change.pk, old=change.state, new=new, actor=actor, action=f"phone_change.{new}",
        subject=change.person.subject if change.person else change.subject,
        detail={"phone_change": str(change.pk)}, **changes,
    )  # fmt: skip
    change.refresh_from_db()
