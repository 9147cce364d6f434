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

from core import blobs
from core.api import principal_of, remembered
from core.canonical import sha256_hex
from core.errors import Refused
from filing_bridge import selectors
from filing_bridge.api.filters import FilingFilter, FilingPagination
from filing_bridge.api.serializers import (
    ConfirmationSerializer,
    ConfirmFilingSerializer,
    CorrectionSerializer,
    FilingDetailSerializer,
    FilingSerializer,
    FollowUpSerializer,
    ReceiptSerializer,
    RepeatSerializer,
)
from filing_bridge.models import Filing
from filing_bridge.services.confirming import confirm_filing, confirmation_of
from filing_bridge.services.correcting import correction_slip
from filing_bridge.services.paper_slips import open_slip
from filing_bridge.services.repeating import repeat_filing
from filing_bridge.services.viewing import open_follow_up, open_form, open_record

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
        return selectors.filings_of(principal_of(self.request))


class FilingView(APIView):
    throttle_scope = "member"

    @extend_schema(responses=FilingDetailSerializer)
    def get(self, request: Request, filing_id: UUID) -> Response:
        """One filing with every call made for it and everything that has to be mended."""
        return Response(FilingDetailSerializer(selectors.filing_of(principal_of(request), filing_id)).data)


class RecordView(APIView):
    throttle_scope = "member"

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, filing_id: UUID) -> Response:
        """The record as it holds, with accepted corrections, unmasked: for who may see it, and logged."""
        return Response(open_record(principal=principal_of(request), filing_id=filing_id))


class ReceiptView(APIView):
    throttle_scope = "member"

    @extend_schema(responses=ReceiptSerializer)
    def get(self, request: Request, filing_id: UUID) -> Response:
        """The agency's latest verified answer about the filing: as it came, and decoded."""
        filing = selectors.filing_of(principal_of(request), filing_id)
        receipt: Any = selectors.latest_receipt(filing)
        if receipt is None:
            raise Refused("receipt_not_there")
        receipt.jws = blobs.get(receipt.blob).decode()
        return Response(ReceiptSerializer(receipt).data)


class FollowUpView(APIView):
    throttle_scope = "member"

    @extend_schema(responses=FollowUpSerializer)
    def get(self, request: Request, filing_id: UUID) -> Response:
        """What of an accepted filing insurance, benefit and subsidies need: for those who may see it, and
        logged. `filing.follow_up` tells by webhook when it is there."""
        found = open_follow_up(principal=principal_of(request), filing_id=filing_id)
        return Response(FollowUpSerializer(found).data)


class FormView(APIView):
    throttle_scope = "member"

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, filing_id: UUID) -> HttpResponse:
        """The filing form with both seals, unmasked: for those who may see it, and logged."""
        filing, form = open_form(principal=principal_of(request), filing_id=filing_id)
        answer = HttpResponse(form, content_type="application/pdf")
        answer["Content-Disposition"] = f'attachment; filename="{filing.receipt_no}.pdf"'
        answer["Digest-SHA-256"] = sha256_hex(form)
        return answer


class SlipView(APIView):
    throttle_scope = "member"

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, filing_id: UUID, number: int) -> HttpResponse:
        """A slip about an accepted filing, unmasked and logged: 1 is the one in four parts, 2 the
        jurisdiction's own, where it has one for this filing."""
        filing, slip = open_slip(principal=principal_of(request), filing_id=filing_id, number=number)
        answer = HttpResponse(slip, content_type="application/pdf")
        answer["Content-Disposition"] = f'attachment; filename="{filing.receipt_no}-{number}.pdf"'
        return answer


class ConfirmationView(APIView):
    throttle_scope = "member"

    @extend_schema(operation_id="get_confirmation", responses=ConfirmationSerializer)
    def get(self, request: Request, filing_id: UUID) -> Response:
        """The dates of a filing that cannot be undone, in words, with their age and what looks odd."""
        return Response(ConfirmationSerializer(confirmation_of(principal_of(request), filing_id)).data)

    @extend_schema(
        operation_id="confirm_filing",
        request=ConfirmFilingSerializer,
        responses={202: FilingDetailSerializer},
    )
    @remembered
    def post(self, request: Request, filing_id: UUID) -> Response:
        """Confirm these very dates: the filing goes out."""
        wish = ConfirmFilingSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        filing = confirm_filing(
            principal=principal_of(request), filing_id=filing_id, digest=wish.validated_data["digest"]
        )
        return Response(FilingDetailSerializer(filing).data, 202)


class CorrectionSlipView(APIView):
    throttle_scope = "member"

    @extend_schema(
        operation_id="make_correction_slip",
        request=CorrectionSerializer,
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
    )
    def post(self, request: Request, filing_id: UUID) -> HttpResponse:
        """The correction slip (修改单) for an accepted filing, filled in; the filing stays as it is."""
        wish = CorrectionSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        receipt_no, slip = correction_slip(
            principal=principal_of(request), filing_id=filing_id, **wish.validated_data
        )
        answer = HttpResponse(slip, content_type="application/pdf")
        answer["Content-Disposition"] = f'attachment; filename="{receipt_no}-correction.pdf"'
        return answer


class RetryView(APIView):
    throttle_scope = "member"

    @extend_schema(request=RepeatSerializer, responses={202: FilingDetailSerializer})
    @remembered
    def post(self, request: Request, filing_id: UUID) -> Response:
        """Complete a waiting filing, hurry one under way, settle a held one, or file a refused one again."""
        wish = RepeatSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        filing = repeat_filing(
            principal=principal_of(request), filing_id=filing_id, particulars=wish.validated_data
        )
        return Response(FilingDetailSerializer(filing).data, 202)
