"""Registration by anybody, decision by an operator, a profile that is locked afterwards."""

from typing import Any
from uuid import uuid4

import pytest

from accounts import particulars, selectors
from accounts.domain import EmployerState
from accounts.events import EmployerApproved
from accounts.models import Employer, Invitation, Membership, User
from accounts.services import employers
from core import bus
from core.codes import table
from core.errors import Refused
from core.models import AuditEvent
from core.principal import Role
from tests.integration.accounts.conftest import deliver_mail, everything, token_in
from tests.support import accounts as make
from tests.support.accounts import PASSWORD, PROFILE, Client

REGISTRATION = {**PROFILE, "owner_email": "Owner@Example.com"}


def faults_of(answer: Any) -> dict[str, str]:
    return {fault["field"]: fault["code"] for fault in answer.json()["faults"]}


def test_from_registration_to_first_log_in(visitor: Client, operator: Client) -> None:
    registered = visitor.send("post", "employers/", REGISTRATION)
    assert (registered.status_code, set(registered.json())) == (201, {"id", "state"})
    assert not User.objects.filter(email="owner@example.com").exists()

    token = token_in(deliver_mail()[0])
    accepted = visitor.send(
        "post", "invitations/accept/", {"token": token, "name": "测试甲", "password": PASSWORD}
    )
    assert (accepted.status_code, accepted.json()["role"]) == (201, "owner")
    session = visitor.send("post", "sessions/", {"email": "owner@example.com", "password": PASSWORD})
    owner = Client(session.json()["token"])
    assert owner.send("get", "employers/me/").json()["state"] == "pending"

    listed = operator.send("get", "operator/employers/?state=pending").json()["results"]
    assert [row["id"] for row in listed] == [registered.json()["id"]]
    approved = operator.send("post", f"operator/employers/{registered.json()['id']}/approve/")

    assert approved.json()["state"] == "approved"
    assert owner.send("get", "employers/me/").json()["state"] == "approved"
    actions = AuditEvent.objects.filter(tenant=registered.json()["id"]).order_by("at")
    assert [event.action for event in actions][:5] == [
        "employer.registered",
        "invitation.sent",
        "member.joined",
        "session.opened",
        "employer.approved",
    ]


BAD = [
    ({"uscc": "91370303MA3TE5T03N"}, {"/uscc": "uscc_checksum"}),
    ({"uscc": "91370303MA3TE5T03I"}, {"/uscc": "uscc_form"}),
    ({"industry": "Z0000"}, {"/industry": "code_unknown"}),
    ({"economic_type": "999"}, {"/economic_type": "code_unknown"}),
    ({"type": "99"}, {"/type": "code_unknown"}),
    ({"contact_phone": "12345"}, {"/contact_phone": "phone_form"}),
    ({"is_dispatch_agency": True}, {"/dispatch_license_no": "required"}),
    ({"legal_rep_id_no": "370303199003070013"}, {"/legal_rep_id_type": "required"}),
    (
        {"legal_rep_id_type": "01", "legal_rep_id_no": "370303199003070014"},
        {"/legal_rep_id_no": "citizen_number_checksum"},
    ),
    (
        {"name": "", "uscc": "1", "reg_address": " ", "owner_email": "nobody"},
        {"/name": "required", "/uscc": "uscc_form", "/reg_address": "required", "/owner_email": "form_wrong"},
    ),
]


@pytest.mark.parametrize(("wrong", "faults"), BAD)
def test_faulty_profile_is_refused_whole(
    visitor: Client, wrong: dict[str, Any], faults: dict[str, str]
) -> None:
    before = everything()

    answer = visitor.send("post", "employers/", {**REGISTRATION, **wrong})

    assert (answer.status_code, answer.json()["code"]) == (400, "employer_faulty")
    assert faults_of(answer) == faults
    assert everything() == before


