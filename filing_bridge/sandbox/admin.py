"""The admin surface: for tests and for whoever runs the stand-in. Loopback only, with the token in DIR.

GET    /admin             a page that says what this is, with counts (no token needed, no personal data)
GET    /admin/ledger      effects in order; ?after=NO for those beyond a number
GET    /admin/filings     key, state and times of every filing
GET    /admin/faults      what is planned, what was served        PUT to plan, DELETE to clear
PUT    /admin/settings    {"decide": "instant" | "review" | "profile", "review_seconds": N | null,
                           "clock_offset": N}
POST   /admin/decisions   {"key", "state": "accepted" | "returned" | "rejected", "items": [reject items]}
PUT    /admin/senders     {"system_code", "token", "jwks", "jurisdictions": [division prefixes]}
"""

import hashlib
import hmac
import html
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from ipaddress import ip_address
from typing import Any

from werkzeug.exceptions import BadRequest, Conflict, Forbidden, NotFound, Unauthorized
from werkzeug.wrappers import Request, Response

from filing_bridge.protocol import RejectItem, State, key_set
from filing_bridge.sandbox.clock import Clock
from filing_bridge.sandbox.decisions import AlreadyDecided, Decisions
from filing_bridge.sandbox.faults import Fault, Faults, Kind, Schedule
from filing_bridge.sandbox.province import AGENCY, Province
from filing_bridge.sandbox.server import Reply
from filing_bridge.sandbox.settings import Decide, Settings
from filing_bridge.sandbox.store import Sender, Store

INTERFACES = frozenset({"submit", "query", "form", "void"})

_PAGE = """<!doctype html>
<html lang="zh"><meta charset="utf-8"><title>测试省厅 SANDBOX</title>
<style>body{{font:18px sans-serif;margin:2rem;background:#fff6d6}}h1{{color:#b00;font-size:3rem}}
td{{padding:.2rem 1.5rem .2rem 0}}</style>
<h1>测试省厅 SANDBOX</h1>
<p><strong>这不是政府系统。</strong>这里的受理、回执和印章仅供测试，不具有任何法律效力。</p>
<p><strong>This is not a government system.</strong> Its receipts and seals are tests and prove nothing.</p>
<p>{agency}；办理方式 {decide}</p>
<table>{rows}</table>
"""


class Admin:
    """Thread-safe."""

    def __init__(
        self, store: Store, decisions: Decisions, faults: Faults, province: Province, clock: Clock
    ) -> None:
        self._store = store
        self._decisions = decisions
        self._faults = faults
        self._province = province
        self._clock = clock

    def endpoints(self) -> Iterator[tuple[str, str, Callable[..., Reply]]]:
        """Method, path and handler of each."""
        yield "GET", "/admin", self._page
        for method, name, handler in (
            ("GET", "ledger", self._ledger),
            ("GET", "filings", self._filings),
            ("GET", "faults", self._show_faults),
            ("PUT", "faults", self._plan_faults),
            ("DELETE", "faults", self._clear_faults),
            ("PUT", "settings", self._settings),
            ("POST", "decisions", self._decide),
            ("PUT", "senders", self._register),
        ):
            yield method, f"/admin/{name}", self._guarded(handler)

    def _guarded(self, handler: Callable[[Request], object]) -> Callable[[Request], Reply]:
        def guarded(request: Request) -> Reply:
            only_loopback(request)
            sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
            if not hmac.compare_digest(sent.encode(), self._province.admin_token.encode()):
                raise Unauthorized
            try:
                answer = handler(request)
            except (KeyError, TypeError, ValueError) as error:
                raise BadRequest from error
            return Reply(Response(json.dumps(answer), mimetype="application/json"))

        return guarded

    def _page(self, request: Request) -> Reply:
        only_loopback(request)
        rows = "".join(
            f"<tr><td>{html.escape(name)}<td>{number}"
            for name, number in sorted(self._store.counts().items())
        )
        page = _PAGE.format(agency=AGENCY.name, decide=self._decisions.settings.decide, rows=rows)
        return Reply(Response(page, mimetype="text/html"))

    def _ledger(self, request: Request) -> object:
        return {"effects": self._store.effects(int(request.args.get("after", "0")))}

    def _filings(self, _request: Request) -> object:
        return {"filings": self._store.states()}

    def _show_faults(self, _request: Request) -> object:
        return self._faults.state()

    def _plan_faults(self, request: Request) -> object:
        wanted = _document(request)
        plan = [_fault(each) for each in wanted.get("plan", [])]
        schedule = wanted.get("schedule")
        self._faults.set(plan, None if schedule is None else _schedule(schedule))
        return self._faults.state()

    def _clear_faults(self, _request: Request) -> object:
        self._faults.set([], None)
        return self._faults.state()

    def _settings(self, request: Request) -> object:
        wanted = _document(request)
        now = self._decisions.settings
        seconds = wanted.get("review_seconds", now.review_time and now.review_time.total_seconds())
        self._decisions.settings = Settings(
            Decide(wanted.get("decide", now.decide)), None if seconds is None else timedelta(seconds=seconds)
        )
        if "clock_offset" in wanted:
            self._clock.offset = timedelta(seconds=wanted["clock_offset"])
        return {"decide": self._decisions.settings.decide, "review_seconds": seconds}

    def _decide(self, request: Request) -> object:
        wanted = _document(request)
        items = tuple(RejectItem(**item) for item in wanted.get("items", []))
        try:
            self._decisions.decide(wanted["key"], State(wanted["state"]), items)
        except AlreadyDecided as error:
            raise Conflict from error
        except KeyError as error:
            raise NotFound from error
        return {"state": wanted["state"]}

    def _register(self, request: Request) -> object:
        sender = sender_of(_document(request))
        self._store.register_sender(sender)
        return {"system_code": sender.system_code}


def sender_of(document: Mapping[str, Any]) -> Sender:
    """A registration as its JSON states it. Raises `KeyError` or `ValueError` for an unusable one."""
    key_set(document["jwks"])
    if not document["jurisdictions"] or not document["token"]:
        raise ValueError("a sender needs a token, and a jurisdiction (an empty one covers all)")
    return Sender(
        system_code=str(document["system_code"]),
        token_sha256=hashlib.sha256(document["token"].encode()).hexdigest(),
        jwks=document["jwks"],
        jurisdictions=tuple(str(prefix) for prefix in document["jurisdictions"]),
    )


def only_loopback(request: Request) -> None:
    """Refuse who does not sit at this machine. Raises `Forbidden`."""
    if not ip_address(request.remote_addr or "0.0.0.0").is_loopback:  # noqa: S104  (never bound, only compared)
        raise Forbidden


def _document(request: Request) -> dict[str, Any]:
    document = json.loads(request.get_data())
    if not isinstance(document, dict):
        raise BadRequest
    return document


def _fault(document: Mapping[str, Any]) -> Fault:
    return Fault(**{**document, "kind": Kind(document["kind"]), "on": _interfaces(document)})


def _schedule(document: Mapping[str, Any]) -> Schedule:
    kinds = tuple(Kind(kind) for kind in document["kinds"])
    if not kinds or not 0 <= document["rate"] <= 1:
        raise ValueError("a schedule needs kinds, and a rate between 0 and 1")
    return Schedule(**{**document, "kinds": kinds, "on": _interfaces(document)})


def _interfaces(document: Mapping[str, Any]) -> frozenset[str]:
    wanted = frozenset(document.get("on", INTERFACES))
    if not wanted <= INTERFACES:
        raise ValueError("unknown interface")
    return wanted
