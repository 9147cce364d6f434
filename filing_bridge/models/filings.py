"""Tables of filings, of every call made for them, and of what came back."""

import uuid
from enum import StrEnum
from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.crypto import EncryptedJSONField
from core.transitions import TransitionTable
from filing_bridge.domain import (
    BREAKER_TRANSITIONS,
    FILING_TRANSITIONS,
    FORM_TRANSITIONS,
    ON_ITS_WAY,
    UNFILED,
    WITH_THE_AGENCY,
    BreakerState,
    FilingState,
    FormState,
    Outcome,
)

# Filings that somebody has to do something about without being told; `to_confirm` may be one that is decided.
AT_WORK = Q(state__in=sorted(ON_ITS_WAY)) | Q(to_confirm=True)


def _choices(states: type[StrEnum]) -> list[tuple[str, str]]:
    return [(state.value, state.value) for state in states]


class Filing(models.Model):
    """One filing of one signed contract: one idempotency key, one record, at most one effect.

    `record` never changes once it was signed: filed again it is a new row with the next `version`, and what
    is corrected after acceptance stands in rows of `Correction`.
    `lease` is the fencing token of the call under way: results are written only by its holder.
    """

    TRANSITIONS: ClassVar[TransitionTable] = FILING_TRANSITIONS

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    tenant = models.UUIDField()
    contract_id = models.UUIDField()
    contract_no = models.CharField(max_length=50)
    # Blind index of employer and worker: filings of one employment go out in order.
    employment = models.CharField(max_length=64)
    starts_on = models.DateField()
    event = models.CharField(max_length=10)
    version = models.PositiveIntegerField(default=1)
    filing_type = models.CharField(max_length=2)
    jurisdiction = models.CharField(max_length=6)
    province = models.CharField(max_length=20)
    idempotency_key = models.CharField(max_length=64, unique=True)
    document_digest = models.CharField(max_length=64)
    signed_at = models.DateTimeField()
    signed_elsewhere = models.BooleanField(default=False)  # on another platform, and imported
    deadline = models.DateField()
    # What a person adds to the facts: {late_reason, remark, prev_filing_no}, each only when given.
    particulars = EncryptedJSONField(default=dict)
    record = EncryptedJSONField(null=True)
    record_digest = models.CharField(max_length=64, default="")
    created_at = models.DateTimeField()

    state = models.CharField(max_length=16, choices=_choices(FilingState), default=FilingState.WAITING)
    # Digest of the dates that a person confirmed (confirmation.py), where acceptance cannot be undone.
    confirmed = models.CharField(max_length=64, default="")
    # What has to be mended, all at once: [{field, code, zh, en, remedy_zh, remedy_en}].
    faults = EncryptedJSONField(default=list)
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)  # that failed, in a row
    polls = models.PositiveIntegerField(default=0)  # that brought no news, in a row
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=60, default="")
    first_attempt_at = models.DateTimeField(null=True)

    authorisation = models.TextField(default="")
    employer_signature = models.TextField(default="")
    message = models.CharField(max_length=64, default="")
    message_at = models.DateTimeField(null=True)

    receipt_no = models.CharField(max_length=50, default="")
    decided_at = models.DateTimeField(null=True)
    # By when the agency decides, as its profile says; set when it has taken the filing in. And when members
    # were told that it is late.
    decision_by = models.DateField(null=True)
    late_told_at = models.DateTimeField(null=True)
    # The decision is to be asked for once more: always one against the employer, before somebody sets out to
    # mend what needs no mending, and an acceptance that the agency's desk for forms does not know of.
    to_confirm = models.BooleanField(default=False)
    # The employer wants it back: the next call asks for that (`Void`), until the province has answered.
    to_void = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["contract_id", "event", "document_digest", "version"], name="filing_version_once"
            ),
            models.UniqueConstraint(
                fields=["province", "receipt_no"], condition=~Q(receipt_no=""), name="filing_receipt_no_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in FilingState]), name="filing_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[FilingState.WAITING, FilingState.HELD]) | ~Q(record_digest=""),
                name="filing_on_its_way_has_a_record",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[FilingState.READY, FilingState.SENT]) | ~Q(message=""),
                name="filing_ready_has_a_message",
            ),
            models.CheckConstraint(
                condition=~Q(state=FilingState.SENT) | Q(lease__isnull=False, first_attempt_at__isnull=False),
                name="filing_sent_is_leased",
            ),
            models.CheckConstraint(
                condition=~Q(state=FilingState.ACCEPTED) | (~Q(receipt_no="") & Q(decided_at__isnull=False)),
                name="filing_accepted_has_a_receipt",
            ),
        )
        indexes = (
            models.Index(fields=["province", "state", "due_at"]),
            models.Index(fields=["employment", "starts_on"]),
            # The lists' orders; the key decides between equals, as in their paging.
            models.Index(fields=["tenant", "-created_at"]),
            models.Index(fields=["tenant", "deadline", "id"], name="filing_by_deadline"),
            models.Index(fields=["tenant", "state", "deadline", "id"], name="filing_in_state"),
            models.Index(fields=["tenant", "starts_on", "id"], name="filing_by_start"),
            models.Index(
                fields=["contract_id", "tenant"],
                condition=Q(state__in=sorted(UNFILED)),
                name="filing_unfiled",
            ),
            # What dispatch looks through stays small, however large the ledger grows.
            models.Index(fields=["province", "due_at"], condition=AT_WORK, name="filing_at_work"),
            models.Index(fields=["due_at"], condition=Q(state=FilingState.WAITING), name="filing_waiting"),
            models.Index(fields=["leased_until"], condition=Q(lease__isnull=False), name="filing_leased"),
            models.Index(
                fields=["province", "message_at"],
                condition=Q(message_at__isnull=False),
                name="filing_with_message",
            ),
        )

    @property
    def takes_back(self) -> bool:
        """Whether the next call asks the province to give it back, rather than where it stands."""
        return self.to_void and self.state in WITH_THE_AGENCY

    @property
    def subject(self) -> str:
        """The name under which the audit log knows this filing."""
        return f"filing:{self.pk}"


