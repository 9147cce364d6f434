"""Addresses of the pages about seals and sealing."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from accounts.web import menu
from accounts.web.listing import listed
from contracts.web import sealing, seals
from contracts.web.seal_tables import APPLICATIONS, SEALS, USES

app_name = "seals"
urlpatterns = [
    path("sealing/", listed(APPLICATIONS), name="sealing"),
    path("sealing/all/", sealing.decide_all, name="decide_all"),
    path("sealing/decide/", sealing.decide, name="decide"),
    path("sealing/sample/", sealing.sample, name="sample"),
    path("sealing/sample/<int:use_id>/<int:number>/", sealing.sheet, name="sheet"),
    path("sealing/sample/<int:use_id>/<int:number>/image/", sealing.sheet_image, name="sheet_image"),
    path("sealing/progress/", sealing.progress, name="progress"),
    path("sealing/progress/now/", sealing.progress_piece, name="progress_piece"),
    path("sealing/<uuid:application_id>/", sealing.application_page, name="application"),
    path("sealing/<uuid:application_id>/decide/", sealing.decide_one, name="decide_one"),
    path("sealing/<uuid:application_id>/refuse/", sealing.refuse, name="refuse"),
    path("sealing/<uuid:application_id>/repeat/", sealing.repeat, name="repeat"),
    path("seals/", listed(SEALS), name="seals"),
    path("seals/new/", seals.new_seal, name="new"),
    path("seals/uses/", listed(USES), name="uses"),
    path("seals/certificate/", seals.certificate, name="certificate"),
    path("seals/<uuid:seal_id>/", seals.seal_page, name="seal"),
    path("seals/<uuid:seal_id>/picture/", seals.picture, name="picture"),
    path("seals/<uuid:seal_id>/proof/", seals.proof, name="proof"),
    path("seals/<uuid:seal_id>/state/", seals.change_state, name="state"),
    path("seals/<uuid:seal_id>/limits/", seals.limits, name="limits"),
    path("seals/<uuid:seal_id>/holder/", seals.hand_over, name="holder"),
    path("seals/<uuid:seal_id>/grants/", seals.grant, name="grant"),
    path("seals/<uuid:seal_id>/grants/<uuid:grant_id>/end/", seals.end_grant, name="end_grant"),
]

menu.add(
    menu.Entry(55, _("盖章"), "seals:sealing", "rubber-stamp"),
    menu.Entry(60, _("印章"), "seals:seals", "shield-check"),
)
