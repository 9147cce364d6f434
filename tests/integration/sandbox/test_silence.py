"""No personal data leaves the stand-in by its logs, its ledger or its refusals of whole requests."""

import json
from contextlib import suppress

import httpx2
import pytest

from filing_bridge.mapping import leaves
from tests.support.sandbox import Platform

pytestmark = pytest.mark.processes

PRIVATE = ("/worker/name", "/worker/id_no", "/worker/mobile", "/worker/resid_address", "/employer/uscc")


def test_nothing_about_people_is_logged_or_listed(platform: Platform) -> None:
    draft = platform.draft()
    unfit = {**draft.record, "worker": {**draft.record["worker"], "mobile": "13912345678x"}}
    platform.file_unchecked({**draft.body, "record": unfit}, pdf=draft.pdf)
    platform.file(platform.seal_record({**draft.record, "submitter_phone": "12345"}, draft.pdf))
    for kind in ("html", "lost_reply", "contradictory", "error"):
        platform.sandbox.admin("PUT", "faults", {"plan": [{"kind": kind, "on": ["query"]}]})
        with suppress(httpx2.HTTPError, ValueError):
            platform.query(draft)
    assert platform.file(draft).state == "accepted"

    values = {str(value) for pointer, value in leaves(draft.record) if pointer in PRIVATE}
    assert len(values) == len(PRIVATE)
    log = platform.sandbox.process.log.read_text(encoding="utf-8")
    assert "POST /v1/filings/query 200" in log
    said = [
        log,
        json.dumps(platform.sandbox.ledger(), ensure_ascii=False),
        json.dumps(platform.sandbox.admin("GET", "filings"), ensure_ascii=False),
        json.dumps(platform.sandbox.admin("GET", "faults"), ensure_ascii=False),
    ]
    for value in values:
        assert not any(value in text for text in said)