class FilingAttempt(models.Model):
    """A call to the province for one filing, written before the call is made. Insert-only."""

    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="calls")
    interface = models.CharField(max_length=6)  # of protocol.Interface
    lease = models.UUIDField()
    message = models.CharField(max_length=64)
    started_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["filing", "lease"], name="filing_attempt_once"),)


class AttemptResult(models.Model):
    """How the call ended; absent when its process died. `raw` is the blob of the bytes. Insert-only."""

    attempt = models.OneToOneField(FilingAttempt, on_delete=models.PROTECT, related_name="result")
    outcome = models.CharField(max_length=12, choices=_choices(Outcome))
    http_status = models.PositiveSmallIntegerField(null=True)
    code = models.CharField(max_length=60, default="")
    raw = models.CharField(max_length=64, default="")
    ended_at = models.DateTimeField()


class Receipt(models.Model):
    """A verified answer of the province: `blob` names the bytes of the JWS as they came. Insert-only."""

    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="receipts")
    kind = models.CharField(max_length=16)
    state = models.CharField(max_length=16, default="")
    receipt_no = models.CharField(max_length=50, default="")
    blob = models.CharField(max_length=64)
    body = EncryptedJSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["filing", "blob"], name="receipt_once"),)


class Breaker(models.Model):
    """Whether a province is worth calling. `until` ends the pause, or the turn of the one who probes."""

    TRANSITIONS: ClassVar[TransitionTable] = BREAKER_TRANSITIONS

    province = models.CharField(max_length=20, primary_key=True)
    state = models.CharField(max_length=10, choices=_choices(BreakerState), default=BreakerState.CLOSED)
    failures = models.PositiveIntegerField(default=0)
    until = models.DateTimeField(null=True)
    # When a submission was last answered in its proper form: whether a failure is the filing's own.
    answered_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=60, default="")
    changed_at = models.DateTimeField()


class FilingForm(models.Model):
    """The filing form of an accepted filing, from our rendering to the agency's seal."""

    TRANSITIONS: ClassVar[TransitionTable] = FORM_TRANSITIONS

    filing = models.OneToOneField(Filing, on_delete=models.PROTECT, related_name="form", primary_key=True)
    state = models.CharField(max_length=16, choices=_choices(FormState), default=FormState.RENDERED)
    rendered = models.CharField(max_length=64)
    authorisation = models.TextField()
    employer_sealed = models.CharField(max_length=64, default="")
    agency_sealed = models.CharField(max_length=64, default="")
    answer = models.CharField(max_length=64, default="")
    message = models.CharField(max_length=64, default="")
    message_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=60, default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state=FormState.RENDERED) | ~Q(employer_sealed=""), name="form_employer_sealed"
            ),
            models.CheckConstraint(
                condition=~Q(state=FormState.AGENCY_SEALED) | (~Q(agency_sealed="") & ~Q(answer="")),
                name="form_agency_sealed",
            ),
        )


class EvidencePackage(models.Model):
    """A package that was built for a contract; the newest one is given out."""

    contract_id = models.UUIDField()
    blob = models.CharField(max_length=64)
    built_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["contract_id", "-built_at"]),)
