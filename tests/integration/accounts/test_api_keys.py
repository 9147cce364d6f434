"""Bearer keys: what they may do, how they are kept, how they end."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.management import CommandError, call_command

from accounts.models import ApiKey, Employer, User
from accounts.services import api_keys
from core import clock
from core.models import RememberedAnswer
from core.principal import Permission, Role
from tests.integration.accounts.conftest import everything
from tests.integration.accounts.test_totp import code_now, enrol
from tests.support import accounts as make
from tests.support.accounts import Client


def wish(*scopes: str, days: int = 30, **more: str) -> dict[str, Any]:
    return {
        "name": "payroll",
        "scopes": list(scopes or ["read"]),
        "expires_at": (clock.now() + timedelta(days=days)).isoformat(),
        **more,
    }


@pytest.fixture
def clerk(employer: Employer) -> Client:
    return make.client_of(make.make_member(employer, Role.CLERK))


def test_key_does_what_its_scopes_allow_and_no_more(employer: Employer, clerk: Client) -> None:
    worker = make.make_worker(employer)
    key = Client(clerk.send("post", "api-keys/", wish("read")).json()["token"])

    assert key.send("get", f"workers/{worker.pk}/").status_code == 200
    before = everything()
    denied = [
        key.send("post", "workers/", make.WORKER),
        key.send("post", f"workers/{worker.pk}/reveal/", {"reason": "payroll"}),
        key.send("post", "api-keys/", wish("draft")),
    ]

    assert [a.status_code for a in denied] == [403, 403, 403]
    assert [a.json()["code"] for a in denied] == ["not_permitted", "not_permitted", "scope_not_held"]
    assert everything() == before


@pytest.mark.parametrize("scope", ["manage_members", "seal_approve", "operate"])
def test_key_cannot_hold_what_its_maker_lacks(clerk: Client, scope: str) -> None:
    before = everything()

    answer = clerk.send("post", "api-keys/", wish("read", scope))

    assert (answer.status_code, answer.json()["code"]) == (403, "scope_not_held")
    assert everything() == before


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (wish("everything"), "invalid_input"),
        ({**wish(), "scopes": []}, "invalid_input"),
        ({**wish(), "expires_at": "tomorrow"}, "invalid_input"),
        ({**wish(), "prefix": "abc"}, "invalid_input"),
        (wish(days=-1), "key_life_too_long"),
        (wish(days=400), "key_life_too_long"),
    ],
)
def test_malformed_wish_is_refused(clerk: Client, body: dict[str, Any], code: str) -> None:
    before = everything()

    answer = clerk.send("post", "api-keys/", body)

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert everything() == before


def test_secret_is_shown_once_and_kept_nowhere(clerk: Client) -> None:
    body = wish()
    first = clerk.send("post", "api-keys/", body, Idempotency_Key="one").json()
    again = clerk.send("post", "api-keys/", body, Idempotency_Key="one").json()
    token = first["token"]

    prefix, secret = token.split("_", 2)[1:]
    row = ApiKey.objects.get(prefix=prefix)
    assert (len(secret), row.secret_hash) == (43, api_keys.hash_of(secret))
    assert secret not in str(everything())
    assert secret not in str([answer.body for answer in RememberedAnswer.objects.all()])
    assert again == {**first, "token": None}
    assert token not in clerk.send("get", "api-keys/").content.decode()


def test_who_has_an_app_must_give_a_code(clerk: Client) -> None:
    with time_machine.travel(clock.now() - timedelta(seconds=90)):
        secret = enrol(clerk)
    before = everything()

    answers = [clerk.send("post", "api-keys/", wish()), clerk.send("post", "api-keys/", wish(totp="000000"))]
    assert [a.json()["code"] for a in answers] == ["totp_required", "totp_wrong"]
    assert everything() == before

    assert clerk.send("post", "api-keys/", wish(totp=code_now(secret))).status_code == 201


def test_revoked_key_is_dead(clerk: Client) -> None:
    made = clerk.send("post", "api-keys/", wish()).json()
    key = Client(made["token"])
    assert key.send("get", "workers/").status_code == 200

    first = clerk.send("post", f"api-keys/{made['id']}/revoke/").json()
    second = clerk.send("post", f"api-keys/{made['id']}/revoke/").json()

    assert first["revoked_at"] == second["revoked_at"] is not None
    assert key.send("get", "workers/").status_code == 401


def test_expired_key_is_dead(clerk: Client) -> None:
    key = Client(clerk.send("post", "api-keys/", wish(days=1)).json()["token"])

    with time_machine.travel(clock.now() + timedelta(days=1, seconds=1)):
        assert key.send("get", "workers/").status_code == 401


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: token.rsplit("_", 1)[0],
        lambda token: "xx" + token[2:],
        lambda token: "",
        lambda token: "qb__",
        lambda token: "qb_" + "é" * 12 + "_x",
    ],
)
def test_spoilt_token_is_refused(clerk: Client, spoil: Any) -> None:
    answer = Client().send("get", "workers/", Authorization=f"Bearer {spoil(clerk.token)}")

    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


@pytest.mark.parametrize(
    "path", ["workers/", "employers/me/", "members/", "api-keys/", "operator/employers/"]
)
def test_nothing_is_shown_without_a_key(visitor: Client, path: str) -> None:
    assert visitor.send("get", path).status_code == 401


def test_inactive_person_has_no_keys(employer: Employer) -> None:
    membership = make.make_member(employer)
    client = make.client_of(membership)
    User.objects.filter(pk=membership.user_id).update(is_active=False)

    assert client.send("get", "workers/").status_code == 401


def test_key_of_a_former_operator_is_dead(db: None) -> None:
    user = make.make_operator()
    client = make.client_of(user)
    User.objects.filter(pk=user.pk).update(is_operator=False)

    assert client.send("get", "operator/employers/").status_code == 401


def test_keys_are_seen_by_their_person_and_the_owners(
    employer: Employer, owner: Client, clerk: Client
) -> None:
    made = clerk.send("post", "api-keys/", wish()).json()["id"]
    colleague = make.client_of(make.make_member(employer, Role.CLERK))
    stranger = make.client_of(make.make_member(make.make_employer()))
    operator = make.client_of(make.make_operator())

    def sees(client: Client) -> bool:
        return made in {row["id"] for row in client.send("get", "api-keys/?page_size=200").json()["results"]}

    assert [sees(c) for c in (clerk, owner, colleague, stranger, operator)] == [
        True,
        True,
        False,
        False,
        False,
    ]
    before = everything()
    for client in (colleague, stranger, operator):
        assert client.send("post", f"api-keys/{made}/revoke/").status_code == 404
    assert clerk.send("post", f"api-keys/{uuid4()}/revoke/").status_code == 404
    assert everything() == before
    assert owner.send("post", f"api-keys/{made}/revoke/").status_code == 200


def test_last_use_is_noted_by_the_minute(clerk: Client) -> None:
    now = clock.now()
    with time_machine.travel(now, tick=False) as traveller:
        clerk.send("get", "workers/")
        noted = ApiKey.objects.latest("created_at").last_used_at
        traveller.shift(30)
        clerk.send("get", "workers/")
        assert ApiKey.objects.latest("created_at").last_used_at == noted
        traveller.shift(31)
        clerk.send("get", "workers/")
        assert ApiKey.objects.latest("created_at").last_used_at == now + timedelta(seconds=61)


def test_command_prints_an_operators_key_once(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_operator", email="Operator@Example.com")
    token = capsys.readouterr().out.strip()

    assert Client(token).send("get", "operator/employers/").status_code == 200
    assert ApiKey.objects.get().scopes == [Permission.OPERATE]
    with pytest.raises(CommandError):
        call_command("create_operator", email="operator@example.com")
    assert User.objects.count() == 1


def test_one_persons_keys_for_two_employers_do_not_mix(employer: Employer) -> None:
    """The same Idempotency-Key and body, sent for each employer, has its effect in each or is refused."""
    first = make.make_member(employer, Role.CLERK)
    second = type(first).objects.create(user=first.user, employer=make.make_employer(), role=Role.CLERK)
    clients = [make.client_of(m) for m in (first, second)]

    answers = [c.send("post", "workers/", make.WORKER, Idempotency_Key="one") for c in clients]

    assert [a.status_code for a in answers] == [201, 422]
