"""Make docs/filing-examples afresh: `python -m tests.support.filing_examples`.

The keys are made for the purpose and thrown away; the public halves are published beside the examples.
"""

import base64
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from contracts.suspensions.facts import RESUME
from core.canonical import sha256_hex
from filing_bridge import protocol
from filing_bridge.correction import facts_of, items_of
from filing_bridge.mapping import Envelope, FilingType, SignedContract, to_filing_record
from filing_bridge.profiles import profile_for
from tests.support.contract_facts import sample_change, sample_ending, sample_facts, sample_suspension
from tests.support.filing_parties import NOW, PDF, Party, make_employer, p256

FOLDER = Path(__file__).parents[2] / "docs" / "filing-examples"
PLATFORM, PROVINCE = "QIANBEI-EXAMPLE", "SD-370300-EXAMPLE"
AGENCY = protocol.Agency("37030301", "示例区公共就业服务中心（示例）")
RECEIPT = "SD37030320261104000001"
SEALED = PDF + b" and here for a form"
TRANSFER = {
    "from_name": "示例物流（淄博）有限公司",
    "from_uscc": "91370300MA3T0009X0",
    "left_on": "2026-11-02",
    "certificate_no": "ZM-20261102-ABCDEFGH",
}


def make() -> dict[str, Any]:
    """Every example by file name: text for .jws and .pem, JSON for the rest."""
    platform, province, employer = Party(p256()), Party(p256()), make_employer()
    facts = sample_facts("general")
    signed = SignedContract(sha256_hex(PDF), NOW - timedelta(minutes=1))
    envelope = Envelope(
        filing_id="3f0c0a52-7d1e-4c55-9a55-0d6d8f6f0a01",
        submitter_name="示例人事",
        submitter_phone="0533-2345678",
        submitted_at=NOW,
    )
    omit = profile_for("370303").omit
    ending = sample_ending(facts, reason="3602", ends_on=NOW.date(), evidence=("agreement",))
    change = sample_change(facts, effective_on=NOW.date(), job_title="班组长")
    suspension = sample_suspension(facts, effective_on=NOW.date(), until=date(2027, 1, 31))
    resumption = sample_suspension(facts, act=RESUME, effective_on=NOW.date(), since=date(2026, 11, 3))
    renewal = sample_facts(
        "general",
        contract={
            "sign_kind": "2",
            "employment_start": "2023-11-03",
            "previous_end": "2026-11-02",
            "consecutive_fixed_terms": 1,
            **dict.fromkeys(("probation_months", "probation_start", "probation_end", "probation_wage")),
        },
    )
    moved = sample_facts("general", contract={"transfer": TRANSFER})
    later = replace(envelope, prev_filing_no=RECEIPT)
    on_file = to_filing_record(facts, signed, FilingType.HIRE, envelope, omit=omit)
    correction = facts_of(
        on_file,
        RECEIPT,
        correction_no="GZ-20261104-7K3MPQRS",
        items=items_of(on_file, {"/contract/end": "2029-12-02"}),
        reason="录入时看错合同终止日期",
        evidence=sha256_hex(b"stands for a paper"),
    )
    record = on_file
    body = protocol.submission(
        record, version=1, employer_signature=employer.sign(record), document_size=len(PDF)
    )
    key, digest = body["idempotency_key"], protocol.record_digest(record)

    def message(interface: protocol.Interface, content: dict[str, Any]) -> str:
        return protocol.sign_message(
            interface, content, system_code=PLATFORM, now=NOW, signer=platform.signer
        )

    def answer(content: dict[str, Any]) -> str:
        return protocol.sign_answer(content, system_code=PROVINCE, now=NOW, signer=province.signer)

    about: dict[str, Any] = {"key": key, "digest": digest, "receipt_no": RECEIPT, "agency": AGENCY}
    item = protocol.RejectItem(
        "/worker/education", "code_unknown", "“文化程度”的代码不存在。", "请从代码表中选择。"
    )
    form: dict[str, Any] = {"digest": {"alg": "SHA-256", "value": sha256_hex(PDF)}, "size": len(PDF)}
    submission = message(protocol.Interface.SUBMIT, body)
    decided = answer(
        protocol.decision(**about, state=protocol.State.ACCEPTED, received_at=NOW, decided_at=NOW)
    )
    returned = protocol.decision(
        **about, state=protocol.State.RETURNED, received_at=NOW, decided_at=NOW, reject_items=[item]
    )
    acknowledged = protocol.acknowledgement(**about, state=protocol.State.UNDER_REVIEW, received_at=NOW)
    refused = protocol.refusal(key=key, digest=digest, code="record_invalid", reject_items=[item])
    sealed = protocol.sealed_form(
        key=key,
        receipt_no=RECEIPT,
        form_digest=form["digest"]["value"],
        sealed_digest=sha256_hex(SEALED),
        sealed_at=NOW,
        agency=AGENCY,
    )
    void = protocol.void_record(record, key=key, receipt_no=RECEIPT, reason="合同尚需修改", requested_at=NOW)
    voided = protocol.decision(**about, state=protocol.State.VOIDED, received_at=NOW, decided_at=NOW)
    problem = protocol.problem("too_many_requests")
    return {
        "record.json": record,
        "renewal-record.json": to_filing_record(renewal, signed, FilingType.RENEWAL, later, omit=omit),
        "transfer-record.json": to_filing_record(moved, signed, FilingType.TRANSFER, envelope, omit=omit),
        "change-record.json": to_filing_record(change, signed, FilingType.CHANGE, later, omit=omit),
        "suspension-record.json": to_filing_record(
            suspension, signed, FilingType.SUSPENSION, later, omit=omit
        ),
        "resumption-record.json": to_filing_record(
            resumption, signed, FilingType.RESUMPTION, later, omit=omit
        ),
        "ending-record.json": to_filing_record(ending, signed, FilingType.RESCISSION, later, omit=omit),
        "correction-record.json": to_filing_record(
            correction, signed, FilingType.CORRECTION, envelope, omit=omit
        ),
        "void-record.json": void,
        "void.json": {
            "message": message(
                protocol.Interface.VOID, protocol.void(void, employer_signature=employer.sign(void))
            )
        },
        "decision-voided.json": _payload(answer(voided)),
        "submission.jws": submission,
        "submission.json": _payload(submission),
        "batch.json": protocol.batch([{"message": submission, "pdf": base64.b64encode(PDF).decode()}]),
        "batch-answer.json": {
            "results": [
                {"index": 0, "status": 200, "answer": decided},
                {"index": 1, "status": 422, "answer": answer(refused)},
                {"index": 2, "status": 503, "problem": protocol.problem("not_processed")},
            ]
        },
        "acknowledgement.json": _payload(answer(acknowledged)),
        "decision.jws": decided,
        "decision.json": _payload(decided),
        "decision-returned.json": _payload(answer(returned)),
        "refusal.json": _payload(answer(refused)),
        "query.json": {"message": message(protocol.Interface.QUERY, {"idempotency_key": key})},
        "query-answer.json": {"answer": decided},
        "form.json": {
            "message": message(
                protocol.Interface.FORM, {"idempotency_key": key, "receipt_no": RECEIPT, "form": form}
            ),
            "pdf": base64.b64encode(PDF).decode(),
        },
        "form-answer.json": {"answer": answer(sealed), "pdf": base64.b64encode(SEALED).decode()},
        "problem.json": problem,
        "platform.jwks.json": {"keys": [protocol.public_jwk(platform.key.public_key())]},
        "province.jwks.json": {"keys": [protocol.public_jwk(province.key.public_key())]},
        "employer-root.pem": employer.root.public_bytes(Encoding.PEM).decode().strip(),
    }


def _payload(token: str) -> Any:
    text = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def write() -> None:
    """Write every example."""
    FOLDER.mkdir(exist_ok=True)
    for name, example in make().items():
        text = example if isinstance(example, str) else json.dumps(example, ensure_ascii=False, indent=1)
        (FOLDER / name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
