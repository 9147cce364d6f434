"""REST addresses of the roster."""

from uuid import UUID

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import selectors
from accounts.api import serializers as shapes
from accounts.api.views import given, principal_of
from accounts.domain import RevealReason
from accounts.models import Worker
from accounts.services import workers
from core import numbers
from core.api import remembered
from core.names import normalise_name


class WorkerFilter(filters.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    created_from = filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="gte")
    created_to = filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="lt")

    class Meta:
        model = Worker
        fields = ("id_type", "hukou_type", "education")


class WorkersView(GenericAPIView[Worker]):
    throttle_scope = "member"
    serializer_class = shapes.WorkerSerializer
    filterset_class = WorkerFilter
    queryset = Worker.objects.none()

    def get_queryset(self) -> QuerySet[Worker]:
        return selectors.workers_of(principal_of(self.request))

    @extend_schema(operation_id="list_workers", responses=shapes.WorkerSerializer(many=True))
    def get(self, request: Request) -> Response:
        """The roster, newest first, masked."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(masked(request, page, many=True))

    @extend_schema(
        operation_id="create_worker",
        request=shapes.WorkerParticularsSerializer,
        responses={201: shapes.WorkerSerializer},
    )
    @remembered
    def post(self, request: Request) -> Response:
        """Put a worker on the roster."""
        worker = workers.create_worker(
            principal=principal_of(request),
            particulars_given=given(shapes.WorkerParticularsSerializer, request, partial=True),
        )
        return Response(masked(request, worker), 201)


class WorkerView(APIView):
    throttle_scope = "member"

    @extend_schema(operation_id="get_worker", responses=shapes.WorkerSerializer)
    def get(self, request: Request, worker_id: UUID) -> Response:
        """One worker, masked."""
        return Response(masked(request, selectors.worker_of(principal_of(request), worker_id)))

    @extend_schema(
        operation_id="change_worker",
        request=shapes.WorkerParticularsSerializer,
        responses=shapes.WorkerSerializer,
    )
    def patch(self, request: Request, worker_id: UUID) -> Response:
        """Change some particulars; contracts that were sent keep what they were sent with."""
        worker = workers.update_worker(
            principal=principal_of(request),
            worker_id=worker_id,
            changes=given(shapes.WorkerParticularsSerializer, request, partial=True),
        )
        return Response(masked(request, worker))


class RevealWorkerView(APIView):
    throttle_scope = "member"

    @extend_schema(
        operation_id="reveal_worker",
        request=shapes.RevealRequestSerializer,
        responses=shapes.WorkerRevealedSerializer,
    )
    @remembered
    def post(self, request: Request, worker_id: UUID) -> Response:
        """The unmasked record; who looked, when and why is logged."""
        worker = workers.reveal_worker(
            principal=principal_of(request),
            worker_id=worker_id,
            reason=RevealReason(given(shapes.RevealRequestSerializer, request)["reason"]),
        )
        return Response(shapes.WorkerRevealedSerializer(worker).data)


class SearchWorkersView(APIView):
    throttle_scope = "member"

    @extend_schema(
        operation_id="search_workers",
        request=shapes.WorkerSearchSerializer,
        responses=shapes.WorkerSerializer(many=True),
    )
    @remembered
    def post(self, request: Request) -> Response:
        """Up to fifty workers by whole identity number, whole mobile number or a piece of the name."""
        body = given(shapes.WorkerSearchSerializer, request)
        found = selectors.find_workers(
            principal_of(request),
            id_no=numbers.normalise(body["id_no"]) if "id_no" in body else None,
            mobile=numbers.normalise(body["mobile"]) if "mobile" in body else None,
            name=normalise_name(body["name"]) if "name" in body else None,
        )
        return Response(masked(request, found.order_by("-created_at")[:50], many=True))


def masked(request: Request, workers_shown: object, *, many: bool = False) -> object:
    """Workers as the acting person may see them."""
    return shapes.WorkerSerializer(
        workers_shown, many=many, context={"principal": principal_of(request)}
    ).data
