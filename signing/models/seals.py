"""Seals and their use: asked for by one person, approved by another, logged for every document."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from core.transitions import TransitionTable
from signing.domain import (
    APPLICATION_TRANSITIONS,
    SEAL_TRANSITIONS,
    ApplicationState,
    SealKind,
    SealState,
)
from signing.models.fields import digest_column, known_state, state_column
from signing.models.requests import SigningParty


class Seal(models.Model):
    """A seal drawn by rule (国发〔1999〕25号): the organisation's name around a star. Or an uploaded one.

    `holder` is the person who answers for it (`user:<id>`). Lengths in millimetres. `picture` is the digest
    of an uploaded seal's normalised picture, and then `proof` that of the paper which shows that it is the
    organisation's. `batch_limit`: documents in one application; `daily_limit`: documents sealed in one day,
    Shanghai time; null for none.
    """

    TRANSITIONS: ClassVar[TransitionTable] = SEAL_TRANSITIONS

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    tenant = models.UUIDField()
    kind = models.CharField(max_length=12, choices=[(k.value, k.value) for k in SealKind])
    label = models.CharField(max_length=60)
    name = models.CharField(max_length=100)
    purpose_text = models.CharField(max_length=20, blank=True)
    code13 = models.CharField(max_length=13, blank=True)
    diameter_mm = models.DecimalField(max_digits=4, decimal_places=1)
    picture = digest_column(default="")
    proof = digest_column(default="")
    holder = models.CharField(max_length=80)
    batch_limit = models.PositiveIntegerField(null=True)
    daily_limit = models.PositiveIntegerField(null=True)
    state = state_column(SealState, SealState.ACTIVE)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            known_state(SealState, "seal_state_known"),
            models.CheckConstraint(condition=Q(picture="") | ~Q(proof=""), name="seal_picture_has_proof"),
            models.UniqueConstraint(fields=["tenant", "label"], name="seal_label_once"),
        )

    @property
    def subject(self) -> str:
        """The name under which the audit log knows the seal."""
        return f"seal:{self.pk}"


class SealGrant(models.Model):
    """授权用印: besides its holder, `keeper` (`user:<id>`) may use the seal, up to and including `until`.

    Ending it leaves the row, so that it stays known who was authorised when.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="grants")
    keeper = models.CharField(max_length=80)
    until = models.DateField(null=True)
    granted_by = models.CharField(max_length=80)
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["seal", "keeper"], condition=Q(ended_at=None), name="seal_grant_once"
            ),
        )


class SealApplication(models.Model):
    """用印申请: one seal for any number of documents. The database refuses approving one's own.

    `repeats` names the application whose failed documents this one takes up again.
    """

    TRANSITIONS: ClassVar[TransitionTable] = APPLICATION_TRANSITIONS

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    tenant = models.UUIDField()
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="applications")
    reason = models.CharField(max_length=200)
    requested_by = models.CharField(max_length=80)
    requested_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, null=True)
    decided_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=200, default="")
    state = state_column(ApplicationState, ApplicationState.REQUESTED)
    repeats = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="repeated_by")

    class Meta:
        constraints = (
            known_state(ApplicationState, "seal_application_state_known"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")),
                name="seal_application_two_people",
            ),
            models.CheckConstraint(
                condition=Q(state=ApplicationState.REQUESTED) | Q(decided_by__isnull=False),
                name="seal_application_decision_has_author",
            ),
        )
        indexes = (models.Index(fields=["tenant", "-requested_at"]),)

    @property
    def subject(self) -> str:
        """The name under which the audit log knows the application."""
        return f"seal_application:{self.pk}"


class SealUse(models.Model):
    """The log of use: one row per document of an application; once approved, `job` applies the seal.

    `skipped`: the document no longer waited for the seal at that moment, so there is no job.
    """

    application = models.ForeignKey(SealApplication, on_delete=models.PROTECT, related_name="uses")
    party = models.ForeignKey(SigningParty, on_delete=models.PROTECT, related_name="seal_uses")
    document_digest = digest_column()
    skipped = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["application", "party"], name="seal_use_once_per_application"),
        )