@pytest.mark.parametrize(
    "body", [{**REGISTRATION, "state": "approved"}, {**REGISTRATION, "id": str(uuid4())}]
)
def test_nobody_registers_an_approved_employer(visitor: Client, body: dict[str, Any]) -> None:
    answer = visitor.send("post", "employers/", body)

    assert list(faults_of(answer).values()) == ["unknown"]
    assert not Employer.objects.exists()


def test_same_credit_code_is_registered_once_until_rejected(visitor: Client, operator: Client) -> None:
    first = visitor.send("post", "employers/", REGISTRATION).json()
    before = everything()
    second = visitor.send("post", "employers/", {**REGISTRATION, "owner_email": "other@example.com"})
    assert (second.status_code, second.json()["code"]) == (409, "employer_already_registered")
    assert everything() == before

    operator.send("post", f"operator/employers/{first['id']}/reject/")

    assert visitor.send("post", "employers/", REGISTRATION).status_code == 201


def test_answer_does_not_tell_whether_an_address_is_known(visitor: Client, employer: Employer) -> None:
    make.make_member(employer, email="known@example.com")

    known = visitor.send("post", "employers/", {**REGISTRATION, "owner_email": "known@example.com"})
    fresh = visitor.send(
        "post", "employers/", {**REGISTRATION, "owner_email": "fresh@example.com", "uscc": make.uscc(900_001)}
    )

    assert (known.status_code, known.json()["state"]) == (fresh.status_code, fresh.json()["state"])
    assert set(known.json()) == set(fresh.json())


def test_registration_is_rate_limited(visitor: Client) -> None:
    answers = [
        visitor.send("post", "employers/", {**REGISTRATION, "uscc": make.uscc(800_000 + n)})
        for n in range(11)
    ]

    assert [a.status_code for a in answers] == [201] * 10 + [429]
    assert answers[-1].json()["code"] == "too_many_requests"
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert Employer.objects.count() == 10


def test_a_forged_forwarding_header_does_not_evade_the_limit(visitor: Client) -> None:
    answers = [
        visitor.send(
            "post",
            "employers/",
            {**REGISTRATION, "uscc": make.uscc(700_000 + n)},
            X_Forwarded_For=f"198.51.100.{n}",
        )
        for n in range(11)
    ]

    assert answers[-1].status_code == 429


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_only_an_operator_decides(owner: Client, visitor: Client, verb: str) -> None:
    pending = make.make_employer(state=EmployerState.PENDING)
    before = everything()

    answers = [c.send("post", f"operator/employers/{pending.pk}/{verb}/") for c in (owner, visitor)]

    assert [a.status_code for a in answers] == [403, 401]
    assert owner.send("get", "operator/employers/").status_code == 403
    assert everything() == before


def test_a_decision_is_made_once(operator: Client) -> None:
    pending = make.make_employer(state=EmployerState.PENDING)
    operator.send("post", f"operator/employers/{pending.pk}/approve/")
    before = everything()

    again = operator.send("post", f"operator/employers/{pending.pk}/reject/")
    unknown = operator.send("post", f"operator/employers/{uuid4()}/approve/")

    assert (again.status_code, again.json()["code"]) == (409, "state_conflict")
    assert unknown.status_code == 404
    assert everything() == before


