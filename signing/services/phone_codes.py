"""Codes that prove a phone outside of any document: for a visit, and for a change of phone.

A code belongs to the row that waits for it. Codes and wrong tries are counted for each phone and day by
conditional updates, alike for phones that nobody knows: the answers tell nothing about a phone.
"""

import hmac
import math
import secrets

from django.db import transaction
from django.db.models import F, QuerySet

from core import clock
from core.crypto import blind_index
from core.errors import Refused
from signing.domain import (
    CODE_DIGITS,
    CODE_LIFETIME,
    CODE_RESEND_AFTER,
    CODES_PER_PHONE,
    PHONE_WINDOW,
    TRIES_PER_CODE,
    TRIES_PER_PHONE,
)
from signing.models import PhoneChange, PhoneWindow, Visit
from signing.services.notices import queue_message
from signing.services.people import Contact

Row = Visit | PhoneChange


def send_code(row: Row, template: str, *, known: bool) -> None:
    """Make a new code for the row; the message is queued only for a phone that is `known`.

    Call it in the transaction that makes the row, or outside of any. Refuses `code_too_soon`, `phone_quota`.
    """
    now = clock.now()
    if row.code_sent_at is not None and row.code_sent_at + CODE_RESEND_AFTER > now:
        wait = math.ceil((row.code_sent_at + CODE_RESEND_AFTER - now).total_seconds())
        raise Refused("code_too_soon", params={"seconds": wait}, retry_after=wait)
    digits = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    with transaction.atomic():
        if not _window(row.mobile_index).filter(codes__lt=CODES_PER_PHONE).update(codes=F("codes") + 1):
            raise Refused("phone_quota")
        row.code_hash, row.code_tries, row.code_sent_at = _hash(row, digits), 0, now
        row.save(update_fields=["code_hash", "code_tries", "code_sent_at"])
        if known:
            queue_message(
                subject=row.subject,
                tenant=None,
                to=Contact(row.mobile, row.language),
                template=template,
                params={"code": digits, "minutes": str(int(CODE_LIFETIME.total_seconds() // 60))},
                expires_at=now + CODE_LIFETIME,
            )


def check_code(row: Row, digits: str) -> None:
    """Compare; a right code is spent by whoever moves the row on.

    Call it outside `atomic` blocks that a refusal would roll back: a wrong try must stay counted. Refuses
    `code_expired`, `code_wrong`, `code_exhausted`, and `phone_guessing_locked` for the rest of the day.
    """
    if row.code_sent_at is None or row.code_sent_at + CODE_LIFETIME <= clock.now():
        raise Refused("code_expired")
    window = _window(row.mobile_index)
    if not window.filter(tries__lt=TRIES_PER_PHONE).update(tries=F("tries") + 1):
        raise Refused("phone_guessing_locked")
    mine = type(row)._default_manager.filter(pk=row.pk, code_hash=row.code_hash)
    if not mine.filter(code_tries__lt=TRIES_PER_CODE).update(code_tries=F("code_tries") + 1):
        window.update(tries=F("tries") - 1)  # nothing was compared
        raise Refused("code_exhausted")
    if hmac.compare_digest(row.code_hash, _hash(row, digits)):
        window.update(tries=F("tries") - 1)
        return
    left = TRIES_PER_CODE - row.code_tries - 1
    raise Refused("code_wrong" if left > 0 else "code_exhausted", params={"left": left})


def _window(mobile_index: str) -> QuerySet[PhoneWindow]:
    """The phone's row as a query, in the present day."""
    now = clock.now()
    window = PhoneWindow.objects.filter(pk=mobile_index)
    window.filter(opened_at__lte=now - PHONE_WINDOW).update(opened_at=now, codes=0, tries=0)
    PhoneWindow.objects.get_or_create(pk=mobile_index, defaults={"opened_at": now})
    return window


def _hash(row: Row, digits: str) -> str:
    return blind_index("code", f"{row.subject}:{row.mobile_index}:{digits}")
