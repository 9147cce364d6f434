"""REST endpoints of renewals (续订): what one would be, its draft, and the line of contracts."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from contracts import selectors
from contracts.api.serializers import ContractSerializer, FindingSerializer
from contracts.api.views import shown
from contracts.domain import CONCLUDED
from contracts.models import Change, Contract
from contracts.services import renewing
from core.api import StrictSerializer, principal_of, remembered


class RenewalSerializer(StrictSerializer):
    """`terms` are those that differ from the earlier contract's; null takes one out.

    The beginning is the day after its end unless given. What the renewal says of the past (`sign_kind`,
    `employment_start`, `previous_end`, `consecutive_fixed_terms`, `service_start`) is derived.
    """

    terms = serializers.DictField(default=dict)
    template = serializers.SlugField(max_length=60, default="")


class RenewalDraftSerializer(RenewalSerializer):
    contract_no = serializers.CharField(max_length=50, required=False)


class RenewalPreviewSerializer(serializers.Serializer[Any]):
    terms = serializers.DictField(help_text="The section `contract` of contract-facts-1.")
    findings = FindingSerializer(many=True)


class StandingSerializer(serializers.Serializer[Any]):
    fixed_terms = serializers.IntegerField(
        help_text="Consecutive fixed terms up to and with this contract, extensions that count included."
    )
    open_ended_due = FindingSerializer(
        many=True, help_text="Why another fixed term would not be lawful; empty while one would be."
    )
    starts_on = serializers.DateField(help_text="The day on which the renewal begins.")
    sign_by = serializers.DateField(
        help_text="Beyond it work would go on for over a month without a contract."
    )
    renewable_until = serializers.DateField(
        allow_null=True, help_text="Of an employment that is over: until when signing again is a renewal."
    )


class SignedChangeSerializer(serializers.ModelSerializer[Change]):
    class Meta:
        model = Change
        fields = ("id", "agreement_no", "number", "effective_on", "signed_digest")


class LinkSerializer(serializers.ModelSerializer[Contract]):
    sign_kind = serializers.CharField(source="terms.sign_kind", help_text="1 first contract, 2 renewal.")
    start = serializers.DateField(source="terms.start")
    changes = SignedChangeSerializer(
        source="signed_changes", many=True, help_text="What has changed it since, the first change first."
    )

    class Meta:
        model = Contract
        fields = (
            "id",
            "contract_no",
            "state",
            "sign_kind",
            "start",
            "ends_on",
            "ended_on",
            "signed_digest",
            "changes",
        )


class LineageSerializer(serializers.Serializer[Any]):
    contracts = LinkSerializer(many=True, help_text="The first one first.")
    standing = StandingSerializer(
        allow_null=True, help_text="Towards a renewal of this contract; null when it cannot be renewed."
    )


class PreviewView(APIView):
    throttle_scope = "member"

    @extend_schema(
        operation_id="preview_renewal", request=RenewalSerializer, responses=RenewalPreviewSerializer
    )
    @remembered
    def post(self, request: Request, contract_id: UUID) -> Response:
        """What a renewal would be: its terms with the dates joined, and everything the rules say."""
        wish = RenewalSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        found = renewing.propose(
            principal=principal_of(request),
            contract_id=contract_id,
            terms=wish.validated_data["terms"],
            template_slug=wish.validated_data["template"],
        )
        return Response(RenewalPreviewSerializer(found).data)


class RenewView(APIView):
    throttle_scope = "member"

    @extend_schema(
        operation_id="renew_contract", request=RenewalDraftSerializer, responses={201: ContractSerializer}
    )
    @remembered
    def post(self, request: Request, contract_id: UUID) -> Response:
        """Draft the contract that follows this one. It is sent, signed and filed like any other."""
        wish = RenewalDraftSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        given = wish.validated_data
        contract = renewing.draft_renewal(
            principal=principal_of(request),
            contract_id=contract_id,
            terms=given["terms"],
            template_slug=given["template"],
            contract_no=given.get("contract_no"),
        )
        return Response(shown(request, contract), 201)


class LineageView(APIView):
    throttle_scope = "member"

    @extend_schema(responses=LineageSerializer)
    def get(self, request: Request, contract_id: UUID) -> Response:
        """The contracts of an employment that follow one another, and what the next renewal has to mind."""
        contract = selectors.contract_of(principal_of(request), contract_id)
        found = {
            "contracts": selectors.lineage_of(contract),
            "standing": renewing.standing(contract) if contract.state in CONCLUDED else None,
        }
        return Response(LineageSerializer(found).data)
