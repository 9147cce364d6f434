"""Addresses of the pages about endings of many at once."""

from django.urls import path

from accounts.web.listing import listed
from filing_bridge.web import ending_batch_making as making
from filing_bridge.web import ending_batch_rows as rows
from filing_bridge.web import ending_batches as batches
from filing_bridge.web.ending_batch_tables import ENDING_BATCHES

app_name = "ending_batches"
urlpatterns = [
    path("", listed(ENDING_BATCHES), name="list"),
    path("new/", making.new, name="new"),
    path("sheet/", making.sheet, name="sheet"),
    path("<uuid:batch_id>/", batches.batch_page, name="batch"),
    path("<uuid:batch_id>/progress/", batches.progress, name="progress"),
    path("<uuid:batch_id>/file/", batches.rows_file, name="file"),
    path("<uuid:batch_id>/seal/", batches.seal, name="seal"),
    path("<uuid:batch_id>/dates/", batches.dates, name="dates"),
    path("<uuid:batch_id>/papers/<slug:name>/", rows.record, name="record"),
    path("<uuid:batch_id>/papers/<slug:name>/file/", rows.paper, name="paper"),
    path("<uuid:batch_id>/rows/<int:number>/", rows.row_page, name="row"),
    path("<uuid:batch_id>/rows/<int:number>/go/", rows.let_go, name="let_go"),
    path("<uuid:batch_id>/rows/<int:number>/out/", rows.leave_out, name="leave_out"),
    path("<uuid:batch_id>/<slug:name>/", batches.act, name="act"),
]
