"""Messages to people: queued with the act they tell of and sent later, so that signing never waits."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.template import Context, Engine

from core import clock, work
from core.transitions import advance
from signing.domain import NoticeState, PartyKind, PartyState
from signing.identity.sms import SmsDeclined, SmsUnavailable, sms_provider
from signing.models import Notice, SignatureRequest, SigningParty
from signing.services.people import Contact, contact_of, mobile_index

SECRET_PARAMS = ("code", "link")
BLANKED = "******"
RETRY_AFTER = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=15)
ACTOR = "system:notices"


def queue_notice(
    request: SignatureRequest,
    *,
    to: Contact,
    template: str,
    params: Mapping[str, str],
    expires_at: datetime,
) -> Notice:
    """Put a message into the outbox; it leaves after the commit, or never if the act does not commit."""
    return queue_message(
        subject=request.subject,
        tenant=request.tenant,
        to=to,
        template=template,
        params={"sender": request.sender_name, "title": request.title, **params},
        expires_at=expires_at,
    )


def queue_message(
    *,
    subject: str,
    tenant: UUID | None,
    to: Contact,
    template: str,
    params: Mapping[str, str],
    expires_at: datetime,
) -> Notice:
    """`queue_notice` for a message that is about no document."""
    notice = Notice.objects.create(
        subject=subject,
        tenant=tenant,
        recipient=to.mobile,
        recipient_index=mobile_index(to.mobile),
        template=template,
        language=to.language,
        params=dict(params),
        created_at=clock.now(),
        expires_at=expires_at,
    )
    work.enqueue("signing.notice", str(notice.pk))
    return notice


def tell_signers(subject: str, template: str, params: Mapping[str, str], *, lifetime: timedelta) -> None:
    """A message to every person who has signed the subject's document."""
    signed = SigningParty.objects.filter(
        request__subject=subject, kind=PartyKind.PERSON, state=PartyState.SIGNED
    )
    for party in signed.select_related("request"):
        queue_notice(
            party.request,
            to=contact_of(party),
            template=template,
            params=params,
            expires_at=clock.now() + lifetime,
        )


def mine_url() -> str:
    """Where people find all that they have signed."""
    return f"{settings.PUBLIC_URL}/mine/"


def send_notice(notice_id: str) -> None:
    """Send one message, again and again until the provider takes it, refuses it, or it is out of date.

    The provider is given the notice's id as its idempotency key, so a repeated call sends nothing twice.
    """
    notice = Notice.objects.get(pk=notice_id)
    if notice.state != NoticeState.QUEUED:
        return
    if notice.expires_at <= clock.now():
        _settle(notice, NoticeState.DROPPED)
        return
    provider = sms_provider()
    attempts = notice.attempts + 1
    Notice.objects.filter(pk=notice.pk).update(attempts=attempts)
    try:
        reference = provider.send(to=notice.recipient, text=text_of(notice), message_id=str(notice.pk))
    except SmsUnavailable as error:
        wait = min(RETRY_AFTER * 2 ** min(attempts - 1, 10), LONGEST_WAIT)
        raise work.Later(clock.now() + wait) from error
    except SmsDeclined:
        _settle(notice, NoticeState.FAILED, provider=provider.name)
    else:
        _settle(notice, NoticeState.SENT, provider=provider.name, reference=reference, sent_at=clock.now())


def text_of(notice: Notice) -> str:
    """The words of a message, on one line."""
    template = Engine.get_default().get_template(f"sms/{notice.language}/{notice.template}.txt")
    text = template.render(Context(notice.params, autoescape=False))  # a text message is not HTML
    return re.sub(r"\s*\n\s*", " ", text).strip()


def _settle(notice: Notice, new: NoticeState, **changes: Any) -> None:
    blanked = {name: BLANKED if name in SECRET_PARAMS else value for name, value in notice.params.items()}
    with transaction.atomic():
        advance(
            Notice, notice.pk, old=NoticeState.QUEUED, new=new, actor=ACTOR, action=f"notice.{new}",
            subject=notice.subject, tenant=notice.tenant,
            detail={
                "notice": str(notice.pk),
                "template": notice.template,
                "provider": str(changes.get("provider", "")),
                "reference": str(changes.get("reference", "")),
            },
            params=blanked, **changes,
        )  # fmt: skip
