"""A small HTTP receiver on loopback that answers as told and remembers what it got."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Receiver:
    """`answers` are statuses for the next calls, then 200; `got` holds headers (lower case) and bodies.

    `reply` is the body of every answer.
    """

    url: str = ""
    reply: bytes = b""
    answers: deque[int] = field(default_factory=deque)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Runs until the block ends."""
    seen = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
            status = seen.answers.popleft() if seen.answers else 200
            self.send_response(status)
            if status == 302:
                self.send_header("Location", seen.url)
            self.send_header("Content-Length", str(len(seen.reply)))
            self.end_headers()
            self.wfile.write(seen.reply)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    seen.url = f"http://127.0.0.1:{server.server_port}/hook?a=1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
