"""One-time codes: sent by text message, bound to session, purpose and document, hard to guess.

Tries are counted before the code is compared, by conditional updates, so that a thousand guesses at once get
no more tries than a thousand in a row: five for a code, fifteen for a purpose in the life of a request.
"""

import hmac
import math
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import F

from core import clock
from core.audit import Detail
from core.crypto import blind_index
from core.errors import Refused
from signing.domain import (
    CODE_DIGITS,
    CODE_LIFETIME,
    CODE_RESEND_AFTER,
    CODES_PER_INVITATION,
    TRIES_PER_CODE,
    TRIES_PER_PURPOSE,
    CodeState,
    Purpose,
)
from signing.models import CodeBudget, Notice, OneTimeCode, SigningParty, SigningSession
from signing.services.notices import queue_notice
from signing.services.people import Contact, contact_of, ending, mobile_index
from signing.services.trail import move, note

CODE_TEMPLATES = {Purpose.IDENTITY: "code_identity", Purpose.SIGN: "code_sign"}


@dataclass(frozen=True)
class SentCode:
    """What may be told about a code that was sent."""

    sent_to: str
    expires_at: datetime
    codes_left: int


def send_code(session: SigningSession, purpose: Purpose, *, document_digest: str = "") -> SentCode:
    """Make a new code, kill the old one, and queue the message.

    Refuses `code_too_soon`, `codes_spent`, `code_guessing_locked` and `phone_quota`; then nothing changed.
    """
    party = session.party
    now = clock.now()
    with transaction.atomic():
        budget, _ = CodeBudget.objects.get_or_create(party=party, purpose=purpose)
        if budget.tries >= TRIES_PER_PURPOSE:
            raise Refused("code_guessing_locked")
        _check_pace(session, purpose, now)
        counted = CodeBudget.objects.filter(pk=budget.pk, codes__lt=CODES_PER_INVITATION)
        if not counted.update(codes=F("codes") + 1):
            raise Refused("codes_spent")
        for old in OneTimeCode.objects.filter(party=party, purpose=purpose, state=CodeState.LIVE):
            _move(old, party, CodeState.DEAD, "code.replaced")
        digits = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
        code = OneTimeCode(
            id=uuid4(),
            party=party,
            session=session,
            purpose=purpose,
            document_digest=document_digest,
            created_at=now,
            expires_at=now + CODE_LIFETIME,
        )
        code.code_hash = _hash(code, digits)
        code.save(force_insert=True)
        request = party.request
        queue_notice(
            request,
            to=Contact(contact_of(party).mobile, session.language),
            template=CODE_TEMPLATES[purpose],
            params={
                "code": digits,
                "minutes": str(int(CODE_LIFETIME.total_seconds() // 60)),
                "short_digest": document_digest[:8],
            },
            expires_at=code.expires_at,
        )
        note(
            request,
            "code.sent",
            actor=party.actor,
            detail=_detail(code),
        )
    return SentCode(masked_mobile(party), code.expires_at, CODES_PER_INVITATION - budget.codes - 1)


def try_code(
    session: SigningSession, purpose: Purpose, digits: str, *, document_digest: str = ""
) -> OneTimeCode:
    """Compare a code; the right one is returned unused (see `use_code`).

    Call it outside `atomic` blocks that a refusal would roll back: a wrong try must stay counted. Refuses
    `code_missing`, `code_wrong`, `code_expired`, `code_used`, `code_exhausted`, `code_guessing_locked`, and
    `document_changed` when the code was sent for another document.
    """
    party = session.party
    newest = OneTimeCode.objects.filter(session=session, purpose=purpose).order_by("-created_at").first()
    if newest is None or newest.state == CodeState.DEAD:  # dead: another device asked for one since
        raise Refused("code_missing")
    if newest.state == CodeState.USED:
        raise Refused("code_used")
    if newest.document_digest != document_digest:
        raise Refused("document_changed")
    if newest.expires_at <= clock.now():
        raise Refused("code_expired")
    _count_try(newest, party.pk)
    if hmac.compare_digest(newest.code_hash, _hash(newest, digits)):
        return newest
    request = party.request
    note(
        request,
        "code.wrong",
        actor=party.actor,
        detail=_detail(newest),
    )
    left = TRIES_PER_CODE - newest.tries - 1
    raise Refused("code_wrong" if left > 0 else "code_exhausted", params={"left": left})


def use_code(code: OneTimeCode) -> None:
    """Spend a code that `try_code` found right. Call it in the transaction of what it allows."""
    _move(code, code.party, CodeState.USED, "code.used")
    budget = CodeBudget.objects.filter(party=code.party, purpose=code.purpose)
    budget.update(codes=0, tries=F("tries") - 1)


def masked_mobile(party: SigningParty) -> str:
    """The last four digits, as a hint which phone is meant."""
    return ending(contact_of(party).mobile)


def _count_try(code: OneTimeCode, party_id: UUID) -> None:
    budget = CodeBudget.objects.filter(party_id=party_id, purpose=code.purpose)
    if not budget.filter(tries__lt=TRIES_PER_PURPOSE).update(tries=F("tries") + 1):
        raise Refused("code_guessing_locked")
    live = OneTimeCode.objects.filter(pk=code.pk, state=CodeState.LIVE, tries__lt=TRIES_PER_CODE)
    if not live.update(tries=F("tries") + 1):
        budget.update(tries=F("tries") - 1)  # nothing was compared
        code.refresh_from_db()
        raise Refused("code_used" if code.state == CodeState.USED else "code_exhausted")


def _check_pace(session: SigningSession, purpose: Purpose, now: datetime) -> None:
    newest = OneTimeCode.objects.filter(session=session, purpose=purpose).order_by("-created_at").first()
    if newest is not None and newest.created_at + CODE_RESEND_AFTER > now:
        wait = math.ceil((newest.created_at + CODE_RESEND_AFTER - now).total_seconds())
        raise Refused("code_too_soon", params={"seconds": wait}, retry_after=wait)
    sent_today = Notice.objects.filter(
        recipient_index=mobile_index(contact_of(session.party).mobile),
        template__in=CODE_TEMPLATES.values(),
        created_at__gt=now - timedelta(days=1),
    )
    if sent_today.count() >= settings.CODES_PER_PHONE_PER_DAY:
        raise Refused("phone_quota")


def _hash(code: OneTimeCode, digits: str) -> str:
    bound = (str(code.pk), str(code.session_id), code.purpose, code.document_digest, digits)
    return blind_index("code", ":".join(bound))


def _move(code: OneTimeCode, party: SigningParty, new: CodeState, action: str) -> None:
    move(
        code,
        new,
        action,
        request=party.request,
        actor=party.actor,
        detail=_detail(code),
    )


def _detail(code: OneTimeCode) -> Detail:
    return {
        "party": str(code.party_id),
        "session": str(code.session_id),
        "code": str(code.pk),
        "purpose": code.purpose,
        "document_digest": code.document_digest,
    }
