"""The notice board: what the platform's operators tell every member, for a time."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Notice
from core import audit, clock
from core.errors import Refused
from core.principal import Permission, Principal


@dataclass(frozen=True)
class Text:
    """A notice in both languages."""

    title_zh: str
    title_en: str
    text_zh: str
    text_en: str


def all_notices(principal: Principal) -> QuerySet[Notice]:
    """Every notice, the newest first: for operators."""
    principal.require(Permission.OPERATE)
    return Notice.objects.order_by("-shown_from")


def current() -> QuerySet[Notice]:
    """What is shown now, the newest first."""
    now = clock.now()
    return Notice.objects.filter(shown_from__lte=now, shown_until__gt=now).order_by("-shown_from")


@transaction.atomic
def post_notice(*, principal: Principal, text: Text, until: datetime) -> Notice:
    """Show a notice from now on. Commits it with its audit event. Raises `notice_over` for a time that is."""
    principal.require(Permission.OPERATE)
    now = clock.now()
    if until <= now:
        raise Refused("notice_over")
    notice = Notice.objects.create(**vars(text), shown_from=now, shown_until=until)
    audit.record("notice.posted", subject=notice.subject, actor=principal.actor)
    return notice


@transaction.atomic
def withdraw_notice(*, principal: Principal, notice_id: UUID) -> Notice:
    """Show a notice no more. Commits it with its audit event; can be repeated. Raises `not_found`."""
    notice = all_notices(principal).filter(pk=notice_id).first()
    if notice is None:
        raise Refused("not_found")
    now = clock.now()
    if Notice.objects.filter(pk=notice_id, shown_until__gt=now).update(shown_until=now):
        audit.record("notice.withdrawn", subject=notice.subject, actor=principal.actor)
    notice.refresh_from_db()
    return notice
