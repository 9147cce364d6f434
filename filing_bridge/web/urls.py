"""Addresses of the employers' pages."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from accounts.web import menu
from accounts.web.listing import listed
from contracts.web import importing, reaching
from contracts.web.deadline_tables import DEADLINES
from filing_bridge.web import (
    acts,
    again,
    changes,
    changing,
    confirming,
    corrections,
    downloads,
    endings,
    overview,
    people,
    record,
    sending,
    sheets,
    support,
    suspensions,
    views,
    wishes,
)
from filing_bridge.web.change_tables import CHANGES
from filing_bridge.web.correction_tables import CORRECTIONS
from filing_bridge.web.tables import CONTRACTS, FILINGS, WORKERS

app_name = "portal"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("contracts/", listed(CONTRACTS), name="contracts"),
    path("contracts/new/", sending.start, name="send"),
    path("contracts/new/terms/", sending.terms, name="terms"),
    path("contracts/preview/", sending.preview, name="preview"),
    path("contracts/<uuid:contract_id>/edit/", sending.edit, name="edit_draft"),
    path("contracts/<uuid:contract_id>/pages/<int:number>/", sheets.sheet, name="sheet"),
    path("contracts/<uuid:contract_id>/", views.contract_page, name="contract"),
    path("contracts/<uuid:contract_id>/remind/", acts.remind, name="remind"),
    path("contracts/<uuid:contract_id>/anew/", reaching.send_anew, name="send_anew"),
    path("contracts/<uuid:contract_id>/paper/", reaching.paper_given, name="paper_given"),
    path("contracts/<uuid:contract_id>/signed-file/", importing.signed_file, name="signed_file"),
    path("contracts/<uuid:contract_id>/withdraw/", acts.withdraw, name="withdraw"),
    path("contracts/<uuid:contract_id>/extend/", acts.extend, name="extend"),
    path("contracts/<uuid:contract_id>/document/", downloads.document, name="document"),
    path("contracts/<uuid:contract_id>/evidence/", downloads.evidence_package, name="evidence"),
    path("contracts/<uuid:contract_id>/change/", changing.fill, name="change_contract"),
    path("contracts/<uuid:contract_id>/change/preview/", changing.preview, name="preview_change"),
    path("contracts/<uuid:contract_id>/change/pages/<int:number>/", changing.sheet, name="change_sheet"),
    path("changes/", listed(CHANGES), name="changes"),
    path("changes/<uuid:change_id>/", changes.change_page, name="change"),
    path("deadlines/", listed(DEADLINES), name="deadlines"),
    path("endings/<uuid:termination_id>/", endings.ending_page, name="ending"),
    path("suspensions/<uuid:suspension_id>/", suspensions.suspension_page, name="suspension"),
    path("workers/", listed(WORKERS), name="workers"),
    path("workers/new/", people.new_worker, name="new_worker"),
    path("workers/<uuid:worker_id>/", people.worker_page, name="worker"),
    path("workers/<uuid:worker_id>/edit/", people.edit_worker, name="edit_worker"),
    path("support/", support.support, name="support"),
    path("support/bundle/", support.bundle, name="support_bundle"),
    path("workers/wishes/<uuid:roster_wish_id>/", wishes.decide, name="roster_wish"),
    path("filings/", listed(FILINGS), name="filings"),
    path("filings/<uuid:filing_id>/again/", again.file_again, name="file_again"),
    path("filings/<uuid:filing_id>/receipt/", downloads.receipt, name="receipt"),
    path("filings/<uuid:filing_id>/confirm/", confirming.confirm, name="confirm_filing"),
    path("filings/<uuid:filing_id>/form/", downloads.form, name="form"),
    path("filings/<uuid:filing_id>/record/", record.record_page, name="record"),
    path("filings/<uuid:filing_id>/slips/<int:number>/", downloads.slip, name="slip"),
    path("filings/<uuid:filing_id>/correct/", corrections.correct, name="correct_filing"),
    path("filings/<uuid:filing_id>/void/", corrections.void, name="void_filing"),
    path("corrections/", listed(CORRECTIONS), name="corrections"),
    path("corrections/<uuid:correction_id>/", corrections.correction_page, name="correction"),
    path("corrections/<uuid:correction_id>/confirm/", corrections.confirm, name="confirm_correction"),
    path("corrections/<uuid:correction_id>/decline/", corrections.decline, name="decline_correction"),
    path("corrections/<uuid:correction_id>/withdraw/", corrections.withdraw, name="withdraw_correction"),
    path("corrections/<uuid:correction_id>/slip/", corrections.slip, name="correction_slip"),
    path("corrections/<uuid:correction_id>/evidence/", corrections.evidence, name="correction_evidence"),
]

menu.add(
    menu.Entry(10, _("概览"), "portal:overview", "home"),
    menu.Entry(20, _("合同"), "portal:contracts", "file-text"),
    menu.Entry(22, _("期限提醒"), "portal:deadlines", "calendar"),
    menu.Entry(24, _("合同变更"), "portal:changes", "edit"),
    menu.Entry(30, _("员工"), "portal:workers", "users"),
    menu.Entry(70, _("备案"), "portal:filings", "building"),
    menu.Entry(72, _("备案更正"), "portal:corrections", "pencil"),
)
