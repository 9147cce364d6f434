"""Text messages: a stand-in that writes a file, and a gateway over HTTP."""

import json
import os
import threading
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from core import clock
from signing.keys.http import Declined, Exchange, Unanswered
from signing.messages.gateway import Gateway, MessageDeclined, MessageUnavailable

STAND_IN = "测试 TEST: written to this file instead of being sent"


class FileSms:
    """Stand-in: one JSON line per message in OUTBOX_DIR/sms.jsonl, durable when `send` returns."""

    name = "file (测试 TEST)"
    reports = False
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

    def arrived(self, reference: str) -> bool | None:
        return None


class HttpSms:
    """`POST {"message_id", "to", "text"}` with a bearer token; 200 with `{"reference"}` means taken.

    With a `report_url`, `POST {"reference"}` there answers 200 with `{"arrived": true | false | null}`.
    """

    name = "http"

    def __init__(self, url: str, token: str, report_url: str = "") -> None:
        self._url = url
        self._report_url = report_url
        self.reports = bool(report_url)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._exchange = Exchange()

    def send(self, *, to: str, text: str, message_id: str) -> str:
        message = {"message_id": message_id, "to": to, "text": text}
        try:
            return str(self._ask(self._url, message, {"Idempotency-Key": message_id})["reference"])[:100]
        except Declined as error:
            raise MessageDeclined from error
        except (Unanswered, ValueError, KeyError, TypeError) as error:
            raise MessageUnavailable from error

    def arrived(self, reference: str) -> bool | None:
        try:
            told = self._ask(self._report_url, {"reference": reference}, {})["arrived"]
        except (Declined, Unanswered, ValueError, KeyError, TypeError) as error:
            raise MessageUnavailable from error
        return told if isinstance(told, bool) else None

    def _ask(self, url: str, question: dict[str, str], headers: dict[str, str]) -> Any:
        return json.loads(
            self._exchange.post(url, json.dumps(question).encode(), {**self._headers, **headers})
        )


def sms_gateway() -> Gateway:
    """The gateway that the settings name."""
    if settings.SMS_PROVIDER == "http":
        return _http_sms()
    return FileSms(settings.OUTBOX_DIR)


@cache
def _http_sms() -> HttpSms:
    return HttpSms(settings.SMS_URL, settings.SMS_TOKEN, settings.SMS_REPORT_URL)
