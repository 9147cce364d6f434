"""Calls to a province over HTTPS. The only module here that speaks HTTP.

Every call has a total deadline: a peer that drips a byte now and then cannot hold a worker. Redirects,
proxies from the environment and bodies beyond the limit are refused. Nothing is retried here: whether and
when to call again is the delivery's business.
"""

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache

import httpx2

MAX_ANSWER = 32 * 1024 * 1024
AT_ONCE = 8
CONNECT_SECONDS = 5.0


@dataclass(frozen=True)
class Call:
    """One request: its address, headers and body, and the seconds it may take in all."""

    method: str
    url: str
    seconds: float
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reply:
    """What came back, whatever it means. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class NoReply:
    """No whole answer came. `sent` is False only when nothing can have reached the peer."""

    sent: bool
    code: str


def exchange(calls: Sequence[Call]) -> list[Reply | NoReply]:
    """Make the calls, some at a time, and return the replies in their order. Raises nothing."""
    return asyncio.run(_exchange(calls))


def retry_after(headers: Mapping[str, str], *, now: datetime, ceiling: timedelta) -> timedelta | None:
    """The wait that Retry-After asks for (RFC 9110 section 10.2.3): seconds or a date, never above `ceiling`.

    None when it is absent, unreadable or not in the future.
    """
    value = headers.get("retry-after", "").strip()
    try:
        wait = timedelta(seconds=int(value[:12])) if value.isdecimal() else _aware(value) - now
    except (ValueError, OverflowError):
        return None
    return min(wait, ceiling) if wait > timedelta() else None


def _aware(value: str) -> datetime:
    moment = parsedate_to_datetime(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


async def _exchange(calls: Sequence[Call]) -> list[Reply | NoReply]:
    gate = asyncio.Semaphore(AT_ONCE)
    timeout = httpx2.Timeout(None, connect=CONNECT_SECONDS)
    async with httpx2.AsyncClient(verify=_tls(), timeout=timeout, trust_env=False) as client:

        async def one(call: Call) -> Reply | NoReply:
            async with gate:
                return await _call(client, call)

        return list(await asyncio.gather(*map(one, calls)))


async def _call(client: httpx2.AsyncClient, call: Call) -> Reply | NoReply:
    body = bytearray()
    try:
        async with (
            asyncio.timeout(call.seconds),
            client.stream(call.method, call.url, content=call.body, headers=_headers(call)) as response,
        ):
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > MAX_ANSWER:
                    return NoReply(sent=True, code="answer_too_large")
            return Reply(
                response.status_code, {k.lower(): v for k, v in response.headers.items()}, bytes(body)
            )
    except (httpx2.ConnectError, httpx2.ConnectTimeout):
        return NoReply(sent=False, code="not_connected")
    except TimeoutError:
        return NoReply(sent=True, code="deadline_exceeded")
    except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL):
        return NoReply(sent=True, code="connection_broken")


def _headers(call: Call) -> dict[str, str]:
    return {"Accept-Encoding": "identity", **call.headers}


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
