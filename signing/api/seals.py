"""REST endpoints of an organisation's seals. Applications for their use belong to the app above."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import principal_of, remembered
from signing import selectors
from signing.api.serializers import NewSealSerializer, SealSerializer, SealUseSerializer
from signing.domain import SealKind, SealState
from signing.services import seals

USES_SHOWN = 500


class SealsView(APIView):
    throttle_scope = "member"

    @extend_schema(operation_id="seals_list", responses=SealSerializer(many=True))
    def get(self, request: Request) -> Response:
        """All seals of the organisation."""
        return Response(SealSerializer(selectors.seals_of(principal_of(request)), many=True).data)

    @extend_schema(operation_id="seals_create", request=NewSealSerializer, responses={201: SealSerializer})
    @remembered
    def post(self, request: Request) -> Response:
        """Make a seal drawn by rule, with the organisation's legal name."""
        wish = NewSealSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        given = dict(wish.validated_data)
        principal = principal_of(request)
        holder = f"user:{given.pop('holder', principal.user_id)}"
        kind = SealKind(given.pop("kind"))
        limits = seals.Limits(given.pop("batch_limit", None), given.pop("daily_limit", None))
        seal = seals.create_seal(principal=principal, kind=kind, holder=holder, limits=limits, **given)
        return Response(SealSerializer(seal).data, 201)


class SealStateView(APIView):
    throttle_scope = "member"
    state = SealState.SUSPENDED

    @extend_schema(request=None, responses=SealSerializer)
    @remembered
    def post(self, request: Request, seal_id: UUID) -> Response:
        """Suspend the seal, or put it back into use."""
        seal = seals.set_seal_state(principal=principal_of(request), seal_id=seal_id, state=self.state)
        return Response(SealSerializer(seal).data)


class SealUsesView(APIView):
    throttle_scope = "member"

    @extend_schema(operation_id="seals_uses", responses=SealUseSerializer(many=True))
    def get(self, request: Request, seal_id: UUID) -> Response:
        """The newest uses of the seal: who asked, who approved, which document."""
        uses = selectors.uses_of(principal_of(request), seal_id)[:USES_SHOWN]
        return Response(SealUseSerializer(uses, many=True).data)
