"""REST endpoints of bulk sheets: the sheet of a template, its upload, its rows, the sending."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.masking import shown_name
from accounts.web.export import MEDIA_TYPE
from contracts import selectors
from contracts.bulk.columns import plan_for
from contracts.bulk.reader import MAX_BYTES
from contracts.bulk.remarks import recall
from contracts.bulk.sheets import template_workbook
from contracts.domain import BatchState, RowState
from contracts.models import Batch, BatchRow
from contracts.services.batches import mending, sending, uploading
from contracts.services.batches.checking import cells_of
from contracts.services.batches.faulty import faults_of_batch
from core import clock
from core.api import KeyPagination, StrictSerializer, principal_of, remembered
from core.principal import Permission, Principal

BATCH_STATES = [state.value for state in BatchState]
ROW_STATES = [state.value for state in RowState]


class BatchUploadSerializer(StrictSerializer):
    file = serializers.FileField()
    revises = serializers.UUIDField(required=False)


class BatchMappingSerializer(StrictSerializer):
    """`mapping`: key of the column → number of the file's column, from 0."""

    mapping = serializers.DictField(child=serializers.IntegerField(min_value=0))


class BatchRowChangesSerializer(StrictSerializer):
    """`changes`: key of the column → what should stand in the cell."""

    changes = serializers.DictField(child=serializers.CharField(allow_blank=True, max_length=2_000))


class BatchConfirmationSerializer(StrictSerializer):
    skip_faulty = serializers.BooleanField(default=False)


class BatchTallySerializer(serializers.Serializer[Any]):
    good = serializers.IntegerField(help_text="Rows without faults that wait.")
    faulty = serializers.IntegerField(help_text="Rows with faults, which are not sent.")
    sent = serializers.IntegerField()
    failed = serializers.IntegerField()


class BatchTemplateSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    number = serializers.IntegerField()


