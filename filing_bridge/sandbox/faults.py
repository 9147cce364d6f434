"""Misbehaviour on request: what real provincial systems do on bad days, one row each.

Faults work at the edge, on the bytes of a request and its reply, so that the system behind them stays honest:
what it says it did, and what its ledger holds, is always true.
"""

import json
import random
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from enum import StrEnum
from typing import Any

from werkzeug.wrappers import Response

from filing_bridge.protocol import problem
from filing_bridge.sandbox.forgery import Forger
from filing_bridge.sandbox.server import Delivery, Reply

Handle = Callable[[bytes], Response]
"""The honest system: takes a request's body, returns the response."""

LONGEST_PAUSE = 600.0
HISTORY = 10_000


class Kind(StrEnum):
    """What goes wrong. `before` below means: nothing was processed; `after`: the effect has happened."""

    DOWN = "down"  # before: the connection is reset
    SLOW = "slow"  # before: `seconds` pass, then all is well
    ERROR = "error"  # before: `status` (500)
    MAINTENANCE = "maintenance"  # before: 503 with Retry-After
    TOO_MANY = "too_many"  # before: 429 with Retry-After
    ERROR_AFTER = "error_after"  # after: 500
    LOST_REPLY = "lost_reply"  # after: the connection is reset
    CUT = "cut"  # after: the connection is reset in the middle of the reply
    DRIP = "drip"  # after: the reply comes byte by byte, `seconds` apart
    HTML = "html"  # after: 200 with a web page
    TRUNCATED = "truncated"  # after: 200 with half of the JSON
    WRONG_KEY = "wrong_key"  # after: answers signed by a key that is not the province's
    FORGED = "forged"  # after: the same under the province's key id
    OTHER_FILING = "other_filing"  # after: genuine answers about other filings
    CONTRADICTORY = "contradictory"  # after: accepted is answered as returned, and returned as accepted
    PARTIAL = "partial"  # a batch: only the first `items` are processed


@dataclass(frozen=True)
class Fault:
    """One fault: what, on which interfaces, how many times (None: until it is cleared).

    `seconds` is a delay (slow) or the pause between two bytes (drip). `retry_after` goes out as it is, absurd
    or not, and not at all when None; `retry_after_date` is seconds from now, sent as an HTTP date.
    """

    kind: Kind
    on: frozenset[str]
    times: int | None = 1
    seconds: float = 0.0
    status: int = 500
    items: int = 1
    retry_after: str | None = "1"
    retry_after_date: int | None = None


@dataclass(frozen=True)
class Schedule:
    """Random faults, the same for the same seed: request number n meets one with probability `rate`."""

    seed: int
    rate: float
    kinds: tuple[Kind, ...]
    on: frozenset[str]
    seconds: float = 0.0

    def fault(self, number: int) -> Fault | None:
        """The fault of the `number`-th request."""
        chance = random.Random(f"{self.seed}:{number}")  # noqa: S311  (repeatable on purpose)
        if chance.random() >= self.rate:
            return None
        kind = chance.choice(self.kinds)
        return Fault(kind, self.on, seconds=self.seconds, retry_after=str(chance.randint(0, 2)))


@dataclass
class _Planned:
    fault: Fault
    left: int | None


