"""Messages and answers: what is signed arrives, and nothing else passes."""

import base64
import copy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from joserfc.jwk import ECKey

from core.canonical import canonical_json
from filing_bridge import protocol
from filing_bridge.protocol import Interface, ProtocolError
from filing_bridge.protocol.jose import Purpose, sign_payload
from filing_bridge.schemas import violations
from tests.support.filing_parties import NOW, PDF, Employer, Party, issue, p256

SYSTEM = "QIANBEI-TEST"
PROVINCE = "SD-370300"


@pytest.fixture
def body(record: dict[str, Any], employer: Employer) -> dict[str, Any]:
    return protocol.submission(
        record, version=1, employer_signature=employer.sign(record), document_size=len(PDF)
    )


@pytest.fixture
def token(body: dict[str, Any], platform: Party) -> str:
    return protocol.sign_message(Interface.SUBMIT, body, system_code=SYSTEM, now=NOW, signer=platform.signer)


def refused(code: str, call: Any, *arguments: Any, **named: Any) -> ProtocolError:
    with pytest.raises(ProtocolError) as caught:
        call(*arguments, **named)
    assert caught.value.code == code
    return caught.value


def test_a_submission_arrives(token: str, body: dict[str, Any], platform: Party, employer: Employer) -> None:
    message = protocol.open_message(token, {SYSTEM: platform.keys}, now=NOW)
    assert message.interface is Interface.SUBMIT
    assert message.body == body
    protocol.check_submission(message, PDF)
    identity = protocol.verify_record(
        message.body["employer_signature"], message.body["record"], [employer.root], at=NOW
    )
    assert identity.name == "示例制造（淄博）有限公司"
    assert identity.uscc == body["record"]["employer"]["uscc"]


def test_each_transmission_has_a_serial_number_of_its_own(body: dict[str, Any], platform: Party) -> None:
    keys = {SYSTEM: platform.keys}
    tokens = [
        protocol.sign_message(Interface.SUBMIT, body, system_code=SYSTEM, now=NOW, signer=platform.signer)
        for _ in range(2)
    ]
    first, second = (protocol.open_message(each, keys, now=NOW) for each in tokens)
    assert first.serial_no != second.serial_no
    assert first.idempotency_key == second.idempotency_key


def test_flipping_any_character_of_a_message_is_refused(token: str, platform: Party) -> None:
    keys = {SYSTEM: platform.keys}
    for place in range(0, len(token), 7):
        if token[place] == ".":
            continue
        flipped = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        with pytest.raises(ProtocolError):
            protocol.open_message(flipped, keys, now=NOW)


def test_another_systems_key_cannot_speak_for_this_one(body: dict[str, Any], platform: Party) -> None:
    other = Party(p256())
    senders = {SYSTEM: platform.keys, "OTHER-SYSTEM": other.keys}
    forged = protocol.sign_message(Interface.SUBMIT, body, system_code=SYSTEM, now=NOW, signer=other.signer)
    refused("unknown_sender", protocol.open_message, forged, senders, now=NOW)


def test_unregistered_key_and_borrowed_key_name_are_refused(body: dict[str, Any], platform: Party) -> None:
    stranger = Party(p256())
    token = protocol.sign_message(Interface.SUBMIT, body, system_code=SYSTEM, now=NOW, signer=stranger.signer)
    refused("unknown_sender", protocol.open_message, token, {SYSTEM: platform.keys}, now=NOW)
    borrowed = replace(stranger.signer, kid=platform.signer.kid)
    token = protocol.sign_message(Interface.SUBMIT, body, system_code=SYSTEM, now=NOW, signer=borrowed)
    refused("signature_invalid", protocol.open_message, token, {SYSTEM: platform.keys}, now=NOW)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_message_of_another_time_is_refused(token: str, platform: Party, minutes: int) -> None:
    keys = {SYSTEM: platform.keys}
    refused("stale_message", protocol.open_message, token, keys, now=NOW + timedelta(minutes=minutes))
    protocol.open_message(token, keys, now=NOW + timedelta(minutes=minutes * 5 / 6))


@pytest.mark.parametrize("text", ["", "x", "a.b", "a.b.c", "....", "é.é.é", "e30.e30.e30", "A" * 5000])
def test_garbage_is_no_message(text: str, platform: Party) -> None:
    refused("malformed_message", protocol.open_message, text, {SYSTEM: platform.keys}, now=NOW)


