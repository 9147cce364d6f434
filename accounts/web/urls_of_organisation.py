"""Addresses of the organisation's settings."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from accounts.web import access, menu, organisation
from accounts.web.listing import listed
from accounts.web.org_tables import ATTEMPTS, INVITATIONS, KEYS, MEMBERS, WEBHOOKS

app_name = "org"
urlpatterns = [
    path("", organisation.settings_page, name="settings"),
    path("members/", listed(MEMBERS), name="members"),
    path("members/invite/", organisation.invite, name="invite"),
    path("members/<uuid:membership_id>/", organisation.member, name="member"),
    path("members/<uuid:membership_id>/remove/", organisation.remove, name="remove"),
    path("members/<uuid:membership_id>/unlock/", access.unlock, name="unlock"),
    path("roles/ask/", access.ask_for_role, name="ask_for_role"),
    path("roles/<uuid:request_id>/", access.decide_role, name="decide_role"),
    path("invitations/", listed(INVITATIONS), name="invitations"),
    path("invitations/<uuid:invitation_id>/withdraw/", organisation.withdraw, name="withdraw"),
    path("mfa/", organisation.mfa, name="mfa"),
    path("keys/", listed(KEYS), name="keys"),
    path("keys/new/", organisation.new_key, name="new_key"),
    path("keys/<uuid:key_id>/revoke/", organisation.revoke_key, name="revoke_key"),
    path("webhooks/", listed(WEBHOOKS), name="webhooks"),
    path("webhooks/new/", organisation.new_webhook, name="new_webhook"),
    path("webhooks/calls/", listed(ATTEMPTS), name="attempts"),
    path("webhooks/<uuid:webhook_id>/remove/", organisation.remove_webhook, name="remove_webhook"),
    path("signing/", organisation.signing, name="signing"),
    path("notifications/", organisation.notify, name="notifications"),
    path("profile/", organisation.profile, name="profile"),
    path("profile/change/", organisation.change_profile, name="change_profile"),
]

menu.add(menu.Entry(90, _("设置"), "org:settings", "settings"))
