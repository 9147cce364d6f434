"""Addresses of the pages about suspensions. The page of one is filing_bridge's, which knows its filing."""

from django.urls import path

from contracts.web import suspensions

app_name = "suspensions"
urlpatterns = [
    path("contracts/<uuid:contract_id>/suspend/", suspensions.suspend, name="suspend"),
    path("contracts/<uuid:contract_id>/resume/", suspensions.resume, name="resume"),
    path("suspensions/<uuid:suspension_id>/withdraw/", suspensions.withdraw, name="withdraw"),
    path("suspensions/<uuid:suspension_id>/seal/", suspensions.seal, name="seal"),
    path("suspensions/<uuid:suspension_id>/document/", suspensions.document, name="document"),
]
