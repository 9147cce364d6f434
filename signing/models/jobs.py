"""What the signer process works from: signing jobs, spent authorisations, organisation keys."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.crypto import EncryptedTextField
from core.transitions import TransitionTable
from signing.domain import JOB_TRANSITIONS, LIVE_JOB, JobState
from signing.models.fields import digest_column, known_state, state_column
from signing.models.requests import SigningParty
from signing.models.sessions import Placement


class SigningJob(models.Model):
    """One party's signature on one revision of a document: authorised, made, and recorded at most once.

    `authorisation` is what the signer process verifies for itself; `lease` fences off a signer that was
    thought dead; `error_code` says in the catalogue's words why it is not done yet. `certificates` is the
    PEM chain of the signature: the last signer proves by it that nobody's certificate was revoked.
    """

    TRANSITIONS: ClassVar[TransitionTable] = JOB_TRANSITIONS

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    party = models.ForeignKey(SigningParty, on_delete=models.PROTECT, related_name="jobs")
    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, null=True)
    seal_use = models.OneToOneField(
        "signing.SealUse", on_delete=models.PROTECT, null=True, related_name="job"
    )
    document_digest = digest_column()
    authorisation = models.TextField()
    expires_at = models.DateTimeField()
    state = state_column(JobState, JobState.QUEUED)
    lease = models.UUIDField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error_code = models.CharField(max_length=60, default="")
    signed_digest = digest_column(default="")
    certificates = EncryptedTextField(default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            known_state(JobState, "signing_job_state_known"),
            models.UniqueConstraint(
                fields=["party"],
                condition=Q(state__in=[*LIVE_JOB, JobState.SIGNED]),
                name="signing_job_one_effective_per_party",
            ),
            models.CheckConstraint(
                condition=~Q(state=JobState.SIGNED) | (~Q(signed_digest="") & ~Q(certificates="")),
                name="signing_job_signed_has_result",
            ),
        )
        indexes = (models.Index(fields=["state", "expires_at"]),)

    @property
    def subject(self) -> str:
        """What the job's authorisation is for."""
        return f"job:{self.pk}"


class UsedNonce(models.Model):
    """An authorisation that was used, and what for. A second use for anything else is refused."""

    nonce = models.CharField(max_length=64, primary_key=True)
    claims_digest = digest_column()
    used_at = models.DateTimeField()


class OrganisationKey(models.Model):
    """To whom an organisation's certificate is issued. The key itself lies in the signer's own folder.

    A change of name or code starts a new generation, with a new key and certificate. `not_after` is the end
    of the present certificate, once there is one; `warned_days` the last warning given before it (90, 30, 7).
    """

    tenant = models.UUIDField(primary_key=True)
    legal_name = models.CharField(max_length=200)
    uscc = models.CharField(max_length=18)
    generation = models.PositiveIntegerField(default=1)
    not_after = models.DateTimeField(null=True)
    warned_days = models.PositiveSmallIntegerField(null=True)
