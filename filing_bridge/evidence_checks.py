"""What an evidence package says about the filing, checked offline. Framework-free."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from cryptography.x509 import Certificate
from joserfc.errors import JoseError

from filing_bridge import protocol
from filing_bridge.mapping import MappingError, SignedContract, differences, rederive
from filing_bridge.profiles import profile_for
from signing.evidence.package import CONTRACT
from signing.evidence.verifier import Check, Files
from signing.pades.validate import read_attachment, validate

FACTS: Final = "contract.json"
RECORD: Final = "filing/record.json"
EMPLOYER_SIGNATURE: Final = "filing/employer-signature.jws"
DELIVERY: Final = "filing/delivery.json"
RECEIPT: Final = "filing/receipt.jws"
FORM: Final = "filing/form.pdf"
FORM_FIELDS: Final = ["employer", "agency"]


def filing_checks(files: Files, roots: Sequence[Certificate], at: datetime | None) -> Iterator[Check]:
    """The record is what the parties signed, the employer signed it, the province answered, the form holds.

    May raise for strange content: the verifier counts that as a failed check.
    """
    verdict = validate(files[CONTRACT], roots, at=at)
    attached = read_attachment(files[CONTRACT], FACTS)
    yield Check(
        "facts",
        attached == files[FACTS],
        "合同要素与合同文件内附的数据一致",
        "The facts are those attached to the signed document",
    )
    if RECORD not in files:
        yield Check("filing", True, "本包不含备案材料", "This package holds no filing")
        return
    record = json.loads(files[RECORD])
    signed_at = max(signature.at for signature in verdict.signatures if signature.at is not None)
    yield _derived(record, json.loads(attached), SignedContract(verdict.sha256, signed_at))
    identity = protocol.verify_record(files[EMPLOYER_SIGNATURE].decode(), record, roots, at=signed_at)
    yield Check(
        "employer_signature",
        True,
        f"备案记录由用人单位签名：{identity.name}",
        f"The filing record is signed by the employer: {identity.name}",
    )
    yield _receipt(files, record)
    if FORM in files:
        form = validate(files[FORM], roots, at=at)
        yield Check(
            "form",
            form.ok and [each.field for each in form.signatures] == FORM_FIELDS,
            "备案登记表上单位和经办机构的电子印章有效",
            "The seals of the employer and the agency on the filing form are valid",
            "; ".join(problem.zh for problem in form.problems),
        )


def _derived(record: Mapping[str, object], facts: Mapping[str, object], signed: SignedContract) -> Check:
    profile = profile_for(str(record["jurisdiction_code"]))
    try:
        expected = rederive(record, facts, signed, omit=profile.omit)
        found = ", ".join(each.pointer for each in differences(expected, record))
    except MappingError as error:
        found = str(error)
    return Check(
        "record",
        not found,
        "备案记录逐项与双方签署的合同一致",
        "The filing record agrees, field by field, with what the parties signed",
        found,
    )


def _receipt(files: Files, record: Mapping[str, object]) -> Check:
    zh = "备案回执由所附省级系统公钥验证，且针对本备案（公钥请向受理机构核对）"
    en = "The receipt verifies under the province's keys in the package and is about this filing"
    delivery = json.loads(files[DELIVERY])
    try:
        answer = protocol.open_answer(
            files[RECEIPT].decode(),
            protocol.key_set(delivery["province_keys"]),
            system_code=delivery["province_system_code"],
            idempotency_key=delivery["idempotency_key"],
            record_digest=protocol.record_digest(record),
        )
    except (protocol.AnswerError, JoseError, ValueError) as error:
        return Check("receipt", False, zh, en, type(error).__name__)
    return Check("receipt", answer.kind is protocol.Kind.DECISION, zh, en, str(answer.receipt_no))
