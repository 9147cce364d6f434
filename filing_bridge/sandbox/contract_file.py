"""The signed document as it arrived: judged by the acceptance rule, its facts read from inside."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.changes import facts as changes
from contracts.endings import facts as endings
from contracts.facts import Facts, canonical_facts, validate_facts
from contracts.suspensions import facts as suspensions
from filing_bridge.mapping import ENDINGS, SUSPENSIONS, FilingType, SignedContract
from filing_bridge.protocol import ProtocolError, RejectItem
from filing_bridge.sandbox.trust import Trust
from signing.pades.validate import AttachmentMissing, read_attachment
from signing.pades.verdict import SignatureReport

BOTH = ("worker", "employer")


@dataclass(frozen=True)
class Kind:
    """What a signed document that is filed holds: the name of its facts, their form, and who signs."""

    attachment: str
    validate: Callable[[object], Sequence[Any]]
    signers: Callable[[Facts], tuple[str, ...]]


_CONTRACT = Kind("contract.json", validate_facts, lambda facts: BOTH)
_CHANGE = Kind(changes.ATTACHMENT, changes.validate, lambda facts: BOTH)
_SUSPENSION = Kind(suspensions.ATTACHMENT, suspensions.validate, suspensions.signers_of)
_ENDING = Kind(endings.ATTACHMENT, endings.validate, endings.signers_of)
_OTHERS: Mapping[str, Kind] = {
    FilingType.CHANGE: _CHANGE,
    **dict.fromkeys(SUSPENSIONS, _SUSPENSION),
    **dict.fromkeys(ENDINGS, _ENDING),
}


@dataclass(frozen=True)
class ContractFile:
    """A signed contract or document about one: its facts, the signatures, and what the finish adds.

    `worker` is None on a document that the employer alone had to sign.
    """

    facts: Facts
    worker: SignatureReport | None
    employer: SignatureReport
    signed: SignedContract


def read_contract_file(pdf: bytes, trust: Trust, filing_type: str = FilingType.HIRE) -> ContractFile:
    """Judge the document that is filed under this type, and read it.

    Raises `ProtocolError("document_invalid")` with every reason.
    """
    verdict = trust.judge(pdf)
    if not verdict.ok:
        raise invalid(*((problem.code, problem.zh) for problem in verdict.problems))
    by_field = {signature.field: signature for signature in verdict.signatures}
    kind = _OTHERS.get(filing_type, _CONTRACT)
    facts = _facts(pdf, kind)
    if set(by_field) != set(kind.signers(facts)):
        raise invalid(("parties_missing", "文件应由规定的各方各签署一次。"))
    times = [signature.at for signature in verdict.signatures if signature.at is not None]
    return ContractFile(
        facts=facts,
        worker=by_field.get("worker"),
        employer=by_field["employer"],
        signed=SignedContract(verdict.sha256, max(times)),
    )


def attached_facts(pdf: bytes) -> Facts | None:
    """The facts of a contract in a file that need not carry any; None then. Raises `ProtocolError`."""
    try:
        read_attachment(pdf, _CONTRACT.attachment)
    except AttachmentMissing:
        return None
    return _facts(pdf, _CONTRACT)


def _facts(pdf: bytes, kind: Kind) -> Facts:
    """The attached facts, in canonical form, following their schema."""
    try:
        content = read_attachment(pdf, kind.attachment)
        facts = json.loads(content)
        canonical = canonical_facts(facts) == content
    except (AttachmentMissing, ValueError, RecursionError):
        canonical = False
    if not canonical:
        raise invalid(("facts_unreadable", f"文件内没有规范的 {kind.attachment}。"))
    if faults := kind.validate(facts):
        raise invalid(*((fault.code, f"{fault.field}：{fault.zh}") for fault in faults))
    return dict(facts)


def invalid(*reasons: tuple[str, str]) -> ProtocolError:
    """The refusal of a document for these reasons (code, words)."""
    remedy = "请发送签署完成的原始文件；合同未按规定生成或签署的，请重新签署。"
    items = [RejectItem("/contract_digest", code, text[:500], remedy) for code, text in reasons]
    return ProtocolError("document_invalid", items=items)
