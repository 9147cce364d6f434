"""Tables of endings made by the batch, and of the early warnings of many."""

import uuid
from collections.abc import Iterable
from typing import Any, ClassVar, Final

from django.db import models
from django.db.models import F, Q

from core.crypto import EncryptedJSONField, EncryptedTextField
from core.transitions import TransitionTable
from filing_bridge.mass_endings import (
    ENDING_BATCH_TRANSITIONS,
    ENDING_ROW_TRANSITIONS,
    GATE_PASSED,
    LAYOFF_PAPERS,
    NUMBERED,
    UNFINISHED,
    EndingBatchState,
    EndingRowState,
    Paper,
)


def _on_record(papers: Iterable[Paper]) -> Q:
    found = Q()
    for each in papers:
        found &= Q(**{f"{each}_on__isnull": False}) & ~Q(**{f"{each}_paper": ""})
        if each in NUMBERED:
            found &= ~Q(**{f"{each}_no": ""})
    return found


LAYOFF_ON_RECORD: Final = (
    _on_record(LAYOFF_PAPERS)
    & Q(explain_before__isnull=False)  # beside nothing a comparison is unknown, and what is unknown passes
    & Q(explained_on__lte=F("explain_before"))
)
# What must hold of a batch before one of its rows may become an ending.
GATE: Final = (Q(needs_layoff=False) | LAYOFF_ON_RECORD) & (
    Q(needs_approval=False) | _on_record([Paper.APPROVAL])
)


class EndingBatch(models.Model):
    """Endings of many contracts of one employer, of which the rows are final once it is frozen.

    `source_digest` names what it was made of: the same twice is one batch. `digest` names the frozen rows.
    `persons`, `layoffs` and `staff` were counted then, and again when it was started; `explain_before` is the
    last day on which the staff could be told of the first layoff. For each paper of the gate: its day, the
    digest of what was handed in, and its number where it has one.
    `halted` is the refusal for which the platform, not a person, has paused the work.
    """

    TRANSITIONS: ClassVar[TransitionTable] = ENDING_BATCH_TRANSITIONS

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    employer = models.ForeignKey("accounts.Employer", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=10,
        choices=[(s.value, s.value) for s in EndingBatchState],
        default=EndingBatchState.CHECKING,
    )
    file_name = EncryptedTextField(default="")  # empty where the contracts were picked from the list
    source_digest = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    frozen_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64, default="")
    started_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    halted = models.CharField(max_length=60, default="")

    persons = models.PositiveIntegerField(default=0)
    layoffs = models.PositiveIntegerField(default=0)
    staff = models.PositiveIntegerField(default=0)
    needs_layoff = models.BooleanField(default=False)
    needs_approval = models.BooleanField(default=False)
    explain_before = models.DateField(null=True)
    explained_on = models.DateField(null=True)
    explained_paper = models.CharField(max_length=64, default="")
    plan_on = models.DateField(null=True)
    plan_paper = models.CharField(max_length=64, default="")
    opinions_on = models.DateField(null=True)
    opinions_paper = models.CharField(max_length=64, default="")
    report_on = models.DateField(null=True)
    report_paper = models.CharField(max_length=64, default="")
    report_no = models.CharField(max_length=50, default="")
    approval_on = models.DateField(null=True)
    approval_paper = models.CharField(max_length=64, default="")
    approval_no = models.CharField(max_length=50, default="")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in EndingBatchState]), name="ending_batch_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(GATE_PASSED)) | GATE, name="ending_batch_gate"
            ),
            models.UniqueConstraint(
                fields=["employer", "source_digest"],
                condition=Q(state__in=sorted(UNFINISHED)),
                name="ending_batch_source_once",
            ),
        )
        indexes = (models.Index(fields=["employer", "-created_at", "-id"], name="ending_batch_newest"),)

    @property
    def subject(self) -> str:
        """The name under which the audit log knows this batch."""
        return f"ending_batch:{self.pk}"

    def needed(self) -> tuple[Paper, ...]:
        """The papers without which this batch may not go."""
        layoff = LAYOFF_PAPERS if self.needs_layoff else ()
        return (*layoff, Paper.APPROVAL) if self.needs_approval else layoff


class EndingRow(models.Model):
    """A row of a batch: what was said of one ending, by key of the sheet, and what became of it.

    `remarks` are what the checks say of it. `faults` counts those that keep the batch from being frozen:
    nobody knows which contract is meant. `by_hand` says that a person must look. `digest` is that of contract
    and cells: a row that was changed after freezing never becomes an ending.
    """

    TRANSITIONS: ClassVar[TransitionTable] = ENDING_ROW_TRANSITIONS

    batch = models.ForeignKey(EndingBatch, on_delete=models.PROTECT, related_name="rows")
    number = models.PositiveIntegerField()
    state = models.CharField(
        max_length=8,
        choices=[(s.value, s.value) for s in EndingRowState],
        default=EndingRowState.WAITING,
    )
    cells = EncryptedJSONField()
    contract = models.ForeignKey("contracts.Contract", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=4, default="")
    ends_on = models.DateField(null=True)
    remarks = EncryptedJSONField(default=list)
    faults = models.PositiveIntegerField(default=0)
    by_hand = models.BooleanField(default=False)
    digest = models.CharField(max_length=64, default="")
    termination = models.OneToOneField(
        "contracts.Termination", null=True, on_delete=models.PROTECT, related_name="ending_row"
    )
    refusal = models.CharField(max_length=60, default="")
    owner = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    note = EncryptedTextField(default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["batch", "number"], name="ending_row_once"),
            models.UniqueConstraint(fields=["batch", "contract"], name="ending_row_contract_once"),
            models.CheckConstraint(
                condition=Q(state=EndingRowState.OPENED, termination__isnull=False)
                | (~Q(state=EndingRowState.OPENED) & Q(termination__isnull=True)),
                name="ending_row_opened_has_ending",
            ),
        )
        indexes = (models.Index(fields=["batch", "state", "number"], name="ending_row_in_state"),)


class EarlyWarning(models.Model):
    """That the endings of an employer have become many: told to the agency before they are a mass event."""

    employer = models.ForeignKey("accounts.Employer", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    at = models.DateTimeField()
    persons = models.PositiveIntegerField()
    staff = models.PositiveIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["employer", "day"], name="early_warning_once"),)

    @property
    def told(self) -> dict[str, Any]:
        """What listeners by webhook are told."""
        return {"persons": self.persons, "staff": self.staff, "day": self.day.isoformat()}
