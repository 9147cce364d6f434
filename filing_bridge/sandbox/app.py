"""The addresses of the stand-in: the protocol under /v1, what is public, and the admin surface.

POST /v1/filings                 submissions (batch-1.json)
POST /v1/filings/query           where a filing stands
POST /v1/filings/<key>/form      the form, to be sealed
POST /v1/filings/<key>/void      a filing, to be withdrawn before its review
GET  /v1/jwks  GET /health
everything under /admin is in admin.py, everything under /desk in desk/app.py
"""

import json
import logging
import time
from collections.abc import Callable

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from filing_bridge.protocol import MAX_REQUEST, ProtocolError, problem
from filing_bridge.sandbox.admin import Admin
from filing_bridge.sandbox.desk.app import Desk
from filing_bridge.sandbox.faults import Faults
from filing_bridge.sandbox.intake import Intake, log_failure, read_json
from filing_bridge.sandbox.province import Province
from filing_bridge.sandbox.sealing import Sealing
from filing_bridge.sandbox.server import Reply
from filing_bridge.sandbox.store import Sender

LOG = logging.getLogger(__name__)

Endpoint = Callable[..., Reply]


class App:
    """Thread-safe. An object's `answer` is what the server calls for every request."""

    def __init__(
        self,
        intake: Intake,
        sealing: Sealing,
        faults: Faults,
        admin: Admin,
        desk: Desk,
        province: Province,
    ) -> None:
        self._intake = intake
        self._sealing = sealing
        self._faults = faults
        self._province = province
        endpoints: list[tuple[str, str, Endpoint]] = [
            ("POST", "/v1/filings", self._submit),
            ("POST", "/v1/filings/query", self._query),
            ("POST", "/v1/filings/<key>/form", self._form),
            ("POST", "/v1/filings/<key>/void", self._void),
            ("GET", "/v1/jwks", self._jwks),
            ("GET", "/health", self._health),
            *admin.endpoints(),
            *desk.endpoints(),
        ]
        self._urls = Map(
            [Rule(path, endpoint=endpoint, methods=[method]) for method, path, endpoint in endpoints]
        )

    def answer(self, request: Request) -> Reply:
        """The reply to one request; what goes wrong becomes a problem document."""
        began = time.monotonic()
        request.max_content_length = MAX_REQUEST
        try:
            endpoint, arguments = self._urls.bind_to_environ(request.environ).match()
            reply: Reply = endpoint(request, **arguments)
        except ProtocolError as error:
            reply = Reply(_problem(error.code, error.detail))
        except HTTPException as error:
            reply = Reply(_of_http(error))
        except Exception as error:  # noqa: BLE001  (the edge: whatever it was, the peer gets an answer)
            log_failure(error)
            reply = Reply(_problem("server_error"))
        # neither bodies nor query strings: they hold personal data; the path holds at most an idempotency key
        LOG.info(
            "%s %s %d %s %.0f ms",
            request.method,
            request.path,
            reply.response.status_code,
            reply.delivery.value,
            1000 * (time.monotonic() - began),
        )
        return reply

    def _submit(self, request: Request) -> Reply:
        sender = self._sender(request)

        def handle(body: bytes) -> Response:
            return _json(self._intake.submit(sender, body))

        return self._faults.serve("submit", _body(request), _as_problems(handle))

    def _query(self, request: Request) -> Reply:
        sender = self._sender(request)

        def handle(body: bytes) -> Response:
            return _json({"answer": self._intake.query(sender, body)})

        return self._faults.serve("query", _body(request), _as_problems(handle))

    def _form(self, request: Request, key: str) -> Reply:
        sender = self._sender(request)

        def handle(body: bytes) -> Response:
            return _json(self._sealing.seal(sender, key, read_json(body, "form-1")))

        return self._faults.serve("form", _body(request), _as_problems(handle))

    def _void(self, request: Request, key: str) -> Reply:
        sender = self._sender(request)

        def handle(body: bytes) -> Response:
            return _json({"answer": self._intake.void(sender, key, body)})

        return self._faults.serve("void", _body(request), _as_problems(handle))

    def _jwks(self, _request: Request) -> Reply:
        return Reply(_json(self._province.jwks))

    def _health(self, _request: Request) -> Reply:
        return Reply(Response("测试省厅 SANDBOX: ready\n"))

    def _sender(self, request: Request) -> Sender:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise ProtocolError("unknown_sender")
        return self._intake.sender(token)


def _body(request: Request) -> bytes:
    if request.mimetype != "application/json":
        raise ProtocolError("unsupported_media_type")
    return request.get_data()


def _as_problems(handle: Callable[[bytes], Response]) -> Callable[[bytes], Response]:
    """Faults replay and alter what a handler returns, so its refusals must be responses too."""

    def handled(body: bytes) -> Response:
        try:
            return handle(body)
        except ProtocolError as error:
            return _problem(error.code, error.detail)

    return handled


def _json(document: object) -> Response:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return Response(text, mimetype="application/json")


def _problem(code: str, detail: str = "") -> Response:
    document = problem(code, detail)
    text = json.dumps(document, ensure_ascii=False)
    return Response(text, document["status"], mimetype="application/problem+json")


def _of_http(error: HTTPException) -> Response:
    if error.code == 413:
        return _problem("request_too_large")
    return Response(f"{error.code} {error.name}\n", error.code or 500, mimetype="text/plain")
