"""Addresses of this app below /api/v1/."""

from django.urls import path

from signing.api import afterwards, seals, views
from signing.domain import SealState

urlpatterns = [
    path("sign/exchange/", views.ExchangeView.as_view()),
    path("sign/session/", views.StateView.as_view()),
    path("sign/identity/", views.IdentityView.as_view()),
    path("sign/identity/code/", views.IdentityCodeView.as_view()),
    path("sign/identity/resend/", views.ResendView.as_view()),
    path("sign/consents/", views.ConsentsView.as_view()),
    path("sign/document/", views.DocumentView.as_view()),
    path("sign/document/link/", views.DocumentLinkView.as_view()),
    path("sign/pages/<int:page>/", views.PageView.as_view()),
    path("sign/pages/<int:page>/words/", views.WordsView.as_view()),
    path("sign/companion/", views.CompanionView.as_view()),
    path("sign/typed-name/", views.TypedNameView.as_view()),
    path("sign/read/", views.ReadView.as_view()),
    path("sign/place/", views.PlaceView.as_view()),
    path("sign/code/", views.CodeView.as_view()),
    path("sign/confirm/", views.ConfirmView.as_view()),
    path("sign/status/", views.StatusView.as_view()),
    path("sign/refuse/", views.RefuseView.as_view()),
    path("sign/stranger/", afterwards.StrangerView.as_view()),
    path("sign/own-link/", afterwards.OwnLinkView.as_view()),
    path("sign/paper/", afterwards.PaperView.as_view()),
    path("seals/", seals.SealsView.as_view()),
    path("seals/<uuid:seal_id>/suspend/", seals.SealStateView.as_view(state=SealState.SUSPENDED)),
    path("seals/<uuid:seal_id>/restore/", seals.SealStateView.as_view(state=SealState.ACTIVE)),
    path("seals/<uuid:seal_id>/uses/", seals.SealUsesView.as_view()),
]
