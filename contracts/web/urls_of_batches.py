"""Addresses of the employers' pages about bulk sheets."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from accounts.web import menu
from accounts.web.listing import listed
from contracts.web import batch_acts as acts
from contracts.web import batch_rows as rows
from contracts.web import batch_uploads as uploads
from contracts.web import batch_views as batches
from contracts.web.batch_tables import BATCHES

app_name = "batches"
urlpatterns = [
    path("", listed(BATCHES), name="list"),
    path("new/", uploads.upload, name="new"),
    path("sheets/<slug:slug>/", uploads.sheet, name="sheet"),
    path("<uuid:batch_id>/", batches.batch_page, name="batch"),
    path("<uuid:batch_id>/progress/", batches.progress, name="progress"),
    path("<uuid:batch_id>/columns/", uploads.columns, name="columns"),
    path("<uuid:batch_id>/faults/", batches.faults_file, name="faults"),
    path("<uuid:batch_id>/rows/<int:number>/", rows.row_page, name="row"),
    path("<uuid:batch_id>/rows/<int:number>/pages/<int:page>/", rows.picture, name="picture"),
    path("<uuid:batch_id>/<slug:name>/", acts.act, name="act"),
]

menu.add(menu.Entry(50, _("批量发送"), "batches:list", "stack-2"))
