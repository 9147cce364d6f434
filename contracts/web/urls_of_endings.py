"""Addresses of the pages about endings. The page of one ending is filing_bridge's, which knows its filing."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from accounts.web import menu
from accounts.web.listing import listed
from contracts.web import ending_acts, endings
from contracts.web.ending_tables import ENDINGS

app_name = "endings"
urlpatterns = [
    path("contracts/<uuid:contract_id>/end/", endings.choose, name="choose"),
    path("contracts/<uuid:contract_id>/end/<slug:code>/", endings.fill, name="fill"),
    path("contracts/<uuid:contract_id>/end/<slug:code>/preview/", endings.preview, name="preview"),
    path("contracts/<uuid:contract_id>/end/<slug:code>/certificate/", endings.picture, name="picture"),
    path("endings/", listed(ENDINGS), name="list"),
    path("endings/<uuid:termination_id>/withdraw/", ending_acts.withdraw, name="withdraw"),
    path("endings/<uuid:termination_id>/seal/", ending_acts.seal, name="seal"),
    path("endings/<uuid:termination_id>/document/", ending_acts.document, name="document"),
    path("endings/<uuid:termination_id>/<slug:name>/", ending_acts.hand_over, name="hand_over"),
]

menu.add(menu.Entry(25, _("解除终止"), "endings:list", "user-minus"))
