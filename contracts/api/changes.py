"""REST endpoints of changes of contracts by agreement (变更)."""

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
from contracts.models import Change
from contracts.services import changing, viewing
from core.api import StrictSerializer, principal_of, remembered


class ChangeWishSerializer(StrictSerializer):
    """`terms` are those of the section `contract` of contract-facts-1 that differ; null drops one."""

    terms = serializers.DictField()
    effective_on = serializers.DateField(help_text="The first day on which the changed terms hold.")
    reason = serializers.CharField(
        max_length=200, default="", allow_blank=True, help_text="Why both want it; stands in the agreement."
    )


class ItemSerializer(serializers.Serializer[Any]):
    field = serializers.CharField(help_text="JSON pointer into the facts.")
    old = serializers.JSONField(required=False, help_text="Absent where nothing was agreed before.")
    new = serializers.JSONField(required=False, help_text="Absent where the term is dropped.")


class ChangePreviewSerializer(serializers.Serializer[Any]):
    items = ItemSerializer(many=True)
    terms = serializers.DictField(help_text="The terms as they will be.")
    findings = FindingSerializer(many=True)


class ChangeSerializer(serializers.ModelSerializer[Change]):
    contract_no = serializers.CharField(source="contract.contract_no")
    items = ItemSerializer(many=True, source="facts.change.items")

    class Meta:
        model = Change
        fields = (
            "id",
            "contract",
            "contract_no",
            "agreement_no",
            "number",
            "state",
            "effective_on",
            "items",
            "facts_digest",
            "prepared_digest",
            "signed_digest",
            "signature_request",
            "opened_at",
            "sign_before",
            "completed_at",
            "close_reason",
        )


def _wish(request: Request) -> changing.Wish:
    wish = ChangeWishSerializer(data=request.data)
    wish.is_valid(raise_exception=True)
    return changing.Wish(**wish.validated_data)


class PreviewView(APIView):
    throttle_scope = "member"

    @extend_schema(
        operation_id="preview_change", request=ChangeWishSerializer, responses=ChangePreviewSerializer
    )
    @remembered
    def post(self, request: Request, contract_id: UUID) -> Response:
        """What a change would be: each term with its old and new value, and everything the rules say."""
        wish = _wish(request)
        found = changing.propose(principal=principal_of(request), contract_id=contract_id, wish=wish)
        shown = {
            "items": found.facts["change"]["items"],
            "terms": found.facts["contract"],
            "findings": found.findings,
        }
        return Response(ChangePreviewSerializer(shown).data)


class OpenView(APIView):
    throttle_scope = "member"

    @extend_schema(
        operation_id="change_contract", request=ChangeWishSerializer, responses={201: ChangeSerializer}
    )
    @remembered
    def post(self, request: Request, contract_id: UUID) -> Response:
        """Change a contract in force: the agreement is made, and the worker is invited to sign it."""
        change = changing.open_change(
            principal=principal_of(request), contract_id=contract_id, wish=_wish(request)
        )
        return Response(ChangeSerializer(change).data, 201)


class ChangesView(generics.ListAPIView[Change]):
    throttle_scope = "member"
    serializer_class = ChangeSerializer
    pagination_class = NewestFirst
    filterset_fields = ("state", "contract")
    queryset = Change.objects.none()

    def get_queryset(self) -> QuerySet[Change]:
        return selectors.changes_of(principal_of(self.request))


class ChangeView(APIView):
    throttle_scope = "member"

    @extend_schema(operation_id="get_change", responses=ChangeSerializer)
    def get(self, request: Request, change_id: UUID) -> Response:
        """One change and how far it has got."""
        return Response(ChangeSerializer(selectors.change_of(principal_of(request), change_id)).data)


class WithdrawView(APIView):
    throttle_scope = "member"

    @extend_schema(operation_id="withdraw_change", request=ReasonSerializer, responses=ChangeSerializer)
    @remembered
    def post(self, request: Request, change_id: UUID) -> Response:
        """Take back a change that is not signed yet: the contract stays as it is."""
        wish = ReasonSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        principal = principal_of(request)
        changing.withdraw_change(
            principal=principal, change_id=change_id, reason=wish.validated_data["reason"]
        )
        return Response(ChangeSerializer(selectors.change_of(principal, change_id)).data)


class AgreementView(APIView):
    throttle_scope = "member"

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, change_id: UUID) -> HttpResponse:
        """The signed agreement; before, the one that waits for its signatures."""
        change = viewing.open_agreement(principal=principal_of(request), change_id=change_id)
        return newest_revision(change, change.agreement_no)
