"""Text messages: what a provider must do, a stand-in that writes a file, and one over HTTP."""

import json
import os
import threading
from functools import cache
from pathlib import Path
from typing import Protocol

from django.conf import settings

from core import clock
from signing.keys.http import Declined, Exchange, Unanswered

STAND_IN = "测试 TEST: written to this file instead of being sent"


class SmsUnavailable(Exception):  # noqa: N818  (an answer to the caller, not a malfunction)
    """The provider did not answer; the message may or may not have left. The same id may be sent again."""


class SmsDeclined(Exception):  # noqa: N818  (an answer, not a malfunction)
    """The provider will not send this message."""


class SmsProvider(Protocol):
    """Sends a message once per `message_id`, however often it is asked; returns its own reference."""

    name: str

    def send(self, *, to: str, text: str, message_id: str) -> str: ...


class FileSms:
    """Stand-in: one JSON line per message in OUTBOX_DIR/sms.jsonl, durable when `send` returns."""

    name = "file (测试 TEST)"
    _lock = threading.Lock()

    def __init__(self, folder: Path) -> None:
        self._path = folder / "sms.jsonl"

    def send(self, *, to: str, text: str, message_id: str) -> str:
        line = {"at": clock.now().isoformat(), "to": to, "text": text, "id": message_id, "note": STAND_IN}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
        return message_id


class HttpSms:
    """`POST {"message_id", "to", "text"}` with a bearer token; 200 with `{"reference"}` means taken."""

    name = "http"

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._exchange = Exchange()

    def send(self, *, to: str, text: str, message_id: str) -> str:
        body = json.dumps({"message_id": message_id, "to": to, "text": text}).encode()
        try:
            answer = json.loads(
                self._exchange.post(self._url, body, {**self._headers, "Idempotency-Key": message_id})
            )
            return str(answer["reference"])[:100]
        except Declined as error:
            raise SmsDeclined from error
        except (Unanswered, ValueError, KeyError, TypeError) as error:
            raise SmsUnavailable from error


def sms_provider() -> SmsProvider:
    """The provider that the settings name."""
    if settings.SMS_PROVIDER == "http":
        return _http_sms()
    return FileSms(settings.OUTBOX_DIR)


@cache
def _http_sms() -> HttpSms:
    return HttpSms(settings.SMS_URL, settings.SMS_TOKEN)
