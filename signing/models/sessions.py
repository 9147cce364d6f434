"""A person's way from the link in a text message to the confirmed will to sign."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.crypto import EncryptedJSONField, EncryptedTextField
from core.transitions import TransitionTable
from signing.domain import (
    CHECK_TRANSITIONS,
    CODE_TRANSITIONS,
    SESSION_TRANSITIONS,
    CheckState,
    CodeState,
    ConsentKind,
    LinkKind,
    Purpose,
    SessionState,
)
from signing.models.fields import box_of, digest_column, known_state, language_column, state_column
from signing.models.requests import SigningParty
from signing.pades.geometry import Box
from signing.pades.marks import Strokes


class SigningLink(models.Model):
    """An invitation's link: a random token of 256 bits, of which only the hash is kept.

    A printed one ends at `expires_at`; one from a message with the request.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    party = models.ForeignKey(SigningParty, on_delete=models.PROTECT, related_name="links")
    token_hash = digest_column(unique=True)
    kind = models.CharField(
        max_length=8, choices=[(k.value, k.value) for k in LinkKind], default=LinkKind.MESSAGE
    )
    valid = models.BooleanField(default=True)
    expires_at = models.DateTimeField(null=True)
    exchanges = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["party", "kind"], condition=Q(valid=True), name="signing_link_one_valid_per_kind"
            ),
        )


class SigningSession(models.Model):
    """A device that holds a session secret (only its hash is here). All steps belong to one session."""

    TRANSITIONS: ClassVar[TransitionTable] = SESSION_TRANSITIONS

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    party = models.ForeignKey(SigningParty, on_delete=models.PROTECT, related_name="sessions")
    secret_hash = digest_column(unique=True)
    state = state_column(SessionState, SessionState.PENDING)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    address = EncryptedTextField()
    agent = EncryptedTextField()
    language = language_column()
    identified_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            known_state(SessionState, "signing_session_state_known"),
            models.UniqueConstraint(
                fields=["party"],
                condition=Q(state=SessionState.OPEN),
                name="signing_session_one_open_per_party",
            ),
        )


class IdentityCheck(models.Model):
    """A question to the real-name provider and its answer. The person's data stay with the party."""

    TRANSITIONS: ClassVar[TransitionTable] = CHECK_TRANSITIONS

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    session = models.ForeignKey(SigningSession, on_delete=models.PROTECT, related_name="checks")
    state = state_column(CheckState, CheckState.CHECKING)
    provider = models.CharField(max_length=40)
    reference = models.CharField(max_length=100, default="")
    created_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            known_state(CheckState, "identity_check_state_known"),
            models.UniqueConstraint(
                fields=["session"],
                condition=Q(state=CheckState.CHECKING),
                name="identity_check_one_running_per_session",
            ),
        )


class CodeBudget(models.Model):
    """How often codes of one purpose were sent to a party and guessed wrong. Counted up atomically."""

    party = models.ForeignKey(SigningParty, on_delete=models.PROTECT, related_name="code_budgets")
    purpose = models.CharField(max_length=8, choices=[(p.value, p.value) for p in Purpose])
    codes = models.PositiveSmallIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["party", "purpose"], name="code_budget_once"),)


class OneTimeCode(models.Model):
    """A code of six digits, kept as a keyed hash bound to session, purpose and document."""

    TRANSITIONS: ClassVar[TransitionTable] = CODE_TRANSITIONS

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    party = models.ForeignKey(SigningParty, on_delete=models.PROTECT, related_name="codes")
    session = models.ForeignKey(SigningSession, on_delete=models.PROTECT, related_name="codes")
    purpose = models.CharField(max_length=8, choices=[(p.value, p.value) for p in Purpose])
    document_digest = digest_column(default="")
    code_hash = digest_column()
    state = state_column(CodeState, CodeState.LIVE)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = (
            known_state(CodeState, "one_time_code_state_known"),
            models.UniqueConstraint(
                fields=["party", "purpose"],
                condition=Q(state=CodeState.LIVE),
                name="one_time_code_one_live_per_purpose",
            ),
        )


class Consent(models.Model):
    """A text that was accepted: which one, in which version, with the hash of its words."""

    session = models.ForeignKey(SigningSession, on_delete=models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=20, choices=[(k.value, k.value) for k in ConsentKind])
    version = models.PositiveSmallIntegerField()
    text_digest = digest_column()
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["session", "kind"], name="consent_once_per_session"),)


class Reading(models.Model):
    """Every page of this document was shown in this session; dwell times in milliseconds, page 1 first."""

    session = models.ForeignKey(SigningSession, on_delete=models.PROTECT, related_name="readings")
    document_digest = digest_column()
    dwell = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["session", "document_digest"], name="reading_once_per_document"),
        )


class Placement(models.Model):
    """Where a person's signature goes, and what it looks like: strokes on the pad, or the typed name.

    Rows are only inserted: the newest one counts, and a job keeps the very row that was confirmed.
    """

    session = models.ForeignKey(SigningSession, on_delete=models.PROTECT, related_name="placements")
    document_digest = digest_column()
    box = models.JSONField()
    strokes = EncryptedJSONField(null=True)
    typed_name = EncryptedTextField(default="")
    at = models.DateTimeField()

    @property
    def place(self) -> Box:
        return box_of(self.box)

    @property
    def handwriting(self) -> Strokes:
        """The strokes as they are drawn."""
        lines = tuple(tuple((point[0], point[1]) for point in line) for line in self.strokes["lines"])
        return Strokes(lines, self.strokes["width"], self.strokes["height"])
