"""REST endpoints of endings of many at once (批量解除、终止)."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.masking import shown_name
from accounts.web.export import MEDIA_TYPE
from contracts.bulk.reader import MAX_BYTES
from contracts.bulk.remarks import recall
from contracts.bulk.sheets import template_workbook
from core import clock, papers
from core.api import KeyPagination, StrictSerializer, principal_of, remembered
from core.errors import Refused
from core.principal import Permission, Principal
from filing_bridge import selectors
from filing_bridge.ending_sheet import COMMON, TITLE, plan
from filing_bridge.mass_endings import EndingBatchState, EndingRowState, Paper
from filing_bridge.models import EndingBatch, EndingRow
from filing_bridge.services.mass_endings import confirming, gate, handling, making, recording, running
from filing_bridge.services.mass_endings.results import results_of

ACTS: Final[dict[str, Callable[..., EndingBatch]]] = {
    "freeze": gate.freeze_batch,
    "start": gate.start_batch,
    "pause": running.pause_batch,
    "resume": gate.resume_batch,
    "cancel": making.cancel_batch,
}
ACT = OpenApiParameter("act", str, OpenApiParameter.PATH, enum=list(ACTS))
PAPER = OpenApiParameter("paper", str, OpenApiParameter.PATH, enum=[each.value for each in Paper])


class PickedEndingsSerializer(StrictSerializer):
    """`common`: what holds for all, by key of the sheet, written as in its cells (reason, ends_on, …)."""

    contracts = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=5_000)
    common = serializers.DictField(child=serializers.CharField(max_length=200), default=dict)

    def validate_common(self, given: dict[str, str]) -> dict[str, str]:
        return _only_common(given)


class EndingSheetSerializer(StrictSerializer):
    """`common` is a JSON object in a field of the form."""

    file = serializers.FileField()
    common = serializers.JSONField(required=False, default=dict)

    def validate_common(self, given: Any) -> dict[str, str]:
        if not isinstance(given, dict) or not all(isinstance(text, str) for text in given.values()):
            raise serializers.ValidationError("an object of texts")
        return _only_common(given)


class PaperSerializer(StrictSerializer):
    on = serializers.DateField(help_text="The day on which it was done, or of the paper.")
    number = serializers.CharField(max_length=50, required=False, default="")
    file = serializers.FileField(help_text="PDF, PNG or JPEG.")


class EndingRowCareSerializer(StrictSerializer):
    owner = serializers.UUIDField(allow_null=True, help_text="A member, by membership.")
    note = serializers.CharField(max_length=200, allow_blank=True)


class EndingRowNoteSerializer(StrictSerializer):
    note = serializers.CharField(max_length=200, help_text="Why the row is left out.")


class EndingDatesSerializer(StrictSerializer):
    digest = serializers.CharField(max_length=64)


class EndingTallySerializer(serializers.Serializer[Any]):
    faulty = serializers.IntegerField(help_text="Rows that keep the batch from being frozen.")
    for_person = serializers.IntegerField(help_text="Rows that the rules do not let through by themselves.")
    waiting = serializers.IntegerField()
    manual = serializers.IntegerField()
    opened = serializers.IntegerField()
    left_out = serializers.IntegerField()


class EndingPaperSerializer(serializers.Serializer[Any]):
    paper = serializers.ChoiceField([each.value for each in Paper])
    on = serializers.DateField(allow_null=True, help_text="Null while it is not on record.")
    number = serializers.CharField()


class EndingBatchSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    state = serializers.ChoiceField([state.value for state in EndingBatchState])
    rows = serializers.IntegerField(source="size")
    tally = EndingTallySerializer()
    persons = serializers.IntegerField(help_text="Counted in the window when frozen, and when started.")
    layoffs = serializers.IntegerField()
    staff = serializers.IntegerField()
    papers = EndingPaperSerializer(many=True, help_text="Those that the batch needs.")
    digest = serializers.CharField(help_text="Names the frozen rows.")
    created_at = serializers.DateTimeField()
    frozen_at = serializers.DateTimeField(allow_null=True)
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    halted = serializers.CharField()


class EndingRemarkSerializer(serializers.Serializer[Any]):
    field = serializers.CharField(source="fault.field")
    code = serializers.CharField(source="fault.code")
    message = serializers.CharField(source="fault.zh")
    message_en = serializers.CharField(source="fault.en")
    remedy = serializers.CharField(source="fault.remedy_zh")
    remedy_en = serializers.CharField(source="fault.remedy_en")
    stops = serializers.BooleanField(help_text="Whether the row does not go by itself because of it.")


class EndingRowSerializer(serializers.Serializer[Any]):
    """A row and what became of it. Remarks and note are there for who may see personal data only."""

    number = serializers.IntegerField()
    state = serializers.ChoiceField([state.value for state in EndingRowState])
    name = serializers.CharField()
    contract = serializers.UUIDField(allow_null=True)
    reason = serializers.CharField()
    ends_on = serializers.DateField(allow_null=True)
    remarks = EndingRemarkSerializer(many=True)
    refusal = serializers.CharField()
    owner = serializers.CharField()
    note = serializers.CharField()
    termination = serializers.UUIDField(allow_null=True)
    termination_state = serializers.CharField()
    filing_state = serializers.CharField()
    receipt_no = serializers.CharField()


class EndingDaySerializer(serializers.Serializer[Any]):
    day = serializers.DateField()
    words = serializers.CharField(source="words_zh")
    number = serializers.IntegerField()


class ConfirmableSerializer(serializers.Serializer[Any]):
    days = EndingDaySerializer(many=True)
    odd = serializers.IntegerField(help_text="Filings that have to be confirmed one by one.")
    digest = serializers.CharField()


class RowsInOrder(KeyPagination):
    ordering = "number"


class EndingSheetView(APIView):
    throttle_scope = "member"
    parser_classes = (MultiPartParser,)

    @extend_schema(operation_id="get_ending_sheet", responses={(200, MEDIA_TYPE): OpenApiTypes.BINARY})
    def get(self, request: Request) -> HttpResponse:
        """The Excel sheet of endings, to be filled in: one worker per row."""
        principal_of(request).require(Permission.SEND)
        data = template_workbook(plan(), title=TITLE, today=clock.today())
        return _file(data, MEDIA_TYPE, "endings.xlsx")

    @extend_schema(
        operation_id="make_ending_batch_of_sheet",
        request={"multipart/form-data": EndingSheetSerializer},
        responses={201: EndingBatchSerializer},
    )
    def put(self, request: Request) -> Response:
        """Hand in a filled sheet. Nothing ends before the batch is frozen and started."""
        wish = EndingSheetSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        file = wish.validated_data["file"]
        batch = making.make_of_sheet(
            principal=principal_of(request),
            file_name=file.name,
            data=file.read(MAX_BYTES + 1),
            common=wish.validated_data["common"],
        )
        return Response(_shown(batch), 201)


class EndingBatchesView(generics.ListAPIView[EndingBatch]):
    throttle_scope = "member"
    serializer_class = EndingBatchSerializer
    filterset_fields = ("state",)
    queryset = EndingBatch.objects.none()

    def get_queryset(self) -> QuerySet[EndingBatch]:
        return selectors.ending_batches_of(principal_of(self.request))

    @extend_schema(operation_id="list_ending_batches", responses=EndingBatchSerializer(many=True))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Batches of endings, newest first."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        tallies = selectors.ending_tallies_of(page)
        return self.get_paginated_response([_shown(each, tallies.get(each.pk)) for each in page])

    @extend_schema(
        operation_id="make_ending_batch",
        request=PickedEndingsSerializer,
        responses={201: EndingBatchSerializer},
    )
    @remembered
    def post(self, request: Request) -> Response:
        """A batch of contracts in force. Nothing ends before it is frozen and started."""
        wish = PickedEndingsSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        batch = making.make_of_contracts(
            principal=principal_of(request),
            contract_ids=wish.validated_data["contracts"],
            common=wish.validated_data["common"],
        )
        return Response(_shown(batch), 201)


class EndingBatchView(APIView):
    throttle_scope = "member"

    @extend_schema(operation_id="get_ending_batch", responses=EndingBatchSerializer)
    def get(self, request: Request, batch_id: UUID) -> Response:
        """One batch: its gate, and how far it has got."""
        return Response(_shown(selectors.ending_batch_of(principal_of(request), batch_id)))


class EndingActView(APIView):
    throttle_scope = "member"

    @extend_schema(
        operation_id="act_on_ending_batch",
        parameters=[ACT],
        request=None,
        responses=EndingBatchSerializer,
    )
    @remembered
    def post(self, request: Request, batch_id: UUID, act: str) -> Response:
        """Freeze the rows; start, once the gate is open; pause, resume or cancel."""
        principal = principal_of(request)
        if act not in ACTS:
            raise Refused("not_found")
        return Response(_shown(ACTS[act](principal=principal, batch_id=batch_id)))


class EndingPaperView(APIView):
    throttle_scope = "member"
    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="get_ending_paper",
        parameters=[PAPER],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, batch_id: UUID, paper: str) -> HttpResponse:
        """A paper of the gate, as it was handed in."""
        data = recording.open_paper(principal=principal_of(request), batch_id=batch_id, paper=_paper(paper))
        media_type, ending = papers.kind_of(data)
        return _file(data, media_type, f"{paper}.{ending}")

    @extend_schema(
        operation_id="record_ending_paper",
        parameters=[PAPER],
        request={"multipart/form-data": PaperSerializer},
        responses=EndingBatchSerializer,
    )
    def put(self, request: Request, batch_id: UUID, paper: str) -> Response:
        """Put a paper of the gate on record, until the batch is started."""
        wish = PaperSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        given = wish.validated_data
        batch = recording.record_paper(
            principal=principal_of(request),
            batch_id=batch_id,
            paper=_paper(paper),
            on=given["on"],
            number=given["number"],
            data=given["file"].read(papers.MAX_BYTES + 1),
        )
        return Response(_shown(batch))


class EndingRowsView(generics.ListAPIView[EndingRow]):
    throttle_scope = "member"
    serializer_class = EndingRowSerializer
    filterset_fields = ("state", "by_hand")
    pagination_class = RowsInOrder
    queryset = EndingRow.objects.none()

    @extend_schema(operation_id="list_ending_rows", responses=EndingRowSerializer(many=True))
    def get(self, request: Request, batch_id: UUID) -> Response:
        """The rows in order, each with what is to be said of it and what became of it."""
        principal = principal_of(request)
        batch = selectors.ending_batch_of(principal, batch_id)
        rows = batch.rows.select_related("contract__worker", "owner")
        page = self.paginate_queryset(self.filter_queryset(rows)) or []
        return self.get_paginated_response(_rows_shown(principal, page))


class EndingRowView(APIView):
    throttle_scope = "member"

    @extend_schema(
        operation_id="assign_ending_row", request=EndingRowCareSerializer, responses=EndingRowSerializer
    )
    def put(self, request: Request, batch_id: UUID, number: int) -> Response:
        """Who looks after a row that waits for a person, and what is known of it."""
        wish = EndingRowCareSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        principal = principal_of(request)
        row = handling.assign_row(
            principal=principal, batch_id=batch_id, number=number, **wish.validated_data
        )
        return Response(_rows_shown(principal, [row])[0])


class EndingRowOutView(APIView):
    throttle_scope = "member"

    @extend_schema(
        operation_id="leave_out_ending_row", request=EndingRowNoteSerializer, responses=EndingRowSerializer
    )
    @remembered
    def post(self, request: Request, batch_id: UUID, number: int) -> Response:
        """Take out a row that waits for a person: the contract goes on."""
        wish = EndingRowNoteSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        principal = principal_of(request)
        note = wish.validated_data["note"]
        row = handling.leave_out(principal=principal, batch_id=batch_id, number=number, note=note)
        return Response(_rows_shown(principal, [row])[0])


class EndingRowGoView(APIView):
    throttle_scope = "member"

    @extend_schema(operation_id="let_ending_row_go", request=None, responses=EndingRowSerializer)
    @remembered
    def post(self, request: Request, batch_id: UUID, number: int) -> Response:
        """A person has looked: the row goes by itself, as it was frozen."""
        principal = principal_of(request)
        row = handling.let_go(principal=principal, batch_id=batch_id, number=number)
        return Response(_rows_shown(principal, [row])[0])


class EndingDatesView(APIView):
    throttle_scope = "member"

    @extend_schema(operation_id="get_ending_dates", responses=ConfirmableSerializer)
    def get(self, request: Request, batch_id: UUID) -> Response:
        """The last days of the filings that cannot be undone and wait for a person."""
        return Response(ConfirmableSerializer(confirming.confirmable(principal_of(request), batch_id)).data)

    @extend_schema(
        operation_id="confirm_ending_dates",
        request=EndingDatesSerializer,
        responses={202: ConfirmableSerializer},
    )
    @remembered
    def post(self, request: Request, batch_id: UUID) -> Response:
        """Confirm exactly these filings and dates: they go out."""
        wish = EndingDatesSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        principal = principal_of(request)
        confirming.confirm_many(principal=principal, batch_id=batch_id, digest=wish.validated_data["digest"])
        return Response(ConfirmableSerializer(confirming.confirmable(principal, batch_id)).data, 202)


def _only_common(given: dict[str, str]) -> dict[str, str]:
    unknown = sorted(set(given) - set(COMMON))
    if unknown:
        raise serializers.ValidationError(dict.fromkeys(unknown, "unknown"))
    return given


def _paper(name: str) -> Paper:
    try:
        return Paper(name)
    except ValueError as error:
        raise Refused("not_found") from error


def _shown(batch: EndingBatch, tally: dict[str, int] | None = None) -> Any:
    batch.tally = tally or selectors.ending_tallies_of([batch])[batch.pk]  # type: ignore[attr-defined]
    batch.papers = [  # type: ignore[attr-defined]
        {
            "paper": paper.value,
            "on": getattr(batch, f"{paper}_on"),
            "number": getattr(batch, f"{paper}_no", ""),
        }
        for paper in batch.needed()
    ]
    return EndingBatchSerializer(batch).data


def _rows_shown(principal: Principal, rows: list[EndingRow]) -> Any:
    may_see = Permission.VIEW_PII in principal.permissions
    results = results_of(rows)
    shown = [
        {
            "number": row.number,
            "state": row.state,
            "name": shown_name(principal, row.contract.worker.name) if row.contract else "",
            "contract": row.contract_id,
            "reason": row.reason,
            "ends_on": row.ends_on,
            "remarks": [recall(stored) for stored in row.remarks] if may_see else [],
            "refusal": row.refusal,
            "owner": row.owner.name if row.owner else "",
            "note": row.note if may_see else "",
            "termination": row.termination_id,
            "termination_state": results[row.pk].ending,
            "filing_state": results[row.pk].filing,
            "receipt_no": results[row.pk].receipt_no,
        }
        for row in rows
    ]
    return EndingRowSerializer(shown, many=True).data


def _file(data: bytes, media_type: str, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=media_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
