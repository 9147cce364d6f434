"""The people who have proved who they are: how to reach them, and in which language."""

import uuid

from django.db import models

from core.crypto import EncryptedTextField
from signing.models.fields import digest_column, language_column


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
