"""Who may say what: the platform by token and key, the employer by certificate."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from filing_bridge.protocol import Interface
from signing.keys.authority import WorkerSubject
from tests.support.pki import RunningPki
from tests.support.sandbox import Platform
from tests.support.signed_contracts import Authorities, SignedFile, random_facts, random_uscc, sign_contract

pytestmark = pytest.mark.processes


def only_result(platform: Platform, item: dict[str, str]) -> dict[str, Any]:
    [result] = platform.post("/v1/filings", {"items": [item]}).json()["results"]
    assert "answer" not in result
    return dict(result)


def nothing_was_filed(platform: Platform, key: str) -> bool:
    return key not in json.dumps(platform.sandbox.admin("GET", "filings"))


@pytest.mark.parametrize("path", ["/v1/filings", "/v1/filings/query", f"/v1/filings/{'0' * 64}/form"])
def test_without_a_registered_token_nothing_is_read(platform: Platform, path: str) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {platform.token}"}):
        answer = platform.sandbox.client.post(platform.sandbox.url + path, content=b"{}", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "unknown_sender")


def test_the_message_must_be_signed_by_the_owner_of_the_token(
    platform: Platform, stranger: Platform, contract: SignedFile
) -> None:
    draft = platform.draft(contract)
    item = stranger.item(draft)  # the stranger's message under our token

    assert only_result(platform, item)["problem"]["code"] == "unknown_sender"
    assert nothing_was_filed(platform, draft.key)


def test_an_unregistered_key_is_refused(platform: Platform, contract: SignedFile) -> None:
    draft = platform.draft(contract)
    impostor = replace(platform, key=ec.generate_private_key(ec.SECP256R1()))

    assert only_result(platform, impostor.item(draft))["problem"]["code"] == "unknown_sender"


def test_a_signature_that_does_not_verify_is_refused(platform: Platform, contract: SignedFile) -> None:
    item = platform.item(platform.draft(contract))
    head, payload, signature = item["message"].split(".")
    other = signature[:10] + ("A" if signature[10] != "A" else "B") + signature[11:]
    item["message"] = f"{head}.{payload}.{other}"

    assert only_result(platform, item)["problem"]["code"] == "signature_invalid"


def test_the_system_code_must_be_the_registered_one(platform: Platform, contract: SignedFile) -> None:
    draft = platform.draft(contract)

    item = replace(platform, system_code="SOMEBODY-ELSE").item(draft)

    assert only_result(platform, item)["problem"]["code"] == "unknown_sender"


def test_a_platform_files_only_where_it_may(stranger: Platform, contract: SignedFile) -> None:
    draft = stranger.draft(contract)

    assert only_result(stranger, stranger.item(draft))["problem"]["code"] == "sender_not_allowed"
    assert nothing_was_filed(stranger, draft.key)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_message_of_another_time_is_stale(platform: Platform, contract: SignedFile, minutes: int) -> None:
    now = datetime.now(UTC) + timedelta(minutes=minutes)
    message = platform.message(Interface.SUBMIT, platform.draft(contract).body, now=now)

    assert only_result(platform, {"message": message})["problem"]["code"] == "stale_message"


def test_a_recorded_message_cannot_be_played_again(platform: Platform, contract: SignedFile) -> None:
    draft = platform.draft(contract)
    message = platform.message(Interface.QUERY, {"idempotency_key": draft.key})

    first, second = (platform.post("/v1/filings/query", {"message": message}) for _ in range(2))

    assert first.json()["code"] == "filing_not_found"
    assert (second.status_code, second.json()["code"]) == (409, "replayed_message")


def test_a_question_is_no_submission(platform: Platform, contract: SignedFile) -> None:
    message = platform.message(Interface.QUERY, {"idempotency_key": platform.draft(contract).key})

    assert only_result(platform, {"message": message})["problem"]["code"] == "malformed_message"


def test_a_platform_learns_nothing_about_the_filings_of_another(
    platform: Platform, stranger: Platform
) -> None:
    draft = platform.draft()
    assert platform.file(draft).state == "accepted"

    assert stranger.query(draft).code == "filing_not_found"
    stranger.register(jurisdictions=["37"])
    assert stranger.file(draft).code == "duplicate_filing"


def test_the_key_must_follow_from_the_content(platform: Platform, contract: SignedFile) -> None:
    draft = platform.draft(contract)
    body = {**draft.body, "idempotency_key": "0" * 64}

    reply = platform.file_unchecked(body, pdf=draft.pdf)

    assert (reply.status, reply.code) == (422, "key_mismatch")


def test_another_employers_certificate_is_refused(platform: Platform, contract: SignedFile) -> None:
    draft = platform.draft(contract)
    name, uscc = draft.record["employer"]["name"], random_uscc(platform.chance)
    other = platform.authorities.organisation(name, uscc)

    reply = platform.file(platform.seal_record(draft.record, draft.pdf, other))

    assert (reply.status, reply.code) == (422, "employer_mismatch")


def test_a_workers_certificate_cannot_speak_for_the_employer(
    platform: Platform, contract: SignedFile
) -> None:
    draft = platform.draft(contract)
    worker = platform.authorities.ca.issue_worker(WorkerSubject("测试甲", "x"))

    reply = platform.file(platform.seal_record(draft.record, draft.pdf, worker))

    assert (reply.status, reply.code) == (422, "employer_mismatch")


def test_a_certificate_of_an_unknown_root_is_refused(
    platform: Platform, contract: SignedFile, foreign: Authorities
) -> None:
    draft = platform.draft(contract)
    employer = draft.record["employer"]
    key = foreign.organisation(employer["name"], employer["uscc"])

    reply = platform.file(platform.seal_record(draft.record, draft.pdf, key))

    assert (reply.status, reply.code) == (422, "employer_certificate_untrusted")


def test_a_revoked_certificate_is_refused(platform: Platform, pki: RunningPki) -> None:
    """The contract was signed before the revocation and stays good; the filing comes after it."""
    draft = platform.draft()
    employer = draft.record["employer"]
    pki.revoke(
        platform.authorities.organisation(employer["name"], employer["uscc"]).certificate.serial_number
    )

    reply = platform.file(draft)

    assert (reply.status, reply.code) == (422, "employer_certificate_untrusted")
    assert nothing_was_filed(platform, draft.key)


def test_while_revocation_cannot_be_asked_nothing_is_taken_in(platform: Platform, pki: RunningPki) -> None:
    facts = random_facts(platform.chance)
    draft = platform.draft(sign_contract(platform.authorities, facts))

    with pki.fault("ocsp", "down"), pki.fault("crl", "down"):
        reply = platform.file(draft)

    assert (reply.status, reply.code) == (503, "revocation_unknown")
    assert nothing_was_filed(platform, draft.key)
    assert platform.file(draft).state == "accepted"


def test_the_admin_surface_wants_its_token(platform: Platform) -> None:
    for method, path in (
        ("GET", "ledger"),
        ("GET", "filings"),
        ("GET", "faults"),
        ("PUT", "faults"),
        ("PUT", "settings"),
        ("POST", "decisions"),
        ("PUT", "senders"),
    ):
        answer = platform.sandbox.client.request(
            method,
            f"{platform.sandbox.url}/admin/{path}",
            headers={"Authorization": f"Bearer {platform.token}"},
        )
        assert answer.status_code == 401, path
