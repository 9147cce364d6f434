"""The one place where signing talks HTTP: bounded in time and size, retried briefly, kept alive."""

import time
from types import TracebackType

import httpx2
import stamina

MAX_ANSWER = 4 * 1024 * 1024


class Unanswered(Exception):  # noqa: N818  (the adapters turn it into their own refusal)
    """No usable answer within the deadline; the request may or may not have been carried out."""


class Declined(Exception):  # noqa: N818  (an answer, not a malfunction)
    """The server understood and said no (4xx). Asking again will not help."""


class _Passing(Exception):  # noqa: N818  (an answer, not a malfunction)
    """A fault that another attempt may not meet."""


class Exchange:
    """A long-lived HTTP session. Thread-safe; make one per process and authority.

    `deadline` seconds bound one call in all, attempts and waits between them; a server that trickles its
    answer byte by byte is cut off at twice that. Redirects are not followed, and proxies of the
    environment are not used: authorities have fixed addresses. `transport` replaces the network, in tests.
    """

    def __init__(
        self, *, deadline: float = 8.0, attempts: int = 3, transport: httpx2.BaseTransport | None = None
    ) -> None:
        self._deadline = deadline
        self._attempts = attempts
        self._client = httpx2.Client(trust_env=False, transport=transport)

    def __enter__(self) -> "Exchange":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def get(self, url: str) -> bytes:
        """GET; raises Unanswered or Declined."""
        return self._call("GET", url, None, {})

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> bytes:
        """POST; raises Unanswered or Declined. Only for requests that may be repeated."""
        return self._call("POST", url, body, headers)

    def _call(self, method: str, url: str, body: bytes | None, headers: dict[str, str]) -> bytes:
        ends = time.monotonic() + self._deadline
        attempts = stamina.retry_context(
            on=_Passing, attempts=self._attempts, timeout=self._deadline,
            wait_initial=0.1, wait_max=1.0, wait_jitter=0.1,
        )  # fmt: skip
        try:
            for attempt in attempts:
                with attempt:
                    return self._attempt(method, url, body, headers, ends)
        except _Passing as error:
            raise Unanswered(str(error)) from error
        raise AssertionError("stamina either returns or raises")

    def _attempt(
        self, method: str, url: str, body: bytes | None, headers: dict[str, str], ends: float
    ) -> bytes:
        left = ends - time.monotonic()
        if left <= 0:
            raise _Passing("the deadline has passed")
        try:
            with self._client.stream(method, url, content=body, headers=headers, timeout=left) as response:
                if response.status_code >= 500 or response.status_code == 429:
                    raise _Passing(f"HTTP {response.status_code}")
                answer = bytearray()
                for chunk in response.iter_bytes():
                    answer += chunk
                    if len(answer) > MAX_ANSWER:
                        raise Unanswered("the answer is too large")
                    if time.monotonic() > ends:
                        raise _Passing("the answer came too slowly")
                if response.status_code != 200:
                    raise Declined(f"HTTP {response.status_code}: {answer[:200].decode(errors='replace')}")
                return bytes(answer)
        except httpx2.HTTPError as error:
            raise _Passing(f"{type(error).__name__}: {error}") from error
