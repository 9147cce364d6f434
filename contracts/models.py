"""Tables of templates and contracts."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from contracts.domain import (
    BATCH_LIVE,
    BATCH_TRANSITIONS,
    CONCLUDED,
    CONTRACT_TRANSITIONS,
    DOCUMENT_TRANSITIONS,
    NOT_CONCLUDED,
    OPEN_DOCUMENT,
    PAPER_TRANSITIONS,
    ROW_TRANSITIONS,
    STANDING_TERMINATION,
    BatchState,
    ContractState,
    DocumentState,
    PaperState,
    RowState,
)
from core.crypto import EncryptedJSONField, EncryptedTextField
from core.transitions import TransitionTable


class Template(models.Model):
    """A contract template: one of ours, which has no employer, or an employer's own.

    Its versions bear its slug. The titles are those of the newest one, for lists and searches. `draft` is
    what the employer is writing, faults and all; `revision` counts how often it was kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    employer = models.ForeignKey(
        "accounts.Employer", on_delete=models.PROTECT, null=True, related_name="templates"
    )
    slug = models.CharField(max_length=60, unique=True)
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=400)
    changed_at = models.DateTimeField()
    draft = models.JSONField(null=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = (models.Index(fields=["employer", "title_zh"]),)
        constraints = (
            models.CheckConstraint(
                condition=Q(draft__isnull=True) | Q(employer__isnull=False),
                name="template_draft_is_an_employers",
            ),
        )

    @property
    def subject(self) -> str:
        """The name under which the audit log knows this template."""
        return f"template:{self.slug}"


class TemplateVersion(models.Model):
    """A published version of a contract template. Insert-only: a trigger refuses UPDATE and DELETE."""

    slug = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, unique=True)
    content = models.JSONField()
    published_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["slug", "number"], name="template_version_once"),)


class Contract(models.Model):
    """One labour contract of one employer with one worker.

    While it is a draft, the facts are put together from the employer's profile, the worker's record and
    `terms` whenever they are needed. At sending they are frozen: `facts`, the digests and the template
    version never change again. Of a contract in force `terms` (with `ends_on`) are those that hold now: a
    signed change sets them on its day.
    """

    TRANSITIONS: ClassVar[TransitionTable] = CONTRACT_TRANSITIONS

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    employer = models.ForeignKey("accounts.Employer", on_delete=models.PROTECT, related_name="contracts")
    worker = models.ForeignKey("accounts.Worker", on_delete=models.PROTECT, related_name="contracts")
    template = models.ForeignKey(TemplateVersion, on_delete=models.PROTECT, related_name="contracts")
    contract_no = models.CharField(max_length=50)
    jurisdiction_code = models.CharField(max_length=6)
    terms = EncryptedJSONField()
    state = models.CharField(
        max_length=12, choices=[(s.value, s.value) for s in ContractState], default=ContractState.DRAFT
    )
    employment_start = models.DateField()
    ends_on = models.DateField(null=True)  # the last day of a fixed term
    probation_ends_on = models.DateField(null=True)
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    facts = EncryptedJSONField(null=True)
    facts_digest = models.CharField(max_length=64, default="")
    sent_at = models.DateTimeField(null=True)
    sign_before = models.DateTimeField(null=True)
    prepared_digest = models.CharField(max_length=64, default="")
    signature_request = models.UUIDField(null=True, unique=True)
    signed_digest = models.CharField(max_length=64, default="")
    effective_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=200, default="")
    # The last day of the employment, once the certificate of the ending is signed.
    ended_on = models.DateField(null=True)
    # The contract that this one renews.
    follows = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="renewals")
    # Whoever got the signing link said "that is not me"; empty again when it was sent anew.
    wrong_person_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["employer", "contract_no"], name="contract_no_once"),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in ContractState]), name="contract_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[ContractState.DRAFT, ContractState.WITHDRAWN]) | ~Q(facts_digest=""),
                name="contract_sent_has_frozen_facts",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(CONCLUDED))
                | (~Q(signed_digest="") & Q(effective_at__isnull=False)),
                name="contract_effective_has_signed_document",
            ),
            models.CheckConstraint(
                condition=Q(state=ContractState.ENDED, ended_on__isnull=False)
                | (~Q(state=ContractState.ENDED) & Q(ended_on__isnull=True)),
                name="contract_ended_has_its_day",
            ),
            models.UniqueConstraint(
                fields=["follows"],
                condition=~Q(state__in=sorted(NOT_CONCLUDED)),
                name="contract_renewed_once",
            ),
        )
        indexes = (
            # The lists' orders; the key decides between equals, as in their paging.
            models.Index(fields=["employer", "-created_at", "-id"], name="contract_newest"),
            models.Index(fields=["employer", "employment_start", "id"], name="contract_by_start"),
            models.Index(
                fields=["employer", "contract_no"],
                name="contract_by_number",
                opclasses=["uuid_ops", "varchar_pattern_ops"],
            ),
            models.Index(fields=["employer", "state", "-created_at", "-id"], name="contract_in_state"),
            models.Index(fields=["employer", "state", "employment_start"]),
            models.Index(fields=["employer", "state", "ends_on"], name="contract_ending"),
            models.Index(
                fields=["employer", "state", "probation_ends_on"],
                name="contract_in_probation",
                condition=Q(probation_ends_on__isnull=False),
            ),
            models.Index(fields=["worker", "-created_at"], name="contract_of_worker"),
            models.Index(fields=["employer", "effective_at"], name="contract_by_month"),
            models.Index(
                fields=["employer", "signature_request"],
                condition=Q(state=ContractState.SIGNING),
                name="contract_signing",
            ),
        )

    @property
    def subject(self) -> str:
        """The name under which signing and the audit log know this contract."""
        return f"contract:{self.pk}"

    @property
    def told(self) -> dict[str, str]:
        """What listeners by webhook are told besides the state."""
        return {"contract": str(self.pk), "contract_no": self.contract_no}

    @property
    def facts_in_force(self) -> dict[str, Any]:
        """The facts of a concluded contract with the terms as they are now, after every change."""
        return {**self.facts, "contract": self.terms}


class PaperRequest(models.Model):
    """A worker's wish for the signed contract on paper (电子劳动合同订立指引 Art. 13)."""

    TRANSITIONS: ClassVar[TransitionTable] = PAPER_TRANSITIONS

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="paper_requests")
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in PaperState], default=PaperState.ASKED
    )
    asked_at = models.DateTimeField()
    given_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in PaperState]), name="paper_request_state_known"
            ),
            models.UniqueConstraint(
                fields=["contract"], condition=Q(state=PaperState.ASKED), name="paper_request_one_open"
            ),
        )
        indexes = (models.Index(fields=["state", "-asked_at"]),)


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
        """`termination` or `change`: the first part of the subject and of the audit words."""
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


class Reminder(models.Model):
    """That a legal clock has struck on a contract, and when the employer's clerks were told of it."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="reminders")
    employer = models.ForeignKey("accounts.Employer", on_delete=models.PROTECT, related_name="+")
    clock = models.CharField(max_length=20)  # a name of contracts.deadlines.CLOCKS
    struck_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["contract", "clock"], name="reminder_once"),)
        indexes = (
            models.Index(fields=["employer"], name="reminder_untold", condition=Q(told_at__isnull=True)),
        )
