"""The REST API, version 1: each app brings its own addresses."""

from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("", include("accounts.api.urls")),
    path("", include("signing.api.urls")),
    path("", include("contracts.api.urls")),
    path("", include("filing_bridge.api.urls")),
    path("", include("core.webhooks.api")),
]
