"""The map of all addresses."""

from django.urls import URLPattern, URLResolver, include, path

from config.health import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", health),
    path("i18n/", include("django.conf.urls.i18n")),
    path("sign/", include("signing.web.urls")),
    path("mine/", include("filing_bridge.web.mine.urls")),
    path("account/", include("accounts.web.urls")),
    path("account/", include("allauth.urls")),
    path("api/v1/", include("config.api")),
    path("verify/filings/", include("filing_bridge.web.checking")),
    path("verify/", include("contracts.web.verify")),
    path("help/", include("accounts.web.urls_of_help")),
    path("settings/", include("accounts.web.urls_of_organisation")),
    path("", include("contracts.web.urls_of_seals")),
    path("endings/batches/", include("filing_bridge.web.urls_of_ending_batches")),
    path("", include("contracts.web.urls_of_changes")),
    path("", include("contracts.web.urls_of_endings")),
    path("", include("contracts.web.urls_of_suspensions")),
    path("audit/", include("filing_bridge.web.audit")),
    path("batches/", include("contracts.web.urls_of_batches")),
    path("templates/", include("contracts.web.urls_of_templates")),
    path("", include("filing_bridge.web.urls")),
]
