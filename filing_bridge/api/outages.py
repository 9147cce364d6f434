"""REST endpoints for the days on which a filing system is down."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from core.api import StrictSerializer, principal_of
from filing_bridge.selectors import outages_of
from filing_bridge.services.counter import counter_package

MEDIA_TYPE = "application/zip"


class OutageSerializer(serializers.Serializer[Any]):
    province = serializers.CharField()
    since = serializers.DateTimeField()
    next_try_at = serializers.DateTimeField(allow_null=True)
    waiting = serializers.IntegerField(help_text="Filings of this employer that wait for the province.")
    nearest_deadline = serializers.DateField()
    at_risk = serializers.IntegerField(help_text="Of these, due within a week.")
    tried = serializers.IntegerField(help_text="Of these, with an attempt on record that proves timeliness.")


class PackageWishSerializer(StrictSerializer):
    filings = serializers.ListField(child=serializers.UUIDField())


class OutagesView(APIView):
    throttle_scope = "member"

    @extend_schema(operation_id="list_outages", responses=OutageSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Filing systems that do not answer now, as far as filings of this employer wait for them."""
        return Response(OutageSerializer(outages_of(principal_of(request), clock.today()), many=True).data)


class CounterPackageView(APIView):
    throttle_scope = "member"

    @extend_schema(
        operation_id="make_counter_package",
        request=PackageWishSerializer,
        responses={(200, MEDIA_TYPE): OpenApiTypes.BINARY},
    )
    def post(self, request: Request) -> HttpResponse:
        """What to carry to the counter (ZIP): the agency's own sheet, PDF forms, proof of first attempts."""
        wish = PackageWishSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        package = counter_package(principal=principal_of(request), filing_ids=wish.validated_data["filings"])
        answer = HttpResponse(package, content_type=MEDIA_TYPE)
        answer["Content-Disposition"] = 'attachment; filename="counter.zip"'
        return answer
