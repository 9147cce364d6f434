"""Addresses of this app below /api/v1/."""

from django.urls import path

from contracts.api import batches, reaching, sealing, views

urlpatterns = [
    path("templates/", views.TemplatesView.as_view()),
    path("contracts/", views.ContractsView.as_view()),
    path("contracts/<uuid:contract_id>/", views.ContractView.as_view()),
    path("contracts/<uuid:contract_id>/findings/", views.FindingsView.as_view()),
    path("contracts/<uuid:contract_id>/send/", views.SendView.as_view()),
    path("contracts/<uuid:contract_id>/withdraw/", views.WithdrawView.as_view()),
    path("contracts/<uuid:contract_id>/document/", views.DocumentView.as_view()),
    path("contracts/<uuid:contract_id>/facts/", views.FactsView.as_view()),
    path("contracts/<uuid:contract_id>/timeline/", views.TimelineView.as_view()),
    path("contracts/<uuid:contract_id>/notices/", reaching.ReachedView.as_view()),
    path("contracts/<uuid:contract_id>/remind/", reaching.RemindView.as_view()),
    path("contracts/<uuid:contract_id>/send-anew/", reaching.AnewView.as_view()),
    path("paper-requests/", reaching.PaperRequestsView.as_view()),
    path("paper-requests/<uuid:wish_id>/given/", reaching.PaperGivenView.as_view()),
    path("seal-applications/", sealing.ApplicationsView.as_view()),
    path("seal-applications/<uuid:application_id>/", sealing.ApplicationView.as_view()),
    path("seal-applications/<uuid:application_id>/approve/", sealing.ApproveView.as_view()),
    path("seal-applications/<uuid:application_id>/refuse/", sealing.RefuseView.as_view()),
    path("batch-sheets/<slug:slug>/", batches.SheetView.as_view()),
    path("batches/", batches.BatchesView.as_view()),
    path("batches/<uuid:batch_id>/", batches.BatchView.as_view()),
    path("batches/<uuid:batch_id>/mapping/", batches.MappingView.as_view()),
    path("batches/<uuid:batch_id>/rows/", batches.RowsView.as_view()),
    path("batches/<uuid:batch_id>/rows/<int:number>/", batches.RowView.as_view()),
    path("batches/<uuid:batch_id>/rows/<int:number>/preview/", batches.RowPreviewView.as_view()),
    path("batches/<uuid:batch_id>/faults/", batches.FaultsFileView.as_view()),
    path("batches/<uuid:batch_id>/confirm/", batches.ConfirmView.as_view()),
    path("batches/<uuid:batch_id>/pause/", batches.PauseView.as_view()),
    path("batches/<uuid:batch_id>/resume/", batches.ResumeView.as_view()),
    path("batches/<uuid:batch_id>/cancel/", batches.CancelView.as_view()),
    path("batches/<uuid:batch_id>/retry/", batches.RetryView.as_view()),
]
