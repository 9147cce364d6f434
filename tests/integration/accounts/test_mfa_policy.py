"""An employer may ask all members for a second factor; who has none looks and does nothing."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from accounts import selectors
from accounts.models import Employer, Membership
from accounts.services import employers
from core.errors import Refused
from core.models import AuditEvent
from core.principal import Permission, Role
from tests.integration.accounts.conftest import everything
from tests.support import accounts as make


def give_factor(member: Membership, kind: str = "totp") -> None:
    Authenticator.objects.create(user=member.user, type=kind, data={})


@pytest.fixture
def chief(employer: Employer) -> Membership:
    """An owner who has a second factor."""
    member = make.make_member(employer, Role.OWNER)
    give_factor(member, "webauthn")
    return member


def test_who_has_no_second_factor_only_looks(employer: Employer, chief: Membership) -> None:
    clerk = make.make_member(employer, Role.CLERK)
    client = make.client_of(clerk)
    body = {**make.WORKER, "sex": "1"}
    assert make.client_of(chief).send("put", "employers/me/mfa/", {"required": True}).status_code == 200

    before = everything()
    refused = client.send("post", "workers/", body)
    assert (refused.status_code, refused.json()["code"]) == (403, "mfa_required")
    assert everything() == before
    assert client.send("get", "workers/").status_code == 200

    give_factor(clerk)
    assert client.send("post", "workers/", body).status_code == 201


def test_every_permission_but_reading_is_refused(employer: Employer, chief: Membership) -> None:
    employers.require_mfa(principal=selectors.member_principal(chief), required=True)
    employer.refresh_from_db()
    for role in (Role.OWNER, Role.CLERK, Role.SEAL_KEEPER):
        principal = make.make_principal(employer, role)
        for permission in principal.permissions - {Permission.READ}:
            with pytest.raises(Refused, match="mfa_required"):
                principal.require(permission)
        principal.require(Permission.READ)
    selectors.member_principal(chief).require(Permission.MANAGE_PROFILE)


def test_recovery_codes_alone_are_no_second_factor(employer: Employer, chief: Membership) -> None:
    employer.requires_mfa = True
    employer.save()
    clerk = make.make_member(employer, Role.CLERK)
    give_factor(clerk, "recovery_codes")
    assert selectors.member_principal(clerk).needs_mfa


def test_an_owner_does_not_lock_themselves_out(employer: Employer, owner: Any) -> None:
    before = everything()
    assert owner.send("put", "employers/me/mfa/", {"required": True}).json()["code"] == "mfa_first_your_own"
    assert everything() == before


@pytest.mark.parametrize("role", [Role.CLERK, Role.SEAL_KEEPER, Role.AUDITOR])
def test_only_owners_set_the_rule(employer: Employer, role: Role) -> None:
    member = make.make_member(employer, role)
    give_factor(member)
    before = everything()
    answer = make.client_of(member).send("put", "employers/me/mfa/", {"required": True})
    assert answer.status_code == 403
    if role is Role.CLERK:
        events = AuditEvent.objects.filter(action__startswith="employer.mfa")
        assert not events.exists()
    assert everything()["Employer"] == before["Employer"]


def test_the_rule_is_on_record_once(employer: Employer, chief: Membership) -> None:
    principal = selectors.member_principal(chief)
    for required in (True, True, False):
        employers.require_mfa(principal=principal, required=required)
    actions = AuditEvent.objects.filter(action__startswith="employer.mfa").order_by("at")
    assert [event.action for event in actions] == ["employer.mfa_required", "employer.mfa_optional"]


def test_members_are_shown_with_what_they_have(employer: Employer, chief: Membership) -> None:
    make.make_member(employer, Role.CLERK)
    auditor = make.make_principal(employer, Role.AUDITOR)
    shown = {member.role: member.has_mfa for member in selectors.members_of(auditor)}  # type: ignore[attr-defined]
    assert shown == {"owner": True, "clerk": False, "auditor": False}
