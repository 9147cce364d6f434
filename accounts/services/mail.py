"""Mails that carry an invitation. Sent by workers, never inside a request."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import Invitation
from core import work


@work.handler("accounts.invitation_mail")
def send_invitation(key: str) -> None:
    """Send the invitation's token to its address, then forget it. Run again before that, it sends again."""
    invitation = Invitation.objects.select_related("employer").get(pk=key)
    if invitation.token_to_send is None:
        return
    link = settings.PUBLIC_URL + reverse("accounts:invitation", args=[invitation.token_to_send])
    words = render_to_string(
        "mail/invitation.txt",
        {"invitation": invitation, "token": invitation.token_to_send, "link": link},
    )
    subject, _, body = words.partition("\n")
    send_mail(subject, body.strip(), None, [invitation.email])
    Invitation.objects.filter(pk=key).update(token_to_send=None)
