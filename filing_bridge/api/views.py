"""REST endpoints of filings."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import audit, blobs
from core.api import remembered
from core.errors import Refused
from core.principal import Permission, Principal
from filing_bridge import selectors
from filing_bridge.api.filters import FilingFilter, FilingPagination
from filing_bridge.api.serializers import (
    FilingDetailSerializer,
    FilingSerializer,
    ReceiptSerializer,
    RepeatSerializer,
)
from filing_bridge.models import Filing
from filing_bridge.services.repeating import repeat_filing

ORDER = OpenApiParameter("order", str, enum=FilingPagination.orders)


@extend_schema(parameters=[ORDER])
class FilingsView(generics.ListAPIView[Filing]):
    """Filings, the most urgent first."""

    throttle_scope = "member"
    serializer_class = FilingSerializer
    filterset_class = FilingFilter
    pagination_class = FilingPagination
    queryset = Filing.objects.none()

    def get_queryset(self):  # type: ignore[no-untyped-def]  # DRF's own signature is looser than ours
        return selectors.filings_of(self.request.auth)


class FilingView(APIView):
    throttle_scope = "member"

    @extend_schema(responses=FilingDetailSerializer)
    def get(self, request: Request, filing_id: UUID) -> Response:
        """One filing with every call made for it and everything that has to be mended."""
        return Response(FilingDetailSerializer(selectors.filing_of(request.auth, filing_id)).data)


class RecordView(APIView):
    throttle_scope = "member"

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, filing_id: UUID) -> Response:
        """The record as filed (filing-record-1.json), unmasked: for those who may see it, and logged."""
        filing = _for_personal_data(request.auth, filing_id)
        if filing.record is None:
            raise Refused("record_not_there")
        _log_view(request.auth, filing, "record")
        return Response(filing.record)


class ReceiptView(APIView):
    throttle_scope = "member"

    @extend_schema(responses=ReceiptSerializer)
    def get(self, request: Request, filing_id: UUID) -> Response:
        """The agency's latest verified answer about the filing: as it came, and decoded."""
        filing = selectors.filing_of(request.auth, filing_id)
        receipt: Any = selectors.latest_receipt(filing)
        if receipt is None:
            raise Refused("receipt_not_there")
        receipt.jws = blobs.get(receipt.blob).decode()
        return Response(ReceiptSerializer(receipt).data)


class FormView(APIView):
    throttle_scope = "member"

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, filing_id: UUID) -> HttpResponse:
        """The filing form with both seals, unmasked: for those who may see it, and logged."""
        filing = _for_personal_data(request.auth, filing_id)
        digest = selectors.sealed_form_of(filing)
        if not digest:
            raise Refused("form_not_there")
        _log_view(request.auth, filing, "form")
        answer = HttpResponse(blobs.get(digest), content_type="application/pdf")
        answer["Content-Disposition"] = f'attachment; filename="{filing.receipt_no}.pdf"'
        answer["Digest-SHA-256"] = digest
        return answer


class RetryView(APIView):
    throttle_scope = "member"

    @extend_schema(request=RepeatSerializer, responses={202: FilingDetailSerializer})
    @remembered
    def post(self, request: Request, filing_id: UUID) -> Response:
        """Complete a waiting filing, hurry one under way, settle a held one, or file a refused one again."""
        wish = RepeatSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        filing = repeat_filing(principal=request.auth, filing_id=filing_id, particulars=wish.validated_data)
        return Response(FilingDetailSerializer(filing).data, 202)


def _for_personal_data(principal: Principal, filing_id: UUID) -> Filing:
    filing = selectors.filing_of(principal, filing_id)
    principal.require(Permission.VIEW_PII)
    return filing


def _log_view(principal: Principal, filing: Filing, part: str) -> None:
    audit.record(f"filing.{part}_viewed", subject=filing.subject, actor=principal.actor, tenant=filing.tenant)
