"""The signed contract as it arrived: judged by the acceptance rule, its facts read from inside."""

import json
from dataclasses import dataclass

from contracts.facts import Facts, canonical_facts, validate_facts
from filing_bridge.mapping import SignedContract
from filing_bridge.protocol import ProtocolError, RejectItem
from filing_bridge.sandbox.trust import Trust
from signing.pades.validate import AttachmentMissing, read_attachment
from signing.pades.verdict import SignatureReport

FACTS_FILE = "contract.json"


@dataclass(frozen=True)
class ContractFile:
    """A contract that both parties have signed: its facts, their signatures, and what the finish adds."""

    facts: Facts
    worker: SignatureReport
    employer: SignatureReport
    signed: SignedContract


def read_contract_file(pdf: bytes, trust: Trust) -> ContractFile:
    """Judge a contract and read it. Raises `ProtocolError("document_invalid")` with every reason."""
    verdict = trust.judge(pdf)
    if not verdict.ok:
        raise _invalid(*((problem.code, problem.zh) for problem in verdict.problems))
    by_field = {signature.field: signature for signature in verdict.signatures}
    if set(by_field) != {"worker", "employer"}:
        raise _invalid(("parties_missing", "合同应由劳动者和用人单位各签署一次。"))
    times = [signature.at for signature in verdict.signatures if signature.at is not None]
    return ContractFile(
        facts=_facts(pdf),
        worker=by_field["worker"],
        employer=by_field["employer"],
        signed=SignedContract(verdict.sha256, max(times)),
    )


def _facts(pdf: bytes) -> Facts:
    """The attached facts, in canonical form, following their schema."""
    try:
        content = read_attachment(pdf, FACTS_FILE)
        facts = json.loads(content)
        canonical = canonical_facts(facts) == content
    except (AttachmentMissing, ValueError, RecursionError):
        canonical = False
    if not canonical:
        raise _invalid(("facts_unreadable", "合同文件内没有规范的 contract.json。"))
    if faults := validate_facts(facts):
        raise _invalid(*((fault.code, f"{fault.field}：{fault.zh}") for fault in faults))
    return dict(facts)


def _invalid(*reasons: tuple[str, str]) -> ProtocolError:
    remedy = "请发送签署完成的原始文件；合同未按规定生成或签署的，请重新签署。"
    items = [RejectItem("/contract_digest", code, text[:500], remedy) for code, text in reasons]
    return ProtocolError("document_invalid", items=items)
