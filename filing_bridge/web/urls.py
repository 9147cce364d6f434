"""Addresses of the employers' pages."""

from django.urls import path

from filing_bridge.web import downloads, views

app_name = "portal"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("contracts/", views.contract_list, name="contracts"),
    path("contracts/<uuid:contract_id>/", views.contract_page, name="contract"),
    path("contracts/<uuid:contract_id>/document/", downloads.document, name="document"),
    path("contracts/<uuid:contract_id>/evidence/", downloads.evidence_package, name="evidence"),
    path("filings/", views.filing_list, name="filings"),
    path("filings/<uuid:filing_id>/receipt/", downloads.receipt, name="receipt"),
    path("filings/<uuid:filing_id>/form/", downloads.form, name="form"),
]
