"""The HTTP client of the bridge: deadlines, limits, and Retry-After."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from filing_bridge import client
from filing_bridge.client import Call, NoReply, Reply, exchange, retry_after

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@contextmanager
def peer(behave: Callable[[socket.socket], None]) -> Iterator[str]:
    """A listener whose every connection is treated by `behave` in a thread of its own."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=_treat, args=(connection, behave), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{port}/"
        server.shutdown(socket.SHUT_RDWR)


def _treat(connection: socket.socket, behave: Callable[[socket.socket], None]) -> None:
    with connection:
        try:
            connection.recv(65536)
            behave(connection)
        except OSError:
            return


def one(url: str, seconds: float = 5.0) -> Reply | NoReply:
    [reply] = exchange([Call("POST", url, seconds, b"{}")])
    return reply


def _ok(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Thing: A\r\n\r\nok")


def _drip_body(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        connection.sendall(b".")
        time.sleep(0.02)


def _drip_headers(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-Drip: 1\r\n")
        time.sleep(0.02)


def _say_nothing(connection: socket.socket) -> None:
    time.sleep(10)


def _endless(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"400\r\n" + b"x" * 1024 + b"\r\n")


def _redirect(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")


def _not_http(connection: socket.socket) -> None:
    connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")


def test_a_reply_comes_back_whole() -> None:
    with peer(_ok) as url:
        reply = one(url)
    assert isinstance(reply, Reply)
    assert (reply.status, reply.body, reply.headers["x-thing"]) == (200, b"ok", "A")


@pytest.mark.parametrize("behave", [_drip_body, _drip_headers, _say_nothing])
def test_the_deadline_is_for_the_whole_call(behave: Callable[[socket.socket], None]) -> None:
    with peer(behave) as url:
        began = time.monotonic()
        assert one(url, 0.3) == NoReply(sent=True, code="deadline_exceeded")
        assert time.monotonic() - began < 3


def test_an_endless_answer_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MAX_ANSWER", 50_000)
    with peer(_endless) as url:
        assert one(url) == NoReply(sent=True, code="answer_too_large")


def test_what_is_not_http_is_a_broken_connection() -> None:
    with peer(_not_http) as url:
        assert one(url) == NoReply(sent=True, code="connection_broken")


def test_redirects_are_not_followed() -> None:
    with peer(_redirect) as url:
        reply = one(url)
    assert isinstance(reply, Reply)
    assert reply.status == 302


def test_only_a_call_that_never_connected_was_not_sent() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        assert one(f"http://127.0.0.1:{unused.getsockname()[1]}/") == NoReply(
            sent=False, code="not_connected"
        )


def test_calls_run_side_by_side_and_replies_keep_their_order() -> None:
    with peer(_ok) as good, peer(_say_nothing) as mute:
        calls = [Call("POST", url, 0.5) for url in (mute, good, mute, good)]
        began = time.monotonic()
        replies = exchange(calls)
        assert time.monotonic() - began < 3
    assert [isinstance(reply, Reply) for reply in replies] == [False, True, False, True]


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("5", timedelta(seconds=5)),
        ("3600", HOUR),
        ("3601", HOUR),
        ("99999999999999999999999999", HOUR),
        ("Sat, 21 Nov 2026 12:00:30 GMT", timedelta(seconds=30)),
        ("Sat, 21 Nov 2026 12:00:30", timedelta(seconds=30)),
        ("Fri, 21 Nov 2126 12:00:00 GMT", HOUR),
        ("Sat, 21 Nov 2026 11:00:00 GMT", None),
        ("0", None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("²", None),
    ],
)
def test_retry_after(value: str, wait: timedelta | None) -> None:
    assert retry_after({"retry-after": value}, now=NOW, ceiling=HOUR) == wait


def test_no_retry_after() -> None:
    assert retry_after({}, now=NOW, ceiling=HOUR) is None
