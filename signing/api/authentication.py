"""A signing session's secret as DRF authentication: `Authorization: Bearer <secret>`."""

from dataclasses import dataclass

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from signing.models import SigningSession
from signing.services.sessions import session_of


@dataclass(frozen=True)
class SigningCaller:
    """Whoever holds a session's secret. `actor` keeps remembered answers of sessions apart."""

    session: SigningSession

    @property
    def actor(self) -> str:
        return f"session:{self.session.pk}"


class SessionAuthentication(BaseAuthentication):
    """Raises the refusals of `session_of`; no header at all is `not_authenticated`."""

    def authenticate(self, request: Request) -> tuple[None, SigningCaller] | None:
        kind, _, secret = get_authorization_header(request).partition(b" ")
        if kind.lower() != b"bearer":
            return None
        return None, SigningCaller(session_of(secret.decode("latin-1").strip()))

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class HasSession(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.auth, SigningCaller)


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # drf-spectacular's base is untyped
    target_class = SessionAuthentication
    name = "signingSession"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "签署会话密钥 The secret that /sign/exchange/ gives out.",
        }
