"""People who have proved who they are, their visits to all they have signed, their change of phone."""

import uuid
from typing import ClassVar

from django.db import models

from core.crypto import EncryptedTextField
from core.transitions import TransitionTable
from signing.domain import CHANGE_TRANSITIONS, VISIT_TRANSITIONS, ChangeState, VisitState
from signing.models.fields import digest_column, known_state, language_column, state_column


class Person(models.Model):
    """Somebody whose name, number and phone belong together, by the real-name provider's word and a code.

    The same person signs for many organisations over the years: the two indexes lead to all their parties,
    `mobile` is the phone that was proved last.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name_index = digest_column()
    id_no_index = digest_column()
    mobile = EncryptedTextField()
    mobile_index = digest_column(db_index=True)
    language = language_column()
    proved_at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["name_index", "id_no_index"], name="person_once"),)

    @property
    def subject(self) -> str:
        """The name under which the audit log knows the person, as subject and as actor."""
        return f"person:{self.pk}"


class PhoneWindow(models.Model):
    """How many codes a phone was sent and how many wrong ones were tried for it, in the present day."""

    mobile_index = digest_column(primary_key=True)
    opened_at = models.DateTimeField()
    codes = models.PositiveSmallIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)


class WithCode(models.Model):
    """A device that holds a secret (only its hash is here) and waits for the code sent to `mobile`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    secret_hash = digest_column(unique=True)
    mobile = EncryptedTextField()
    mobile_index = digest_column(db_index=True)
    language = language_column()
    code_hash = digest_column(default="")
    code_tries = models.PositiveSmallIntegerField(default=0)
    code_sent_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        abstract = True


class Visit(WithCode):
    """Somebody's log-in, by phone and code, to all that they have signed. `person` once it is open."""

    TRANSITIONS: ClassVar[TransitionTable] = VISIT_TRANSITIONS

    state = state_column(VisitState, VisitState.CODE)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="visits")
    number_tries = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField()
    address = EncryptedTextField()
    agent = EncryptedTextField()

    class Meta:
        constraints = (
            known_state(VisitState, "visit_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state=VisitState.OPEN) | models.Q(person__isnull=False),
                name="visit_open_has_person",
            ),
        )

    @property
    def subject(self) -> str:
        """The name under which the audit log knows the visit."""
        return f"visit:{self.pk}"


class PhoneChange(WithCode):
    """A wish to be reached at `mobile` from now on. `person` is null when name and number fit nobody."""

    TRANSITIONS: ClassVar[TransitionTable] = CHANGE_TRANSITIONS

    state = state_column(ChangeState, ChangeState.CODE)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="phone_changes")
    provider = models.CharField(max_length=40, default="")
    reference = models.CharField(max_length=100, default="")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (known_state(ChangeState, "phone_change_state_known"),)

    @property
    def subject(self) -> str:
        """The name under which the audit log knows the change."""
        return f"phone_change:{self.pk}"
