"""What an evidence package says about filings, changes and the ending, checked offline. Framework-free."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from cryptography.x509 import Certificate
from joserfc.errors import JoseError

from contracts.changes.facts import items_follow, terms_before
from filing_bridge import protocol
from filing_bridge.evidence_layout import THE_CONTRACT, THE_ENDING, Matter, changes_in
from filing_bridge.mapping import MappingError, SignedContract, differences, filed_items, rederive
from filing_bridge.profiles import profile_for
from signing.evidence.package import LOG
from signing.evidence.verifier import Check, Files, Step
from signing.pades.validate import read_attachment, validate
from signing.pades.verdict import Verdict

FORM_FIELDS: Final = ["employer", "agency"]
COMPLETED: Final = ("change.completed", "termination.completed")


def filing_checks(files: Files, roots: Sequence[Certificate], at: datetime | None) -> Iterator[Check]:
    """The record is what the parties signed, the employer signed it, the province answered, the form holds.

    May raise for strange content: the verifier counts that as a failed check.
    """
    verdict = validate(files[THE_CONTRACT.document], roots, at=at)
    yield _attached(files, THE_CONTRACT)
    yield from _filing(files, THE_CONTRACT, verdict, roots, at)


def change_checks(files: Files, roots: Sequence[Certificate], at: datetime | None) -> Iterator[Check]:
    """Each change is signed, follows on what held before it, and was filed as it says."""
    held: Mapping[str, Any] = json.loads(files[THE_CONTRACT.facts])
    previous = _digest(files, THE_CONTRACT)
    for number, matter in enumerate(changes_in(files), start=1):
        verdict = validate(files[matter.document], roots, at=at)
        yield from _signed(files, matter, verdict)
        facts = json.loads(files[matter.facts])
        said = facts["change"]
        follows = (
            (facts["contract_no"], said["number"], said["contract_digest"], said["previous_digest"])
            == (held["contract_no"], number, _digest(files, THE_CONTRACT), previous)
            and terms_before(facts) == held["contract"]
            and items_follow(facts)
        )
        yield Check(
            "follows",
            follows,
            f"{matter.zh}承接它之前的约定，新旧内容逐项相符",
            f"Term by term, {matter.en} follows on what held before it",
        )
        yield from _filing(files, matter, verdict, roots, at)
        held, previous = facts, _digest(files, matter)


def ending_checks(files: Files, roots: Sequence[Certificate], at: datetime | None) -> Iterator[Check]:
    """The certificate is signed, is about this contract, and was filed as it says."""
    matter = THE_ENDING
    if not any(path.startswith(matter.folder) for path in files):
        return
    verdict = validate(files[matter.document], roots, at=at)
    yield from _signed(files, matter, verdict)
    facts, contract = json.loads(files[matter.facts]), json.loads(files[THE_CONTRACT.facts])
    yield Check(
        "follows",
        (facts["contract_no"], facts["contract_digest"])
        == (contract["contract_no"], _digest(files, THE_CONTRACT)),
        f"{matter.zh}针对的正是这份合同",
        f"It is this contract that {matter.en} is about",
    )
    yield from _filing(files, matter, verdict, roots, at)


def completeness_checks(files: Files, roots: Sequence[Certificate], at: datetime | None) -> Iterator[Check]:
    """Nothing that the log knows as signed is left out, and nothing is there that it does not know."""
    events = (entry["event"] for entry in json.loads(files[LOG])["events"])
    logged = {each["detail"]["document_digest"] for each in events if each["action"] in COMPLETED}
    held = {_digest(files, each) for each in [*changes_in(files), THE_ENDING] if each.document in files}
    yield Check(
        "complete",
        logged == held,
        f"日志记录的 {len(logged)} 份变更、解除（终止）文件都在包内，没有多也没有少",
        f"The {len(logged)} changes and endings that the log speaks of are here, no more and no fewer",
    )


CHECKS: Final[Sequence[Step]] = (filing_checks, change_checks, ending_checks, completeness_checks)


def _digest(files: Files, matter: Matter) -> str:
    return hashlib.sha256(files[matter.document]).hexdigest()


def _signed(files: Files, matter: Matter, verdict: Verdict) -> Iterator[Check]:
    """As the verifier judges the contract: its signatures, and that its facts are inside it."""
    yield Check(
        "later_document",
        verdict.ok,
        f"{matter.zh}上的全部电子签名和时间戳有效，签署后未被改动",
        f"All signatures and time-stamps in {matter.en} are valid, and nothing was changed after signing",
        "; ".join(problem.zh for problem in verdict.problems),
    )
    for each in verdict.signatures:
        yield Check(
            "later_signature",
            each.ok,
            f"{matter.zh}签名人：{each.signer.common_name}，时间戳时间：{each.at}",
            f"Signed by {each.signer.common_name}, time-stamped {each.at}: {matter.en}",
        )
    yield _attached(files, matter)


def _attached(files: Files, matter: Matter) -> Check:
    return Check(
        "facts",
        read_attachment(files[matter.document], matter.attachment) == files[matter.facts],
        f"{matter.zh}的要素与文件内附的数据一致",
        f"The facts of {matter.en} are those attached to the signed document",
    )


def _filing(
    files: Files, matter: Matter, verdict: Verdict, roots: Sequence[Certificate], at: datetime | None
) -> Iterator[Check]:
    facts = json.loads(read_attachment(files[matter.document], matter.attachment))
    if matter.record not in files:
        if "change" in facts and not filed_items(facts):
            zh, en = "只涉及双方之间的约定，不需要备案", "is between the parties only and is not filed"
        else:
            zh, en = "：本包不含备案材料", "has no filing in this package"
        yield Check("filing", True, f"{matter.zh}{zh}", f"{matter.en[:1].upper()}{matter.en[1:]} {en}")
        return
    record = json.loads(files[matter.record])
    signed_at = max(signature.at for signature in verdict.signatures if signature.at is not None)
    yield _derived(matter, record, facts, SignedContract(verdict.sha256, signed_at))
    token = files[matter.employer_signature].decode()
    identity = protocol.verify_record(token, record, roots, at=signed_at)
    yield Check(
        "employer_signature",
        True,
        f"{matter.zh}的备案记录由用人单位签名：{identity.name}",
        f"The filing record of {matter.en} is signed by the employer: {identity.name}",
    )
    yield _receipt(files, matter, record)
    if matter.form in files:
        form = validate(files[matter.form], roots, at=at)
        yield Check(
            "form",
            form.ok and [each.field for each in form.signatures] == FORM_FIELDS,
            f"{matter.zh}的备案登记表上单位和经办机构的电子印章有效",
            f"The seals of the employer and the agency on the filing form of {matter.en} are valid",
            "; ".join(problem.zh for problem in form.problems),
        )


def _derived(
    matter: Matter, record: Mapping[str, object], facts: Mapping[str, object], signed: SignedContract
) -> Check:
    profile = profile_for(str(record["jurisdiction_code"]))
    try:
        expected = rederive(record, facts, signed, omit=profile.omit)
        found = ", ".join(each.pointer for each in differences(expected, record))
    except MappingError as error:
        found = str(error)
    return Check(
        "record",
        not found,
        f"备案记录逐项与双方签署的{matter.zh}一致",
        f"The filing record agrees, field by field, with {matter.en} that was signed",
        found,
    )


def _receipt(files: Files, matter: Matter, record: Mapping[str, object]) -> Check:
    zh = f"{matter.zh}的备案回执由所附省级系统公钥验证，且针对本备案（公钥请向受理机构核对）"
    en = f"The receipt for {matter.en} verifies under the province's keys here and is about this filing"
    delivery = json.loads(files[matter.delivery])
    try:
        answer = protocol.open_answer(
            files[matter.receipt].decode(),
            protocol.key_set(delivery["province_keys"]),
            system_code=delivery["province_system_code"],
            idempotency_key=delivery["idempotency_key"],
            record_digest=protocol.record_digest(record),
        )
    except (protocol.AnswerError, JoseError, ValueError) as error:
        return Check("receipt", False, zh, en, type(error).__name__)
    return Check("receipt", answer.kind is protocol.Kind.DECISION, zh, en, str(answer.receipt_no))
