"""A correct filing is accepted at once; everything the stand-in says is signed, marked, and repeatable."""

import http.client
import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from contracts.document.render import render
from filing_bridge.protocol import MAX_REQUEST
from tests.support.sandbox import Platform, RunningSandbox
from tests.support.signed_contracts import SLUGS, Authorities, random_facts, sign_contract
from tests.unit.document.test_uploaded import clean, template

pytestmark = pytest.mark.processes


@pytest.mark.parametrize("slug", SLUGS)
def test_a_correct_filing_of_every_kind_of_contract_is_accepted(platform: Platform, slug: str) -> None:
    draft = platform.draft(platform.contract(slug))

    reply = platform.file(draft)

    assert (reply.status, reply.state) == (200, "accepted"), (reply.code, reply.items)
    assert reply.answer is not None
    assert reply.answer.receipt_no is not None
    assert reply.answer.receipt_no.startswith("TEST370303")
    assert "测试" in reply.answer.body["agency"]["name"]
    assert platform.query(draft).token == reply.token
    [effect] = [row for row in platform.sandbox.ledger() if row["key"] == draft.key]
    assert effect["receipt_no"] == reply.answer.receipt_no
    assert (effect["record_digest"], effect["contract_digest"]) == (
        draft.digest,
        draft.record["contract_digest"]["value"],
    )


def test_a_contract_made_of_an_uploaded_document_is_accepted(
    platform: Platform, authorities: Authorities
) -> None:
    facts = random_facts(platform.chance, "general")
    document = render(template(), facts, at=datetime.now(UTC), base=clean().pdf)

    reply = platform.file(platform.draft(sign_contract(authorities, facts, rendered=document)))

    assert (reply.status, reply.state) == (200, "accepted"), (reply.code, reply.items)


def test_every_answer_carries_the_mark_of_a_stand_in(platform: Platform) -> None:
    for method, path in (
        ("GET", "/health"),
        ("GET", "/v1/jwks"),
        ("GET", "/nowhere"),
        ("POST", "/v1/filings"),
        ("GET", "/admin"),
    ):
        answer = platform.sandbox.client.request(method, platform.sandbox.url + path)
        assert "NOT AN AUTHORITY" in answer.headers["X-Stand-In"], path


def test_the_page_says_loudly_what_this_is_and_nothing_about_people(platform: Platform) -> None:
    draft = platform.draft()
    assert platform.file(draft).state == "accepted"

    page = platform.sandbox.client.get(f"{platform.sandbox.url}/admin").text

    assert "测试省厅 SANDBOX" in page
    assert "不是政府系统" in page
    for private in (draft.record["worker"]["name"], draft.record["worker"]["id_no"], draft.key):
        assert private not in page


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "malformed_request"),
        (b"[]", 400, "malformed_request"),
        (b'{"items": []}', 400, "malformed_request"),
        (b'{"items": [{"message": "a.b.c"}], "more": 1}', 400, "malformed_request"),
        (json.dumps({"items": [{"message": "a.b.c"}] * 101}).encode(), 400, "malformed_request"),
        (b"[" * 100_000, 400, "malformed_request"),
    ],
)
def test_a_request_that_is_none_gets_a_problem_document(
    platform: Platform, body: bytes, status: int, code: str
) -> None:
    answer = platform.post("/v1/filings", body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_only_json_is_taken(platform: Platform) -> None:
    answer = platform.sandbox.client.post(
        f"{platform.sandbox.url}/v1/filings",
        content=b"{}",
        headers={"Authorization": f"Bearer {platform.token}", "Content-Type": "text/plain"},
    )

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@pytest.fixture
def connection(sandbox: RunningSandbox) -> Iterator[http.client.HTTPConnection]:
    """A bare connection, kept open."""
    with closing(http.client.HTTPConnection(urlsplit(sandbox.url).netloc, timeout=20)) as opened:
        opened.connect()
        yield opened


def test_a_request_beyond_the_limit_is_refused_before_it_is_read(
    platform: Platform, connection: http.client.HTTPConnection
) -> None:
    connection.putrequest("POST", "/v1/filings")
    connection.putheader("Authorization", f"Bearer {platform.token}")
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Content-Length", str(MAX_REQUEST + 1))
    connection.endheaders()

    answer = connection.getresponse()

    assert (answer.status, answer.getheader("Connection")) == (413, "close")
    assert json.loads(answer.read())["code"] == "request_too_large"


def test_one_connection_serves_many_requests(connection: http.client.HTTPConnection) -> None:
    socket = connection.sock

    for _ in range(3):
        connection.request("POST", "/v1/filings", body=b"unread")
        answer = connection.getresponse()
        assert answer.status == 401
        answer.read()

    assert connection.sock is socket


def test_a_chunked_body_ends_the_connection(connection: http.client.HTTPConnection) -> None:
    """Only Content-Length frames a body: what follows must not be taken for another request."""
    connection.putrequest("POST", "/v1/filings")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()
    connection.send(b"5\r\nhello\r\n0\r\n\r\nGET /health HTTP/1.1\r\nHost: x\r\n\r\n")

    answer = connection.getresponse()

    assert (answer.status, answer.getheader("Connection")) == (401, "close")
    assert b"ready" not in answer.read()
