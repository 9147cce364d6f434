"""Addresses below /sign/: one per step, so that the browser's Back works."""

from django.urls import path

from signing.web import views

app_name = "signing"
urlpatterns = [
    path("", views.step, {"name": "landing"}, name="landing"),
    *(
        path(f"{name}/", views.step, {"name": name}, name=name)
        for name in ("identity", "read", "pad", "place", "confirm", "done")
    ),
    path("file/<str:ticket>/", views.document, name="document"),
]
