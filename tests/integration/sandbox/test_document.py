"""The signed contract is judged by itself: a changed byte, another signer or an unfit content is refused."""

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest

from contracts.document.render import render
from contracts.document.template import load_template
from tests.support.sandbox import Draft, Platform, Reply
from tests.support.signed_contracts import SignedFile, random_facts, random_uscc, sign_contract

pytestmark = pytest.mark.processes


def with_other_pdf(platform: Platform, draft: Draft, pdf: bytes) -> Draft:
    """A filing that is consistent in itself, digest and employer's signature included, with another file."""
    record = {**draft.record, "contract_digest": {"alg": "SHA-256", "value": sha256(pdf).hexdigest()}}
    return platform.seal_record(record, pdf)


def flipped(pdf: bytes, position: int, chance: random.Random) -> bytes:
    return pdf[:position] + bytes([pdf[position] ^ (1 << chance.randrange(8))]) + pdf[position + 1 :]


def refuse_flips(platform: Platform, contract: SignedFile, positions: Iterable[int]) -> None:
    draft = platform.draft(contract)
    for position in positions:
        pdf = flipped(contract.pdf, position, platform.chance)
        reply = platform.file(with_other_pdf(platform, draft, pdf))
        assert (reply.status, reply.code) == (422, "document_invalid"), position
    assert draft.key not in {row["key"] for row in platform.sandbox.ledger()}


def test_a_flipped_byte_anywhere_is_refused(platform: Platform, contract: SignedFile) -> None:
    size = len(contract.pdf)
    edges = [0, 5, size - 1, size - 2, size - 10]
    refuse_flips(platform, contract, [*edges, *(platform.chance.randrange(size) for _ in range(15))])


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_a_flipped_byte_is_refused_all_over_the_file(platform: Platform, contract: SignedFile) -> None:
    start = platform.chance.randrange(199)
    refuse_flips(platform, contract, range(start, len(contract.pdf), 199))


def test_bytes_added_or_cut_off_are_refused(platform: Platform, contract: SignedFile) -> None:
    draft = platform.draft(contract)

    for pdf in (contract.pdf + b"\n", contract.pdf[:-1], contract.pdf[: len(contract.pdf) // 2], b"%PDF-1.7"):
        reply = platform.file(with_other_pdf(platform, draft, pdf))
        assert (reply.status, reply.code) == (422, "document_invalid")
        assert "/contract_digest" in {field for field, _ in reply.items}


def test_a_flipped_byte_on_the_way_is_noticed_by_the_digest(platform: Platform, contract: SignedFile) -> None:
    draft = platform.draft(contract)

    reply = platform.file(replace(draft, pdf=flipped(contract.pdf, 1000, platform.chance)))

    assert (reply.status, reply.code) == (422, "document_digest_mismatch")


def test_the_document_must_come_along(platform: Platform, contract: SignedFile) -> None:
    draft = platform.draft(contract)
    item = platform.item(draft)
    del item["pdf"]

    [result] = platform.post("/v1/filings", {"items": [item]}).json()["results"]

    assert platform.open(result, draft).code == "document_missing"


def test_a_document_by_reference_is_not_fetched(platform: Platform, contract: SignedFile) -> None:
    draft = platform.draft(contract)
    body = draft.body
    body["document"]["url"] = "https://localhost/contract.pdf"

    [result] = platform.post("/v1/filings", {"items": [{"message": platform.submission(body)}]}).json()[
        "results"
    ]

    assert (result["status"], result["problem"]["code"]) == (503, "document_unreachable")


def test_an_unsigned_contract_is_refused(platform: Platform, contract: SignedFile) -> None:
    facts = contract.facts
    rendered = render(load_template(facts["template"]["slug"]), facts, at=datetime.now(UTC))

    reply = platform.file(with_other_pdf(platform, platform.draft(contract), rendered.pdf))

    assert (reply.code, reply.items) == ("document_invalid", {("/contract_digest", "not_signed")})


def test_another_contract_of_the_same_parties_does_not_serve(
    platform: Platform, contract: SignedFile
) -> None:
    other = {**contract.facts, "contract": {**contract.facts["contract"], "wage_amount": "9800.00"}}
    pdf = sign_contract(platform.authorities, other).pdf

    reply = platform.file(with_other_pdf(platform, platform.draft(contract), pdf))

    assert reply.code == "record_differs"
    assert ("/contract/wage_amount", "differs_from_contract") in reply.items


def signed_by_others(platform: Platform, facts: dict[str, Any], **others: Any) -> Reply:
    return platform.file(platform.draft(sign_contract(platform.authorities, facts, **others)))


def test_the_workers_certificate_must_be_the_workers(platform: Platform) -> None:
    reply = signed_by_others(platform, random_facts(platform.chance), worker_name="测试别人")

    assert (reply.code, reply.items) == (
        "document_invalid",
        {("/worker/name", "signer_is_not_the_worker")},
    )


def test_the_employers_certificate_must_be_the_employers(platform: Platform) -> None:
    facts = random_facts(platform.chance)
    other = platform.authorities.organisation(facts["employer"]["name"], random_uscc(platform.chance))

    reply = signed_by_others(platform, facts, employer_key=other)

    assert (reply.code, reply.items) == (
        "document_invalid",
        {("/employer/uscc", "signer_is_not_the_employer")},
    )


def test_the_name_in_the_seals_certificate_must_be_the_employers(platform: Platform) -> None:
    facts = random_facts(platform.chance)
    other = platform.authorities.organisation("示例其他有限公司", facts["employer"]["uscc"])

    reply = signed_by_others(platform, facts, employer_key=other)

    assert (reply.code, reply.items) == ("document_invalid", {("/employer/name", "seal_name_differs")})


def test_an_unlawful_contract_is_refused_with_the_rule(platform: Platform) -> None:
    """Both sign a probation that is too long: signatures do not make it lawful (劳动合同法 Art. 19)."""
    facts = random_facts(platform.chance, "general")
    start = facts["contract"]["start"]
    facts["contract"] |= {"end": f"{int(start[:4]) + 1}{start[4:]}", "probation_months": 3}

    reply = signed_by_others(platform, facts)

    assert reply.code == "record_invalid"
    assert any(code.startswith("rule_r19") for _, code in reply.items), reply.items


def test_signatures_from_another_trust_root_are_refused(
    platform: Platform, foreign_contract: SignedFile
) -> None:
    draft = platform.draft(foreign_contract)

    reply = platform.file(draft)

    assert reply.code == "document_invalid"
