"""Addresses below /templates/."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from accounts.web import menu
from accounts.web.listing import listed
from contracts.web import template_drafts as drafts
from contracts.web import template_fields as fields
from contracts.web import template_uploads as uploads
from contracts.web import template_views as views
from contracts.web.template_tables import TEMPLATES

app_name = "templates"
urlpatterns = [
    path("", listed(TEMPLATES), name="list"),
    path("upload/", uploads.upload, name="upload"),
    path("<uuid:template_id>/", views.template_page, name="template"),
    path("<uuid:template_id>/draft/", drafts.start, name="start"),
    path("<uuid:template_id>/edit/", drafts.edit, name="edit"),
    path("<uuid:template_id>/save/", drafts.save, name="save"),
    path("<uuid:template_id>/find/", fields.find, name="find"),
    path("<uuid:template_id>/sheets/<int:page>/", fields.sheet_picture, name="sheet"),
    path("<uuid:template_id>/publish/", drafts.publish, name="publish"),
    path("<uuid:template_id>/compare/", views.compare_page, name="compare"),
    path("<uuid:template_id>/<int:number>/", views.preview_page, name="preview"),
    path("<uuid:template_id>/<int:number>/<int:page>/", views.page_picture, name="page"),
]

menu.add(menu.Entry(40, _("模板"), "templates:list", "template"))
