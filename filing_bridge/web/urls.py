"""Addresses of the employers' pages."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from accounts.web import menu
from accounts.web.listing import listed
from filing_bridge.web import downloads, views
from filing_bridge.web.tables import CONTRACTS, FILINGS

app_name = "portal"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("contracts/", listed(CONTRACTS), name="contracts"),
    path("contracts/<uuid:contract_id>/", views.contract_page, name="contract"),
    path("contracts/<uuid:contract_id>/document/", downloads.document, name="document"),
    path("contracts/<uuid:contract_id>/evidence/", downloads.evidence_package, name="evidence"),
    path("filings/", listed(FILINGS), name="filings"),
    path("filings/<uuid:filing_id>/receipt/", downloads.receipt, name="receipt"),
    path("filings/<uuid:filing_id>/form/", downloads.form, name="form"),
]

menu.add(
    menu.Entry(10, _("概览"), "portal:overview", "home"),
    menu.Entry(20, _("合同"), "portal:contracts", "file-text"),
    menu.Entry(70, _("备案"), "portal:filings", "building"),
)
