"""Mails wait in a table, encrypted, since they carry tokens; workers send them, never a request."""

from uuid import UUID

from django.core.mail import send_mail
from django.db import transaction

from accounts.models import OutgoingMail
from core import work


@transaction.atomic
def post(*, to: str, subject: str, body: str) -> UUID:
    """Put a mail in the box. Commits with what it tells about."""
    letter = OutgoingMail.objects.create(recipient=to, subject=subject, body=body)
    work.enqueue("accounts.mail", str(letter.pk))
    return letter.pk


@work.handler("accounts.mail", urgent=True)
def send(key: str) -> None:
    """Send a waiting mail, then forget it. A crash between the two sends it twice rather than never."""
    letter = OutgoingMail.objects.filter(pk=key).first()
    if letter is None:
        return
    send_mail(letter.subject, letter.body, None, [letter.recipient])
    letter.delete()
