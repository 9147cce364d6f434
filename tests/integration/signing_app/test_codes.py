"""One-time codes: bound, short-lived, single use, and hard to guess, also by a thousand hands at once."""

from collections import Counter
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from core import clock
from signing.domain import TRIES_PER_PURPOSE
from signing.models import CodeBudget, OneTimeCode
from signing.services import requests
from tests.support.signing import MOBILE, Phone, at_once, make_request, newest, prepared, refused, snapshot

pytestmark = [pytest.mark.usefixtures("own_folders", "heard")]
IDENTITY_CODE = r"】验证码(\d{6})"


def wrong(right: str, number: int = 1) -> str:
    """A code that is not the right one."""
    return f"{(int(right) + number) % 1_000_000:06}"


def later(seconds: int) -> Any:
    return time_machine.travel(clock.now() + timedelta(seconds=seconds))


@pytest.mark.django_db
def test_codes_are_hashed_and_never_equal_their_hash_elsewhere() -> None:
    make_request()
    Phone().open_link().claim()
    code = newest(IDENTITY_CODE)
    row = OneTimeCode.objects.get()
    assert code not in row.code_hash
    assert len(row.code_hash) == 64


@pytest.mark.django_db
def test_a_wrong_code_says_how_many_tries_are_left_and_the_sixth_is_refused_though_right() -> None:
    make_request()
    phone = Phone().open_link().claim()
    right = newest(IDENTITY_CODE)
    before = snapshot()
    for left in (4, 3, 2, 1):
        answer = phone.post("identity/code", {"code": wrong(right)})
        refused(answer, "code_wrong", before)
        assert f"{left} 次" in answer.body["title"]
    refused(phone.post("identity/code", {"code": wrong(right)}), "code_exhausted", before)
    refused(phone.post("identity/code", {"code": right}), "code_exhausted", before)


@pytest.mark.django_db
def test_a_code_expires_after_ten_minutes() -> None:
    make_request()
    phone = Phone().open_link().claim()
    right = newest(IDENTITY_CODE)
    before = snapshot()
    with later(601):
        refused(phone.post("identity/code", {"code": right}), "code_expired", before)


@pytest.mark.django_db
def test_a_code_works_once() -> None:
    make_request()
    phone = Phone().open_link().identify()
    before = snapshot()
    refused(phone.post("identity/code", {"code": newest(IDENTITY_CODE)}), "code_used", before)


@pytest.mark.django_db
def test_a_new_code_kills_the_old_one() -> None:
    make_request()
    phone = Phone().open_link().claim()
    old = newest(IDENTITY_CODE)
    before = snapshot()
    refused(phone.post("identity/resend"), "code_too_soon", before)
    with later(61):
        assert phone.post("identity/resend").body["codes_left"] == 1
        new = newest(IDENTITY_CODE)
        if new != old:
            assert phone.post("identity/code", {"code": old}).code == "code_wrong"
        assert phone.post("identity/code", {"code": new}).status == 200


@pytest.mark.django_db
def test_only_three_codes_are_sent_for_an_invitation() -> None:
    request = make_request()
    phone = Phone().open_link().claim()
    for seconds in (61, 122):
        with later(seconds):
            assert phone.post("identity/resend").status == 202
    with later(183):
        before = snapshot()
        refused(phone.post("identity/resend"), "codes_spent", before)
    requests.reinvite_party(
        request_id=request.pk, party_id=request.parties.get(role="worker").pk, actor="user:1"
    )
    Phone().open_link().identify()


@pytest.mark.django_db
def test_a_phone_gets_only_so_many_codes_a_day(settings: Any) -> None:
    settings.CODES_PER_PHONE_PER_DAY = 2
    for _ in range(2):
        make_request()
        Phone().open_link().identify()
    make_request()
    phone = Phone().open_link().claim()
    before = snapshot()
    refused(phone.post("identity/resend"), "phone_quota", before)


@pytest.mark.django_db
def test_fifteen_wrong_tries_lock_a_purpose_for_good() -> None:
    request = make_request()
    party = request.parties.get(role="worker")
    tries = 0
    for invitation in range(2):
        if invitation:
            requests.reinvite_party(request_id=request.pk, party_id=party.pk, actor="user:1")
        phone = Phone().open_link().claim()
        for seconds in (0, 61, 122):
            with later(seconds):
                if seconds:
                    phone.post("identity/resend")
                right = newest(IDENTITY_CODE)
                answers = [phone.post("identity/code", {"code": wrong(right, n)}) for n in range(1, 7)]
                tries += sum(answer.code == "code_wrong" for answer in answers)
                tries += answers[4].code == "code_exhausted"
    assert tries == TRIES_PER_PURPOSE
    assert CodeBudget.objects.get().tries == TRIES_PER_PURPOSE
    with later(300):
        assert phone.post("identity/resend").code == "code_guessing_locked"


@pytest.mark.django_db
def test_the_signing_code_is_bound_to_the_document_and_its_message_says_so() -> None:
    request = make_request()
    phone = Phone().prepare_to_sign()
    code = phone.ask_code()
    digest = phone.digest
    assert newest(r"文件校验码(\w{8})") == digest[:8]
    request.current_digest = "f" * 64  # as if another signature had come between
    request.save()
    before = snapshot()
    refused(phone.post("confirm", {"document_sha256": digest, "code": code}), "document_changed", before)
    answer = phone.post("confirm", {"document_sha256": "f" * 64, "code": code})
    refused(answer, "step_missing", before)  # the new revision was neither read nor placed
    session = request.parties.get(role="worker").sessions.get()
    session.readings.create(document_digest="f" * 64, dwell=[1], at=clock.now())
    session.placements.create(document_digest="f" * 64, box=asdict(prepared()[1]["worker"]), at=clock.now())
    before = snapshot()
    answer = phone.post("confirm", {"document_sha256": "f" * 64, "code": code})
    refused(answer, "document_changed", before)  # the code was sent for the old one


@pytest.mark.django_db(transaction=True)
def test_parallel_guessing_gets_no_more_tries_than_one_after_another() -> None:
    make_request()
    phone = Phone().open_link().claim()
    right = newest(IDENTITY_CODE, MOBILE)

    def guess(number: int) -> str:
        return Phone(secret=phone.secret).post("identity/code", {"code": wrong(right, number + 1)}).code

    codes = Counter(at_once(12, guess))
    assert OneTimeCode.objects.get().tries == 5
    assert CodeBudget.objects.get().tries == 5
    assert sum(codes.values()) == 12
    assert codes["code_wrong"] <= 5
    assert codes["code_exhausted"] >= 7
    assert phone.post("identity/code", {"code": right}).code == "code_exhausted"


@pytest.mark.django_db
def test_the_fifteenth_wrong_try_locks_even_in_the_middle_of_a_code() -> None:
    request = make_request()
    phone = Phone().open_link().claim()
    for seconds in (0, 61, 122):
        with later(seconds):
            if seconds:
                phone.post("identity/resend")
            right = newest(IDENTITY_CODE)
            for number in range(1, 5):
                phone.post("identity/code", {"code": wrong(right, number)})
    party = request.parties.get(role="worker")
    requests.reinvite_party(request_id=request.pk, party_id=party.pk, actor="user:1")
    phone = Phone().open_link().claim()
    right = newest(IDENTITY_CODE)
    answers = [phone.post("identity/code", {"code": wrong(right, number)}).code for number in range(1, 5)]
    assert answers == ["code_wrong"] * 3 + ["code_guessing_locked"]
    assert phone.post("identity/code", {"code": right}).code == "code_guessing_locked"
