"""Logging in over the API: uniform answers, lockout, the second factor, the choice of an employer."""

import contextlib
import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth import hashers
from django.db import connection

from accounts.domain import SESSION_LIFE
from accounts.models import ApiKey, AttemptWindow, Employer, User
from accounts.services import attempts
from core import clock
from core.errors import Refused
from core.models import AuditEvent
from core.principal import Role
from tests.integration.accounts.conftest import everything
from tests.integration.accounts.test_totp import code_now, enrol
from tests.support import accounts as make
from tests.support.accounts import PASSWORD, Client

EMAIL = "person@example.com"
RIGHT = {"email": EMAIL, "password": PASSWORD}
WRONG = {"email": EMAIL, "password": "not-the-password"}


@pytest.fixture
def person(employer: Employer) -> None:
    make.make_member(employer, Role.CLERK, email=EMAIL)


def test_session_key_acts_for_the_member_and_expires(
    employer: Employer, person: None, visitor: Client
) -> None:
    answer = visitor.send("post", "sessions/", {**RIGHT, "email": "PERSON@example.com"}).json()

    assert (answer["employer"], answer["role"]) == (str(employer.pk), "clerk")
    assert "view_pii" in answer["permissions"]
    client = Client(answer["token"])
    assert client.send("get", "employers/me/").json()["id"] == str(employer.pk)
    with time_machine.travel(clock.now() + SESSION_LIFE + timedelta(seconds=1)):
        assert client.send("get", "employers/me/").status_code == 401


def test_unknown_address_and_wrong_password_get_one_answer(person: None, visitor: Client) -> None:
    before = everything()

    wrong = visitor.send("post", "sessions/", WRONG)
    unknown = visitor.send("post", "sessions/", {**WRONG, "email": "nobody@example.com"})

    assert (wrong.status_code, wrong.json()["code"]) == (401, "login_failed")
    assert wrong.content == unknown.content
    assert everything() == before


