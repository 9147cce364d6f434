"""REST endpoints of webhooks."""

from uuid import UUID

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import StrictSerializer, principal_of, remembered
from core.errors import Refused
from core.principal import Permission, Principal
from core.webhooks import services
from core.webhooks.models import WebhookAttempt, WebhookEndpoint


class RegistrationSerializer(StrictSerializer):
    """`topics` are names like `filing.accepted`, or `*` for all."""

    url = serializers.CharField(max_length=500)
    topics = serializers.ListField(
        child=serializers.RegexField(r"^(\*|[a-z_]+\.[a-z_]+)$", max_length=60), min_length=1, max_length=50
    )


class EndpointSerializer(serializers.ModelSerializer[WebhookEndpoint]):
    class Meta:
        model = WebhookEndpoint
        fields = ("id", "url", "topics", "active", "failures", "paused_until", "created_at")


class RegisteredSerializer(serializers.ModelSerializer[WebhookEndpoint]):
    """The only answer that shows the secret."""

    class Meta:
        model = WebhookEndpoint
        fields = (*EndpointSerializer.Meta.fields, "secret")


class AttemptSerializer(serializers.ModelSerializer[WebhookAttempt]):
    event = serializers.UUIDField(source="delivery.event_id")
    topic = serializers.CharField(source="delivery.event.topic")
    state = serializers.CharField(source="delivery.state")
    ended_at = serializers.DateTimeField(source="created_at")

    class Meta:
        model = WebhookAttempt
        fields = ("id", "event", "topic", "state", "started_at", "ended_at", "status", "error")


def _endpoints(principal: Principal) -> QuerySet[WebhookEndpoint]:
    principal.require(Permission.READ)
    return WebhookEndpoint.objects.filter(tenant=principal.tenant, active=True)


def _endpoint(principal: Principal, webhook_id: UUID) -> WebhookEndpoint:
    endpoint = _endpoints(principal).filter(pk=webhook_id).first()
    if endpoint is None:
        raise Refused("not_found")
    return endpoint


class WebhooksView(generics.ListAPIView[WebhookEndpoint]):
    throttle_scope = "member"
    serializer_class = EndpointSerializer
    queryset = WebhookEndpoint.objects.none()

    def get_queryset(self):  # type: ignore[no-untyped-def]  # DRF's own signature is looser than ours
        return _endpoints(principal_of(self.request))

    @extend_schema(request=RegistrationSerializer, responses={201: RegisteredSerializer})
    @remembered
    def post(self, request: Request) -> Response:
        """Register an address. The answer shows the signing secret, once."""
        wish = RegistrationSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        endpoint = services.register_endpoint(principal=principal_of(request), **wish.validated_data)
        return Response(RegisteredSerializer(endpoint).data, 201)


class WebhookView(APIView):
    throttle_scope = "member"

    @extend_schema(responses=EndpointSerializer)
    def get(self, request: Request, webhook_id: UUID) -> Response:
        """One address."""
        return Response(EndpointSerializer(_endpoint(principal_of(request), webhook_id)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, webhook_id: UUID) -> Response:
        """Stop sending to it."""
        services.remove_endpoint(
            principal=principal_of(request), endpoint=_endpoint(principal_of(request), webhook_id)
        )
        return Response(status=204)


class AttemptsView(generics.ListAPIView[WebhookAttempt]):
    """Every call to one address, newest first."""

    throttle_scope = "member"
    serializer_class = AttemptSerializer
    queryset = WebhookAttempt.objects.none()

    def get_queryset(self):  # type: ignore[no-untyped-def]  # DRF's own signature is looser than ours
        endpoint = _endpoint(principal_of(self.request), self.kwargs["webhook_id"])
        return WebhookAttempt.objects.filter(delivery__endpoint=endpoint).select_related("delivery__event")


class ReplayView(APIView):
    throttle_scope = "member"

    @extend_schema(request=None, responses={202: None})
    @remembered
    def post(self, request: Request, attempt_id: UUID) -> Response:
        """Send the event of this attempt again, under the same event id."""
        principal = principal_of(request)
        attempt = (
            WebhookAttempt.objects.filter(pk=attempt_id, delivery__endpoint__tenant=principal.tenant)
            .select_related("delivery__endpoint")
            .first()
        )
        if attempt is None:
            raise Refused("not_found")
        services.replay(principal=principal, attempt=attempt)
        return Response(None, 202)


urlpatterns = [
    path("webhooks/", WebhooksView.as_view()),
    path("webhooks/<uuid:webhook_id>/", WebhookView.as_view()),
    path("webhooks/<uuid:webhook_id>/attempts/", AttemptsView.as_view()),
    path("webhooks/attempts/<uuid:attempt_id>/replay/", ReplayView.as_view()),
]
