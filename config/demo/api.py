"""A small client of the public API. It knows nothing that a customer's own program would not know."""

import time
import uuid
import weakref
from collections.abc import Callable
from typing import Any, TypeVar

import httpx2

T = TypeVar("T")
PATIENCE = 30  # times a request is repeated, with the same key, while the server is away


class Problem(Exception):  # noqa: N818  (a refusal, as the server worded it)
    """The server refused: its problem document."""

    def __init__(self, status: int, document: dict[str, Any]) -> None:
        super().__init__(
            f"{status} {document.get('code')}: {document.get('title_en')} {document.get('faults')}"
        )
        self.status = status
        self.code = str(document.get("code"))
        self.document = document


class Api:
    """One caller with its key. A POST that gets no answer is repeated with the same Idempotency-Key."""

    def __init__(self, base_url: str, token: str | None = None) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx2.Client(base_url=f"{base_url}/api/v1/", headers=headers, timeout=120)
        weakref.finalize(self, self._http.close)

    def get(self, path: str, **parameters: Any) -> Any:
        """The JSON answer."""
        return self._call("GET", path, params=parameters).json()

    def download(self, path: str) -> bytes:
        """The bytes of a file."""
        return self._call("GET", path).content

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Send with a fresh Idempotency-Key; the JSON answer."""
        return self._call(
            "POST", path, json=body or {}, headers={"Idempotency-Key": str(uuid.uuid4())}
        ).json()

    def _call(self, method: str, path: str, **options: Any) -> httpx2.Response:
        for attempt in range(1, PATIENCE + 1):
            try:
                response = self._http.request(method, path, **options)
            except httpx2.TransportError:
                if attempt == PATIENCE:
                    raise
                time.sleep(min(0.5 * attempt, 2.0))
                continue
            if response.status_code >= 400:
                try:
                    document = response.json()
                except ValueError:
                    document = {"code": "not_a_problem_document", "title_en": response.text[:200]}
                raise Problem(response.status_code, document)
            return response
        raise AssertionError("the loop returns or raises")


def until(probe: Callable[[], T | None], *, within: float, what: str, pause: float = 0.1) -> T:
    """Ask until there is an answer; TimeoutError names what did not come."""
    deadline = time.monotonic() + within
    while True:
        found = probe()
        if found is not None:
            return found
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come within {within:.0f} s")
        time.sleep(pause)
