"""A document that is to be signed, and those who sign it."""

import secrets
import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.crypto import EncryptedTextField
from core.transitions import TransitionTable
from signing.domain import (
    PARTY_TRANSITIONS,
    REQUEST_TRANSITIONS,
    VERIFY_ALPHABET,
    VERIFY_LENGTH,
    PartyKind,
    PartyState,
    RequestState,
)
from signing.models.fields import box_of, digest_column, known_state, state_column
from signing.pades.geometry import Box, PageFrame


def new_verify_code() -> str:
    """Eighty random bits in letters and digits that nobody confuses (no I, L, O, U): not to be guessed."""
    return "".join(secrets.choice(VERIFY_ALPHABET) for _ in range(VERIFY_LENGTH))


class SignatureRequest(models.Model):
    """One prepared PDF on its way through its signers.

    `subject` belongs to whoever asked (`kind:identifier`) and is opaque here. `current_digest` names the
    newest revision; every signature moves it by a conditional update from the revision that was signed.
    `frames` are the pages' crop boxes and rotations. `companion_digest` names what helps to understand the
    document. Persons may sign with a typed name if `typed_names`, and are asked whether speed and pressure of
    their handwriting may be kept if `stroke_data`. `acted_at` is written first by every act that could race
    with another: the row is the lock. By `verify_code` anybody may ask what became of the document.
    """

    TRANSITIONS: ClassVar[TransitionTable] = REQUEST_TRANSITIONS

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    tenant = models.UUIDField()
    subject = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    sender_name = models.CharField(max_length=200)
    base_digest = digest_column()
    current_digest = digest_column()
    frames = models.JSONField()
    companion_digest = digest_column(default="")
    typed_names = models.BooleanField(default=True)
    stroke_data = models.BooleanField(default=True)
    state = state_column(RequestState, RequestState.OPEN)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField()
    acted_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)
    verify_code = models.CharField(max_length=16, unique=True, default=new_verify_code)

    class Meta:
        constraints = (
            known_state(RequestState, "signature_request_state_known"),
            models.UniqueConstraint(
                fields=["subject"],
                condition=Q(state__in=[RequestState.OPEN, RequestState.SIGNED, RequestState.QUARANTINED]),
                name="signature_request_one_live_per_subject",
            ),
            models.CheckConstraint(
                condition=~Q(state=RequestState.COMPLETED) | Q(completed_at__isnull=False),
                name="signature_request_completed_at_known",
            ),
        )
        indexes = (
            models.Index(fields=["state", "expires_at"]),
            models.Index(fields=["current_digest"], name="signing_sig_current_digest_idx"),
        )

    @property
    def verify_code_in_groups(self) -> str:
        """The verify code as it is read out: `ABCD-EFGH-JKMN-PQRS`."""
        return "-".join(self.verify_code[start : start + 4] for start in range(0, len(self.verify_code), 4))

    @property
    def page_frames(self) -> list[PageFrame]:
        return [PageFrame(*frame) for frame in self.frames]


class SigningParty(models.Model):
    """One who signs: a person on a phone, or an organisation with its seal.

    `place` is where the signature goes by default, `zone` where it may go (null: anywhere on any page), off
    the boxes of `keep_clear`; all as `Box` dictionaries. `id_type` is a code of table AAC058 for persons,
    `uscc` for organisations.
    """

    TRANSITIONS: ClassVar[TransitionTable] = PARTY_TRANSITIONS

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    request = models.ForeignKey(SignatureRequest, on_delete=models.PROTECT, related_name="parties")
    order = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=20)
    kind = models.CharField(max_length=12, choices=[(k.value, k.value) for k in PartyKind])
    name = EncryptedTextField()
    name_index = digest_column(db_index=True)
    id_type = models.CharField(max_length=4)
    id_no = EncryptedTextField()
    id_no_index = digest_column(db_index=True)
    mobile = EncryptedTextField(default="")
    mobile_index = digest_column(default="")
    email = EncryptedTextField(default="")
    field_name = models.CharField(max_length=60)
    place = models.JSONField()
    zone = models.JSONField(null=True)
    keep_clear = models.JSONField(default=list)
    state = state_column(PartyState, PartyState.WAITING)
    identity_tries = models.PositiveSmallIntegerField(default=0)
    signed_at = models.DateTimeField(null=True)
    disowned_at = models.DateTimeField(null=True)  # whoever got the link says: that is not me
    downloaded_at = models.DateTimeField(null=True)  # the first time that the final file was fetched

    class Meta:
        constraints = (
            known_state(PartyState, "signing_party_state_known"),
            models.UniqueConstraint(fields=["request", "order"], name="signing_party_order_once"),
            models.UniqueConstraint(fields=["request", "field_name"], name="signing_party_field_once"),
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(state__in=[PartyState.INVITED, PartyState.CONFIRMED]),
                name="signing_party_one_turn",
            ),
        )

    @property
    def actor(self) -> str:
        """The name under which the audit log knows the party."""
        return f"party:{self.pk}"

    @property
    def signer(self) -> str:
        """Who signs, as authorisations name them."""
        return self.actor if self.kind == PartyKind.PERSON else f"organisation:{self.request.tenant}"

    @property
    def place_box(self) -> Box:
        return box_of(self.place)

    @property
    def zone_box(self) -> Box | None:
        return box_of(self.zone) if self.zone else None

    @property
    def keep_clear_boxes(self) -> list[Box]:
        return [box_of(box) for box in self.keep_clear]
