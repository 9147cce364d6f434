"""The stand-in authorities as one WSGI application, and the server that runs it.

POST /issue    {"profile": …, "csr": PEM}, bearer token → PEM chain, leaf first, root last
POST /revoke   {"serial": hex}, bearer token
POST /faults   {"tsa": "down" | "slow" | "garbage" | "skewed" | null, …}, bearer token; see FAULTS
POST /tsa      application/timestamp-query → application/timestamp-reply
POST /ocsp     application/ocsp-request → application/ocsp-response
GET  /crl/root.crl  /crl/issuing.crl  /root.pem  /health
"""

import hmac
import json
import threading
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import serialization
from werkzeug.exceptions import BadRequest, HTTPException, NotFound, ServiceUnavailable, Unauthorized
from werkzeug.routing import Map, Rule
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from signing.testpki.material import Material
from signing.testpki.register import Refusal, Register
from signing.testpki.status import issuing_crl, ocsp_response
from signing.testpki.tsa import time_stamp_response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MAX_BODY = 64 * 1024
SLOW_SECONDS = 20.0
SKEW = timedelta(seconds=90)
SERVICES = ("issue", "tsa", "ocsp", "crl")
FAULTS = ("down", "slow", "garbage", "skewed")


class TestPki:
    """The WSGI application. Thread-safe; `base_url` is written into the certificates that it issues."""

    __test__ = False  # not a test case, whatever its name says to pytest

    def __init__(self, pki: Material, base_url: str | None = None) -> None:
        self.pki = pki
        self.base_url = (base_url or pki.base_url).rstrip("/")
        self.register = Register(pki)
        self._faults: dict[str, str] = {}
        self._waking = threading.Event()
        self._urls = Map(
            [
                Rule("/issue", endpoint=self._issue, methods=["POST"]),
                Rule("/revoke", endpoint=self._revoke, methods=["POST"]),
                Rule("/faults", endpoint=self._set_faults, methods=["POST"]),
                Rule("/tsa", endpoint=self._time_stamp, methods=["POST"]),
                Rule("/ocsp", endpoint=self._ocsp, methods=["POST"]),
                Rule("/crl/<ca>.crl", endpoint=self._crl, methods=["GET"]),
                Rule("/root.pem", endpoint=self._root, methods=["GET"]),
                Rule("/health", endpoint=self._health, methods=["GET"]),
            ]
        )

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        request.max_content_length = MAX_BODY
        response: Response
        try:
            handler, arguments = self._urls.bind_to_environ(environ).match()
            response = self._misbehave(request) or handler(request, **arguments)
        except HTTPException as error:
            response = Response(f"{error.code} {error.description}\n", error.code or 500)
        except Refusal as refusal:
            response = Response(f"{refusal}\n", 422)
        return response(environ, start_response)

    def _issue(self, request: Request) -> Response:
        body = self._authorised_json(request, "profile", "csr")
        certificate = self.register.issue(body["csr"].encode(), body["profile"], self.base_url)
        chain = (certificate, self.pki.issuing.certificate, self.pki.root)
        pem = b"".join(c.public_bytes(serialization.Encoding.PEM) for c in chain)
        return Response(pem, mimetype="application/pem-certificate-chain")

    def _revoke(self, request: Request) -> Response:
        body = self._authorised_json(request, "serial")
        try:
            serial = int(body["serial"], 16)
        except ValueError:
            raise BadRequest("serial must be hexadecimal") from None
        self.register.revoke(serial)
        return Response(status=204)

    def _set_faults(self, request: Request) -> Response:
        wanted = self._authorised_json(request)
        for service, fault in wanted.items():
            if service not in SERVICES or fault not in (None, *FAULTS):
                raise BadRequest(f"services: {SERVICES}; faults: {FAULTS} or null")
        waking, self._waking = self._waking, threading.Event()
        self._faults = {**self._faults, **wanted}
        waking.set()  # requests that were kept waiting go on
        return Response(status=204)

    def _time_stamp(self, request: Request) -> Response:
        offset = SKEW if self._faults.get("tsa") == "skewed" else timedelta()
        reply = time_stamp_response(self.pki, request.get_data(), clock_offset=offset)
        return Response(reply, mimetype="application/timestamp-reply")

    def _ocsp(self, request: Request) -> Response:
        reply = ocsp_response(self.pki, self.register, request.get_data())
        return Response(reply, mimetype="application/ocsp-response")

    def _crl(self, request: Request, ca: str) -> Response:
        if ca == "root":
            crl = self.pki.root_crl
        elif ca == "issuing":
            crl = issuing_crl(self.pki, self.register)
        else:
            raise NotFound
        return Response(crl, mimetype="application/pkix-crl")

    def _root(self, request: Request) -> Response:
        pem = self.pki.root.public_bytes(serialization.Encoding.PEM)
        return Response(pem, mimetype="application/x-pem-file")

    def _health(self, request: Request) -> Response:
        return Response("测试 TEST NOT EVIDENCE: ready\n")

    def _authorised_json(self, request: Request, *required: str) -> dict[str, str]:
        sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(sent.encode(), self.pki.token.encode()):
            raise Unauthorized
        try:
            body = json.loads(request.get_data())
        except ValueError:
            raise BadRequest("not JSON") from None
        if not isinstance(body, dict) or not all(isinstance(body.get(key), str) for key in required):
            raise BadRequest(f"a JSON object with the strings {required} is needed")
        return body

    def _misbehave(self, request: Request) -> Response | None:
        service = request.path.strip("/").partition("/")[0]
        match self._faults.get(service):
            case "down":
                raise ServiceUnavailable
            case "slow":
                self._waking.wait(SLOW_SECONDS)
            case "garbage":
                return Response(b"\x30\x03garbage", mimetype="application/octet-stream")
        return None


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"  # keep-alive
    disable_nagle_algorithm = True  # header and body are two writes: without this each answer waits 40 ms

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def make_pki_server(app: TestPki, port: int, host: str = "127.0.0.1") -> BaseWSGIServer:
    """A threaded server; port 0 picks a free one (see its `.port`)."""
    server = make_server(host, port, app, threaded=True, request_handler=_Handler)
    server.daemon_threads = True  # type: ignore[attr-defined]  # kept-alive connections must not hold up the exit
    return server
