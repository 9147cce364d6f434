"""The organisation's settings: who may open and do what, nobody another employer's, secrets shown once."""

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from accounts import selectors
from accounts.domain import SESSION_LIFE
from accounts.models import ApiKey, Employer, Invitation, Membership, ProfileChange, RoleRequest
from accounts.services import api_keys, members, role_requests
from accounts.web import urls_of_organisation
from core import clock
from core.principal import Permission, Role
from core.webhooks import services as webhooks
from core.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from tests.integration.accounts.conftest import everything
from tests.integration.accounts.test_mfa_policy import give_factor
from tests.support import accounts as make

pytestmark = pytest.mark.django_db
MEMBERS = (Role.OWNER, Role.CLERK, Role.SEAL_KEEPER, Role.AUDITOR)
OWNER = (Role.OWNER,)


@dataclass
class House:
    employer: Employer
    people: dict[Role, Membership]
    invitation: Invitation
    key: ApiKey
    endpoint: WebhookEndpoint
    request: RoleRequest
    attempt: WebhookAttempt = field(init=False)

    def browser(self, role: Role) -> Browser:
        browser = Browser(headers={"Accept-Language": "zh-CN"})
        browser.force_login(self.people[role].user)
        return browser

    def address(self, name: str) -> str:
        keys = {
            "membership_id": self.people[Role.CLERK].pk,
            "invitation_id": self.invitation.pk,
            "key_id": self.key.pk,
            "webhook_id": self.endpoint.pk,
            "request_id": self.request.pk,
        }
        return reverse(f"org:{name}", kwargs={key: keys[key] for key in ROUTES[name].keys_})


@dataclass(frozen=True)
class Route:
    keys_: tuple[str, ...] = ()
    roles: tuple[Role, ...] = MEMBERS
    acts: bool = False


ROUTES = {
    "settings": Route(),
    "members": Route(acts=True),
    "invite": Route((), OWNER, acts=True),
    "member": Route(("membership_id",), OWNER, acts=True),
    "remove": Route(("membership_id",), OWNER, acts=True),
    "unlock": Route(("membership_id",), OWNER, acts=True),
    "ask_for_role": Route(acts=True),
    "decide_role": Route(("request_id",), OWNER, acts=True),
    "invitations": Route((), OWNER, acts=True),
    "withdraw": Route(("invitation_id",), OWNER, acts=True),
    "mfa": Route((), OWNER, acts=True),
    "keys": Route(acts=True),
    "new_key": Route(acts=True),
    "revoke_key": Route(("key_id",), OWNER, acts=True),  # the owner's own
    "webhooks": Route(acts=True),
    "new_webhook": Route((), OWNER, acts=True),
    "attempts": Route(acts=True),
    "remove_webhook": Route(("webhook_id",), OWNER, acts=True),
    "notifications": Route(acts=True),
    "signing": Route((), OWNER, acts=True),
    "profile": Route(),
    "change_profile": Route((), OWNER, acts=True),
}


def make_house() -> House:
    employer = make.make_employer()
    people = {role: make.make_member(employer, role) for role in MEMBERS}
    owner = selectors.member_principal(people[Role.OWNER])
    invitation = members.invite_member(principal=owner, email="new@example.com", role=Role.CLERK)
    key, _token = api_keys.issue(
        user=people[Role.OWNER].user, membership=people[Role.OWNER], name="人事系统",
        scopes=[Permission.READ], expires_at=clock.now() + SESSION_LIFE,
    )  # fmt: skip
    endpoint = webhooks.register_endpoint(principal=owner, url="https://hr.example.com/hook", topics=["*"])
    webhooks.emit("filing.accepted", tenant=employer.pk, subject="filing:1", data={})
    auditor = selectors.member_principal(people[Role.AUDITOR])
    request = role_requests.ask_for_role(principal=auditor, role=Role.CLERK, note="接手备案")
    house = House(employer, people, invitation, key, endpoint, request)
    house.attempt = WebhookAttempt.objects.create(
        delivery=WebhookDelivery.objects.get(endpoint=endpoint), started_at=clock.now(),
        created_at=clock.now(), status=500,
    )  # fmt: skip
    return house


@pytest.fixture
def house() -> House:
    return make_house()


def test_every_address_is_listed_here() -> None:
    assert {pattern.name for pattern in urls_of_organisation.urlpatterns} == set(ROUTES)


@pytest.mark.parametrize("role", MEMBERS)
def test_each_page_opens_for_its_roles(house: House, role: Role) -> None:
    browser = house.browser(role)
    for name, route in ROUTES.items():
        answer = browser.get(house.address(name))
        assert answer.status_code in ({200} if role in route.roles else {403, 404}), (name, role)


