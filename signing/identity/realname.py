"""Real-name checks (实名核验: name, number and telephone belong together): interface, stand-in, HTTP."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from django.conf import settings

from signing.keys.http import Declined, Exchange, Unanswered

STAND_IN_MISMATCH = "不符"


class RealNameUnavailable(Exception):  # noqa: N818  (an answer to the caller, not a malfunction)
    """The provider did not answer; ask again."""


@dataclass(frozen=True)
class RealNameAnswer:
    """Whether name, number and telephone belong together, and the provider's own number for the answer."""

    passed: bool
    reference: str


class RealNameProvider(Protocol):
    """Asks an outside source. `check_id` is the idempotency key."""

    name: str

    def check(self, *, name: str, id_type: str, id_no: str, mobile: str, check_id: str) -> RealNameAnswer: ...


class SyntheticRealName:
    """Stand-in: believes everybody but those whose name ends in 不符."""

    name = "synthetic (测试 TEST: nobody was asked)"

    def check(self, *, name: str, id_type: str, id_no: str, mobile: str, check_id: str) -> RealNameAnswer:
        return RealNameAnswer(not name.endswith(STAND_IN_MISMATCH), f"TEST-{check_id}")


class HttpRealName:
    """`POST {"check_id", "name", "id_type", "id_no", "mobile"}`; 200 with `{"passed", "reference"}`."""

    name = "http"

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._exchange = Exchange()

    def check(self, *, name: str, id_type: str, id_no: str, mobile: str, check_id: str) -> RealNameAnswer:
        person = {"name": name, "id_type": id_type, "id_no": id_no, "mobile": mobile}
        body = json.dumps({"check_id": check_id, **person}).encode()
        try:
            answer = json.loads(
                self._exchange.post(self._url, body, {**self._headers, "Idempotency-Key": check_id})
            )
            return RealNameAnswer(answer["passed"] is True, str(answer["reference"])[:100])
        except (Declined, Unanswered, ValueError, KeyError, TypeError) as error:
            raise RealNameUnavailable from error


def real_name_provider() -> RealNameProvider:
    """The provider that the settings name."""
    if settings.REAL_NAME_PROVIDER == "http":
        return _http_real_name()
    return SyntheticRealName()


@cache
def _http_real_name() -> HttpRealName:
    return HttpRealName(settings.REAL_NAME_URL, settings.REAL_NAME_TOKEN)
