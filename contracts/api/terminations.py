"""REST endpoints of the ending of contracts (解除、终止)."""

from dataclasses import asdict
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
from contracts.endings.facts import Wish
from contracts.models import Termination
from contracts.services import terminating, viewing
from core.api import KeyPagination, StrictSerializer, principal_of, remembered
from core.codes import describe, table


def _yuan(**more: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=12, decimal_places=2, min_value=0, **more)


class TransferSerializer(StrictSerializer):
    to_name = serializers.CharField(max_length=100)
    to_uscc = serializers.CharField(max_length=18)


class EndingSerializer(StrictSerializer):
    """Codes: tables `end_reason` and `end_circumstance` (docs/filing-reference.md). Money in yuan."""

    reason = serializers.RegexField(r"^\d{4}$")
    circumstance = serializers.RegexField(r"^\d{6}$", required=False)
    date = serializers.DateField(source="ends_on", help_text="The last day of the employment.")
    protected = serializers.BooleanField(
        help_text="Whether one of the circumstances of Article 42 holds. It is not kept."
    )
    notice_date = serializers.DateField(required=False)
    pay_in_lieu = serializers.BooleanField(default=False)
    union_notice_date = serializers.DateField(required=False)
    layoff_report_no = serializers.CharField(max_length=50, required=False)
    evidence = serializers.ListField(
        child=serializers.CharField(max_length=60),
        max_length=10,
        default=list,
        help_text="What the employer holds, by the names of the column `evidence` of `end_reason`.",
    )
    transfer = TransferSerializer(
        required=False, help_text="With reason 9001: to which employer the worker goes."
    )
    handover = serializers.CharField(max_length=200, required=False)
    archive_mode = serializers.ChoiceField(
        sorted(table("archive_mode")), required=False, help_text="What becomes of the personnel file."
    )
    archive_to = serializers.CharField(max_length=100, required=False)
    wages = serializers.ListField(
        child=_yuan(),
        max_length=12,
        default=list,
        help_text="Gross pay of the last months before the ending, oldest first.",
    )
    local_average = _yuan(required=False, help_text="Published monthly average wage of the city.")
    agreed = _yuan(required=False, help_text="An amount other than the one by law.")

    def wish(self) -> Wish:
        """What was sent, as the service takes it."""
        given = self.validated_data
        return Wish(**{**given, "evidence": tuple(given["evidence"]), "wages": tuple(given["wages"])})


class LineSerializer(serializers.Serializer[Any]):
    zh = serializers.CharField()
    en = serializers.CharField()


class WorkingSerializer(serializers.Serializer[Any]):
    amount = serializers.CharField()
    months = serializers.CharField(help_text="Months of pay.")
    monthly = serializers.CharField()
    lines = LineSerializer(many=True)


class PreviewSerializer(serializers.Serializer[Any]):
    ending = serializers.DictField(help_text="The section `ending` of termination-facts-1.")
    findings = FindingSerializer(many=True)
    working = WorkingSerializer(allow_null=True)


class TerminationSerializer(serializers.ModelSerializer[Termination]):
    contract_no = serializers.CharField(source="contract.contract_no")
    reason_zh = serializers.SerializerMethodField()
    reason_en = serializers.SerializerMethodField()
    compensation = serializers.SerializerMethodField()
    working = WorkingSerializer(allow_null=True)

    class Meta:
        model = Termination
        fields = (
            "id",
            "contract",
            "contract_no",
            "certificate_no",
            "state",
            "reason",
            "reason_zh",
            "reason_en",
            "ends_on",
            "compensation",
            "working",
            "facts_digest",
            "prepared_digest",
            "signed_digest",
            "signature_request",
            "opened_at",
            "sign_before",
            "completed_at",
            "close_reason",
        )

    def get_reason_zh(self, termination: Termination) -> str:
        return describe("end_reason", termination.reason)

    def get_reason_en(self, termination: Termination) -> str:
        return describe("end_reason", termination.reason, "en")

    def get_compensation(self, termination: Termination) -> str | None:
        amount: str | None = termination.facts["ending"].get("compensation")
        return amount


class NewestFirst(KeyPagination):
    ordering = "-opened_at"


def _wish(request: Request) -> Wish:
    wish = EndingSerializer(data=request.data)
    wish.is_valid(raise_exception=True)
    return wish.wish()


class PreviewView(APIView):
    throttle_scope = "member"

    @extend_schema(request=EndingSerializer, responses=PreviewSerializer)
    @remembered
    def post(self, request: Request, contract_id: UUID) -> Response:
        """What an ending would mean: severance pay with its working, and everything the rules say."""
        found = terminating.propose(
            principal=principal_of(request), contract_id=contract_id, wish=_wish(request)
        )
        shown = {
            "ending": found.facts["ending"],
            "findings": found.findings,
            "working": asdict(found.owed) if found.owed else None,
        }
        return Response(PreviewSerializer(shown).data)


class OpenView(APIView):
    throttle_scope = "member"

    @extend_schema(request=EndingSerializer, responses={201: TerminationSerializer})
    @remembered
    def post(self, request: Request, contract_id: UUID) -> Response:
        """End a contract in force: its certificate is made on the day of the ending."""
        termination = terminating.open_termination(
            principal=principal_of(request), contract_id=contract_id, wish=_wish(request)
        )
        return Response(TerminationSerializer(termination).data, 201)


class TerminationsView(generics.ListAPIView[Termination]):
    throttle_scope = "member"
    serializer_class = TerminationSerializer
    queryset = Termination.objects.none()
    filterset_fields = ("state", "contract", "reason")
    pagination_class = NewestFirst

    def get_queryset(self) -> QuerySet[Termination]:
        return selectors.terminations_of(principal_of(self.request))


class TerminationView(APIView):
    throttle_scope = "member"

    @extend_schema(responses=TerminationSerializer)
    def get(self, request: Request, termination_id: UUID) -> Response:
        """One ending."""
        found = selectors.termination_of(principal_of(request), termination_id)
        return Response(TerminationSerializer(found).data)


class WithdrawView(APIView):
    throttle_scope = "member"

    @extend_schema(
        operation_id="withdraw_termination", request=ReasonSerializer, responses=TerminationSerializer
    )
    @remembered
    def post(self, request: Request, termination_id: UUID) -> Response:
        """Take back an ending that is not signed yet: the contract goes on."""
        wish = ReasonSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        principal = principal_of(request)
        terminating.withdraw_termination(
            principal=principal, termination_id=termination_id, reason=wish.validated_data["reason"]
        )
        return Response(TerminationSerializer(selectors.termination_of(principal, termination_id)).data)


class CertificateView(APIView):
    throttle_scope = "member"

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, termination_id: UUID) -> HttpResponse:
        """The signed certificate; before, the one that waits for its signatures."""
        termination = viewing.open_certificate(principal=principal_of(request), termination_id=termination_id)
        return newest_revision(termination, termination.certificate_no)
