"""The outbox: sent once, retried, never sent too late, and never in the way of signing."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from core import clock, work
from signing.identity.sms import FileSms, SmsDeclined, SmsUnavailable
from signing.models import Notice
from signing.services.notices import send_notice, text_of
from tests.support.signing import ID_NO, Phone, make_request, messages, run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders", "heard")]


class Unreliable:
    """A provider that fails as told, then hands over to the file."""

    name = "unreliable"

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *failures: type[Exception]) -> None:
        self.failures = list(failures)
        self.ids: list[str] = []
        monkeypatch.setattr("signing.services.notices.sms_provider", lambda: self)

    def send(self, *, to: str, text: str, message_id: str) -> str:
        self.ids.append(message_id)
        if self.failures:
            raise self.failures.pop(0)
        return "R-1"


def test_a_silent_provider_is_asked_again_under_the_same_id(monkeypatch: pytest.MonkeyPatch) -> None:
    make_request()
    provider = Unreliable(monkeypatch, SmsUnavailable, SmsUnavailable)
    for seconds in (0, 6, 20):
        with time_machine.travel(clock.now() + timedelta(seconds=seconds)):
            run(work.GENERAL)
    notice = Notice.objects.get()
    assert (notice.state, notice.attempts, notice.reference) == ("sent", 3, "R-1")
    assert set(provider.ids) == {str(notice.pk)}


def test_a_refused_message_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    make_request()
    provider = Unreliable(monkeypatch, SmsDeclined)
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
