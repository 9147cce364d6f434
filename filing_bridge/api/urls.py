"""Addresses of this app below /api/v1/."""

from django.urls import path

from filing_bridge.api import evidence, outages, sheets, views

urlpatterns = [
    path("contracts/<uuid:contract_id>/evidence/", evidence.EvidenceView.as_view()),
    path("filings/", views.FilingsView.as_view()),
    path("filings/outages/", outages.OutagesView.as_view()),
    path("filings/counter-package/", outages.CounterPackageView.as_view()),
    path("filings/sheet/", sheets.SheetView.as_view()),
    path("filings/sheet/comparison/", sheets.SheetBackView.as_view()),
    path("filings/<uuid:filing_id>/", views.FilingView.as_view()),
    path("filings/<uuid:filing_id>/record/", views.RecordView.as_view()),
    path("filings/<uuid:filing_id>/receipt/", views.ReceiptView.as_view()),
    path("filings/<uuid:filing_id>/follow-up/", views.FollowUpView.as_view()),
    path("filings/<uuid:filing_id>/form/", views.FormView.as_view()),
    path("filings/<uuid:filing_id>/confirmation/", views.ConfirmationView.as_view()),
    path("filings/<uuid:filing_id>/correction-slip/", views.CorrectionSlipView.as_view()),
    path("filings/<uuid:filing_id>/retry/", views.RetryView.as_view()),
]