def test_a_signature_for_another_purpose_is_refused(token: str, platform: Party) -> None:
    keys = {SYSTEM: platform.keys}
    payload = protocol.open_message(token, keys, now=NOW)
    head = {"interface_code": "LC0101", "system_code": SYSTEM, "serial_no": payload.serial_no}
    head |= {"time": NOW.isoformat(timespec="seconds"), "version": "1"}
    content = {"head": head, "body": payload.body}
    protocol.open_message(sign_payload(content, Purpose.MESSAGE, platform.signer), keys, now=NOW)
    for purpose in (Purpose.ANSWER, Purpose.RECORD):
        other = sign_payload(content, purpose, platform.signer)
        refused("malformed_message", protocol.open_message, other, keys, now=NOW)


def test_alg_none_and_hmac_are_refused(token: str, platform: Party) -> None:
    _, payload, signature = token.split(".")
    for algorithm in ("none", "HS256", "ES384"):
        header = canonical_json({"alg": algorithm, "kid": platform.signer.kid, "typ": Purpose.MESSAGE.value})
        forged = f"{base64.urlsafe_b64encode(header).decode().rstrip('=')}.{payload}.{signature}"
        refused("malformed_message", protocol.open_message, forged, {SYSTEM: platform.keys}, now=NOW)


def test_payload_must_be_canonical(platform: Party, body: dict[str, Any]) -> None:
    """Two parsers may read `{"a":1,"a":2}` differently; the canonical form leaves one reading."""
    key = platform.signer
    header = canonical_json({"alg": "ES256", "kid": key.kid, "typ": Purpose.MESSAGE.value})
    head = {"interface_code": "LC0102", "system_code": SYSTEM, "serial_no": "a" * 32}
    head |= {"time": NOW.isoformat(timespec="seconds"), "version": "1"}
    query = canonical_json({"head": head, "body": {"idempotency_key": body["idempotency_key"]}})
    twice = query[:-1] + b',"head":' + canonical_json(head) + b"}"
    spaced = query.replace(b'":"', b'": "')
    for payload in (twice, spaced, b"[" * 30000, b"[1]", b"{"):
        parts = [base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (header, payload)]
        signature = key.sign(".".join(parts).encode())
        forged = ".".join([*parts, base64.urlsafe_b64encode(signature).decode().rstrip("=")])
        refused("malformed_message", protocol.open_message, forged, {SYSTEM: platform.keys}, now=NOW)


def test_a_bad_record_in_an_authentic_message_names_every_field(
    body: dict[str, Any], platform: Party
) -> None:
    broken = copy.deepcopy(body)
    del broken["record"]["worker"]["mobile"]
    broken["record"]["contract"]["term_type"] = "9"
    broken["record"]["extra"] = "x"
    head = {"interface_code": "LC0101", "system_code": SYSTEM, "serial_no": "a" * 32}
    head |= {"time": NOW.isoformat(timespec="seconds"), "version": "1"}
    token = sign_payload({"head": head, "body": broken}, Purpose.MESSAGE, platform.signer)
    with pytest.raises(protocol.RecordInvalidError) as caught:
        protocol.open_message(token, {SYSTEM: platform.keys}, now=NOW)
    assert [item.field for item in caught.value.items] == ["/contract/term_type", "/extra", "/worker/mobile"]
    assert caught.value.message.idempotency_key == body["idempotency_key"]


def test_sender_cannot_build_a_message_against_the_schema(body: dict[str, Any], platform: Party) -> None:
    with pytest.raises(ValueError, match="/body/surprise"):
        protocol.sign_message(
            Interface.SUBMIT, body | {"surprise": 1}, system_code=SYSTEM, now=NOW, signer=platform.signer
        )


@pytest.mark.parametrize(
    ("change", "pdf", "code"),
    [
        ({"idempotency_key": "0" * 64}, PDF, "key_mismatch"),
        ({"version": 2}, PDF, "key_mismatch"),
        ({"event": "renewal"}, PDF, "key_mismatch"),
        ({}, None, "document_missing"),
        ({}, PDF + b"x", "document_digest_mismatch"),
        (
            {"document": {"digest": {"alg": "SHA-256", "value": "0" * 64}, "size": 1}},
            PDF,
            "document_digest_mismatch",
        ),
    ],
)
def test_submission_must_fit_its_key_and_document(
    token: str, platform: Party, change: dict[str, Any], pdf: bytes | None, code: str
) -> None:
    message = protocol.open_message(token, {SYSTEM: platform.keys}, now=NOW)
    refused(code, protocol.check_submission, replace(message, body={**message.body, **change}), pdf)


@pytest.mark.parametrize(
    "pointer", ["/document/digest/value", "/document/size", "/record/contract_digest/value"]
)
def test_digest_and_size_are_each_compared(token: str, platform: Party, pointer: str) -> None:
    message = protocol.open_message(token, {SYSTEM: platform.keys}, now=NOW)
    body = copy.deepcopy(dict(message.body))
    *parents, last = pointer.split("/")[1:]
    section = body
    for step in parents:
        section = section[step]
    section[last] = 1 if last == "size" else "0" * 64
    refused("document_digest_mismatch", protocol.check_submission, replace(message, body=body), PDF)


