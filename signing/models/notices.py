"""Messages to people: an outbox, emptied by due work."""

import uuid
from typing import ClassVar

from django.db import models

from core.crypto import EncryptedJSONField, EncryptedTextField
from core.transitions import TransitionTable
from signing.domain import NOTICE_TRANSITIONS, Channel, NoticeState
from signing.models.fields import digest_column, known_state, language_column, state_column


class Notice(models.Model):
    """One message by one channel. `template` is a file in templates/sms/<language>; `params` fill it.

    What is secret in `params` (links, codes) is blanked once the message is out. Identity numbers never are
    among them.
    """

    TRANSITIONS: ClassVar[TransitionTable] = NOTICE_TRANSITIONS

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    subject = models.CharField(max_length=80)
    channel = models.CharField(
        max_length=4, choices=[(c.value, c.value) for c in Channel], default=Channel.SMS
    )
    tenant = models.UUIDField(null=True)  # a message that no employer causes has none
    recipient = EncryptedTextField()
    recipient_index = digest_column()
    template = models.CharField(max_length=40)
    language = language_column()
    params = EncryptedJSONField()
    state = state_column(NoticeState, NoticeState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    provider = models.CharField(max_length=40, default="")
    reference = models.CharField(max_length=100, default="")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (known_state(NoticeState, "notice_state_known"),)
        indexes = (
            models.Index(fields=["recipient_index", "template", "created_at"]),
            models.Index(fields=["subject", "created_at"]),
        )
