"""Tables of what becomes of a filing later: corrections of accepted ones, and wishes to withdraw others."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from core.crypto import EncryptedJSONField
from core.transitions import TransitionTable
from filing_bridge.domain import CORRECTION_TRANSITIONS, CorrectionState, VoidOutcome
from filing_bridge.models.filings import Filing


class Correction(models.Model):
    """A correction of an accepted filing: one person proposes it, another decides, then it is filed itself.

    `facts` (correction.facts_of) and `slip` never change: who decides sees what is filed. `made` is the
    filing that carries it out, once it was confirmed.
    """

    TRANSITIONS: ClassVar[TransitionTable] = CORRECTION_TRANSITIONS

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    tenant = models.UUIDField()
    contract_id = models.UUIDField()
    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="corrections")
    made = models.OneToOneField(Filing, on_delete=models.PROTECT, null=True, related_name="correction")
    correction_no = models.CharField(max_length=50, unique=True)
    weight = models.CharField(max_length=10)  # of correction.Weight
    facts = EncryptedJSONField()
    evidence = models.CharField(max_length=64, default="")
    slip = models.CharField(max_length=64)
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in CorrectionState], default=CorrectionState.PROPOSED
    )
    proposed_by = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, default="")
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=200, default="")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in CorrectionState]), name="correction_state_known"
            ),
            models.UniqueConstraint(
                fields=["filing"],
                condition=Q(state=CorrectionState.PROPOSED),
                name="correction_proposed_once",
            ),
            # Four eyes, whatever the code above says.
            models.CheckConstraint(
                condition=~Q(state__in=[CorrectionState.CONFIRMED, CorrectionState.DECLINED])
                | (~Q(decided_by="") & ~Q(decided_by=F("proposed_by"))),
                name="correction_decided_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state=CorrectionState.CONFIRMED) | Q(made__isnull=False),
                name="correction_confirmed_is_filed",
            ),
        )
        indexes = (models.Index(fields=["tenant", "-proposed_at"]),)

    @property
    def subject(self) -> str:
        """The name under which the audit log knows this correction."""
        return f"correction:{self.pk}"


class Void(models.Model):
    """The wish to withdraw a filing before its review: what the employer signs, and what became of it."""

    filing = models.OneToOneField(Filing, on_delete=models.PROTECT, primary_key=True, related_name="void")
    record = EncryptedJSONField()  # void-record-1.json
    record_digest = models.CharField(max_length=64)
    authorisation = models.TextField()
    employer_signature = models.TextField(default="")
    outcome = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in VoidOutcome], default=VoidOutcome.OPEN
    )
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
