"""REST endpoints of corrections: one person proposes, another decides; and of filings asked back."""

import base64
import binascii
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import KeyPagination, StrictSerializer, principal_of, remembered
from core.errors import Refused
from filing_bridge import selectors
from filing_bridge.api.serializers import CorrectionSerializer as WishSerializer
from filing_bridge.api.serializers import FilingDetailSerializer, StateWordsSerializer
from filing_bridge.domain import CORRECTION_WORDS, CorrectionState
from filing_bridge.models import Correction
from filing_bridge.services import correcting, voiding
from filing_bridge.services.viewing import open_items

MOST_EVIDENCE = 1_400_000  # characters, about 1 MB of a paper; larger ones go through the portal
CORRECTION_STATES = [(state.value, state.value) for state in CorrectionState]


class ProposalSerializer(WishSerializer):
    evidence = serializers.CharField(
        max_length=MOST_EVIDENCE,
        required=False,
        help_text="Base64 of a PDF, PNG or JPEG of up to 1 MB; a material correction needs it.",
    )

    def validate_evidence(self, text: str) -> bytes:
        try:
            return base64.b64decode(text, validate=True)
        except binascii.Error as error:
            raise Refused("evidence_faulty") from error


class CorrectionSerializer(serializers.ModelSerializer[Correction]):
    """A correction without the values: `fields` names what is corrected."""

    contract = serializers.UUIDField(source="contract_id")
    state_words = serializers.SerializerMethodField()
    fields_corrected = serializers.SerializerMethodField()
    reason = serializers.CharField(source="facts.correction.reason")
    correction_filing = serializers.UUIDField(source="made_id", allow_null=True)
    filing_state = serializers.CharField(source="made.state", default=None, allow_null=True)
    receipt_no = serializers.CharField(source="made.receipt_no", default="")

    class Meta:
        model = Correction
        fields: tuple[str, ...] = (
            "id",
            "filing",
            "contract",
            "correction_no",
            "weight",
            "fields_corrected",
            "reason",
            "evidence",
            "slip",
            "state",
            "state_words",
            "note",
            "proposed_at",
            "decided_at",
            "correction_filing",
            "filing_state",
            "receipt_no",
        )

    @extend_schema_field(StateWordsSerializer)
    def get_state_words(self, correction: Correction) -> dict[str, str]:
        zh, en = CORRECTION_WORDS[CorrectionState(correction.state)]
        return {"code": correction.state, "zh": zh, "en": en}

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_fields_corrected(self, correction: Correction) -> list[str]:
        return [item["field"] for item in correction.facts["correction"]["items"]]


class CorrectedItemSerializer(serializers.Serializer[Any]):
    field = serializers.CharField()
    old = serializers.CharField(allow_null=True)
    new = serializers.CharField(allow_null=True)


class CorrectionDetailSerializer(CorrectionSerializer):
    items = CorrectedItemSerializer(many=True, help_text="The values, for those who may see personal data.")

    class Meta(CorrectionSerializer.Meta):
        fields = (*CorrectionSerializer.Meta.fields, "items")


class NoteSerializer(StrictSerializer):
    note = serializers.CharField(max_length=200)


class VoidSerializer(StrictSerializer):
    reason = serializers.CharField(max_length=200)


class NewestFirst(KeyPagination):
    ordering = "-proposed_at"


class CorrectionsView(generics.ListAPIView[Correction]):
    """Corrections, the newest first."""

    throttle_scope = "member"
    serializer_class = CorrectionSerializer
    pagination_class = NewestFirst
    filterset_fields = ("state", "filing", "weight")
    queryset = Correction.objects.none()

    def get_queryset(self) -> QuerySet[Correction]:
        return selectors.corrections_of(principal_of(self.request))


class CorrectionView(APIView):
    throttle_scope = "member"

    @extend_schema(operation_id="get_correction", responses=CorrectionDetailSerializer)
    def get(self, request: Request, correction_id: UUID) -> Response:
        """One correction: what stands there, what should, and how far it is. Who sees values is logged."""
        correction: Any = selectors.correction_of(principal_of(request), correction_id)
        correction.items = open_items(principal=principal_of(request), correction=correction)
        return Response(CorrectionDetailSerializer(correction).data)


class ProposeView(APIView):
    throttle_scope = "member"

    @extend_schema(
        operation_id="propose_correction",
        request=ProposalSerializer,
        responses={201: CorrectionSerializer},
    )
    @remembered
    def post(self, request: Request, filing_id: UUID) -> Response:
        """Propose a correction of an accepted filing; another member decides whether it is filed."""
        wish = ProposalSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        correction = correcting.propose_correction(
            principal=principal_of(request), filing_id=filing_id, **wish.validated_data
        )
        return Response(CorrectionSerializer(correction).data, 201)


class ConfirmView(APIView):
    throttle_scope = "member"

    @extend_schema(operation_id="confirm_correction", request=None, responses={202: CorrectionSerializer})
    @remembered
    def post(self, request: Request, correction_id: UUID) -> Response:
        """As a second person: it is right, and is filed."""
        principal = principal_of(request)
        correcting.confirm_correction(principal=principal, correction_id=correction_id)
        return Response(CorrectionSerializer(selectors.correction_of(principal, correction_id)).data, 202)


class DeclineView(APIView):
    throttle_scope = "member"

    @extend_schema(operation_id="decline_correction", request=NoteSerializer, responses=CorrectionSerializer)
    @remembered
    def post(self, request: Request, correction_id: UUID) -> Response:
        """As a second person: it is not filed."""
        wish = NoteSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        correction = correcting.decline_correction(
            principal=principal_of(request), correction_id=correction_id, note=wish.validated_data["note"]
        )
        return Response(CorrectionSerializer(correction).data)


class WithdrawView(APIView):
    throttle_scope = "member"

    @extend_schema(operation_id="withdraw_correction", request=None, responses=CorrectionSerializer)
    @remembered
    def post(self, request: Request, correction_id: UUID) -> Response:
        """Take back what one has proposed oneself."""
        correction = correcting.withdraw_correction(
            principal=principal_of(request), correction_id=correction_id
        )
        return Response(CorrectionSerializer(correction).data)


class VoidView(APIView):
    throttle_scope = "member"

    @extend_schema(
        operation_id="void_filing", request=VoidSerializer, responses={202: FilingDetailSerializer}
    )
    @remembered
    def post(self, request: Request, filing_id: UUID) -> Response:
        """Ask the province to give back a filing that it has not decided; what became of it is in `void`."""
        wish = VoidSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        filing = voiding.request_void(
            principal=principal_of(request), filing_id=filing_id, reason=wish.validated_data["reason"]
        )
        return Response(FilingDetailSerializer(filing).data, 202)
