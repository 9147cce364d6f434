"""REST endpoints of suspensions of contracts (中止) and of the resumptions that end them (恢复)."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from contracts import selectors
from contracts.api.revisions import newest_revision
from contracts.api.serializers import FindingSerializer, ReasonSerializer
from contracts.api.terminations import NewestFirst
from contracts.models import Contract, Suspension
from contracts.services import suspending, viewing
from contracts.suspensions.facts import Wish, signers_of
from core.api import StrictSerializer, principal_of, remembered


class SuspensionWishSerializer(StrictSerializer):
    reason = serializers.CharField(max_length=1, help_text="Code table suspension_reason.")
    effective_on = serializers.DateField(help_text="The first day on which the contract rests.")
    until = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="The last day, if one is foreseen."
    )
    evidence = serializers.BooleanField(
        default=False, help_text="Whether you hold what the reason asks for; it is not uploaded."
    )


class ResumptionWishSerializer(StrictSerializer):
    effective_on = serializers.DateField(help_text="The first day on which the contract is performed again.")


class SuspensionPreviewSerializer(serializers.Serializer[Any]):
    signers = serializers.ListField(child=serializers.ChoiceField(["worker", "employer"]))
    findings = FindingSerializer(many=True)


class SuspensionSerializer(serializers.ModelSerializer[Suspension]):
    contract_no = serializers.CharField(source="contract.contract_no")
    act = serializers.ChoiceField(["1", "2"], help_text="1 suspension, 2 resumption.")

    class Meta:
        model = Suspension
        fields = (
            "id",
            "contract",
            "contract_no",
            "document_no",
            "act",
            "number",
            "state",
            "reason",
            "effective_on",
            "until",
            "facts_digest",
            "prepared_digest",
            "signed_digest",
            "signature_request",
            "opened_at",
            "sign_before",
            "completed_at",
            "close_reason",
        )


def _suspension(request: Request, contract: Contract) -> Wish:
    wish = SuspensionWishSerializer(data=request.data)
    wish.is_valid(raise_exception=True)
    return suspending.suspension(contract, **wish.validated_data)


def _resumption(request: Request, contract: Contract) -> Wish:
    wish = ResumptionWishSerializer(data=request.data)
    wish.is_valid(raise_exception=True)
    return suspending.resumption(contract, **wish.validated_data)


def _previewed(request: Request, contract: Contract, wish: Wish) -> Response:
    found = suspending.propose(principal=principal_of(request), contract=contract, wish=wish)
    shown = {"signers": signers_of(found.facts), "findings": found.findings}
    return Response(SuspensionPreviewSerializer(shown).data)


def _opened(request: Request, contract: Contract, wish: Wish) -> Response:
    made = suspending.open_suspension(principal=principal_of(request), contract=contract, wish=wish)
    return Response(SuspensionSerializer(made).data, 201)


class PreviewSuspensionView(APIView):
    throttle_scope = "member"

    @extend_schema(
        operation_id="preview_suspension",
        request=SuspensionWishSerializer,
        responses=SuspensionPreviewSerializer,
    )
    @remembered
    def post(self, request: Request, contract_id: UUID) -> Response:
        """What a suspension would be: who signs, and everything the rules say."""
        contract = selectors.contract_of(principal_of(request), contract_id)
        return _previewed(request, contract, _suspension(request, contract))


class SuspendView(APIView):
    throttle_scope = "member"

    @extend_schema(
        operation_id="suspend_contract",
        request=SuspensionWishSerializer,
        responses={201: SuspensionSerializer},
    )
    @remembered
    def post(self, request: Request, contract_id: UUID) -> Response:
        """Suspend a contract in force: the document is made, and put before those who sign it."""
        contract = selectors.contract_of(principal_of(request), contract_id)
        return _opened(request, contract, _suspension(request, contract))


class PreviewResumptionView(APIView):
    throttle_scope = "member"

    @extend_schema(
        operation_id="preview_resumption",
        request=ResumptionWishSerializer,
        responses=SuspensionPreviewSerializer,
    )
    @remembered
    def post(self, request: Request, contract_id: UUID) -> Response:
        """What a resumption would be: who signs, and everything the rules say."""
        contract = selectors.contract_of(principal_of(request), contract_id)
        return _previewed(request, contract, _resumption(request, contract))


class ResumeView(APIView):
    throttle_scope = "member"

    @extend_schema(
        operation_id="resume_contract",
        request=ResumptionWishSerializer,
        responses={201: SuspensionSerializer},
    )
    @remembered
    def post(self, request: Request, contract_id: UUID) -> Response:
        """Resume a suspended contract."""
        contract = selectors.contract_of(principal_of(request), contract_id)
        return _opened(request, contract, _resumption(request, contract))


class SuspensionsView(generics.ListAPIView[Suspension]):
    throttle_scope = "member"
    serializer_class = SuspensionSerializer
    pagination_class = NewestFirst
    filterset_fields = ("state", "contract", "act")
    queryset = Suspension.objects.none()

    def get_queryset(self) -> QuerySet[Suspension]:
        return selectors.suspensions_of(principal_of(self.request))


class SuspensionView(APIView):
    throttle_scope = "member"

    @extend_schema(operation_id="get_suspension", responses=SuspensionSerializer)
    def get(self, request: Request, suspension_id: UUID) -> Response:
        """One suspension or resumption, and how far it has got."""
        found = selectors.suspension_of(principal_of(request), suspension_id)
        return Response(SuspensionSerializer(found).data)


class WithdrawView(APIView):
    throttle_scope = "member"

    @extend_schema(
        operation_id="withdraw_suspension", request=ReasonSerializer, responses=SuspensionSerializer
    )
    @remembered
    def post(self, request: Request, suspension_id: UUID) -> Response:
        """Take back one that is not signed yet: the contract stays as it is."""
        wish = ReasonSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        principal = principal_of(request)
        suspending.withdraw_suspension(
            principal=principal, suspension_id=suspension_id, reason=wish.validated_data["reason"]
        )
        found = selectors.suspension_of(principal, suspension_id)
        return Response(SuspensionSerializer(found).data)


class DocumentView(APIView):
    throttle_scope = "member"

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, suspension_id: UUID) -> HttpResponse:
        """The signed document; before, the one that waits for its signatures."""
        found = viewing.open_suspension_document(principal=principal_of(request), suspension_id=suspension_id)
        return newest_revision(found, found.document_no)
