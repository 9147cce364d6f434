"""Pages of accounts that allauth does not have."""

from django.urls import path

from accounts.web import registering, views

app_name = "accounts"
urlpatterns = [
    path("employer/", views.act_for, name="act_for"),
    path("register/", registering.register, name="register"),
    path("invitation/<str:token>/", views.take_token, name="invitation"),
    path("invitation/", views.AcceptInvitation.as_view(), name="accept_invitation"),
]
