"""The pages of seals and sealing: who may open and do what, nobody another employer's, constant cost."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    record_authentication,
)
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Employer, Membership
from accounts.services import stepup
from contracts.models import Contract
from contracts.web import urls_of_seals
from core import clock, work
from core.models import AuditEvent
from core.principal import Principal, Role
from signing.domain import JobState, SealKind, SealState
from signing.models import Seal, SealApplication, SealGrant, SealUse, SigningJob
from signing.services import applications, jobs, keyroom, seals
from tests.integration.accounts.test_totp import code_now
from tests.support import accounts as make
from tests.support.seal_pictures import png, scan
from tests.support.signing import make_request, member, prepared, snapshot

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders", "heard")]
MEMBERS = (Role.OWNER, Role.CLERK, Role.SEAL_KEEPER, Role.AUDITOR)
KEEPER = (Role.SEAL_KEEPER,)
OWNER = (Role.OWNER,)
BOTH = (Role.OWNER, Role.SEAL_KEEPER)


@dataclass
class House:
    """An employer with a seal, one application that waits and one that went wrong."""

    employer: Employer
    people: dict[Role, Membership]
    seal: Seal
    grant: SealGrant
    waiting: SealApplication
    failed: SealApplication

    def browser(self, role: Role) -> Browser:
        browser = Browser(headers={"Accept-Language": "zh-CN"})
        browser.force_login(self.people[role].user)
        return browser

    def principal(self, role: Role) -> Principal:
        return member(self.employer.pk, role, self.people[role].user_id)

    def address(self, name: str) -> str:
        keys = {
            "seal_id": self.seal.pk,
            "grant_id": self.grant.pk,
            "application_id": self.failed.pk if name == "repeat" else self.waiting.pk,
            "use_id": self.waiting.uses.get().pk,
            "number": 1,
        }
        return reverse(f"seals:{name}", kwargs={key: keys[key] for key in ROUTES[name].keys_})


@dataclass(frozen=True)
class Route:
    """What the address needs, who may open it, and who may act there."""

    keys_: tuple[str, ...] = ()
    roles: tuple[Role, ...] = MEMBERS
    acts: bool = False


SEAL, ASKED, SHEET = ("seal_id",), ("application_id",), ("use_id", "number")
ROUTES = {
    "sealing": Route(acts=True),
    "decide_all": Route(roles=KEEPER),
    "decide": Route(roles=KEEPER, acts=True),
    "sample": Route(roles=KEEPER),
    "sheet": Route(SHEET, KEEPER),
    "sheet_image": Route(SHEET, KEEPER),
    "progress": Route(),
    "progress_piece": Route(),
    "application": Route(ASKED),
    "decide_one": Route(ASKED, KEEPER, acts=True),
    "refuse": Route(ASKED, KEEPER, acts=True),
    "repeat": Route(ASKED, KEEPER, acts=True),
    "seals": Route(acts=True),
    "new": Route((), OWNER, acts=True),
    "uses": Route(acts=True),
    "certificate": Route(),
    "seal": Route(SEAL),
    "picture": Route(SEAL),
    "proof": Route(SEAL),
    "state": Route(SEAL, MEMBERS, acts=True),  # the question shows; the act is refused by the service
    "limits": Route(SEAL, OWNER, acts=True),
    "holder": Route(SEAL, OWNER, acts=True),
    "grant": Route(SEAL, BOTH, acts=True),
    "end_grant": Route(("seal_id", "grant_id"), BOTH, acts=True),
}


def waiting_contract(employer: Employer) -> Any:
    request = make_request(employer.pk)
    request.parties.filter(role="worker").update(state="signed")
    request.parties.filter(role="employer").update(state="invited")
    return request


def make_house() -> House:
    employer = make.make_employer()
    people = {role: make.make_member(employer, role) for role in MEMBERS}
    keyroom.enrol_organisation_key(
        tenant=employer.pk, legal_name=employer.name, uscc=employer.uscc, actor="user:0"
    )
    owner = member(employer.pk, Role.OWNER, people[Role.OWNER].user_id)
    clerk = member(employer.pk, Role.CLERK, people[Role.CLERK].user_id)
    keeper = member(employer.pk, Role.SEAL_KEEPER, people[Role.SEAL_KEEPER].user_id)
    seal = seals.create_seal(
        principal=owner, kind=SealKind.CONTRACT, label="合同章", holder=keeper.actor,
        upload=seals.Upload(png(scan()), prepared()[0]),
    )  # fmt: skip
    grant = seals.grant_use(principal=owner, seal_id=seal.pk, keeper="user:0")

    def apply() -> SealApplication:
        return applications.apply_for_seal(
            principal=clerk, seal_id=seal.pk, request_ids=[waiting_contract(employer).pk], reason="新员工合同"
        )

    failed = apply()
    applications.approve_applications(principal=keeper, application_ids=[failed.pk], step_up_proof="totp")
    jobs.fail_job(SigningJob.objects.get(seal_use__application=failed), "certificate_refused")
    return House(employer, people, seal, grant, apply(), failed)


@pytest.fixture
def house() -> House:
    return make_house()


def proof_of(house: House) -> Callable[[], str]:
    """An authenticator app of the keeper; asked, it tells the present code."""
    principal = house.principal(Role.SEAL_KEEPER)
    secret = stepup.begin_totp(principal=principal).secret
    stepup.confirm_totp(principal=principal, code=code_now(secret, steps=-1))
    return lambda: code_now(secret)


def test_every_address_is_listed_here() -> None:
    assert {pattern.name for pattern in urls_of_seals.urlpatterns} == set(ROUTES)


@pytest.mark.parametrize("role", MEMBERS)
def test_each_page_opens_for_its_roles(house: House, role: Role) -> None:
    browser = house.browser(role)
    for name, route in ROUTES.items():
        answer = browser.get(house.address(name))
        wanted = {200, 302} if role in route.roles else {403}
        if name == "sheet_image" and role in route.roles:
            wanted = {409}  # the picture is being made
        assert answer.status_code in wanted, (name, role)


@pytest.mark.parametrize("role", MEMBERS)
def test_another_employers_things_are_not_there_and_stay_as_they_are(house: House, role: Role) -> None:
    stranger = make_house().browser(role)
    before = snapshot()
    for name, route in ROUTES.items():
        if not route.keys_:
            continue
        for act in (stranger.get, stranger.post) if route.acts else (stranger.get,):
            answer = act(house.address(name))
            assert answer.status_code in ({404} if role in route.roles else {403, 404}), (name, role)
    assert snapshot() == before


@pytest.mark.parametrize("role", MEMBERS)
def test_who_may_not_act_changes_nothing(house: House, role: Role) -> None:
    browser = house.browser(role)
    holder = str(house.people[Role.SEAL_KEEPER].pk)
    before = snapshot()
    for name, route in ROUTES.items():
        acting = BOTH if name == "state" else route.roles
        if route.acts and route.keys_ and role not in acting:
            answer = browser.post(house.address(name), {"holder": holder, "note": "x", "code": "000000"})
            assert answer.status_code == 403, (name, role)
    assert snapshot() == before


def test_visitors_are_sent_to_the_log_in_page(house: House) -> None:
    for name in ROUTES:
        answer = Browser().get(house.address(name))
        assert answer.status_code == 302, name
        assert answer["Location"].startswith(reverse("account_login")), name


def test_a_keeper_approves_everything_that_waits_with_one_code(house: House) -> None:
    code = proof_of(house)
    browser = house.browser(Role.SEAL_KEEPER)
    page = browser.get(reverse("seals:decide_all"), follow=True)
    assert "1 份文件" in page.content.decode()
    before = snapshot()
    wrong = browser.post(reverse("seals:decide"), {"code": "000000"})
    assert wrong.status_code == 200
    assert "动态口令" in wrong.content.decode()
    assert snapshot() == before

    done = browser.post(reverse("seals:decide"), {"code": code()}, follow=True)
    assert "正在为 1 份文件盖章" in done.content.decode()
    house.waiting.refresh_from_db()
    assert house.waiting.state == "approved"
    assert SigningJob.objects.filter(seal_use__application=house.waiting, state=JobState.QUEUED).count() == 1


def test_only_what_was_shown_is_approved(house: House) -> None:
    code = proof_of(house)
    browser = house.browser(Role.SEAL_KEEPER)
    browser.get(reverse("seals:decide_all"))
    later = applications.apply_for_seal(
        principal=house.principal(Role.CLERK), seal_id=house.seal.pk,
        request_ids=[waiting_contract(house.employer).pk], reason="后来的",
    )  # fmt: skip
    browser.post(reverse("seals:decide"), {"code": code()})
    later.refresh_from_db()
    house.waiting.refresh_from_db()
    assert (house.waiting.state, later.state) == ("approved", "requested")


def test_a_deputy_without_a_grant_sees_nothing_to_decide(house: House) -> None:
    deputy = make.make_member(house.employer, Role.SEAL_KEEPER)
    browser = Browser(headers={"Accept-Language": "zh-CN"})
    browser.force_login(deputy.user)
    page = browser.get(reverse("seals:decide_all"), follow=True)
    assert "没有等您审批的申请" in page.content.decode()
    assert browser.get(house.address("sheet")).status_code == 404
    answer = browser.post(reverse("seals:decide_one", args=[house.waiting.pk]), follow=True)
    assert "没有等您审批的申请" in answer.content.decode()


def test_what_failed_is_sealed_again(house: House) -> None:
    code = proof_of(house)
    browser = house.browser(Role.SEAL_KEEPER)
    page = browser.get(reverse("seals:application", args=[house.failed.pk])).content.decode()
    assert "重新盖章" in page
    assert browser.post(house.address("repeat"), {"code": "12"}).status_code == 200
    assert not SealApplication.objects.filter(repeats=house.failed).exists()
    browser.post(house.address("repeat"), {"code": code()})
    assert SealApplication.objects.get(repeats=house.failed).state == "approved"


def test_looking_at_documents_is_on_record(house: House) -> None:
    browser = house.browser(Role.SEAL_KEEPER)
    browser.get(reverse("seals:decide_all"))
    assert browser.get(reverse("seals:sample")).status_code == 200
    looked = AuditEvent.objects.get(action="document.spot_checked")
    assert looked.subject == SealUse.objects.get(application=house.waiting).party.request.subject
    waiting = browser.get(house.address("sheet")).content.decode()
    assert "hx-get" in waiting
    while work.run_due(work.GENERAL, limit=10):
        pass
    assert "<img" in browser.get(house.address("sheet")).content.decode()
    assert browser.get(house.address("sheet_image"))["Content-Type"] == "image/webp"


def test_the_progress_is_in_the_database(house: House) -> None:
    page = house.browser(Role.AUDITOR).get(reverse("seals:progress")).content.decode()
    assert "1 / 1 份已处理" in page
    assert "1 份失败" in page
    assert "hx-get" not in page  # nothing is under way
    applications.approve_applications(
        principal=house.principal(Role.SEAL_KEEPER), application_ids=[house.waiting.pk], step_up_proof="x"
    )
    assert "hx-get" in house.browser(Role.AUDITOR).get(reverse("seals:progress")).content.decode()


def test_b13_an_owner_enrols_a_seal_from_a_scan_with_proof(house: House) -> None:
    browser = house.browser(Role.OWNER)
    given = {
        "kind": "official", "label": "公章", "diameter_mm": "40",
        "holder": str(house.people[Role.SEAL_KEEPER].pk),
    }  # fmt: skip

    def files(picture: bytes) -> dict[str, SimpleUploadedFile]:
        return {
            "picture": SimpleUploadedFile("a.png", picture),
            "proof": SimpleUploadedFile("b.pdf", prepared()[0]),
        }

    before = snapshot()
    blue = browser.post(reverse("seals:new"), {**given, **files(png(scan(ink=(0, 0, 200, 255))))})
    assert "印章颜色不是红色" in blue.content.decode()
    alone = {"picture": files(png(scan()))["picture"]}
    assert "必须同时提供证明材料" in browser.post(reverse("seals:new"), {**given, **alone}).content.decode()
    assert snapshot() == before
    made = browser.post(reverse("seals:new"), {**given, **files(png(scan()))})
    assert made.status_code == 302
    seal = Seal.objects.get(label="公章")
    assert browser.get(reverse("seals:picture", args=[seal.pk]))["Content-Type"] == "image/png"
    proof = browser.get(reverse("seals:proof", args=[seal.pk]))
    assert proof["Content-Disposition"].startswith("attachment")


def test_staff_limits_and_state_are_changed_on_pages(house: House) -> None:
    browser = house.browser(Role.OWNER)
    deputy = make.make_member(house.employer, Role.SEAL_KEEPER)
    clerk = house.people[Role.CLERK]
    until = (clock.today() + timedelta(days=7)).isoformat()
    browser.post(house.address("grant"), {"holder": str(deputy.pk), "until": until})
    grant = SealGrant.objects.get(keeper=f"user:{deputy.user_id}")
    assert grant.until is not None
    for wrong in (str(clerk.pk), str(uuid4()), str(make.make_member(make.make_employer()).pk)):
        assert browser.post(house.address("grant"), {"holder": wrong}).status_code == 200  # the form again
    assert SealGrant.objects.count() == 2
    browser.post(reverse("seals:end_grant", args=[house.seal.pk, grant.pk]))
    browser.post(house.address("limits"), {"batch_limit": "10", "daily_limit": ""})
    browser.post(house.address("holder"), {"holder": str(deputy.pk)})
    browser.post(house.address("state"))
    house.seal.refresh_from_db()
    grant.refresh_from_db()
    assert grant.ended_at is not None
    assert (house.seal.batch_limit, house.seal.daily_limit) == (10, None)
    assert house.seal.holder == f"user:{deputy.user_id}"
    assert house.seal.state == SealState.SUSPENDED


@pytest.mark.parametrize("name", ["sealing", "seals", "uses", "decide", "progress"])
def test_lists_cost_the_same_however_long(house: House, name: str) -> None:
    browser = house.browser(Role.SEAL_KEEPER)
    address = reverse(f"seals:{name}") + ("?show=all" if name == "sealing" else "")
    costs = []
    for _ in range(2):
        browser.get(reverse("seals:decide_all"))
        browser.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(address).status_code == 200
        costs.append(len(captured))
        for number in range(5):
            application = applications.apply_for_seal(
                principal=house.principal(Role.CLERK), seal_id=house.seal.pk,
                request_ids=[waiting_contract(house.employer).pk], reason=f"第 {number} 批",
            )  # fmt: skip
            if number < 3:
                applications.approve_applications(
                    principal=house.principal(Role.SEAL_KEEPER), application_ids=[application.pk],
                    step_up_proof="totp",
                )  # fmt: skip
    assert costs[0] == costs[1]


def test_a_clerk_applies_for_picked_contracts(house: House) -> None:
    from contracts.domain import ContractState
    from tests.support.portal import make_contract

    contract: Contract = make_contract(house.employer, ContractState.SIGNING, turn="employer")
    browser = house.browser(Role.CLERK)
    picked = {"do": "seal", "pick": [str(contract.pk)]}
    question = browser.post(reverse("portal:contracts"), picked).content.decode()
    assert "为选中的 1 份文件申请盖章" in question
    wish = {**picked, "confirmed": "1", "seal": str(house.seal.pk), "reason": "11 月新员工"}
    asked = browser.post(reverse("portal:contracts"), wish)
    assert asked.status_code == 302
    application = SealApplication.objects.get(reason="11 月新员工")
    assert application.requested_by == house.principal(Role.CLERK).actor
    assert house.browser(Role.AUDITOR).post(reverse("portal:contracts"), wish).status_code == 403


@pytest.mark.parametrize(
    ("record", "age", "counts"),
    [
        ({"type": "webauthn", "reauthenticated": True}, 0, True),
        ({"type": "totp", "reauthenticated": True}, 200, True),
        ({"type": "webauthn", "reauthenticated": True}, 400, False),  # more than five minutes ago
        ({"type": "webauthn"}, 0, False),  # given at log-in, not on purpose
        ({"type": "recovery_codes", "reauthenticated": True}, 0, False),
    ],
)
def test_a_passkey_confirmed_on_purpose_stands_for_the_code(
    house: House, record: dict[str, Any], age: int, counts: bool
) -> None:
    browser = house.browser(Role.SEAL_KEEPER)
    browser.get(reverse("seals:decide_all"))
    session = browser.session
    fake = SimpleNamespace(session=session)
    record_authentication(fake, house.people[Role.SEAL_KEEPER].user, method="mfa", **record)
    session[AUTHENTICATION_METHODS_SESSION_KEY][-1]["at"] -= age
    session.save()
    browser.post(reverse("seals:decide"))
    house.waiting.refresh_from_db()
    assert (house.waiting.state == "approved") is counts
    approved = AuditEvent.objects.filter(
        action="seal_application.approved", subject=house.waiting.subject, detail__step_up="session"
    )
    assert approved.exists() is counts
