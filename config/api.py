"""The REST API, version 1: each app brings its own addresses."""

from typing import Any

from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request
from rest_framework.views import APIView

from core.errors import Refused


@extend_schema(exclude=True)
class NoSuchAddressView(APIView):
    """Whatever is not an address of the API is refused in the API's own form, for every method."""

    authentication_classes = ()
    permission_classes = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise Refused("not_found")


urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("", include("accounts.api.urls")),
    path("", include("signing.api.urls")),
    path("", include("contracts.api.urls")),
    path("", include("filing_bridge.api.urls")),
    path("", include("core.webhooks.api")),
    re_path("", NoSuchAddressView.as_view()),
]
