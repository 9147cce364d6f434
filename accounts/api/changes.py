"""REST addresses of changes of approved profiles: operators look at the paper and decide."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import selectors
from accounts.api import serializers as shapes
from accounts.models import ProfileChange
from accounts.services import profile_changes
from core import blobs, papers
from core.api import KeyPagination, principal_of, remembered
from core.principal import Permission


class NewestChangesFirst(KeyPagination):
    ordering = "-requested_at"


class ProfileChangesView(ListAPIView[ProfileChange]):
    """Changes that employers ask for, newest first."""

    throttle_scope = "member"
    serializer_class = shapes.ProfileChangeSerializer
    pagination_class = NewestChangesFirst
    filterset_fields = ("state", "employer")
    queryset = ProfileChange.objects.none()

    def get_queryset(self) -> QuerySet[ProfileChange]:
        principal = principal_of(self.request)
        principal.require(Permission.OPERATE)
        return selectors.profile_changes_of(principal)


class EvidenceView(APIView):
    throttle_scope = "member"

    @extend_schema(operation_id="get_profile_change_evidence", responses={(200, "*/*"): OpenApiTypes.BINARY})
    def get(self, request: Request, change_id: UUID) -> HttpResponse:
        """The paper that shows the change: a PDF, PNG or JPEG."""
        principal = principal_of(request)
        principal.require(Permission.OPERATE)
        data = blobs.get(selectors.profile_change_of(principal, change_id).evidence)
        kind, ending = papers.kind_of(data)
        answer = HttpResponse(data, content_type=kind)
        answer["Content-Disposition"] = f'attachment; filename="evidence.{ending}"'
        return answer


class ApproveChangeView(APIView):
    throttle_scope = "member"

    @extend_schema(
        operation_id="approve_profile_change", request=None, responses=shapes.ProfileChangeSerializer
    )
    @remembered
    def post(self, request: Request, change_id: UUID) -> Response:
        """Make the asked-for values the profile; a new name or code gets a new certificate."""
        change = profile_changes.approve_change(principal=principal_of(request), change_id=change_id)
        return Response(shapes.ProfileChangeSerializer(change).data)


class RefuseChangeView(APIView):
    throttle_scope = "member"

    @extend_schema(
        operation_id="refuse_profile_change",
        request=shapes.ChangeRefusalSerializer,
        responses=shapes.ProfileChangeSerializer,
    )
    @remembered
    def post(self, request: Request, change_id: UUID) -> Response:
        """Leave the profile as it is, and tell the owner why."""
        wish = shapes.ChangeRefusalSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        change = profile_changes.refuse_change(
            principal=principal_of(request), change_id=change_id, note=wish.validated_data["note"]
        )
        return Response(shapes.ProfileChangeSerializer(change).data)
