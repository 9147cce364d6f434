"""REST endpoints of templates and contracts."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from contracts import selectors
from contracts.api.filters import ContractFilter
from contracts.api.revisions import newest_revision
from contracts.api.serializers import (
    ContractSerializer,
    DraftSerializer,
    FindingSerializer,
    FindingsSerializer,
    ReasonSerializer,
    TemplateSerializer,
    TimelineSerializer,
)
from contracts.facts import canonical_facts
from contracts.models import Contract
from contracts.services import drafting, importing, sending, viewing
from core.api import StrictSerializer, principal_of, remembered
from core.errors import Refused


def shown(request: Request, contract: Contract) -> Any:
    """A contract as the acting person may see it."""
    return ContractSerializer(contract, context={"request": request}).data


class TemplatesView(APIView):
    throttle_scope = "member"

    @extend_schema(operation_id="templates_list", responses=TemplateSerializer(many=True))
    def get(self, request: Request) -> Response:
        """The newest published version of each contract template."""
        return Response(
            TemplateSerializer(selectors.current_templates(principal_of(request)), many=True).data
        )


class ContractsView(generics.ListAPIView[Contract]):
    throttle_scope = "member"
    serializer_class = ContractSerializer
    filterset_class = ContractFilter
    queryset = Contract.objects.none()

    def get_queryset(self):  # type: ignore[no-untyped-def]  # DRF's own signature is looser than ours
        return selectors.contracts_of(principal_of(self.request))

    @extend_schema(request=DraftSerializer, responses={201: ContractSerializer})
    @remembered
    def post(self, request: Request) -> Response:
        """Draft a contract from a template, a worker and the agreed terms."""
        wish = DraftSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        given = wish.validated_data
        contract = drafting.create_draft(
            principal=principal_of(request),
            worker_id=given["worker"],
            template_slug=given["template"],
            terms=given["terms"],
            jurisdiction_code=given["jurisdiction_code"],
            contract_no=given.get("contract_no"),
        )
        return Response(shown(request, contract), 201)


class ContractView(APIView):
    throttle_scope = "member"

    @extend_schema(responses=ContractSerializer)
    def get(self, request: Request, contract_id: UUID) -> Response:
        """One contract."""
        return Response(shown(request, selectors.contract_of(principal_of(request), contract_id)))


class FindingsView(APIView):
    throttle_scope = "member"

    @extend_schema(responses=FindingsSerializer)
    def get(self, request: Request, contract_id: UUID) -> Response:
        """All breaches of statutory rules at once, with source and remedy."""
        findings = drafting.findings_of(selectors.contract_of(principal_of(request), contract_id))
        return Response({"findings": FindingSerializer(findings, many=True).data})


class SendView(APIView):
    throttle_scope = "member"

    @extend_schema(request=None, responses={202: FindingsSerializer})
    @remembered
    def post(self, request: Request, contract_id: UUID) -> Response:
        """Freeze the facts, make the document, invite the first signer; answers with the warnings left."""
        warnings = sending.send_contract(principal=principal_of(request), contract_id=contract_id)
        return Response({"findings": FindingSerializer(warnings, many=True).data}, 202)


class SignedFileSerializer(StrictSerializer):
    file = serializers.FileField(help_text="The PDF as the other platform gave it out, at most 32 MB.")


class SignedFileView(APIView):
    throttle_scope = "member"
    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="put_signed_file",
        request={"multipart/form-data": SignedFileSerializer},
        responses=ContractSerializer,
    )
    def put(self, request: Request, contract_id: UUID) -> Response:
        """Take over the file that both signed on another platform: verified, in force, filed. Every reason
        against it is told at once; the same file again changes nothing."""
        wish = SignedFileSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        contract = importing.import_contract(
            principal=principal_of(request),
            contract_id=contract_id,
            pdf=wish.validated_data["file"].read(),
        )
        return Response(shown(request, contract))


class WithdrawView(APIView):
    throttle_scope = "member"

    @extend_schema(request=ReasonSerializer, responses=ContractSerializer)
    @remembered
    def post(self, request: Request, contract_id: UUID) -> Response:
        """Take back a contract that is not in force yet."""
        wish = ReasonSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        sending.withdraw_contract(
            principal=principal_of(request), contract_id=contract_id, reason=wish.validated_data["reason"]
        )
        return Response(shown(request, selectors.contract_of(principal_of(request), contract_id)))


class DocumentView(APIView):
    throttle_scope = "member"

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, contract_id: UUID) -> HttpResponse:
        """The signed PDF once in force, the prepared one before."""
        contract = viewing.open_in_full(
            principal=principal_of(request), contract_id=contract_id, what="document"
        )
        return newest_revision(contract, contract.contract_no)


class FactsView(APIView):
    throttle_scope = "member"

    @extend_schema(responses={(200, "application/json"): OpenApiTypes.OBJECT})
    def get(self, request: Request, contract_id: UUID) -> HttpResponse:
        """The frozen facts, byte for byte as they are attached to the PDF (RFC 8785)."""
        contract = viewing.open_in_full(
            principal=principal_of(request), contract_id=contract_id, what="facts"
        )
        if contract.facts is None:
            raise Refused("document_not_ready")
        return HttpResponse(canonical_facts(contract.facts), content_type="application/json")


class TimelineView(APIView):
    throttle_scope = "member"

    @extend_schema(responses=TimelineSerializer(many=True))
    def get(self, request: Request, contract_id: UUID) -> Response:
        """Everything that happened to the contract, oldest first."""
        return Response(
            TimelineSerializer(selectors.timeline_of(principal_of(request), contract_id), many=True).data
        )
