"""Members who cannot get on: locked out after wrong tries, or without the permission that they need."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import Employer, Membership, RoleRequest
from accounts.services import attempts
from core.errors import Refused
from core.models import AuditEvent
from core.principal import Permission, Role, lacking
from tests.integration.accounts.conftest import deliver_mail
from tests.support import accounts as make

pytestmark = pytest.mark.django_db
EMAIL = "locked@example.com"


@pytest.fixture
def employer() -> Employer:
    return make.make_employer()


@pytest.fixture
def owner(employer: Employer) -> Membership:
    return make.make_member(employer, Role.OWNER)


def browser(member: Membership) -> Browser:
    made = Browser(headers={"Accept-Language": "zh-CN"})
    made.force_login(member.user)
    return made


def log_in(password: str) -> int:
    given = {"email": EMAIL, "password": password}
    return int(make.Client().send("post", "sessions/", given).status_code)


def locked_out(employer: Employer) -> Membership:
    member = make.make_member(employer, Role.CLERK, email=EMAIL)
    assert [log_in("wrong") for _ in range(6)][-1] == 429
    assert log_in(make.PASSWORD) == 429
    return member


def test_d01_an_owner_sees_who_is_locked_and_lets_them_in_again(
    employer: Employer, owner: Membership
) -> None:
    member = locked_out(employer)
    page = reverse("org:member", args=[member.pk])
    assert "暂时锁定" in browser(owner).get(page).content.decode()

    answer = browser(owner).post(reverse("org:unlock", args=[member.pk]))

    assert answer.status_code == 302
    assert "暂时锁定" not in browser(owner).get(page).content.decode()
    assert log_in(make.PASSWORD) == 201
    event = AuditEvent.objects.get(action="member.unlocked")
    assert (event.subject, event.actor) == (f"member:{member.pk}", f"user:{owner.user_id}")


def test_d01_wrong_codes_of_the_second_factor_are_forgiven_too(employer: Employer, owner: Membership) -> None:
    member = make.make_member(employer, Role.CLERK)
    for _ in range(5):
        attempts.take(attempts.SECOND_FACTOR, str(member.user_id))
    with pytest.raises(Refused, match="too_many_attempts"):
        attempts.take(attempts.SECOND_FACTOR, str(member.user_id))

    browser(owner).post(reverse("org:unlock", args=[member.pk]))

    attempts.take(attempts.SECOND_FACTOR, str(member.user_id))


def test_d01_only_an_owner_of_the_same_employer_unlocks(employer: Employer) -> None:
    member = locked_out(employer)
    stranger = make.make_member(make.make_employer(), Role.OWNER)
    for who, status in ((make.make_member(employer, Role.CLERK), 403), (stranger, 404)):
        assert browser(who).post(reverse("org:unlock", args=[member.pk])).status_code == status
    assert log_in(make.PASSWORD) == 429
    assert not AuditEvent.objects.filter(action="member.unlocked").exists()


@pytest.mark.parametrize("permission", Permission)
def test_d03_every_refusal_names_the_permission_and_who_has_it(permission: Permission) -> None:
    refused = lacking(permission)
    assert refused.message("zh").startswith("您没有“")
    assert "{" not in refused.message("zh") + refused.message("en")
    assert refused.message("en").endswith(".")


def test_d03_who_lacks_a_permission_is_told_which_and_led_to_ask(employer: Employer) -> None:
    auditor = make.make_member(employer, Role.AUDITOR)
    answer = browser(auditor).get(reverse("portal:send"))
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "您没有“起草合同”权限。有这项权限的角色：单位管理员、人事专员。" in page
    assert reverse("org:ask_for_role") in page


def ask(member: Membership, role: Role = Role.CLERK) -> Any:
    given = {"role": role.value, "note": "接手备案工作"}
    return browser(member).post(reverse("org:ask_for_role"), given)


def test_d03_a_role_is_asked_for_and_an_owner_gives_it(employer: Employer, owner: Membership) -> None:
    auditor = make.make_member(employer, Role.AUDITOR)
    assert ask(auditor).status_code == 302
    asked = RoleRequest.objects.get()
    assert [owner.user.email] in [message.to for message in deliver_mail()]
    decide = reverse("org:decide_role", args=[asked.pk])
    assert decide in browser(owner).get(reverse("org:settings")).content.decode()
    assert "接手备案工作" in browser(owner).get(decide).content.decode()

    assert browser(owner).post(decide).status_code == 302

    auditor.refresh_from_db()
    asked.refresh_from_db()
    assert (auditor.role, asked.state, asked.decided_by) == ("clerk", "approved", f"user:{owner.user_id}")
    assert browser(auditor).get(reverse("portal:send")).status_code == 200
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"role_request.asked", "role_request.approved", "member.role_changed"} <= actions


def test_d03_a_refusal_leaves_the_role_and_is_final(employer: Employer, owner: Membership) -> None:
    auditor = make.make_member(employer, Role.AUDITOR)
    ask(auditor)
    decide = reverse("org:decide_role", args=[RoleRequest.objects.get().pk])
    browser(owner).post(decide, {"refuse": "1"})
    assert browser(owner).post(decide).status_code == 409
    auditor.refresh_from_db()
    assert (auditor.role, RoleRequest.objects.get().state) == ("auditor", "refused")
    assert ask(auditor).status_code == 302  # and may be asked for again


def test_d03_one_request_at_a_time_and_not_for_what_one_has(employer: Employer) -> None:
    auditor = make.make_member(employer, Role.AUDITOR)
    assert "您已经是这个角色" in ask(auditor, Role.AUDITOR).content.decode()
    ask(auditor)
    assert "已有一份角色申请" in ask(auditor, Role.OWNER).content.decode()
    assert RoleRequest.objects.count() == 1


def test_d03_nobody_gives_themselves_a_role(employer: Employer) -> None:
    clerk = make.make_member(employer, Role.CLERK)
    ask(clerk, Role.OWNER)
    decide = reverse("org:decide_role", args=[RoleRequest.objects.get().pk])
    stranger = make.make_member(make.make_employer(), Role.OWNER)
    for who, status in ((clerk, 403), (stranger, 404)):
        assert browser(who).post(decide).status_code == status
    clerk.refresh_from_db()
    assert clerk.role == "clerk"
