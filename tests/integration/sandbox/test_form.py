"""The filing form comes back with the agency's seal as a real signature, for the right form only."""

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from cryptography import x509

from filing_bridge.form import render_filing_form
from filing_bridge.protocol import Interface, Kind, certificate_uscc, open_answer
from signing.keys.signing_key import SigningKey
from signing.pades.apply import Party, sign_first
from signing.pades.geometry import box_from_points
from signing.pades.marks import Seal
from signing.pades.prepare import FieldSpec, prepare
from signing.pades.validate import validate
from tests.support.sandbox import SYSTEM_CODE, Draft, Platform, Reply
from tests.support.signed_contracts import random_uscc

pytestmark = pytest.mark.processes


@dataclass(frozen=True)
class Filed:
    """An accepted filing and the body of its receipt."""

    draft: Draft
    receipt: dict[str, Any]


@pytest.fixture
def filed(platform: Platform) -> Filed:
    return file(platform)


def file(platform: Platform) -> Filed:
    draft = platform.draft()
    reply = platform.file(draft)
    assert reply.answer is not None
    return Filed(draft, dict(reply.answer.body))


def employer_sealed(
    platform: Platform, filed: Filed, *, key: SigningKey | None = None, **changes: Any
) -> bytes:
    """The form with the employer's signature; `changes` to the record that it shows."""
    record = {**filed.draft.record, **changes}
    form = render_filing_form(record, filed.receipt, at=datetime.now(UTC))
    boxes = {
        each.key: box_from_points(each.page, each.x, each.y, each.w, each.h, form.page_sizes[each.page - 1])
        for each in form.anchors
    }
    prepared = prepare(
        form.pdf,
        [
            FieldSpec("employer", "用人单位盖章", boxes["employer_seal"]),
            FieldSpec("agency", "备案机构盖章", boxes["agency_seal"], boxes["agency_seal"]),
        ],
    )
    employer = record["employer"]
    key = key or platform.authorities.organisation(employer["name"], employer["uscc"])
    return sign_first(prepared, Party("employer", key, Seal(employer["name"])), platform.authorities.tsa)


def ask(
    platform: Platform, filed: Filed, pdf: bytes, *, digest: str | None = None, receipt_no: str | None = None
) -> tuple[int, dict[str, Any]]:
    body = {
        "idempotency_key": filed.draft.key,
        "receipt_no": receipt_no or filed.receipt["receipt_no"],
        "form": {
            "digest": {"alg": "SHA-256", "value": digest or sha256(pdf).hexdigest()},
            "size": len(pdf),
        },
    }
    message = platform.message(Interface.FORM, body)
    response = platform.post(
        f"/v1/filings/{filed.draft.key}/form",
        {"message": message, "pdf": base64.b64encode(pdf).decode()},
    )
    return response.status_code, response.json()


def test_the_agency_seals_the_form(platform: Platform, filed: Filed) -> None:
    pdf = employer_sealed(platform, filed)

    status, document = ask(platform, filed, pdf)

    assert status == 200, document
    sealed = base64.b64decode(document["pdf"])
    verdict = validate(sealed, [platform.authorities.root])
    assert verdict.ok, verdict.problems
    assert [each.field for each in verdict.signatures] == ["employer", "agency"]
    agency = verdict.signatures[1]
    assert agency.signer.is_test
    assert "测试" in agency.signer.organisation
    assert certificate_uscc(x509.load_der_x509_certificate(agency.certificate)) == "11370300004224722N"
    assert sealed.startswith(pdf), "an incremental update leaves what the employer signed as it is"
    answer = open_answer(
        document["answer"],
        platform.sandbox.keys,
        system_code=SYSTEM_CODE,
        idempotency_key=filed.draft.key,
        record_digest=filed.draft.digest,
    )
    assert answer.kind is Kind.SEALED_FORM
    assert (answer.body["form_digest"], answer.body["sealed_digest"], answer.receipt_no) == (
        sha256(pdf).hexdigest(),
        sha256(sealed).hexdigest(),
        filed.receipt["receipt_no"],
    )
    assert ask(platform, filed, pdf) == (200, document), "the same form again gives the same sealed form"


def refusal(platform: Platform, filed: Filed, pdf: bytes, **more: Any) -> tuple[int, str]:
    status, document = ask(platform, filed, pdf, **more)
    assert "pdf" not in document
    return status, document["code"]


def test_what_does_not_fit_is_not_sealed(platform: Platform, filed: Filed) -> None:
    pdf = employer_sealed(platform, filed)
    employer = filed.draft.record["employer"]
    other = platform.authorities.organisation(employer["name"], random_uscc(platform.chance))
    position = len(pdf) // 3
    unsigned = render_filing_form(filed.draft.record, filed.receipt, at=datetime.now(UTC)).pdf
    refused = (422, "form_invalid")

    assert refusal(platform, filed, pdf, digest="0" * 64) == refused
    assert refusal(platform, filed, pdf, receipt_no="TEST37030320200101000000") == refused
    assert refusal(platform, filed, unsigned) == refused
    assert refusal(platform, filed, b"%PDF-1.7") == refused
    assert refusal(platform, filed, employer_sealed(platform, filed, key=other)) == refused
    assert refusal(platform, filed, employer_sealed(platform, filed, submitter_name="测试别人")) == refused
    tampered = pdf[:position] + bytes([pdf[position] ^ 1]) + pdf[position + 1 :]
    assert refusal(platform, filed, tampered) == refused
    assert json.dumps(platform.sandbox.admin("GET", "filings")).count(filed.draft.key) == 1


def test_a_form_for_another_filing_is_not_sealed(platform: Platform, filed: Filed) -> None:
    other = file(platform)

    assert refusal(platform, filed, employer_sealed(platform, other)) == (422, "form_invalid")


def test_c02_only_an_accepted_filing_gets_its_form(platform: Platform, filed: Filed) -> None:
    platform.sandbox.settings(decide="review")
    try:
        draft = platform.draft()
        reply: Reply = platform.file(draft)
        assert reply.answer is not None
        waiting = Filed(draft, {**filed.receipt, "receipt_no": reply.answer.receipt_no})

        assert refusal(platform, waiting, employer_sealed(platform, waiting)) == (409, "not_accepted")
    finally:
        platform.sandbox.settings(decide="instant")


def test_a_platform_cannot_have_the_form_of_another(
    platform: Platform, stranger: Platform, filed: Filed
) -> None:
    assert refusal(stranger, filed, employer_sealed(platform, filed)) == (404, "filing_not_found")
