"""Bulk sheets: batches, their rows, and what an employer's headings mean."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from contracts.domain import BATCH_LIVE, BATCH_TRANSITIONS, ROW_TRANSITIONS, BatchState, RowState
from contracts.models.contracts import Contract
from contracts.models.templates import TemplateVersion
from core.crypto import EncryptedJSONField, EncryptedTextField
from core.transitions import TransitionTable


class Batch(models.Model):
    """One uploaded sheet of one employer: the rows become contracts of one template version.

    The file itself is not kept, its rows are. `mapping` says which column of the file (from 0) holds which
    key. `halted` is the refusal for which the platform, not a person, has paused the sending.
    """

    TRANSITIONS: ClassVar[TransitionTable] = BATCH_TRANSITIONS

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    employer = models.ForeignKey("accounts.Employer", on_delete=models.PROTECT, related_name="batches")
    template = models.ForeignKey(TemplateVersion, on_delete=models.PROTECT, related_name="batches")
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in BatchState])
    file_name = EncryptedTextField()
    file_digest = models.CharField(max_length=64)
    headings = EncryptedJSONField()
    mapping = models.JSONField()
    size = models.PositiveIntegerField()
    revises = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="revisions")
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    confirmed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    halted = models.CharField(max_length=60, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["employer", "template", "file_digest"],
                condition=Q(state__in=sorted(BATCH_LIVE)),
                name="batch_file_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in BatchState]), name="batch_state_known"
            ),
        )
        indexes = (models.Index(fields=["employer", "-created_at"]),)

    @property
    def subject(self) -> str:
        """The name under which the audit log knows this batch."""
        return f"batch:{self.pk}"


class BatchRow(models.Model):
    """A row of a batch. `number` is the spreadsheet's own; `cells` are as the file gave them.

    `mended` holds what was corrected on the page, by key of the column, and goes before the cells. `remarks`
    are what the checks say of the row, those that stop it counted in `faults`. The blind index and the number
    find the same person and the same contract number in other rows.
    """

    TRANSITIONS: ClassVar[TransitionTable] = ROW_TRANSITIONS

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="rows")
    number = models.PositiveIntegerField()
    state = models.CharField(
        max_length=8, choices=[(s.value, s.value) for s in RowState], default=RowState.WAITING
    )
    cells = EncryptedJSONField()
    mended = EncryptedJSONField(default=dict)
    remarks = EncryptedJSONField(default=list)
    faults = models.PositiveIntegerField(default=0)
    person_index = models.CharField(max_length=64, default="")
    contract_no = models.CharField(max_length=50, default="")
    contract = models.OneToOneField(Contract, null=True, on_delete=models.PROTECT, related_name="batch_row")
    refusal = models.CharField(max_length=60, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["batch", "number"], name="batch_row_once"),
            models.CheckConstraint(
                condition=Q(state=RowState.SENT, contract__isnull=False)
                | (~Q(state=RowState.SENT) & Q(contract__isnull=True)),
                name="batch_row_sent_has_contract",
            ),
        )
        indexes = (
            models.Index(fields=["batch", "state", "number"]),
            models.Index(fields=["batch", "person_index"]),
        )


class RememberedMapping(models.Model):
    """What the employer's own headings mean: heading → key of the column, for sheets of one template."""

    employer = models.ForeignKey("accounts.Employer", on_delete=models.PROTECT, related_name="+")
    template_slug = models.CharField(max_length=60)
    headings = models.JSONField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["employer", "template_slug"], name="remembered_mapping_once"),
        )
