"""REST endpoints of the counters' sheets."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from contracts.bulk.reader import MAX_BYTES
from core.api import StrictSerializer, principal_of
from core.errors import Refused
from filing_bridge.services.sheets import compare_sheet, export_sheet
from filing_bridge.sheets import sheets

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class SheetWishSerializer(StrictSerializer):
    filings = serializers.ListField(child=serializers.UUIDField())
    sheet = serializers.ChoiceField(
        choices=list(sheets()), required=False, help_text="By default the one that the jurisdiction takes."
    )


class SheetBackSerializer(StrictSerializer):
    file = serializers.FileField()
    sheet = serializers.ChoiceField(choices=list(sheets()))
    jurisdiction = serializers.RegexField("^[0-9]{6}$")


class ComparedSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(help_text="The row, as the spreadsheet counts.")
    filing = serializers.UUIDField(allow_null=True, help_text="Null when nobody on file here is meant.")
    contract_no = serializers.CharField()
    different = serializers.ListField(child=serializers.CharField(), help_text="Titles of columns.")
    unknown = serializers.ListField(child=serializers.CharField())
    missing = serializers.ListField(child=serializers.CharField())


class SheetView(APIView):
    throttle_scope = "member"

    @extend_schema(
        operation_id="export_sheet",
        request=SheetWishSerializer,
        responses={(200, MEDIA_TYPE): OpenApiTypes.BINARY},
    )
    def post(self, request: Request) -> HttpResponse:
        """Filings on the sheet that their counter takes (.xlsx), unmasked: logged for each of them."""
        wish = SheetWishSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        made = export_sheet(
            principal=principal_of(request),
            filing_ids=wish.validated_data["filings"],
            name=wish.validated_data.get("sheet", ""),
        )
        answer = HttpResponse(made, content_type=MEDIA_TYPE)
        answer["Content-Disposition"] = 'attachment; filename="filings.xlsx"'
        return answer


class SheetBackView(APIView):
    throttle_scope = "member"
    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="compare_sheet", request=SheetBackSerializer, responses=ComparedSerializer(many=True)
    )
    def post(self, request: Request) -> Response:
        """Compare a sheet that came back from the counter with what is on file; changes nothing."""
        wish = SheetBackSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        file = wish.validated_data["file"]
        if file.size > MAX_BYTES:
            raise Refused("sheet_unreadable")
        rows = compare_sheet(
            principal=principal_of(request),
            data=file.read(),
            name=wish.validated_data["sheet"],
            jurisdiction=wish.validated_data["jurisdiction"],
        )
        return Response(ComparedSerializer(rows, many=True).data)
