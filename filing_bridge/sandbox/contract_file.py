"""The signed document as it arrived: judged by the acceptance rule, its facts read from inside."""

import json
from dataclasses import dataclass

from contracts.endings import facts as endings
from contracts.facts import Facts, canonical_facts, validate_facts
from filing_bridge.mapping import SignedContract
from filing_bridge.protocol import ProtocolError, RejectItem
from filing_bridge.sandbox.trust import Trust
from signing.pades.validate import AttachmentMissing, read_attachment
from signing.pades.verdict import SignatureReport

FACTS_FILE = "contract.json"


@dataclass(frozen=True)
class ContractFile:
    """A signed contract or certificate: its facts, the signatures, and what the finish adds.

    `worker` is None on a certificate that the employer alone had to sign.
    """

    facts: Facts
    worker: SignatureReport | None
    employer: SignatureReport
    signed: SignedContract


def read_contract_file(pdf: bytes, trust: Trust, *, ending: bool = False) -> ContractFile:
    """Judge a contract, or the certificate of an ending, and read it.

    Raises `ProtocolError("document_invalid")` with every reason.
    """
    verdict = trust.judge(pdf)
    if not verdict.ok:
        raise _invalid(*((problem.code, problem.zh) for problem in verdict.problems))
    by_field = {signature.field: signature for signature in verdict.signatures}
    facts = _facts(pdf, ending=ending)
    signers = endings.signers_of(facts) if ending else ("worker", "employer")
    if set(by_field) != set(signers):
        raise _invalid(("parties_missing", "文件应由规定的各方各签署一次。"))
    times = [signature.at for signature in verdict.signatures if signature.at is not None]
    return ContractFile(
        facts=facts,
        worker=by_field.get("worker"),
        employer=by_field["employer"],
        signed=SignedContract(verdict.sha256, max(times)),
    )


def _facts(pdf: bytes, *, ending: bool) -> Facts:
    """The attached facts, in canonical form, following their schema."""
    name, validate = (endings.ATTACHMENT, endings.validate) if ending else (FACTS_FILE, validate_facts)
    try:
        content = read_attachment(pdf, name)
        facts = json.loads(content)
        canonical = canonical_facts(facts) == content
    except (AttachmentMissing, ValueError, RecursionError):
        canonical = False
    if not canonical:
        raise _invalid(("facts_unreadable", f"文件内没有规范的 {name}。"))
    if faults := validate(facts):
        raise _invalid(*((fault.code, f"{fault.field}：{fault.zh}") for fault in faults))
    return dict(facts)


def _invalid(*reasons: tuple[str, str]) -> ProtocolError:
    remedy = "请发送签署完成的原始文件；合同未按规定生成或签署的，请重新签署。"
    items = [RejectItem("/contract_digest", code, text[:500], remedy) for code, text in reasons]
    return ProtocolError("document_invalid", items=items)