def test_unknown_address_costs_as_much_work(
    person: None, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    encode = hashers.MD5PasswordHasher.encode

    def counting(self: Any, password: str, salt: str) -> str:
        hashed.append(salt)
        return encode(self, password, salt)

    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", counting)
    costs = []
    for email in (EMAIL, "nobody@example.com"):
        hashed.clear()
        visitor.send("post", "sessions/", {**WRONG, "email": email})
        costs.append(len(hashed))

    assert costs[0] == costs[1] > 0


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.com"])
def test_d01_lockout_after_five_wrong_tries_even_for_the_right_password(
    person: None, visitor: Client, email: str
) -> None:
    answers = [visitor.send("post", "sessions/", {**WRONG, "email": email}) for _ in range(5)]
    before = everything()
    sixth = visitor.send("post", "sessions/", {**RIGHT, "email": email})

    assert [a.json()["code"] for a in answers] == ["login_failed"] * 5
    assert (sixth.status_code, sixth.json()["code"]) == (429, "too_many_attempts")
    assert 0 < int(sixth.headers["Retry-After"]) <= 900
    assert everything() == before


def test_d01_lockout_ends(person: None, visitor: Client) -> None:
    for _ in range(6):
        visitor.send("post", "sessions/", WRONG)

    with time_machine.travel(clock.now() + timedelta(minutes=15, seconds=1)):
        assert visitor.send("post", "sessions/", RIGHT).status_code == 201


def test_right_answer_clears_the_account_but_not_the_address(employer: Employer, visitor: Client) -> None:
    """Else an attacker with one log-in of his own could try others' passwords for ever."""
    for number in range(21):
        make.make_member(employer, email=f"p{number}@example.com")
    codes = []
    for number in range(21):
        with time_machine.travel(clock.now() + timedelta(seconds=20 * number)):
            visitor.send("post", "sessions/", {"email": "p0@example.com", "password": PASSWORD})
            answer = visitor.send("post", "sessions/", {**WRONG, "email": f"p{number}@example.com"})
            codes.append(answer.json()["code"])

    assert codes == ["login_failed"] * 20 + ["too_many_attempts"]


@pytest.mark.django_db(transaction=True)
def test_lockout_holds_under_parallel_tries(visitor: Client) -> None:
    make.make_member(make.make_employer(), email=EMAIL)
    gate = threading.Barrier(12)
    codes: list[str] = []

    def attempt() -> None:
        gate.wait()
        codes.append(visitor.send("post", "sessions/", WRONG).json()["code"])
        connection.close()

    threads = [threading.Thread(target=attempt) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(codes) == ["login_failed"] * 5 + ["too_many_attempts"] * 7


@pytest.mark.django_db(transaction=True)
def test_tries_are_counted_one_by_one_without_a_transaction_around_them() -> None:
    """As the pages count them: each statement commits by itself."""
    limit = attempts.Limit("test", 5, timedelta(minutes=15))
    taken: dict[int, int] = dict.fromkeys(range(6), 0)
    gate = threading.Barrier(8)

    def take_in_every_round() -> None:
        for number in taken:
            gate.wait()
            with contextlib.suppress(Refused):
                attempts.take(limit, f"person {number}")
                taken[number] += 1
        connection.close()

    threads = [threading.Thread(target=take_in_every_round) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(taken.values()) == {5}


def test_old_windows_are_forgotten(db: None) -> None:
    attempts.take(attempts.SECOND_FACTOR, "somebody")
    attempts.forget_old_windows()
    assert AttemptWindow.objects.count() == 1
    with time_machine.travel(clock.now() + timedelta(days=2)):
        attempts.forget_old_windows()
    assert AttemptWindow.objects.count() == 0


def test_second_factor_is_asked_for_and_must_be_right(employer: Employer, visitor: Client) -> None:
    membership = make.make_member(employer, email=EMAIL)
    secret = enrol(make.client_of(membership))
    keys = ApiKey.objects.count()

    without = visitor.send("post", "sessions/", RIGHT)
    wrong = visitor.send("post", "sessions/", {**RIGHT, "totp": "000000"})
    assert (without.status_code, without.json()["code"]) == (401, "totp_required")
    assert (wrong.status_code, wrong.json()["code"]) == (403, "totp_wrong")
    assert ApiKey.objects.count() == keys

    with time_machine.travel(clock.now() + timedelta(seconds=60)):
        right = visitor.send("post", "sessions/", {**RIGHT, "totp": code_now(secret)})
    assert right.status_code == 201


def test_person_of_two_employers_chooses(employer: Employer, visitor: Client) -> None:
    first = make.make_member(employer, Role.CLERK, email=EMAIL)
    second = make.make_employer(name="示例建筑（无锡）有限公司")
    type(first).objects.create(user=first.user, employer=second, role=Role.AUDITOR)

    unchosen = visitor.send("post", "sessions/", RIGHT)
    chosen = visitor.send("post", "sessions/", {**RIGHT, "employer": str(second.pk)})
    foreign = visitor.send("post", "sessions/", {**RIGHT, "employer": str(make.make_employer().pk)})

    assert unchosen.json()["code"] == "employer_choice_needed"
    assert {fault["message"].split("：")[-1] for fault in unchosen.json()["faults"]} == {
        str(employer.pk),
        str(second.pk),
    }
    assert (chosen.json()["employer"], chosen.json()["role"]) == (str(second.pk), "auditor")
    assert (foreign.status_code, foreign.json()["code"]) == (403, "no_membership")


def test_operator_logs_in_without_an_employer(visitor: Client) -> None:
    user = make.make_operator()

    answer = visitor.send("post", "sessions/", {"email": user.email, "password": PASSWORD}).json()

    assert (answer["employer"], answer["role"], answer["permissions"]) == (None, "operator", ["operate"])
    assert Client(answer["token"]).send("get", "employers/me/").status_code == 403


def test_inactive_person_is_as_unknown(person: None, visitor: Client) -> None:
    User.objects.filter(email=EMAIL).update(is_active=False)

    assert visitor.send("post", "sessions/", RIGHT).json()["code"] == "login_failed"


def test_repeated_log_in_does_not_show_the_token_again(person: None, visitor: Client) -> None:
    first = visitor.send("post", "sessions/", RIGHT, Idempotency_Key="one").json()
    second = visitor.send("post", "sessions/", RIGHT, Idempotency_Key="one").json()

    assert first["token"]
    assert second == {**first, "token": None}
    assert AuditEvent.objects.filter(action="session.opened").count() == 1


@pytest.mark.parametrize(
    "body", [{}, {"email": EMAIL}, {**RIGHT, "admin": True}, {**RIGHT, "password": ["x"]}, []]
)
def test_malformed_log_in_is_refused(person: None, visitor: Client, body: Any) -> None:
    before = everything()

    answer = visitor.send("post", "sessions/", body)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")
    assert everything() == before