@pytest.mark.parametrize("role", MEMBERS)
def test_another_employers_things_are_not_there_and_stay_as_they_are(house: House, role: Role) -> None:
    stranger = make_house().browser(role)
    before = everything()
    for name, route in ROUTES.items():
        if route.keys_:
            for act in (stranger.get, stranger.post):
                answer = act(house.address(name), {"role": "auditor"})
                assert answer.status_code in ({404} if role in route.roles else {403, 404}), (name, role)
    replay = {"do": "replay", "pick": str(house.attempt.pk)}
    stranger.post(reverse("org:attempts"), replay)
    assert everything() == before


@pytest.mark.parametrize("role", [Role.CLERK, Role.SEAL_KEEPER, Role.AUDITOR])
def test_who_may_not_act_changes_nothing(house: House, role: Role) -> None:
    browser = house.browser(role)
    given = {"email": "x@example.com", "role": "owner", "url": "https://a.example.com/", "topics": "*"}
    before = everything()
    for name, route in ROUTES.items():
        if route.acts and role not in route.roles:
            assert browser.post(house.address(name), given).status_code in {403, 404}, (name, role)
    answer = browser.post(reverse("org:attempts"), {"do": "replay", "pick": str(house.attempt.pk)})
    assert answer.status_code == 403
    assert everything() == before


def test_members_are_invited_changed_and_removed(house: House) -> None:
    browser = house.browser(Role.OWNER)
    browser.post(reverse("org:invite"), {"email": "second@example.com", "role": "auditor"})
    assert Invitation.objects.filter(email="second@example.com", role="auditor").exists()
    browser.post(house.address("member"), {"role": "seal_keeper"})
    browser.post(house.address("withdraw"))
    clerk = Membership.objects.get(pk=house.people[Role.CLERK].pk)
    house.invitation.refresh_from_db()
    assert clerk.role == "seal_keeper"
    assert house.invitation.expires_at <= clock.now()
    browser.post(house.address("remove"))
    clerk.refresh_from_db()
    assert not clerk.active


def test_the_last_owner_stays(house: House) -> None:
    browser = house.browser(Role.OWNER)
    own = house.people[Role.OWNER]
    page = browser.post(reverse("org:member", args=[own.pk]), {"role": "clerk"})
    assert page.status_code == 200
    assert browser.post(reverse("org:remove", args=[own.pk])).status_code == 409
    own.refresh_from_db()
    assert (own.role, own.active) == ("owner", True)


def test_a_key_is_shown_once_and_revoked(house: House) -> None:
    browser = house.browser(Role.CLERK)
    wish = {"name": "考勤系统", "scopes": ["read", "draft"], "days": "30"}
    page = browser.post(reverse("org:new_key"), wish).content.decode()
    key = ApiKey.objects.get(name="考勤系统")
    assert f"qb_{key.prefix}_" in page
    again = browser.get(reverse("org:keys")).content.decode()
    assert "考勤系统" in again
    assert page.split(f"qb_{key.prefix}_")[1][:20] not in again
    beyond = browser.post(reverse("org:new_key"), {**wish, "name": "x", "scopes": ["manage_members"]})
    assert beyond.status_code == 200
    assert not ApiKey.objects.filter(name="x").exists()
    browser.post(reverse("org:revoke_key", args=[key.pk]))
    key.refresh_from_db()
    assert key.revoked_at is not None


def test_webhooks_are_made_replayed_and_removed(house: House) -> None:
    browser = house.browser(Role.OWNER)
    bad = browser.post(reverse("org:new_webhook"), {"url": "http://10.0.0.1/", "topics": "*"})
    assert "https://" in bad.content.decode()
    page = browser.post(
        reverse("org:new_webhook"),
        {"url": "https://b.example.com/", "topics": "filing.accepted, filing.held"},
    ).content.decode()
    made = WebhookEndpoint.objects.get(url="https://b.example.com/")
    assert made.topics == ["filing.accepted", "filing.held"]
    assert made.secret in page
    assert made.secret not in browser.get(reverse("org:webhooks")).content.decode()
    WebhookDelivery.objects.filter(endpoint=house.endpoint).update(state="given_up", tries=9)
    browser.post(reverse("org:attempts"), {"do": "replay", "pick": str(house.attempt.pk)})
    assert WebhookDelivery.objects.get(endpoint=house.endpoint).tries == 0
    browser.post(house.address("remove_webhook"))
    house.endpoint.refresh_from_db()
    assert not house.endpoint.active


