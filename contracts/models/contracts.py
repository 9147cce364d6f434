"""Contracts, the wishes for them on paper, and the legal clocks that have struck on them."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from contracts.domain import (
    CONCLUDED,
    CONTRACT_TRANSITIONS,
    NOT_CONCLUDED,
    PAPER_TRANSITIONS,
    ContractState,
    PaperState,
)
from contracts.models.templates import TemplateVersion
from core.crypto import EncryptedJSONField
from core.transitions import TransitionTable


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
    # On another platform: there is no signature request, and no evidence of how it was signed.
    signed_elsewhere = models.BooleanField(default=False)
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
                fields=["employer", "signed_digest"],
                condition=Q(signed_elsewhere=True),
                name="contract_imported_once",
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
