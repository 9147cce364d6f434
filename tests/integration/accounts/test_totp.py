"""Authenticator apps: enrolment, and the proof before weighty acts."""

import threading
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.db import connection

from accounts.models import Employer
from accounts.services import stepup
from core import clock
from core.errors import Refused
from core.models import AuditEvent
from core.principal import Principal, Role
from tests.integration.accounts.conftest import everything
from tests.support import accounts as make
from tests.support.accounts import Client


def code_now(secret: str, *, steps: int = 0) -> str:
    """What the app on the phone shows, or showed some half-minutes ago."""
    return str(format_hotp_value(hotp_value(secret, int(clock.now().timestamp()) // 30 + steps)))


def enrol(client: Client) -> str:
    """Enrol an app; its secret. The code of the present half-minute is thereby used."""
    begun = client.send("post", "me/totp/").json()
    confirmed = client.send("post", "me/totp/confirm/", {"totp": code_now(begun["secret"])})
    assert confirmed.status_code == 200, confirmed.json()
    return str(begun["secret"])


@pytest.fixture
def principal(employer: Employer) -> Principal:
    return make.make_principal(employer, Role.SEAL_KEEPER)


@pytest.fixture
def secret(principal: Principal) -> str:
    """The principal's app, enrolled two half-minutes ago."""
    with time_machine.travel(clock.now() - timedelta(seconds=90)):
        secret = stepup.begin_totp(principal=principal).secret
        stepup.confirm_totp(principal=principal, code=code_now(secret))
    return secret


def test_enrolment_counts_only_when_confirmed(owner: Client) -> None:
    begun = owner.send("post", "me/totp/").json()
    query = parse_qs(urlsplit(begun["otpauth_url"]).query)
    assert query["secret"] == [begun["secret"]]
    before = everything()
    wrong = owner.send("post", "me/totp/confirm/", {"totp": "000000"})
    assert wrong.json()["code"] == "totp_wrong"
    assert everything() == before

    owner.send("post", "me/totp/confirm/", {"totp": code_now(begun["secret"])})

    assert AuditEvent.objects.filter(action="totp.enrolled").count() == 1
    again = owner.send("post", "me/totp/")
    assert (again.status_code, again.json()["code"]) == (409, "totp_already_enrolled")


def test_secret_is_kept_encrypted_where_allauth_finds_it(owner: Client) -> None:
    secret = enrol(owner)

    row = Authenticator.objects.get()
    assert secret not in str(row.data)
    with time_machine.travel(clock.now() + timedelta(seconds=60)):
        assert row.wrap().validate_code(code_now(secret))


def test_nothing_to_confirm(owner: Client) -> None:
    answer = owner.send("post", "me/totp/confirm/", {"totp": "123456"})

    assert (answer.status_code, answer.json()["code"]) == (409, "totp_not_begun")


def test_strong_proof_needs_an_app(principal: Principal) -> None:
    with pytest.raises(Refused, match="totp_not_enrolled"):
        stepup.require_strong(principal, "123456")


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_clock_half_a_minute_off_is_forgiven(principal: Principal, secret: str, steps: int) -> None:
    stepup.require_strong(principal, code_now(secret, steps=steps))


@pytest.mark.parametrize("steps", [-2, 2])
def test_a_clock_further_off_is_not(principal: Principal, secret: str, steps: int) -> None:
    with pytest.raises(Refused, match="totp_wrong"):
        stepup.require_strong(principal, code_now(secret, steps=steps))


def test_a_code_is_accepted_once(principal: Principal, secret: str) -> None:
    with time_machine.travel(clock.now(), tick=False) as traveller:
        code = code_now(secret)
        stepup.require_strong(principal, code)
        for seconds in (0, 10, 20):
            traveller.shift(timedelta(seconds=seconds))
            with pytest.raises(Refused, match="totp_wrong"):
                stepup.require_strong(principal, code)


def test_an_older_code_is_not_accepted_after_a_newer_one(principal: Principal, secret: str) -> None:
    with time_machine.travel(clock.now(), tick=False):
        stepup.require_strong(principal, code_now(secret))
        with pytest.raises(Refused, match="totp_wrong"):
            stepup.require_strong(principal, code_now(secret, steps=-1))


@pytest.mark.parametrize("code", [None, ""])
def test_a_code_must_be_given(principal: Principal, secret: str, code: str | None) -> None:
    with pytest.raises(Refused, match="totp_required"):
        stepup.require_strong(principal, code)


def test_recent_proof_in_the_web_session_serves(principal: Principal, secret: str) -> None:
    now = clock.now()
    stepup.require_strong(principal, None, session_proved_at=now - timedelta(minutes=4))
    for stale in (now - timedelta(minutes=6), now + timedelta(minutes=1)):
        with pytest.raises(Refused, match="totp_required"):
            stepup.require_strong(principal, None, session_proved_at=stale)


def test_five_wrong_codes_lock_out_the_right_one(principal: Principal, secret: str) -> None:
    for _ in range(5):
        with pytest.raises(Refused, match="totp_wrong"):
            stepup.require_strong(principal, "000000")
    with pytest.raises(Refused, match="too_many_attempts"):
        stepup.require_strong(principal, code_now(secret))

    with time_machine.travel(clock.now() + timedelta(minutes=15, seconds=1)):
        stepup.require_strong(principal, code_now(secret))


def test_another_persons_code_is_wrong(employer: Employer, principal: Principal, secret: str) -> None:
    other = make.make_principal(employer)
    theirs = stepup.begin_totp(principal=other).secret
    stepup.confirm_totp(principal=other, code=code_now(theirs))

    with pytest.raises(Refused, match="totp_wrong"):
        stepup.require_strong(other, code_now(secret, steps=1))


@pytest.mark.django_db(transaction=True)
def test_one_code_serves_one_of_many_parallel_requests() -> None:
    principal = make.make_principal(make.make_employer())
    with time_machine.travel(clock.now() - timedelta(seconds=90)):
        secret = stepup.begin_totp(principal=principal).secret
        stepup.confirm_totp(principal=principal, code=code_now(secret))
    code = code_now(secret)
    gate = threading.Barrier(4)
    outcomes: list[str] = []

    def use() -> None:
        gate.wait()
        try:
            stepup.require_strong(principal, code)
            outcomes.append("accepted")
        except Refused as refused:
            outcomes.append(refused.code)
        connection.close()

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["accepted", "totp_wrong", "totp_wrong", "totp_wrong"]
