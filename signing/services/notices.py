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
from core.crypto import blind_index
from core.transitions import advance
from signing.domain import Channel, NoticeState, PartyKind, PartyState
from signing.messages.gateway import Gateway, MessageDeclined, MessageUnavailable
from signing.messages.mail import Mail
from signing.messages.sms import sms_gateway
from signing.models import Notice, SignatureRequest, SigningParty
from signing.services.people import Contact, contact_of, ending, mobile_index

SECRET_PARAMS = ("code", "link")
BLANKED = "******"
RETRY_AFTER = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=15)
REPORT_AFTER = timedelta(seconds=30)
REPORT_WITHIN = timedelta(days=3)  # a phone that is off gets its messages when it is on again
ACTOR = "system:notices"


def queue_notice(
    request: SignatureRequest,
    *,
    to: Contact,
    template: str,
    params: Mapping[str, str],
    expires_at: datetime,
) -> None:
    """Put a message into the outbox; it leaves after the commit, or never if the act does not commit."""
    queue_message(
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
) -> None:
    """`queue_notice` for a message that is about no document."""
    ways = [(Channel.SMS, to.mobile, mobile_index(to.mobile))]
    if to.email:
        ways.append((Channel.MAIL, to.email, blind_index("email", to.email)))
    for channel, recipient, index in ways:
        notice = Notice.objects.create(
            channel=channel,
            subject=subject,
            tenant=tenant,
            recipient=recipient,
            recipient_index=index,
            template=template,
            language=to.language,
            params=dict(params),
            created_at=clock.now(),
            expires_at=expires_at,
        )
        work.enqueue("signing.notice", str(notice.pk))


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
    """Send one message, again and again until the gateway takes it, refuses it, or it is out of date.

    The gateway is given the notice's id as its idempotency key, so a repeated call sends nothing twice.
    """
    notice = Notice.objects.get(pk=notice_id)
    if notice.state != NoticeState.QUEUED:
        return
    if notice.expires_at <= clock.now():
        _settle(notice, NoticeState.DROPPED)
        return
    gateway = _gateway(notice)
    attempts = notice.attempts + 1
    Notice.objects.filter(pk=notice.pk).update(attempts=attempts)
    try:
        reference = gateway.send(to=notice.recipient, text=text_of(notice), message_id=str(notice.pk))
    except MessageUnavailable as error:
        wait = min(RETRY_AFTER * 2 ** min(attempts - 1, 10), LONGEST_WAIT)
        raise work.Later(clock.now() + wait) from error
    except MessageDeclined:
        _settle(notice, NoticeState.FAILED, provider=gateway.name)
    else:
        with transaction.atomic():
            _settle(notice, NoticeState.SENT, provider=gateway.name, reference=reference, sent_at=clock.now())
            if gateway.reports:
                work.enqueue("signing.report", str(notice.pk), due_at=clock.now() + REPORT_AFTER)


def ask_report(notice_id: str) -> None:
    """Ask what became of a message that was sent, ever more rarely, for three days."""
    notice = Notice.objects.get(pk=notice_id)
    if notice.state != NoticeState.SENT or notice.sent_at is None:
        return
    try:
        arrived = _gateway(notice).arrived(notice.reference)
    except MessageUnavailable:
        arrived = None
    age = clock.now() - notice.sent_at
    if arrived is not None:
        _settle(notice, NoticeState.ARRIVED if arrived else NoticeState.LOST)
    elif age < REPORT_WITHIN:
        raise work.Later(clock.now() + max(age, REPORT_AFTER))


def text_of(notice: Notice) -> str:
    """The words of a message: on one line for a phone; as a mail, its subject is the first line."""
    template = Engine.get_default().get_template(f"sms/{notice.language}/{notice.template}.txt")
    plain = Context(notice.params, autoescape=False)  # neither a text message nor a mail is HTML
    words = re.sub(r"\s*\n\s*", " ", template.render(plain)).strip()
    if notice.channel == Channel.SMS:
        return words
    letter = Engine.get_default().get_template(f"mail/notice.{notice.language}.txt")
    return letter.render(Context({**notice.params, "words": words}, autoescape=False)).strip()


def address_shown(notice: Notice) -> str:
    """To whom a message went, as far as others than the person may see it."""
    if notice.channel == Channel.SMS:
        return ending(notice.recipient)
    name, _, host = notice.recipient.partition("@")
    return f"{name[:1]}***@{host}"


def _gateway(notice: Notice) -> Gateway:
    return Mail(settings.EMAIL_BACKEND) if notice.channel == Channel.MAIL else sms_gateway()


def _settle(notice: Notice, new: NoticeState, **changes: Any) -> None:
    blanked = {name: BLANKED if name in SECRET_PARAMS else value for name, value in notice.params.items()}
    with transaction.atomic():
        advance(
            Notice, notice.pk, old=notice.state, new=new, actor=ACTOR, action=f"notice.{new}",
            subject=notice.subject, tenant=notice.tenant,
            detail={
                "notice": str(notice.pk),
                "channel": notice.channel,
                "template": notice.template,
                "provider": str(changes.get("provider", notice.provider)),
                "reference": str(changes.get("reference", notice.reference)),
            },
            params=blanked, **changes,
        )  # fmt: skip