def test_idempotency_key_is_permanent() -> None:
    """A published constant: whoever changes the formula breaks every filing under way."""
    key = protocol.idempotency_key("91370303MA3TE5T03M", "HT-2026-000123", protocol.Event.HIRE, 1)
    assert key == "ff0b3b08ec8515c61f7c0d003e2006a6e39e9fd472de7eeeabaa679de24abe3a"
    assert key != protocol.idempotency_key("91370303MA3TE5T03M", "HT-2026-000123", protocol.Event.HIRE, 2)


def test_late_hire_is_the_same_effect_as_a_hire(record: dict[str, Any]) -> None:
    late = record | {"filing_type": "12"}
    bodies = [
        protocol.submission(each, version=1, employer_signature="a..b", document_size=1)
        for each in (record, late)
    ]
    assert bodies[0]["idempotency_key"] == bodies[1]["idempotency_key"]


# the employer's signature over the record


def test_changing_any_field_breaks_the_employers_signature(
    record: dict[str, Any], employer: Employer
) -> None:
    signature = employer.sign(record)
    for section in (record, record["employer"], record["worker"], record["contract"]):
        for name, value in list(section.items()):
            if isinstance(value, dict):
                continue
            section[name] = "forged"
            refused(
                "employer_signature_invalid",
                protocol.verify_record,
                signature,
                record,
                [employer.root],
                at=NOW,
            )
            section[name] = value
    protocol.verify_record(signature, record, [employer.root], at=NOW)


def test_certificate_must_lead_to_an_anchor(record: dict[str, Any], employer: Employer) -> None:
    signature = employer.sign(record)
    stranger = p256()
    anchor = issue("别的根", stranger, None, stranger, ca=True)
    code = "employer_certificate_untrusted"
    refused(code, protocol.verify_record, signature, record, [anchor], at=NOW)
    refused(code, protocol.verify_record, signature, record, [employer.root], at=NOW + timedelta(days=31))
    refused(code, protocol.verify_record, signature, record, [employer.root], at=NOW - timedelta(days=31))
    without_ca = protocol.sign_record(record, employer.chain[:1], protocol.es256(employer.key))
    refused(code, protocol.verify_record, without_ca, record, [employer.root], at=NOW)


def test_an_end_entity_cannot_issue_certificates(record: dict[str, Any], employer: Employer) -> None:
    key = p256()
    forged = issue("冒名", key, employer.certificate, employer.key, ca=False)
    chain = [forged.public_bytes(Encoding.DER), *employer.chain]
    signature = protocol.sign_record(record, chain, protocol.es256(key))
    refused(
        "employer_certificate_untrusted", protocol.verify_record, signature, record, [employer.root], at=NOW
    )


@pytest.mark.parametrize(
    ("named", "code"),
    [
        ({"uscc": "91310115MA1K2C3D6A"}, "employer_mismatch"),
        ({"signs": False}, "employer_certificate_untrusted"),
    ],
)
def test_certificate_must_be_this_employers_and_for_signing(
    record: dict[str, Any], employer: Employer, named: dict[str, Any], code: str
) -> None:
    key = p256()
    certificate = issue("别的单位", key, employer.ca, employer.ca_key, ca=False, **named)
    chain = [certificate.public_bytes(Encoding.DER), employer.chain[1]]
    signature = protocol.sign_record(record, chain, protocol.es256(key))
    refused(code, protocol.verify_record, signature, record, [employer.root], at=NOW)


# answers


def accepted(body: dict[str, Any], record: dict[str, Any], **changes: Any) -> dict[str, Any]:
    named: dict[str, Any] = {
        "key": body["idempotency_key"],
        "digest": protocol.record_digest(record),
        "receipt_no": "SD3703002026110400001",
        "state": protocol.State.ACCEPTED,
        "received_at": NOW,
        "decided_at": NOW,
        "agency": protocol.Agency("37030301", "示例区公共就业服务中心（测试）"),
    }
    return protocol.decision(**(named | changes))


def opened(token: str, province: Party, body: dict[str, Any], record: dict[str, Any]) -> protocol.Answer:
    return protocol.open_answer(
        token,
        province.keys,
        system_code=PROVINCE,
        idempotency_key=body["idempotency_key"],
        record_digest=protocol.record_digest(record),
    )


def test_a_receipt_arrives(body: dict[str, Any], record: dict[str, Any], province: Party) -> None:
    token = protocol.sign_answer(
        accepted(body, record), system_code=PROVINCE, now=NOW, signer=province.signer
    )
    answer = opened(token, province, body, record)
    assert answer.state is protocol.State.ACCEPTED
    assert answer.receipt_no == "SD3703002026110400001"


