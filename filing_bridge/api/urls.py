"""Addresses of this app below /api/v1/."""

from django.urls import path

from filing_bridge.api import corrections, ending_batches, evidence, outages, sheets, views

urlpatterns = [
    path("corrections/", corrections.CorrectionsView.as_view()),
    path("corrections/<uuid:correction_id>/", corrections.CorrectionView.as_view()),
    path("corrections/<uuid:correction_id>/confirm/", corrections.ConfirmView.as_view()),
    path("corrections/<uuid:correction_id>/decline/", corrections.DeclineView.as_view()),
    path("corrections/<uuid:correction_id>/withdraw/", corrections.WithdrawView.as_view()),
    path("contracts/<uuid:contract_id>/evidence/", evidence.EvidenceView.as_view()),
    path("ending-batches/", ending_batches.EndingBatchesView.as_view()),
    path("ending-batches/sheet/", ending_batches.EndingSheetView.as_view()),
    path("ending-batches/<uuid:batch_id>/", ending_batches.EndingBatchView.as_view()),
    path("ending-batches/<uuid:batch_id>/dates/", ending_batches.EndingDatesView.as_view()),
    path("ending-batches/<uuid:batch_id>/papers/<slug:paper>/", ending_batches.EndingPaperView.as_view()),
    path("ending-batches/<uuid:batch_id>/rows/", ending_batches.EndingRowsView.as_view()),
    path("ending-batches/<uuid:batch_id>/rows/<int:number>/", ending_batches.EndingRowView.as_view()),
    path("ending-batches/<uuid:batch_id>/rows/<int:number>/go/", ending_batches.EndingRowGoView.as_view()),
    path("ending-batches/<uuid:batch_id>/rows/<int:number>/out/", ending_batches.EndingRowOutView.as_view()),
    path("ending-batches/<uuid:batch_id>/<slug:act>/", ending_batches.EndingActView.as_view()),
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
    path("filings/<uuid:filing_id>/slips/<int:number>/", views.SlipView.as_view()),
    path("filings/<uuid:filing_id>/confirmation/", views.ConfirmationView.as_view()),
    path("filings/<uuid:filing_id>/correction-slip/", views.CorrectionSlipView.as_view()),
    path("filings/<uuid:filing_id>/corrections/", corrections.ProposeView.as_view()),
    path("filings/<uuid:filing_id>/void/", corrections.VoidView.as_view()),
    path("filings/<uuid:filing_id>/retry/", views.RetryView.as_view()),
]