@dataclass
class Faults:
    """What is planned, and what has happened. Thread-safe."""

    forger: Forger
    _plan: list[_Planned] = field(default_factory=list)
    _schedule: Schedule | None = None
    _met: int = 0
    _history: deque[Mapping[str, Any]] = field(default_factory=lambda: deque(maxlen=HISTORY))
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _cleared: threading.Event = field(default_factory=threading.Event)

    def set(self, plan: Sequence[Fault], schedule: Schedule | None) -> None:
        """Replace everything that is planned; requests that are being kept waiting go on."""
        with self._lock:
            self._plan = [_Planned(fault, fault.times) for fault in plan]
            self._schedule = schedule
            self._met = 0
            waking, self._cleared = self._cleared, threading.Event()
        waking.set()

    def state(self) -> dict[str, Any]:
        """What is still planned, and the faults served so far, oldest first."""
        with self._lock:
            return {
                "planned": [{"kind": each.fault.kind, "left": each.left} for each in self._plan],
                "scheduled": self._schedule is not None,
                "served": list(self._history),
            }

    def serve(self, interface: str, body: bytes, handle: Handle) -> Reply:
        """Answer one request: honestly, or as the next fault for `interface` demands."""
        fault = self._next(interface)
        if fault is None:
            return Reply(handle(body))
        return _ACTIONS[fault.kind](self, fault, body, handle)

    def _next(self, interface: str) -> Fault | None:
        with self._lock:
            fault = self._planned(interface) or self._scheduled(interface)
            if fault is not None:
                self._history.append({"kind": fault.kind, "on": interface})
            return fault

    def _planned(self, interface: str) -> Fault | None:
        for each in self._plan:
            if interface in each.fault.on:
                if each.left is not None:
                    each.left -= 1
                    if each.left <= 0:
                        self._plan.remove(each)
                return each.fault
        return None

    def _scheduled(self, interface: str) -> Fault | None:
        if self._schedule is None or interface not in self._schedule.on:
            return None
        self._met += 1
        return self._schedule.fault(self._met)

    def _slow(self, fault: Fault, body: bytes, handle: Handle) -> Reply:
        self._cleared.wait(min(fault.seconds, LONGEST_PAUSE))
        return Reply(handle(body))

    def _refuse(self, fault: Fault, _body: bytes, _handle: Handle) -> Reply:
        code = _REFUSALS.get(fault.kind, "server_error")
        document = problem(code)
        if fault.kind is Kind.ERROR:
            document["status"] = fault.status
        response = _json(document, document["status"], "application/problem+json")
        if code == "server_error":
            return Reply(response)
        if fault.retry_after_date is not None:
            when = datetime.now(UTC) + timedelta(seconds=fault.retry_after_date)
            response.headers["Retry-After"] = format_datetime(when, usegmt=True)
        elif fault.retry_after is not None:
            response.headers["Retry-After"] = fault.retry_after
        return Reply(response)

    def _error_after(self, fault: Fault, body: bytes, handle: Handle) -> Reply:
        handle(body)
        return self._refuse(fault, body, handle)

    def _html(self, _fault: Fault, body: bytes, handle: Handle) -> Reply:
        handle(body)
        page = "<!doctype html><title>系统提示</title><h1>登录超时，请重新登录</h1>"
        return Reply(Response(page, 200, mimetype="text/html"))

    def _truncated(self, _fault: Fault, body: bytes, handle: Handle) -> Reply:
        response = handle(body)
        text = response.get_data()
        return Reply(Response(text[: len(text) // 2], 200, mimetype="application/json"))

    def _falsified(self, fault: Fault, body: bytes, handle: Handle) -> Reply:
        falsify = {
            Kind.WRONG_KEY: self.forger.with_stranger_key,
            Kind.FORGED: self.forger.under_our_key_id,
            Kind.OTHER_FILING: self.forger.about_another_filing,
            Kind.CONTRADICTORY: self.forger.contradicting,
        }[fault.kind]
        response = handle(body)
        try:
            document = json.loads(response.get_data())
        except ValueError:
            return Reply(response)
        for holder in document.get("results", [document]):
            if "answer" in holder:
                holder["answer"] = falsify(holder["answer"])
        return Reply(_json(document, response.status_code, response.mimetype))

    def _partial(self, fault: Fault, body: bytes, handle: Handle) -> Reply:
        try:
            items = json.loads(body)["items"]
        except (ValueError, KeyError, TypeError):
            return Reply(handle(body))
        first = items[: fault.items]
        response = handle(json.dumps({"items": first}).encode())
        document = json.loads(response.get_data())
        if "results" in document:
            skipped = problem("not_processed")
            document["results"] += [
                {"index": index, "status": skipped["status"], "problem": skipped}
                for index in range(len(first), len(items))
            ]
        return Reply(_json(document, response.status_code, response.mimetype))


_REFUSALS = {Kind.MAINTENANCE: "maintenance", Kind.TOO_MANY: "too_many_requests"}

_Action = Callable[[Faults, Fault, bytes, Handle], Reply]

_ACTIONS: Mapping[Kind, _Action] = {
    Kind.DOWN: lambda _self, _fault, _body, _handle: Reply(Response(), Delivery.NONE),
    Kind.SLOW: Faults._slow,
    Kind.ERROR: Faults._refuse,
    Kind.MAINTENANCE: Faults._refuse,
    Kind.TOO_MANY: Faults._refuse,
    Kind.ERROR_AFTER: Faults._error_after,
    Kind.LOST_REPLY: lambda _self, _fault, body, handle: Reply(handle(body), Delivery.NONE),
    Kind.CUT: lambda _self, _fault, body, handle: Reply(handle(body), Delivery.HALF),
    Kind.DRIP: lambda _self, fault, body, handle: Reply(handle(body), Delivery.DRIP, fault.seconds),
    Kind.HTML: Faults._html,
    Kind.TRUNCATED: Faults._truncated,
    Kind.WRONG_KEY: Faults._falsified,
    Kind.FORGED: Faults._falsified,
    Kind.OTHER_FILING: Faults._falsified,
    Kind.CONTRADICTORY: Faults._falsified,
    Kind.PARTIAL: Faults._partial,
}


def _json(document: object, status: int, mimetype: str | None) -> Response:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, mimetype=mimetype)