def test_other_answers_arrive(body: dict[str, Any], record: dict[str, Any], province: Party) -> None:
    key, digest = body["idempotency_key"], protocol.record_digest(record)
    agency = protocol.Agency("37030301", "示例区公共就业服务中心（测试）")
    item = protocol.RejectItem("/worker/id_no", "id_checksum", "证件号码有误", "请核对证件")
    bodies = {
        protocol.State.UNDER_REVIEW: protocol.acknowledgement(
            key=key,
            digest=digest,
            receipt_no="1",
            state=protocol.State.UNDER_REVIEW,
            received_at=NOW,
            agency=agency,
        ),
        protocol.State.RETURNED: accepted(body, record, state=protocol.State.RETURNED, reject_items=[item]),
        None: protocol.refusal(key=key, digest=digest, code="record_differs", reject_items=[item]),
    }
    for state, answer_body in bodies.items():
        token = protocol.sign_answer(answer_body, system_code=PROVINCE, now=NOW, signer=province.signer)
        assert opened(token, province, body, record).state is state
    sealed = protocol.sealed_form(
        key=key, receipt_no="1", form_digest="a" * 64, sealed_digest="b" * 64, sealed_at=NOW, agency=agency
    )
    token = protocol.sign_answer(sealed, system_code=PROVINCE, now=NOW, signer=province.signer)
    assert opened(token, province, body, record).kind is protocol.Kind.SEALED_FORM


def test_answer_with_a_bad_signature_proves_nothing(
    body: dict[str, Any], record: dict[str, Any], province: Party, platform: Party
) -> None:
    for signer in (platform.signer, replace(platform.signer, kid=province.signer.kid)):
        token = protocol.sign_answer(accepted(body, record), system_code=PROVINCE, now=NOW, signer=signer)
        with pytest.raises(protocol.AnswerUnreadableError):
            opened(token, province, body, record)


@pytest.mark.parametrize("changes", [{"key": "0" * 64}, {"digest": "0" * 64}])
def test_answer_about_another_filing_is_told_apart(
    body: dict[str, Any], record: dict[str, Any], province: Party, changes: dict[str, Any]
) -> None:
    other = accepted(body, record, **changes)
    token = protocol.sign_answer(other, system_code=PROVINCE, now=NOW, signer=province.signer)
    with pytest.raises(protocol.AnswerMismatchError):
        opened(token, province, body, record)


def test_answer_of_another_province_is_told_apart(
    body: dict[str, Any], record: dict[str, Any], province: Party
) -> None:
    token = protocol.sign_answer(
        accepted(body, record), system_code="JS-320200", now=NOW, signer=province.signer
    )
    with pytest.raises(protocol.AnswerMismatchError):
        opened(token, province, body, record)


def test_an_acceptance_with_faults_or_a_return_without_any_cannot_be_signed(
    body: dict[str, Any], record: dict[str, Any], province: Party
) -> None:
    item = protocol.RejectItem("", "x_fault", "有误", "请改正")
    for wrong in (
        accepted(body, record, reject_items=[item]),
        accepted(body, record, state=protocol.State.RETURNED),
    ):
        with pytest.raises(ValueError, match="reject_items"):
            protocol.sign_answer(wrong, system_code=PROVINCE, now=NOW, signer=province.signer)


def test_unsigned_codes_cannot_become_refusals() -> None:
    with pytest.raises(ValueError, match="maintenance"):
        protocol.refusal(key="0" * 64, digest="0" * 64, code="maintenance")


@pytest.mark.parametrize("code", sorted(protocol.CODES))
def test_every_code_has_a_valid_problem_document(code: str) -> None:
    assert violations("problem-1", protocol.problem(code, "detail")) == ()
    row = protocol.CODES[code]
    assert all((row.zh, row.en, row.remedy_zh, row.remedy_en))


def test_a_batch_holds_at_most_one_hundred(token: str) -> None:
    item = {"message": token, "pdf": base64.b64encode(PDF).decode()}
    assert violations("batch-1", protocol.batch([item] * 100)) == ()
    too_few: list[dict[str, str]] = []
    for wrong in (too_few, [item] * 101):
        with pytest.raises(ValueError, match="100"):
            protocol.batch(wrong)


def test_key_sets_take_public_p256_keys_only() -> None:
    not_keys: list[dict[str, Any]] = [
        {},
        {"keys": [{}]},
        {"keys": [{"kty": "oct", "k": "AAAA", "kid": "a"}]},
        {"keys": 5},
        {"keys": [ECKey.import_key(p256()).as_dict(private=True) | {"kid": "a"}]},
    ]
    for wrong in not_keys:
        with pytest.raises(ValueError, match=r"P-256|public"):
            protocol.key_set(wrong)
