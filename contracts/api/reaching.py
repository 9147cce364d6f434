"""REST endpoints about reaching the worker: notices, reminders, sending anew, copies on paper."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from contracts import selectors
from contracts.models import Contract, PaperRequest
from contracts.services import reaching
from core import numbers
from core.api import KeyPagination, StrictSerializer, principal_of, remembered
from core.errors import Refused
from signing.models import Notice
from signing.selectors import notices_of, person_asked
from signing.services.notices import address_shown


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    """One message: which, how, in which language, to whom (masked), and what became of it."""

    sent_to = serializers.SerializerMethodField()

    class Meta:
        model = Notice
        fields = ("template", "channel", "language", "sent_to", "state", "attempts", "created_at", "sent_at")

    def get_sent_to(self, notice: Notice) -> str:
        return address_shown(notice)


class ReachedSerializer(serializers.Serializer[Any]):
    """`downloaded_at`: when the worker first fetched the contract that everybody had signed."""

    wrong_person_at = serializers.DateTimeField(allow_null=True)
    downloaded_at = serializers.DateTimeField(allow_null=True)
    notices = NoticeSerializer(many=True)


class AnewSerializer(StrictSerializer):
    """`mobile`: the worker's right number, when the one before was wrong."""

    mobile = serializers.CharField(max_length=20, required=False)


class PaperSerializer(serializers.ModelSerializer[PaperRequest]):
    contract_no = serializers.CharField(source="contract.contract_no")

    class Meta:
        model = PaperRequest
        fields = ("id", "contract", "contract_no", "state", "asked_at", "given_at")


class ReachedView(APIView):
    throttle_scope = "member"

    @extend_schema(operation_id="contract_notices", responses=ReachedSerializer)
    def get(self, request: Request, contract_id: UUID) -> Response:
        """The messages to the worker with their delivery, and whether the contract was downloaded."""
        return Response(_reached(selectors.contract_of(principal_of(request), contract_id)))


class RemindView(APIView):
    throttle_scope = "member"

    @extend_schema(operation_id="contract_remind", request=None, responses={202: ReachedSerializer})
    @remembered
    def post(self, request: Request, contract_id: UUID) -> Response:
        """Remind the worker to sign: a new link by text message, twice a day at most."""
        principal = principal_of(request)
        reaching.remind_worker(principal=principal, contract_id=contract_id)
        return Response(_reached(selectors.contract_of(principal, contract_id)), 202)


class AnewView(APIView):
    throttle_scope = "member"

    @extend_schema(
        operation_id="contract_send_anew", request=AnewSerializer, responses={202: ReachedSerializer}
    )
    @remembered
    def post(self, request: Request, contract_id: UUID) -> Response:
        """Send the invitation again, to the right phone; links, sessions and codes before it are void."""
        wish = AnewSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        mobile = wish.validated_data.get("mobile")
        try:
            checked = numbers.check_mobile(mobile) if mobile else None
        except numbers.NumberError as error:
            raise Refused("invalid_input", faults=[error.fault_at("/mobile")]) from error
        principal = principal_of(request)
        reaching.send_anew(principal=principal, contract_id=contract_id, mobile=checked)
        return Response(_reached(selectors.contract_of(principal, contract_id)), 202)


class PaperPagination(KeyPagination):
    """The newest wish first."""

    ordering = "-asked_at"


class PaperRequestsView(generics.ListAPIView[PaperRequest]):
    """The workers' wishes for a copy on paper."""

    throttle_scope = "member"
    serializer_class = PaperSerializer
    pagination_class = PaperPagination
    filterset_fields = ("state", "contract")
    queryset = PaperRequest.objects.none()

    def get_queryset(self):  # type: ignore[no-untyped-def]  # DRF's own signature is looser than ours
        return selectors.paper_requests_of(principal_of(self.request))


class PaperGivenView(APIView):
    throttle_scope = "member"

    @extend_schema(operation_id="paper_request_given", request=None, responses=PaperSerializer)
    @remembered
    def post(self, request: Request, wish_id: UUID) -> Response:
        """The copy was handed over."""
        wish = reaching.give_paper(principal=principal_of(request), wish_id=wish_id)
        return Response(PaperSerializer(wish).data)


def _reached(contract: Contract) -> Any:
    asked = person_asked(contract.signature_request) if contract.signature_request else None
    return ReachedSerializer(
        {
            "wrong_person_at": contract.wrong_person_at,
            "downloaded_at": asked.downloaded_at if asked else None,
            "notices": notices_of(contract.subject),
        }
    ).data