def test_the_rule_of_second_factors_holds_on_pages(house: House) -> None:
    give_factor(house.people[Role.OWNER])
    browser = house.browser(Role.OWNER)
    browser.post(reverse("org:mfa"))
    assert Employer.objects.get(pk=house.employer.pk).requires_mfa
    second = make.make_member(Employer.objects.get(pk=house.employer.pk), Role.OWNER)
    weak = Browser(headers={"Accept-Language": "zh-CN"})
    weak.force_login(second.user)
    assert weak.get(reverse("org:members")).status_code == 200
    refused = weak.post(reverse("org:invite"), {"email": "x@example.com", "role": "clerk"})
    assert refused.status_code == 403
    assert "两步验证" in refused.content.decode()
    assert not Invitation.objects.filter(email="x@example.com").exists()


def test_an_approved_profile_changes_by_request(house: House) -> None:
    browser = house.browser(Role.OWNER)
    target = BytesIO()
    Image.new("RGB", (40, 40)).save(target, "PNG")
    form = browser.get(reverse("org:change_profile")).context["form"]
    given: dict[str, Any] = {
        name: value for name, value in form.initial.items() if value not in (None, False)
    }
    given |= {"name": "新名称（淄博）有限公司"}
    without = browser.post(reverse("org:change_profile"), given)
    assert without.status_code == 200
    paper = SimpleUploadedFile("licence.png", target.getvalue())
    browser.post(reverse("org:change_profile"), {**given, "evidence": paper})
    change = ProfileChange.objects.get()
    assert change.changes == {"name": "新名称（淄博）有限公司"}
    page = browser.get(reverse("org:profile")).content.decode()
    assert "审核中" in page
    assert "0533-2345678" not in page  # the telephone is masked


def test_a_pending_profile_is_edited_directly() -> None:
    employer = make.make_employer(state="pending")
    owner = make.make_member(employer, Role.OWNER)
    browser = Browser(headers={"Accept-Language": "zh-CN"})
    browser.force_login(owner.user)
    form = browser.get(reverse("org:change_profile")).context["form"]
    given = {name: value for name, value in form.initial.items() if value not in (None, False)}
    browser.post(reverse("org:change_profile"), {**given, "name": "改名有限公司"})
    employer.refresh_from_db()
    assert employer.name == "改名有限公司"


def test_notifications_are_chosen_per_member(house: House) -> None:
    browser = house.browser(Role.SEAL_KEEPER)
    page = browser.get(reverse("org:notifications")).content.decode()
    assert "有新的用印申请" in page
    assert "备案被退回" not in page
    browser.post(reverse("org:notifications"), {"certificate_expiring": "on"})
    silences = house.people[Role.SEAL_KEEPER].silences.values_list("topic", flat=True)
    assert list(silences) == ["seal_requested"]


def test_the_owner_decides_how_people_sign(house: House) -> None:
    browser = house.browser(Role.OWNER)
    form = browser.get(reverse("org:signing")).context["form"]
    assert form.initial == {"typed_names": True, "stroke_data": True}
    browser.post(reverse("org:signing"), {"stroke_data": "on"})
    house.employer.refresh_from_db()
    assert (house.employer.typed_names, house.employer.stroke_data) == (False, True)
    assert (
        reverse("org:signing") not in house.browser(Role.CLERK).get(reverse("org:settings")).content.decode()
    )


@pytest.mark.parametrize("name", ["members", "invitations", "keys", "webhooks", "attempts"])
def test_lists_cost_the_same_however_long(house: House, name: str) -> None:
    browser = house.browser(Role.OWNER)
    owner = selectors.member_principal(house.people[Role.OWNER])
    costs = []
    for _ in range(2):
        browser.get(reverse(f"org:{name}"))
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(reverse(f"org:{name}")).status_code == 200
        costs.append(len(captured))
        for number in range(5):
            member = make.make_member(house.employer, Role.CLERK)
            members.invite_member(principal=owner, email=f"m{number}@example.com", role=Role.CLERK)
            api_keys.issue(
                user=member.user, membership=member, name="k", scopes=[Permission.READ],
                expires_at=clock.now() + SESSION_LIFE,
            )  # fmt: skip
            endpoint = webhooks.register_endpoint(
                principal=owner, url=f"https://h{number}.example.com/", topics=["*"]
            )
            webhooks.emit("filing.held", tenant=house.employer.pk, subject="filing:2", data={})
            WebhookAttempt.objects.create(
                delivery=WebhookDelivery.objects.filter(endpoint=endpoint)[0], started_at=clock.now(),
                created_at=clock.now(), status=200,
            )  # fmt: skip
    assert costs[0] == costs[1]
