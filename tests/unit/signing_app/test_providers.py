"""Text messages and real-name checks: the stand-ins say what they are, the HTTP ones fail in known ways."""

import json
from pathlib import Path

import pytest

from signing.identity.realname import HttpRealName, RealNameAnswer, RealNameUnavailable, SyntheticRealName
from signing.messages.gateway import MessageDeclined, MessageUnavailable
from signing.messages.sms import FileSms, HttpSms
from tests.support.receiver import Receiver, receiver

MESSAGE = {"to": "13800000000", "text": "【签备】测试", "message_id": "m-1"}
PERSON = {"name": "测试甲", "id_type": "01", "id_no": "370303199003070013", "mobile": "13800000000"}


def test_the_file_stand_in_says_loudly_that_it_is_one(tmp_path: Path) -> None:
    assert FileSms(tmp_path).send(**MESSAGE) == "m-1"
    (line,) = (tmp_path / "sms.jsonl").read_text(encoding="utf-8").splitlines()
    written = json.loads(line)
    assert {name: written[name] for name in ("to", "text", "id")} == {
        "to": "13800000000", "text": "【签备】测试", "id": "m-1",
    }  # fmt: skip
    assert "测试 TEST" in written["note"]
    assert "TEST" in FileSms.name
    assert "TEST" in SyntheticRealName.name


def test_a_message_over_http_carries_its_id_so_that_it_may_be_repeated() -> None:
    with receiver() as service:
        service.reply = b'{"reference": "R-7"}'
        assert HttpSms(service.url, "secret").send(**MESSAGE) == "R-7"
    ((headers, body),) = service.got
    assert headers["authorization"] == "Bearer secret"
    assert headers["idempotency-key"] == "m-1"
    assert json.loads(body) == MESSAGE


def _answering(service: Receiver, status: int, reply: bytes) -> None:
    service.answers.extend([status] * 5)
    service.reply = reply


@pytest.mark.parametrize(
    ("status", "reply", "outcome"),
    [
        (400, b"{}", MessageDeclined),
        (503, b"{}", MessageUnavailable),
        (200, b"<html>", MessageUnavailable),
        (200, b'{"ok": true}', MessageUnavailable),
        (200, b"[]", MessageUnavailable),
    ],
)
def test_messages_that_were_not_taken(status: int, reply: bytes, outcome: type[Exception]) -> None:
    with receiver() as service:
        _answering(service, status, reply)
        with pytest.raises(outcome):
            HttpSms(service.url, "secret").send(**MESSAGE)


@pytest.mark.parametrize(
    ("reply", "arrived"),
    [(b'{"arrived": true}', True), (b'{"arrived": false}', False), (b'{"arrived": null}', None)],
)
def test_a_gateway_tells_what_became_of_a_message(reply: bytes, arrived: bool | None) -> None:
    with receiver() as service:
        service.reply = reply
        assert HttpSms("http://127.0.0.1:1/", "secret", service.url).arrived("R-7") is arrived
    ((headers, body),) = service.got
    assert headers["authorization"] == "Bearer secret"
    assert json.loads(body) == {"reference": "R-7"}


def test_a_report_that_cannot_be_had_is_asked_for_later() -> None:
    with receiver() as service:
        _answering(service, 404, b"{}")
        with pytest.raises(MessageUnavailable):
            HttpSms("http://127.0.0.1:1/", "secret", service.url).arrived("R-7")
    assert not HttpSms("http://127.0.0.1:1/", "secret").reports


@pytest.mark.parametrize(
    ("reply", "passed"),
    [
        (b'{"passed": true, "reference": "R-1"}', True),
        (b'{"passed": false, "reference": "R-1"}', False),
        (b'{"passed": "yes", "reference": "R-1"}', False),
    ],
)
def test_only_a_plain_yes_passes(reply: bytes, passed: bool) -> None:
    with receiver() as service:
        service.reply = reply
        answer = HttpRealName(service.url, "secret").check(**PERSON, check_id="c-1")
    assert answer == RealNameAnswer(passed, "R-1")
    assert service.got[0][0]["idempotency-key"] == "c-1"


@pytest.mark.parametrize(("status", "reply"), [(500, b""), (404, b""), (200, b"garbage"), (200, b"{}")])
def test_no_answer_is_not_a_no(status: int, reply: bytes) -> None:
    with receiver() as service:
        _answering(service, status, reply)
        with pytest.raises(RealNameUnavailable):
            HttpRealName(service.url, "secret").check(**PERSON, check_id="c-1")
