"""HTTP for the stand-in: kept-alive connections, one thread each, and replies that can be cut or dripped.

Werkzeug's own server closes every connection after one request and offers no hold on the wire; its request
parsing and routing are used, the exchange itself is written here.
"""

import contextlib
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from werkzeug.exceptions import ClientDisconnected
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.wrappers import Request, Response
from werkzeug.wsgi import LimitedStream

IDLE_SECONDS = 60.0
LINGER_SECONDS = 1.0
DRAIN_LIMIT = 4 * 1024 * 1024
STAND_IN = "TEST SANDBOX PROVINCE - NOT AN AUTHORITY"


class Delivery(Enum):
    """How a reply travels. Everything but WHOLE is a fault made on purpose."""

    WHOLE = "whole"
    NONE = "none"  # the connection is reset without a byte
    HALF = "half"  # reset after half of the body that Content-Length promised
    DRIP = "drip"  # one byte at a time


@dataclass(frozen=True)
class Reply:
    """A response and how to deliver it; `pause` is seconds between two bytes of a drip."""

    response: Response
    delivery: Delivery = Delivery.WHOLE
    pause: float = 0.0


Answer = Callable[[Request], Reply]


class SandboxServer(ThreadedWSGIServer):
    """Listens at once; port 0 picks a free one (see `port`)."""

    daemon_threads = True  # kept-alive connections must not hold up the exit

    def __init__(self, host: str, port: int, answer: Answer) -> None:
        super().__init__(host, port, Response(), _Handler)  # its own way in, WSGI, is not used
        self.answer = answer


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # header and body are two writes: without this each reply waits 40 ms
    timeout = IDLE_SECONDS
    server: SandboxServer

    def run_wsgi(self) -> None:
        environ = self.make_environ()
        length = environ.get("CONTENT_LENGTH", "0")
        if "HTTP_TRANSFER_ENCODING" in environ or not (length.isascii() and length.isdecimal()):
            # only Content-Length frames a body here; anything else on the connection would be misread
            environ.pop("HTTP_TRANSFER_ENCODING", None)
            length = "0"
            self.close_connection = True
        body = LimitedStream(self.rfile, int(length))  # type: ignore[arg-type]  # any readable stream serves
        environ["CONTENT_LENGTH"] = length
        environ["wsgi.input"] = body
        reply = self.server.answer(Request(environ))
        if int(length) - body.tell() > DRAIN_LIMIT:
            self.close_connection = True
        self._send(reply)
        if reply.delivery not in (Delivery.NONE, Delivery.HALF):
            self._drain(body)

    def _drain(self, body: LimitedStream) -> None:
        """Swallow what was not read of a refused request: it would be taken for the next one.

        Where there is too much of it the connection is closed, but not at once: closing with unread bytes
        resets the connection, and the peer might never see why.
        """
        if self.close_connection:
            self.connection.settimeout(LINGER_SECONDS)
        left = DRAIN_LIMIT
        with contextlib.suppress(OSError, ClientDisconnected):
            while left > 0 and (chunk := body.read(min(left, 65536))):
                left -= len(chunk)

    def _send(self, reply: Reply) -> None:
        if reply.delivery is Delivery.NONE:
            self._reset()
            return
        body = reply.response.get_data()
        self.send_response(reply.response.status_code)
        for name, value in reply.response.headers:
            if name.lower() not in ("content-length", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Stand-In", STAND_IN)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        match reply.delivery:
            case Delivery.HALF:
                self.wfile.write(body[: len(body) // 2])
                self._reset()
            case Delivery.DRIP:
                for number in range(len(body)):
                    self.wfile.write(body[number : number + 1])
                    time.sleep(reply.pause)
            case _:
                self.wfile.write(body)

    def _reset(self) -> None:
        self.close_connection = True
        self.wfile.flush()
        # linger of zero seconds: close() sends RST, as a crashed or unplugged peer would
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def version_string(self) -> str:
        return "qianbei-sandbox"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass  # paths hold idempotency keys only, but the application logs what is worth logging
