"""Invitations, roles, and leaving."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from allauth.account.models import EmailAddress

from accounts.domain import INVITATION_LIFE
from accounts.models import Employer, Invitation, Membership, OutgoingMail, User
from accounts.services import members
from core import clock
from core.errors import Refused
from core.models import AuditEvent, WorkItem
from core.principal import Role
from tests.integration.accounts.conftest import deliver_mail, everything, token_in
from tests.support import accounts as make
from tests.support.accounts import PASSWORD, Client

CLERK = {"email": "Clerk@Example.com", "role": "clerk"}


def invite(owner: Client, **changes: str) -> str:
    """Invite, deliver, and return the token."""
    answer = owner.send("post", "members/invitations/", {**CLERK, **changes})
    assert answer.status_code == 201, answer.json()
    return token_in(deliver_mail()[-1])


def acceptance(token: str, **changes: str) -> dict[str, str]:
    return {"token": token, "name": "测试乙", "password": PASSWORD, **changes}


def test_invited_person_joins_with_the_offered_role(owner: Client, visitor: Client) -> None:
    token = invite(owner)

    answer = visitor.send("post", "invitations/accept/", acceptance(token))

    assert (answer.status_code, answer.json()["role"], answer.json()["email"]) == (
        201,
        "clerk",
        "clerk@example.com",
    )
    assert EmailAddress.objects.get(email="clerk@example.com").verified
    names = [row["email"] for row in owner.send("get", "members/?role=clerk").json()["results"]]
    assert names == ["clerk@example.com"]


def test_token_is_stored_hashed_and_leaves_by_mail_only(owner: Client) -> None:
    answer = owner.send("post", "members/invitations/", CLERK)
    token = token_in(deliver_mail()[0])

    row = Invitation.objects.values().get()
    assert token not in str(row)
    assert not OutgoingMail.objects.exists()
    assert token not in answer.content.decode()
    assert token not in owner.send("get", "members/invitations/").content.decode()
    assert not WorkItem.objects.exists()


def test_invitation_is_accepted_once(owner: Client, visitor: Client) -> None:
    token = invite(owner)
    visitor.send("post", "invitations/accept/", acceptance(token))
    before = everything()

    again = visitor.send("post", "invitations/accept/", acceptance(token))

    assert (again.status_code, again.json()["code"]) == (409, "invitation_invalid")
    assert everything() == before


def test_late_and_unknown_tokens_are_refused_alike(owner: Client, visitor: Client) -> None:
    token = invite(owner)
    before = everything()

    unknown = visitor.send("post", "invitations/accept/", acceptance("x" * 43))
    with time_machine.travel(clock.now() + INVITATION_LIFE + timedelta(seconds=1)):
        late = visitor.send("post", "invitations/accept/", acceptance(token))

    assert unknown.json() == late.json()
    assert late.json()["code"] == "invitation_invalid"
    assert everything() == before


@pytest.mark.parametrize("password", ["short", "1234567890123", "password123"])
def test_weak_password_is_refused_and_the_invitation_stays_open(
    owner: Client, visitor: Client, password: str
) -> None:
    token = invite(owner)
    before = everything()

    answer = visitor.send("post", "invitations/accept/", acceptance(token, password=password))

    assert answer.json()["code"] == "password_too_weak"
    assert password not in answer.content.decode()
    assert everything() == before
    assert visitor.send("post", "invitations/accept/", acceptance(token)).status_code == 201


def test_known_person_joins_a_second_employer_with_the_password(owner: Client, visitor: Client) -> None:
    make.make_member(make.make_employer(), email="clerk@example.com")
    token = invite(owner)
    before = everything()

    wrong = visitor.send("post", "invitations/accept/", acceptance(token, password="not-the-password"))
    assert (wrong.status_code, wrong.json()["code"]) == (401, "login_failed")
    assert everything() == before
    right = visitor.send("post", "invitations/accept/", acceptance(token))

    assert right.status_code == 201
    assert User.objects.filter(email="clerk@example.com").count() == 1
    assert Membership.objects.filter(user__email="clerk@example.com").count() == 2


def test_a_member_is_not_invited_again(owner: Client, visitor: Client) -> None:
    visitor.send("post", "invitations/accept/", acceptance(invite(owner)))
    before = everything()

    answer = owner.send("post", "members/invitations/", CLERK)

    assert (answer.status_code, answer.json()["code"]) == (409, "already_member")
    assert everything() == before


@pytest.mark.parametrize(
    "body", [{**CLERK, "role": "operator"}, {**CLERK, "role": "root"}, {"role": "clerk"}]
)
def test_malformed_invitation_is_refused(owner: Client, body: dict[str, str]) -> None:
    before = everything()

    answer = owner.send("post", "members/invitations/", body)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")
    assert everything() == before


@pytest.mark.parametrize("role", [Role.CLERK, Role.SEAL_KEEPER, Role.AUDITOR])
def test_only_owners_manage_members(employer: Employer, role: Role) -> None:
    membership = make.make_member(employer, role)
    client = make.client_of(membership)
    before = everything()

    answers = [
        client.send("post", "members/invitations/", CLERK),
        client.send("get", "members/invitations/"),
        client.send("post", f"members/{membership.pk}/role/", {"role": "owner"}),
        client.send("post", f"members/{membership.pk}/remove/"),
    ]

    assert [a.status_code for a in answers] == [403] * 4
    assert everything() == before


def test_role_change_takes_effect_on_keys_made_before(employer: Employer, owner: Client) -> None:
    membership = make.make_member(employer, Role.CLERK)
    clerk = make.client_of(membership)
    worker = make.make_worker(employer)

    changed = owner.send("post", f"members/{membership.pk}/role/", {"role": "auditor"})
    answer = clerk.send("post", f"workers/{worker.pk}/reveal/", {"reason": "payroll"})

    assert changed.json()["role"] == "auditor"
    assert answer.status_code == 403
    event = AuditEvent.objects.get(action="member.role_changed")
    assert event.detail == {"old": "clerk", "new": "auditor"}


def test_removed_member_is_out_at_once(employer: Employer, owner: Client, visitor: Client) -> None:
    membership = make.make_member(employer, Role.CLERK, email="clerk@example.com")
    clerk = make.client_of(membership)
    assert clerk.send("get", "workers/").status_code == 200

    owner.send("post", f"members/{membership.pk}/remove/")

    assert clerk.send("get", "workers/").status_code == 401
    log_in = visitor.send("post", "sessions/", {"email": "clerk@example.com", "password": PASSWORD})
    assert log_in.json()["code"] == "no_membership"
    again = visitor.send("post", "invitations/accept/", acceptance(invite(owner, role="auditor")))
    assert (again.status_code, again.json()["id"], again.json()["role"]) == (
        201,
        str(membership.pk),
        "auditor",
    )


@pytest.mark.parametrize(("path", "body"), [("role", {"role": "clerk"}), ("remove", None)])
def test_an_employer_keeps_an_owner(employer: Employer, path: str, body: Any) -> None:
    membership = make.make_member(employer)
    owner = make.client_of(membership)
    before = everything()

    refused = owner.send("post", f"members/{membership.pk}/{path}/", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "last_owner")
    assert everything() == before

    make.make_member(employer)
    assert owner.send("post", f"members/{membership.pk}/{path}/", body).status_code == 200


def test_other_employers_members_are_not_found(owner: Client) -> None:
    theirs = make.make_member(make.make_employer(), Role.CLERK)
    before = everything()

    for identifier in (theirs.pk, uuid4()):
        answers = [
            owner.send("post", f"members/{identifier}/role/", {"role": "auditor"}),
            owner.send("post", f"members/{identifier}/remove/"),
        ]
        assert [a.status_code for a in answers] == [404, 404]

    assert str(theirs.pk) not in owner.send("get", "members/").content.decode()
    assert everything() == before


def test_a_withdrawn_invitation_opens_nothing(owner: Client, visitor: Client, employer: Employer) -> None:
    chief = make.make_principal(employer, Role.OWNER)
    owner.send("post", "members/invitations/", {"email": "new@example.com", "role": "clerk"})
    token = token_in(deliver_mail()[-1])
    offer = Invitation.objects.get(email="new@example.com")
    stranger = make.make_principal(make.make_employer(), Role.OWNER)
    clerk = make.make_principal(employer, Role.CLERK)
    for who, code in ((stranger, "not_found"), (clerk, "not_permitted")):
        with pytest.raises(Refused, match=code):
            members.withdraw_invitation(principal=who, invitation_id=offer.pk)
    for _ in range(2):
        members.withdraw_invitation(principal=chief, invitation_id=offer.pk)
    answer = visitor.send(
        "post", "invitations/accept/", {"token": token, "name": "新人", "password": PASSWORD}
    )
    assert answer.json()["code"] == "invitation_invalid"
    assert AuditEvent.objects.filter(action="invitation.withdrawn").count() == 1
