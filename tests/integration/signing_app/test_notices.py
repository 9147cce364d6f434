"""The outbox: sent once, retried, never sent too late, and never in the way of signing."""

import json
from datetime import timedelta
from pathlib import Path
from smtplib import SMTPRecipientsRefused
from typing import Any
from unittest.mock import Mock

import pytest
import time_machine
from django.core.mail import EmailMessage

from core import clock, work
from signing.messages.gateway import MessageDeclined, MessageUnavailable
from signing.messages.sms import FileSms
from signing.models import Notice
from signing.services.notices import send_notice, text_of
from tests.support.signing import ID_NO, Phone, make_request, messages, run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders", "heard")]


class Unreliable:
    """A gateway that fails as told, then takes the message; later it reports as told."""

    name = "unreliable"
    reports = True

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *failures: type[Exception]) -> None:
        self.failures = list(failures)
        self.ids: list[str] = []
        self.told: list[bool | type[Exception] | None] = []
        monkeypatch.setattr("signing.services.notices.sms_gateway", lambda: self)

    def send(self, *, to: str, text: str, message_id: str) -> str:
        self.ids.append(message_id)
        if self.failures:
            raise self.failures.pop(0)
        return "R-1"

    def arrived(self, reference: str) -> bool | None:
        assert reference == "R-1"
        told = self.told.pop(0)
        if isinstance(told, type):
            raise told
        return told


def test_a_silent_provider_is_asked_again_under_the_same_id(monkeypatch: pytest.MonkeyPatch) -> None:
    make_request()
    provider = Unreliable(monkeypatch, MessageUnavailable, MessageUnavailable)
    for seconds in (0, 6, 20):
        with time_machine.travel(clock.now() + timedelta(seconds=seconds)):
            run(work.GENERAL)
    notice = Notice.objects.get()
    assert (notice.state, notice.attempts, notice.reference) == ("sent", 3, "R-1")
    assert set(provider.ids) == {str(notice.pk)}


def test_a_refused_message_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    make_request()
    provider = Unreliable(monkeypatch, MessageDeclined)
    run(work.GENERAL)
    send_notice(str(Notice.objects.get().pk))
    assert Notice.objects.get().state == "failed"
    assert len(provider.ids) == 1


def test_a_code_is_not_sent_after_it_has_expired(monkeypatch: pytest.MonkeyPatch) -> None:
    make_request()
    Phone().open_link().claim()
    Notice.objects.filter(template="code_identity").update(state="queued")
    notice = Notice.objects.get(template="code_identity")
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        send_notice(str(notice.pk))
    notice.refresh_from_db()
    assert notice.state == "dropped"


def test_a_message_that_was_sent_is_not_sent_again(settings: Any) -> None:
    make_request()
    assert len(messages()) == 1
    send_notice(str(Notice.objects.get().pk))
    assert len(messages()) == 1


def test_names_reach_the_phone_as_they_are_written(settings: Any) -> None:
    request = make_request()
    notice = Notice.objects.get()
    notice.params |= {"sender": "示例“A&B”<贸易>公司"}
    assert "示例“A&B”<贸易>公司邀请您签署" in text_of(notice)
    assert "\n" not in text_of(notice)
    assert request.title in text_of(notice)


def test_no_message_has_an_identity_number(settings: Any) -> None:
    make_request()
    Phone().prepare_to_sign().ask_code()
    lines = (Path(settings.OUTBOX_DIR) / "sms.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 3
    assert not [line for line in lines if ID_NO in line or "TEST" not in json.loads(line)["note"]]
    assert FileSms.name.startswith("file")


@pytest.mark.parametrize(("told", "state"), [(True, "arrived"), (False, "lost")])
def test_what_became_of_a_message_is_asked_until_it_is_known(
    told: bool, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_request()
    gateway = Unreliable(monkeypatch)
    run(work.GENERAL)
    gateway.told = [MessageUnavailable, None, told]
    sent = clock.now()
    for seconds in (31, 63, 127):
        assert Notice.objects.get().state == "sent"
        with time_machine.travel(sent + timedelta(seconds=seconds)):
            run(work.GENERAL)
    assert Notice.objects.get().state == state
    assert gateway.told == []


def test_after_three_days_nobody_asks_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    make_request()
    gateway = Unreliable(monkeypatch)
    run(work.GENERAL)
    gateway.told = [None]
    with time_machine.travel(clock.now() + timedelta(days=3, seconds=1)):
        run(work.GENERAL)
    with time_machine.travel(clock.now() + timedelta(days=9)):
        run(work.GENERAL)
    assert (Notice.objects.get().state, gateway.told) == ("sent", [])


@pytest.mark.parametrize(
    ("language", "subject"), [("zh", "【签备】《签署测试文本》"), ("en", "[Qianbei] 签署测试文本")]
)
def test_a_message_goes_to_the_mailbox_too_and_a_code_never(
    language: str, subject: str, mailoutbox: list[EmailMessage]
) -> None:
    make_request(email="worker@example.com")
    Notice.objects.update(language=language)
    Phone().prepare_to_sign().ask_code()
    run(work.GENERAL)
    (letter,) = mailoutbox
    assert (letter.subject, letter.to) == (subject, ["worker@example.com"])
    assert "/sign/#" in letter.body
    assert ID_NO not in letter.body
    assert not Notice.objects.filter(channel="mail").exclude(template="invitation").exists()
    assert "/sign/#" not in str(Notice.objects.get(channel="mail").params)


def test_a_mail_that_cannot_leave_is_tried_again_and_the_phone_does_not_wait(
    monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMessage]
) -> None:
    make_request(email="worker@example.com")
    with monkeypatch.context() as down:
        down.setattr(EmailMessage, "send", Mock(side_effect=ConnectionRefusedError))
        run(work.GENERAL)
    assert len(messages()) == 1
    assert Notice.objects.get(channel="mail").state == "queued"
    with time_machine.travel(clock.now() + timedelta(seconds=6)):
        run(work.GENERAL)
    notice = Notice.objects.get(channel="mail")
    assert (notice.state, notice.reference) == ("sent", f"<{notice.pk}@qianbei>")
    assert [letter.extra_headers["Message-ID"] for letter in mailoutbox] == [notice.reference]


def test_an_address_that_the_mail_server_refuses_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    make_request(email="nobody@example.com")
    monkeypatch.setattr(EmailMessage, "send", Mock(side_effect=SMTPRecipientsRefused({})))
    run(work.GENERAL)
    assert Notice.objects.get(channel="mail").state == "failed"
