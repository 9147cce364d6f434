"""Addresses below /api/v1/ that belong to accounts."""

from django.urls import URLPattern, path

from accounts.api import changes, notices, views, workers
from accounts.services import employers

urlpatterns: list[URLPattern] = [
    path("employers/", views.EmployersView.as_view()),
    path("employers/me/", views.MyEmployerView.as_view()),
    path("employers/me/signing/", views.SigningChoicesView.as_view()),
    path("operator/employers/", views.OperatorEmployersView.as_view()),
    path("operator/employers/<uuid:employer_id>/licence/", views.LicenceView.as_view()),
    path("operator/employers/<uuid:employer_id>/approve/", views.DecideEmployerView.as_view()),
    path(
        "operator/employers/<uuid:employer_id>/reject/",
        views.DecideEmployerView.as_view(decide=employers.reject_employer),
    ),
    path("employers/me/mfa/", views.MfaPolicyView.as_view()),
    path("operator/profile-changes/", changes.ProfileChangesView.as_view()),
    path("operator/profile-changes/<uuid:change_id>/evidence/", changes.EvidenceView.as_view()),
    path("operator/profile-changes/<uuid:change_id>/approve/", changes.ApproveChangeView.as_view()),
    path("operator/profile-changes/<uuid:change_id>/refuse/", changes.RefuseChangeView.as_view()),
    path("operator/notices/", notices.NoticesView.as_view()),
    path("operator/notices/<uuid:notice_id>/withdraw/", notices.WithdrawNoticeView.as_view()),
    path("members/", views.MembersView.as_view()),
    path("members/<uuid:membership_id>/role/", views.MemberRoleView.as_view()),
    path("members/<uuid:membership_id>/remove/", views.RemoveMemberView.as_view()),
    path("members/invitations/", views.InvitationsView.as_view()),
    path("invitations/accept/", views.AcceptInvitationView.as_view()),
    path("sessions/", views.SessionsView.as_view()),
    path("api-keys/", views.ApiKeysView.as_view()),
    path("api-keys/<uuid:key_id>/revoke/", views.RevokeApiKeyView.as_view()),
    path("me/totp/", views.TotpView.as_view()),
    path("me/totp/confirm/", views.ConfirmTotpView.as_view()),
    path("workers/", workers.WorkersView.as_view()),
    path("workers/search/", workers.SearchWorkersView.as_view()),
    path("workers/<uuid:worker_id>/", workers.WorkerView.as_view()),
    path("workers/<uuid:worker_id>/reveal/", workers.RevealWorkerView.as_view()),
]
