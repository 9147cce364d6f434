"""Addresses below /mine/: 我的合同."""

from django.urls import path

from filing_bridge.web.mine import corrections, entering, views

app_name = "mine"
urlpatterns = [
    path("", views.contracts, name="contracts"),
    path("enter/", entering.enter, name="enter"),
    path("enter/code/", entering.code, name="code"),
    path("enter/number/", entering.number, name="number"),
    path("leave/", entering.go, name="leave"),
    path("language/", entering.language, name="language"),
    path("phone/", entering.phone, name="phone"),
    path("phone/code/", entering.phone_code, name="phone_code"),
    path("phone/done/", entering.phone_done, name="phone_done"),
    path("data/", views.data, name="data"),
    path("data/corrections/", corrections.corrections, name="corrections"),
    path("contracts/<uuid:contract_id>/", views.contract, name="contract"),
    path("contracts/<uuid:contract_id>/document/", views.document, name="document"),
    path("contracts/<uuid:contract_id>/certificate/", views.certificate, name="certificate"),
    path("contracts/<uuid:contract_id>/changes/<uuid:change_id>/", views.agreement, name="agreement"),
    path(
        "contracts/<uuid:contract_id>/suspensions/<uuid:suspension_id>/", views.suspension, name="suspension"
    ),
    path("contracts/<uuid:contract_id>/evidence/", views.evidence_package, name="evidence"),
    path("contracts/<uuid:contract_id>/paper/", views.paper, name="paper"),
    path("contracts/<uuid:contract_id>/link/", views.link, name="link"),
]
