"""Tables of templates and contracts."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from contracts.domain import CONTRACT_TRANSITIONS, PAPER_TRANSITIONS, ContractState, PaperState
from core.crypto import EncryptedJSONField
from core.transitions import TransitionTable


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
    version never change again.
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
                condition=~Q(state=ContractState.EFFECTIVE)
                | (~Q(signed_digest="") & Q(effective_at__isnull=False)),
                name="contract_effective_has_signed_document",
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
            models.Index(fields=["worker", "-created_at"], name="contract_of_worker"),
        )

    @property
    def subject(self) -> str:
        """The name under which signing and the audit log know this contract."""
        return f"contract:{self.pk}"


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