class BatchSerializer(serializers.Serializer[Any]):
    """A batch as the context's `tallies` count it."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(BATCH_STATES)
    template = BatchTemplateSerializer()
    rows = serializers.IntegerField(source="size")
    tally = serializers.SerializerMethodField()
    mapping = serializers.DictField(child=serializers.IntegerField())
    revises = serializers.UUIDField(source="revises_id", allow_null=True)
    created_at = serializers.DateTimeField()
    confirmed_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    halted = serializers.CharField(help_text="The refusal for which the platform has paused the sending.")

    @extend_schema_field(BatchTallySerializer)
    def get_tally(self, batch: Batch) -> Any:
        return BatchTallySerializer(self.context["tallies"].get(batch.pk, selectors.Tally())).data


class BatchRowRemarkSerializer(serializers.Serializer[Any]):
    field = serializers.CharField(source="fault.field")
    code = serializers.CharField(source="fault.code")
    message = serializers.CharField(source="fault.zh")
    message_en = serializers.CharField(source="fault.en")
    remedy = serializers.CharField(source="fault.remedy_zh")
    remedy_en = serializers.CharField(source="fault.remedy_en")
    stops = serializers.BooleanField(help_text="Whether the row is not sent because of it.")


class BatchRowSerializer(serializers.Serializer[Any]):
    """A row. The name is whole, and `cells` are there, only for who may see personal data."""

    number = serializers.IntegerField()
    state = serializers.ChoiceField(ROW_STATES)
    name = serializers.CharField()
    cells = serializers.DictField(child=serializers.CharField())
    contract = serializers.UUIDField(allow_null=True)
    refusal = serializers.CharField()
    remarks = BatchRowRemarkSerializer(many=True)


class BatchFilter(filters.FilterSet):  # type: ignore[misc]  # ships no types
    state = filters.MultipleChoiceFilter(choices=[(state, state) for state in BATCH_STATES])

    class Meta:
        model = Batch
        fields: tuple[str, ...] = ()


class RowFilter(filters.FilterSet):  # type: ignore[misc]  # ships no types
    state = filters.MultipleChoiceFilter(choices=[(state, state) for state in ROW_STATES])
    faulty = filters.BooleanFilter(method="with_faults")

    class Meta:
        model = BatchRow
        fields: tuple[str, ...] = ()

    def with_faults(self, rows: QuerySet[BatchRow], _name: str, faulty: bool) -> QuerySet[BatchRow]:
        return rows.filter(faults__gt=0) if faulty else rows.filter(faults=0)


class RowsInOrder(KeyPagination):
    ordering = "number"


class SheetView(APIView):
    throttle_scope = "member"
    parser_classes = (MultiPartParser,)

    @extend_schema(operation_id="get_batch_sheet", responses={(200, MEDIA_TYPE): OpenApiTypes.BINARY})
    def get(self, request: Request, slug: str) -> HttpResponse:
        """The Excel sheet of a template, to be filled in: one worker per row."""
        principal = principal_of(request)
        principal.require(Permission.DRAFT)
        template = selectors.template_version(principal, slug)
        title = template.content["title"]["zh"]
        return _workbook(
            template_workbook(plan_for(template.content), title=title, today=clock.today()), f"{slug}.xlsx"
        )

    @extend_schema(
        operation_id="put_batch_sheet",
        request={"multipart/form-data": BatchUploadSerializer},
        responses=BatchSerializer,
    )
    def put(self, request: Request, slug: str) -> Response:
        """Hand in a filled sheet. The same file again is the same batch; nothing is sent before `confirm`."""
        wish = BatchUploadSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        file = wish.validated_data["file"]
        principal = principal_of(request)
        batch = uploading.upload_batch(
            principal=principal,
            template_slug=slug,
            file_name=file.name,
            data=file.read(MAX_BYTES + 1),
            revises=wish.validated_data.get("revises"),
        )
        return _batch(batch)


class BatchesView(generics.ListAPIView[Batch]):
    throttle_scope = "member"
    serializer_class = BatchSerializer
    filterset_class = BatchFilter
    queryset = Batch.objects.none()

    def get_queryset(self) -> QuerySet[Batch]:
        return selectors.batches_of(principal_of(self.request))

    @extend_schema(operation_id="list_batches", responses=BatchSerializer(many=True))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Bulk sheets, newest first."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        context = {"tallies": selectors.tallies_of(page)}
        return self.get_paginated_response(BatchSerializer(page, many=True, context=context).data)


class BatchView(APIView):
    throttle_scope = "member"

    @extend_schema(operation_id="get_batch", responses=BatchSerializer)
    def get(self, request: Request, batch_id: UUID) -> Response:
        """One batch and how far it has got."""
        principal = principal_of(request)
        return _batch(selectors.batch_of(principal, batch_id))


class MappingView(APIView):
    throttle_scope = "member"

    @extend_schema(operation_id="map_batch", request=BatchMappingSerializer, responses={202: BatchSerializer})
    @remembered
    def post(self, request: Request, batch_id: UUID) -> Response:
        """Say which column of the file holds what; the rows are checked then."""
        wish = BatchMappingSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        principal = principal_of(request)
        batch = uploading.map_columns(
            principal=principal, batch_id=batch_id, mapping=wish.validated_data["mapping"]
        )
        return _batch(batch, 202)


class RowsView(generics.ListAPIView[BatchRow]):
    throttle_scope = "member"
    serializer_class = BatchRowSerializer
    filterset_class = RowFilter
    pagination_class = RowsInOrder
    queryset = BatchRow.objects.none()

    @extend_schema(operation_id="list_batch_rows", responses=BatchRowSerializer(many=True))
    def get(self, request: Request, batch_id: UUID) -> Response:
        """The rows in the order of the file, each with everything that is wrong with it."""
        principal = principal_of(request)
        batch = selectors.batch_of(principal, batch_id)
        page = self.paginate_queryset(self.filter_queryset(selectors.rows_of(batch))) or []
        return self.get_paginated_response([_row(principal, batch, row) for row in page])


class RowView(APIView):
    throttle_scope = "member"

    @extend_schema(
        operation_id="mend_batch_row", request=BatchRowChangesSerializer, responses=BatchRowSerializer
    )
    def patch(self, request: Request, batch_id: UUID, number: int) -> Response:
        """Correct cells of a row; it is checked anew at once."""
        wish = BatchRowChangesSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        principal = principal_of(request)
        row, *_others = mending.mend_row(
            principal=principal, batch_id=batch_id, number=number, changes=wish.validated_data["changes"]
        )
        return Response(_row(principal, selectors.batch_of(principal, batch_id), row))


class RowPreviewView(APIView):
    throttle_scope = "member"

    @extend_schema(
        operation_id="preview_batch_row", responses={(200, "application/pdf"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, batch_id: UUID, number: int) -> HttpResponse:
        """The contract that a row would become."""
        pdf = mending.preview_row(principal=principal_of(request), batch_id=batch_id, number=number)
        return HttpResponse(pdf, content_type="application/pdf")


class FaultsFileView(APIView):
    throttle_scope = "member"

    @extend_schema(operation_id="get_batch_faults_file", responses={(200, MEDIA_TYPE): OpenApiTypes.BINARY})
    def get(self, request: Request, batch_id: UUID) -> HttpResponse:
        """The faulty rows as an Excel sheet, what is wrong beside them, to be mended and handed in again."""
        return _workbook(
            faults_of_batch(principal=principal_of(request), batch_id=batch_id), "faulty-rows.xlsx"
        )


class ConfirmView(APIView):
    throttle_scope = "member"

    @extend_schema(
        operation_id="confirm_batch", request=BatchConfirmationSerializer, responses={202: BatchSerializer}
    )
    @remembered
    def post(self, request: Request, batch_id: UUID) -> Response:
        """Have the rows without faults sent in the background, each once."""
        wish = BatchConfirmationSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        principal = principal_of(request)
        return _batch(
            sending.confirm_batch(principal=principal, batch_id=batch_id, **wish.validated_data),
            202,
        )


class PauseView(APIView):
    throttle_scope = "member"

    @extend_schema(operation_id="pause_batch", request=None, responses=BatchSerializer)
    @remembered
    def post(self, request: Request, batch_id: UUID) -> Response:
        """Stop after the row that is under way."""
        principal = principal_of(request)
        return _batch(sending.pause_batch(principal=principal, batch_id=batch_id))


class ResumeView(APIView):
    throttle_scope = "member"

    @extend_schema(operation_id="resume_batch", request=None, responses={202: BatchSerializer})
    @remembered
    def post(self, request: Request, batch_id: UUID) -> Response:
        """Go on with a paused batch."""
        principal = principal_of(request)
        return _batch(sending.resume_batch(principal=principal, batch_id=batch_id), 202)


class CancelView(APIView):
    throttle_scope = "member"

    @extend_schema(operation_id="cancel_batch", request=None, responses=BatchSerializer)
    @remembered
    def post(self, request: Request, batch_id: UUID) -> Response:
        """Send nothing more; contracts that were sent stay."""
        principal = principal_of(request)
        return _batch(sending.cancel_batch(principal=principal, batch_id=batch_id))


class RetryView(APIView):
    throttle_scope = "member"

    @extend_schema(operation_id="retry_batch", request=None, responses={202: BatchSerializer})
    @remembered
    def post(self, request: Request, batch_id: UUID) -> Response:
        """Try the failed rows of a finished batch again."""
        principal = principal_of(request)
        return _batch(sending.retry_failed(principal=principal, batch_id=batch_id), 202)


def _batch(batch: Batch, status: int = 200) -> Response:
    context = {"tallies": selectors.tallies_of([batch])}
    return Response(BatchSerializer(batch, context=context).data, status)


def _row(principal: Principal, batch: Batch, row: BatchRow) -> Any:
    cells = cells_of(batch, row)
    may_see = Permission.VIEW_PII in principal.permissions
    shown = {
        "number": row.number,
        "state": row.state,
        "name": shown_name(principal, cells.get("worker.name", "")),
        "cells": {key: text for key, text in cells.items() if text} if may_see else {},
        "contract": row.contract_id,
        "refusal": row.refusal,
        "remarks": [recall(stored) for stored in row.remarks],
    }
    return BatchRowSerializer(shown).data


def _workbook(data: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=MEDIA_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