def test_approval_is_told_in_its_own_transaction(operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[EmployerApproved] = []

    def refuse(event: EmployerApproved) -> None:
        heard.append(event)
        raise RuntimeError

    monkeypatch.setitem(bus._handlers, EmployerApproved, [refuse])
    pending = make.make_employer(state=EmployerState.PENDING)

    answer = operator.send("post", f"operator/employers/{pending.pk}/approve/")
    with pytest.raises(RuntimeError):  # the service keeps its promise outside a request's transaction too
        employers.approve_employer(
            principal=selectors.operator_principal(make.make_operator()), employer_id=pending.pk
        )

    assert answer.status_code == 500
    assert [event.tenant for event in heard] == [pending.pk] * 2
    pending.refresh_from_db()
    assert pending.state == EmployerState.PENDING
    assert not AuditEvent.objects.filter(action="employer.approved").exists()


def test_a06_profile_is_open_while_pending_and_locked_afterwards(db: None, operator: Client) -> None:
    pending = make.make_employer(state=EmployerState.PENDING)
    owner = make.client_of(make.make_member(pending))

    edited = owner.send("patch", "employers/me/", {"headcount": 20, "name": "示例制造（济南）有限公司"})
    assert (edited.json()["headcount"], edited.json()["uscc"]) == (20, pending.uscc)
    operator.send("post", f"operator/employers/{pending.pk}/approve/")
    before = everything()
    locked = owner.send("patch", "employers/me/", {"headcount": 21})

    assert (locked.status_code, locked.json()["code"]) == (409, "employer_profile_locked")
    assert everything() == before


def test_profile_decided_on_meanwhile_stays_as_decided(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock is part of the UPDATE, not only of the check before it."""
    pending = make.make_employer(state=EmployerState.PENDING)
    principal = make.make_principal(pending)
    checked = particulars.employer_columns

    def approve_meanwhile(*args: Any) -> Any:
        Employer.objects.filter(pk=pending.pk).update(state=EmployerState.APPROVED)
        return checked(*args)

    monkeypatch.setattr(particulars, "employer_columns", approve_meanwhile)
    with pytest.raises(Refused, match="employer_profile_locked"):
        employers.update_profile(principal=principal, changes={"headcount": 21})

    pending.refresh_from_db()
    assert pending.headcount == PROFILE["headcount"]


def test_how_people_sign_is_chosen_at_any_time_and_on_record(db: None) -> None:
    employer = make.make_employer()
    owner = make.client_of(make.make_member(employer))

    answer = owner.send("patch", "employers/me/signing/", {"typed_names": False})

    assert (answer.json()["typed_names"], answer.json()["stroke_data"]) == (False, True)
    employer.refresh_from_db()
    assert (employer.typed_names, employer.stroke_data) == (False, True)
    event = AuditEvent.objects.get(action="employer.signing_chosen", tenant=employer.pk)
    assert event.detail == {"typed_names": False}


@pytest.mark.parametrize("role", [Role.CLERK, Role.SEAL_KEEPER, Role.AUDITOR])
def test_only_owners_choose_how_people_sign(db: None, role: Role) -> None:
    client = make.client_of(make.make_member(make.make_employer(), role))
    before = everything()

    answer = client.send("patch", "employers/me/signing/", {"typed_names": False})

    assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")
    assert everything() == before


@pytest.mark.parametrize("role", [Role.CLERK, Role.SEAL_KEEPER, Role.AUDITOR])
def test_only_owners_edit_the_profile(db: None, role: Role) -> None:
    pending = make.make_employer(state=EmployerState.PENDING)
    client = make.client_of(make.make_member(pending, role))
    before = everything()

    answer = client.send("patch", "employers/me/", {"headcount": 20})

    assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")
    assert everything() == before


def test_registration_that_fails_halfway_leaves_nothing(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: Any) -> None:
        raise Refused("invitation_invalid")

    monkeypatch.setattr(employers, "offer_place", fail)
    before = everything()

    answer = visitor.send("post", "employers/", REGISTRATION)

    assert answer.status_code == 409
    assert everything() == before
    assert not Invitation.objects.exists()
    assert not Membership.objects.exists()


@pytest.mark.parametrize("kind", table("employer_type"))
def test_a27_every_kind_of_employer_registers(visitor: Client, kind: str) -> None:
    """Enterprises, self-employed, state bodies, institutions, associations, committees: all are codes."""
    profile = {**PROFILE, "type": kind, "owner_email": "owner@example.com"}
    answer = visitor.send("post", "employers/", profile)
    assert answer.status_code == 201, answer.json()
    assert Employer.objects.get().type == kind


def test_a27_a_kind_that_the_table_does_not_know_is_refused(visitor: Client) -> None:
    answer = visitor.send("post", "employers/", {**PROFILE, "type": "99x", "owner_email": "o@example.com"})
    assert answer.status_code == 400
    assert not Employer.objects.exists()
