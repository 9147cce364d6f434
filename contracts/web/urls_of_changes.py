"""Addresses of the acts about changes. Form, list and page are filing_bridge's, which knows the filings."""

from django.urls import path

from contracts.web import change_acts

app_name = "changes"
urlpatterns = [
    path("changes/<uuid:change_id>/withdraw/", change_acts.withdraw, name="withdraw"),
    path("changes/<uuid:change_id>/seal/", change_acts.seal, name="seal"),
    path("changes/<uuid:change_id>/document/", change_acts.document, name="document"),
]
