"""REST endpoints of the use of seals on contracts."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from contracts.services import sealing
from core.api import KeyPagination, StrictSerializer, principal_of, remembered
from signing import selectors
from signing.models import SealApplication


class ApplicationWishSerializer(StrictSerializer):
    seal = serializers.UUIDField()
    contracts = serializers.ListField(child=serializers.UUIDField(), max_length=5_000, default=list)
    terminations = serializers.ListField(
        child=serializers.UUIDField(),
        max_length=5_000,
        default=list,
        help_text="Endings whose certificates wait for the seal.",
    )
    changes = serializers.ListField(
        child=serializers.UUIDField(),
        max_length=5_000,
        default=list,
        help_text="Changes whose agreements wait for the seal.",
    )
    suspensions = serializers.ListField(
        child=serializers.UUIDField(),
        max_length=5_000,
        default=list,
        help_text="Suspensions and resumptions whose documents wait for the seal.",
    )
    reason = serializers.CharField(max_length=200)


class ApprovalSerializer(StrictSerializer):
    """`code` is the approver's current TOTP code: one strong re-authentication for the whole application."""

    code = serializers.RegexField(r"^\d{6}$")


class RefusalSerializer(ApprovalSerializer):
    note = serializers.CharField(max_length=200)


class ApplicationSerializer(serializers.ModelSerializer[SealApplication]):
    documents = serializers.IntegerField()
    sealed = serializers.IntegerField()
    under_way = serializers.IntegerField()
    failed = serializers.IntegerField()
    skipped = serializers.IntegerField()

    class Meta:
        model = SealApplication
        fields = (
            "id",
            "seal",
            "reason",
            "state",
            "requested_by",
            "requested_at",
            "decided_by",
            "decided_at",
            "decision_note",
            "documents",
            "sealed",
            "under_way",
            "failed",
            "skipped",
        )


class OutcomeSerializer(serializers.Serializer[Any]):
    jobs = serializers.IntegerField(help_text="Contracts that are being sealed now.")
    skipped = serializers.IntegerField(help_text="Contracts that no longer waited for the seal.")


class NewestApplicationsFirst(KeyPagination):
    ordering = "-requested_at"


def _shown(request: Request, application_id: UUID) -> Any:
    return ApplicationSerializer(selectors.application_of(principal_of(request), application_id)).data


class ApplicationsView(generics.ListAPIView[SealApplication]):
    throttle_scope = "member"
    serializer_class = ApplicationSerializer
    queryset = SealApplication.objects.none()
    filterset_fields = ("state", "seal")
    pagination_class = NewestApplicationsFirst

    def get_queryset(self) -> QuerySet[SealApplication]:
        return selectors.applications_of(principal_of(self.request))

    @extend_schema(
        operation_id="apply_for_seal",
        request=ApplicationWishSerializer,
        responses={201: ApplicationSerializer},
    )
    @remembered
    def post(self, request: Request) -> Response:
        """Ask for the seal on what the workers have signed, and on what the employer signs alone."""
        wish = ApplicationWishSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        application = sealing.apply_for_seal(
            principal=principal_of(request),
            seal_id=wish.validated_data["seal"],
            contract_ids=wish.validated_data["contracts"],
            termination_ids=wish.validated_data["terminations"],
            change_ids=wish.validated_data["changes"],
            suspension_ids=wish.validated_data["suspensions"],
            reason=wish.validated_data["reason"],
        )
        return Response(_shown(request, application.pk), 201)


class ApplicationView(APIView):
    throttle_scope = "member"

    @extend_schema(operation_id="get_seal_application", responses=ApplicationSerializer)
    def get(self, request: Request, application_id: UUID) -> Response:
        """An application and how far it has got."""
        return Response(_shown(request, application_id))


class ApproveView(APIView):
    throttle_scope = "member"

    @extend_schema(
        operation_id="approve_seal_application",
        request=ApprovalSerializer,
        responses={202: OutcomeSerializer},
    )
    @remembered
    def post(self, request: Request, application_id: UUID) -> Response:
        """Approve: another person than the applicant, with a second factor. Sealing starts at once."""
        wish = ApprovalSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        outcome = sealing.approve(
            principal=principal_of(request),
            application_ids=[application_id],
            code=wish.validated_data["code"],
        )
        return Response(OutcomeSerializer(outcome).data, 202)


class RefuseView(APIView):
    throttle_scope = "member"

    @extend_schema(
        operation_id="refuse_seal_application", request=RefusalSerializer, responses=ApplicationSerializer
    )
    @remembered
    def post(self, request: Request, application_id: UUID) -> Response:
        """Turn an application down, with a note for the applicant."""
        wish = RefusalSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        application = sealing.refuse(
            principal=principal_of(request),
            application_id=application_id,
            code=wish.validated_data["code"],
            note=wish.validated_data["note"],
        )
        return Response(_shown(request, application.pk))
