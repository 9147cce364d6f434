"""Documents about a concluded contract: its changes, suspensions and endings."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from contracts.domain import DOCUMENT_TRANSITIONS, OPEN_DOCUMENT, STANDING_TERMINATION, DocumentState
from contracts.models.contracts import Contract
from contracts.suspensions.facts import RESUME, SUSPEND
from core.crypto import EncryptedJSONField
from core.transitions import TransitionTable


class LaterDocument(models.Model):
    """A document about a concluded contract: final facts, and the way to its signatures."""

    TRANSITIONS: ClassVar[TransitionTable] = DOCUMENT_TRANSITIONS

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    employer = models.ForeignKey("accounts.Employer", on_delete=models.PROTECT, related_name="+")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="%(class)ss")
    state = models.CharField(
        max_length=12,
        choices=[(s.value, s.value) for s in DocumentState],
        default=DocumentState.PLANNED.value,
    )
    facts = EncryptedJSONField()
    facts_digest = models.CharField(max_length=64)
    opened_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    sign_before = models.DateTimeField(null=True)
    signature_request = models.UUIDField(null=True, unique=True)
    prepared_digest = models.CharField(max_length=64, default="")
    signed_digest = models.CharField(max_length=64, default="")
    completed_at = models.DateTimeField(null=True)
    close_reason = models.CharField(max_length=200, default="")

    class Meta:
        abstract = True
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in DocumentState]), name="%(class)s_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state=DocumentState.COMPLETED)
                | (~Q(signed_digest="") & Q(completed_at__isnull=False)),
                name="%(class)s_completed_is_signed",
            ),
        )
        # The lists' order; the key decides between equals, as in their paging.
        indexes: ClassVar[tuple[models.Index, ...]] = (
            models.Index(fields=["employer", "-opened_at", "-id"], name="%(class)s_newest"),
        )

    @property
    def kind(self) -> str:
        """`termination`, `change` or `suspension`: the first part of the subject and of the audit words."""
        return str(self._meta.model_name)

    @property
    def subject(self) -> str:
        """The name under which signing and the audit log know this document."""
        return f"{self.kind}:{self.pk}"

    @property
    def told(self) -> dict[str, str]:
        """What listeners by webhook are told besides the state."""
        return {self.kind: str(self.pk), "contract": str(self.contract_id)}


class Termination(LaterDocument):
    """The ending of one contract: final facts, how the severance pay was computed, the signed certificate.

    `working` is the computation as it was shown (`amount`, `months`, `monthly`, `lines` of zh and en), null
    where nothing was owed.
    """

    certificate_no = models.CharField(max_length=50)
    reason = models.CharField(max_length=4)
    ends_on = models.DateField()
    working = EncryptedJSONField(null=True)
    # When the employer handed over the worker's file and insurance relations (劳动合同法 Art. 50).
    file_moved_on = models.DateField(null=True)
    insurance_moved_on = models.DateField(null=True)

    class Meta(LaterDocument.Meta):
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *LaterDocument.Meta.constraints,
            models.UniqueConstraint(fields=["employer", "certificate_no"], name="certificate_no_once"),
            models.UniqueConstraint(
                fields=["contract"],
                condition=Q(state__in=sorted(STANDING_TERMINATION)),
                name="contract_ends_once",
            ),
        )
        indexes: ClassVar[tuple[models.Index, ...]] = (
            *LaterDocument.Meta.indexes,
            models.Index(fields=["employer", "ends_on", "id"], name="termination_by_day"),
            models.Index(fields=["employer", "state", "ends_on"], name="termination_in_state"),
        )


class Change(LaterDocument):
    """A change of one contract by agreement: its facts are the contract's as they are from `effective_on`.

    `number` counts the changes of the contract that were opened; the facts of the last completed one hold.
    """

    agreement_no = models.CharField(max_length=50)
    number = models.PositiveIntegerField()
    effective_on = models.DateField()

    class Meta(LaterDocument.Meta):
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *LaterDocument.Meta.constraints,
            models.UniqueConstraint(fields=["employer", "agreement_no"], name="agreement_no_once"),
            models.UniqueConstraint(
                fields=["contract"], condition=Q(state__in=sorted(OPEN_DOCUMENT)), name="contract_change_open"
            ),
        )
        indexes: ClassVar[tuple[models.Index, ...]] = (
            *LaterDocument.Meta.indexes,
            models.Index(fields=["employer", "effective_on", "id"], name="change_by_day"),
            models.Index(fields=["employer", "state", "effective_on"], name="change_in_state"),
        )


class Suspension(LaterDocument):
    """The suspension (中止) of one contract, or the resumption (恢复) that ends it.

    `number` counts those of the contract that were signed, in turn. `effective_on` is the first day on which
    the contract rests, or is performed again; `until` the last day that was foreseen.
    """

    document_no = models.CharField(max_length=50)
    number = models.PositiveIntegerField()
    act = models.CharField(max_length=1)
    reason = models.CharField(max_length=1)
    effective_on = models.DateField()
    until = models.DateField(null=True)

    class Meta(LaterDocument.Meta):
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *LaterDocument.Meta.constraints,
            models.UniqueConstraint(fields=["employer", "document_no"], name="suspension_no_once"),
            models.CheckConstraint(condition=Q(act__in=[SUSPEND, RESUME]), name="suspension_act_known"),
            models.UniqueConstraint(
                fields=["contract"],
                condition=Q(state__in=sorted(OPEN_DOCUMENT)),
                name="contract_suspension_open",
            ),
            models.UniqueConstraint(
                fields=["contract", "number"],
                condition=Q(state=DocumentState.COMPLETED),
                name="contract_suspensions_in_turn",
            ),
        )
