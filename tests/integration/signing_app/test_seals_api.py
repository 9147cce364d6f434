"""Seals over the API: made by an owner, seen by members, invisible to everybody else."""

from uuid import uuid4

import pytest

from core.principal import Role
from signing.services import keyroom
from tests.support.accounts import client_of, make_employer, make_member
from tests.support.signing import Phone, make_request, snapshot

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders", "heard")]
SEAL = {"kind": "contract", "label": "合同章", "diameter_mm": "42.0"}


def test_an_owner_makes_a_seal_and_a_keeper_suspends_it() -> None:
    employer = make_employer()
    owner, keeper = (client_of(make_member(employer, role)) for role in (Role.OWNER, Role.SEAL_KEEPER))
    assert owner.send("post", "seals/", SEAL).json()["code"] == "organisation_not_enrolled"
    keyroom.enrol_organisation_key(
        tenant=employer.pk, legal_name=employer.name, uscc=employer.uscc, actor="user:1"
    )
    made = owner.send("post", "seals/", SEAL)
    assert made.status_code == 201
    seal = made.json()
    assert (seal["name"], seal["purpose_text"], seal["state"]) == (employer.name, "合同专用章", "active")
    assert [row["id"] for row in keeper.send("get", "seals/").json()] == [seal["id"]]
    assert keeper.send("post", f"seals/{seal['id']}/suspend/").json()["state"] == "suspended"
    assert keeper.send("post", f"seals/{seal['id']}/suspend/").json()["code"] == "state_conflict"
    assert keeper.send("post", f"seals/{seal['id']}/restore/").json()["state"] == "active"
    assert keeper.send("get", f"seals/{seal['id']}/uses/").json() == []


def test_who_may_not() -> None:
    employer = make_employer()
    keyroom.enrol_organisation_key(
        tenant=employer.pk, legal_name=employer.name, uscc=employer.uscc, actor="user:1"
    )
    owner, clerk = (client_of(make_member(employer, role)) for role in (Role.OWNER, Role.CLERK))
    stranger = client_of(make_member(make_employer()))
    seal = owner.send("post", "seals/", SEAL).json()["id"]
    before = snapshot()
    assert clerk.send("post", "seals/", {**SEAL, "label": "二"}).status_code == 403
    assert clerk.send("post", f"seals/{seal}/suspend/").status_code == 403
    assert stranger.send("get", "seals/").json() == []
    assert stranger.send("get", f"seals/{seal}/uses/").status_code == 404
    assert stranger.send("post", f"seals/{seal}/suspend/").status_code in (403, 404)
    faults = owner.send("post", "seals/", {**SEAL, "diameter_mm": "60", "colour": "blue"}).json()["faults"]
    assert {fault["field"] for fault in faults} >= {"/colour"}
    assert snapshot() == before


def test_a_signing_session_is_not_a_member_and_a_key_is_not_a_session() -> None:
    make_request()
    phone = Phone().open_link()
    headers = {"Authorization": f"Bearer {phone.secret}"}
    assert phone.client.get("/api/v1/seals/", headers=headers).status_code == 401
    owner = client_of(make_member(make_employer()))
    assert owner.send("get", "sign/session/").json()["code"] == "session_invalid"
    assert owner.send("get", f"seals/{uuid4()}/uses/").status_code == 404
