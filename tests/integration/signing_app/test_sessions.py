"""Links, sessions, identity: who gets in, what they see before and after, and what is refused."""

import json
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
import time_machine

from core import clock, work
from core.models import AuditEvent, RememberedAnswer
from signing.identity.realname import RealNameAnswer, RealNameUnavailable, SyntheticRealName
from signing.models import Notice, SigningLink, SigningParty, SigningSession
from signing.services import requests
from tests.support.signing import (
    ID_NO,
    MOBILE,
    NAME,
    Phone,
    make_request,
    messages,
    newest,
    refused,
    run,
    snapshot,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders", "heard")]
LINK = r"/sign/#([\w-]{43})"


def test_nothing_personal_before_the_phone_is_proved() -> None:
    make_request()
    phone = Phone().open_link()
    before = phone.get("session").body
    assert before["sent_to"] == "*******0000"
    assert before["sender"] == "示例制造（淄博）有限公司"
    assert before["personal"] is None
    phone.claim()
    seen = json.dumps([before, phone.get("session").body, phone.get("status").body], ensure_ascii=False)
    assert not [secret for secret in (NAME, ID_NO, MOBILE, "370303", "19900307") if secret in seen]
    assert (
        phone.client.get(
            "/api/v1/sign/document/", headers={"Authorization": f"Bearer {phone.secret}"}
        ).status_code
        == 409
    )
    phone.post("identity/code", {"code": newest(r"】验证码(\d{6})")})
    assert phone.get("session").body["personal"]["name"] == NAME


def test_secrets_are_kept_as_hashes_and_messages_are_blanked() -> None:
    make_request()
    token = newest(LINK)
    phone = Phone().open_link(token)
    assert SigningLink.objects.get().token_hash == sha256(token.encode()).hexdigest()
    assert SigningSession.objects.get().secret_hash == sha256(phone.secret.encode()).hexdigest()
    phone.identify()
    notices = list(Notice.objects.all())
    assert [notice.state for notice in notices] == ["sent", "sent"]
    assert not [n for n in notices if token in str(n.params) or n.params.get("code", "******") != "******"]
    assert not [text for text in messages() if ID_NO in text]
    details = json.dumps(list(AuditEvent.objects.values_list("detail", flat=True)), ensure_ascii=False)
    assert not [secret for secret in (token, phone.secret, NAME, ID_NO, MOBILE) if secret in details]


def test_a_scanner_that_follows_the_link_changes_nothing() -> None:
    make_request()
    newest(LINK)
    before = snapshot()
    assert Phone().client.get("/api/v1/sign/exchange/").status_code == 405
    assert snapshot() == before


def test_a_second_device_takes_over_only_with_the_code_and_the_first_is_told() -> None:
    make_request()
    token = newest(LINK)
    first = Phone().open_link(token).identify()
    answer = (second := Phone()).post("exchange", {"token": token})
    assert answer.body["takes_over"] is True
    second.secret = answer.body["session"]
    assert first.get("session").status == 200  # having the link is not enough
    second.identify()
    assert first.get("session").code == "session_taken_over"
    assert second.get("session").body["personal"]["name"] == NAME


def test_a_repeated_exchange_gets_the_same_session() -> None:
    make_request()
    token = newest(LINK)
    phone = Phone()
    answers = [phone.post("exchange", {"token": token}, key="k1") for _ in range(2)]
    assert answers[0].body == answers[1].body
    assert SigningSession.objects.count() == 1
    assert answers[0].body["session"] not in str(RememberedAnswer.objects.values_list("request_digest"))


def test_links_that_do_not_open() -> None:
    request = make_request()
    old = newest(LINK)
    party = request.parties.get(role="worker")
    assert Phone().post("exchange", {"token": "x" * 43}).code == "link_invalid"
    requests.reinvite_party(request_id=request.pk, party_id=party.pk, actor="user:1")
    before = snapshot()
    refused(Phone().post("exchange", {"token": old}), "link_replaced", before)
    fresh = newest(LINK)
    with time_machine.travel(request.expires_at + timedelta(seconds=1)):
        before = snapshot()
        refused(Phone().post("exchange", {"token": fresh}), "request_expired", before)
    requests.withdraw_request(request_id=request.pk, actor="user:1", reason="填错了")
    before = snapshot()
    refused(Phone().post("exchange", {"token": fresh}), "request_withdrawn", before)


def test_a_link_can_be_opened_so_many_times_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signing.services.sessions.SESSIONS_PER_LINK", 2)
    make_request()
    token = newest(LINK)
    assert [Phone().post("exchange", {"token": token}).status for _ in range(3)] == [201, 201, 429]


def test_sessions_that_do_not_hold() -> None:
    make_request()
    phone = Phone().open_link()
    assert Phone(secret="y" * 43).get("session").code == "session_invalid"
    assert Phone().client.get("/api/v1/sign/session/").status_code == 401
    with time_machine.travel(clock.now() + timedelta(hours=13)):
        assert phone.get("session").code == "session_expired"


def test_a_new_phone_number_voids_everything_old() -> None:
    request = make_request()
    phone = Phone().open_link().identify()
    party = request.parties.get(role="worker")
    requests.reinvite_party(request_id=request.pk, party_id=party.pk, actor="user:1", mobile="13900000001")
    assert phone.get("session").code == "session_invalid"
    assert len([text for text in messages("13900000001") if "/sign/#" in text]) == 1
    assert Phone(mobile="13900000001").open_link().identify().get("session").body["personal"]


def test_wrong_name_or_number_is_refused_alike_and_counted() -> None:
    make_request()
    phone = Phone().open_link()
    before = snapshot()
    for name, id_no in ((NAME, "310115198511120020"), ("测试乙", ID_NO)):
        refused(phone.post("identity", {"name": name, "id_no": id_no}), "identity_mismatch", before)
    for _ in range(8):
        answer = phone.post("identity", {"name": "测试乙", "id_no": ID_NO})
    assert "0 次" in answer.body["title"]
    refused(phone.post("identity", {"name": NAME, "id_no": ID_NO}), "identity_locked", before)


def test_an_impossible_number_is_a_fault_in_the_field_and_not_counted() -> None:
    make_request()
    phone = Phone().open_link()
    before = snapshot()
    answer = phone.post("identity", {"name": NAME, "id_no": "370303199003070014"})
    refused(answer, "invalid_input", before)
    assert answer.body["faults"][0]["field"] == "/id_no"
    assert answer.body["faults"][0]["code"] == "citizen_number_checksum"
    assert SigningParty.objects.get(role="worker").identity_tries == 0


@pytest.mark.parametrize("name", ["买买提•吐尔逊", "买买提 · 吐尔逊", " 买买提．吐尔逊 "])
def test_spellings_of_the_same_name_are_the_same_person(name: str) -> None:
    make_request()
    assert Phone(name=name).open_link().identify().get("session").body["identity"] == "done"


def test_the_real_name_provider_may_say_no() -> None:
    make_request(name="测试不符")
    phone = Phone(name="测试不符").open_link().claim()
    assert phone.get("session").body["identity"] == "failed"
    assert len(messages()) == 1  # the invitation; no code was sent
    assert phone.post("identity/code", {"code": "123456"}).code == "code_missing"
    assert phone.post("identity/resend").code == "step_missing"


def test_a_silent_real_name_provider_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def check(self: object, *, check_id: str, **person: Any) -> RealNameAnswer:
        asked.append(check_id)
        if len(asked) == 1:
            raise RealNameUnavailable
        return RealNameAnswer(True, "R-1")

    monkeypatch.setattr(SyntheticRealName, "check", check)
    make_request()
    phone = Phone().open_link().claim()
    assert phone.get("session").body["identity"] == "checking"
    assert phone.post("identity", {"name": NAME, "id_no": ID_NO}).code == "identity_checking"
    with time_machine.travel(clock.now() + timedelta(seconds=6)):
        run(work.GENERAL)
        assert phone.get("session").body["identity"] == "code"
    assert asked[0] == asked[1]


def test_one_session_cannot_act_for_another() -> None:
    make_request(mobile="13900000001", id_no="310115198511120020", name="测试乙")
    other = Phone(mobile="13900000001", name="测试乙", id_no="310115198511120020").open_link().identify()
    make_request()
    mine = Phone().open_link()
    before = snapshot()
    code = newest(r"】验证码(\d{6})", "13900000001")
    refused(mine.post("identity/code", {"code": code}), "code_missing", before)
    refused(
        mine.post("identity", {"name": "测试乙", "id_no": "310115198511120020"}), "identity_mismatch", before
    )
    assert other.get("session").body["personal"]["name"] == "测试乙"
    assert mine.get("session").body["personal"] is None
