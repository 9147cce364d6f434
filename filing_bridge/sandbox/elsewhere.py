"""A contract that was signed on another platform, as the province sees it.

Its signatures are judged like any others, but the file need not be in the form that we publish. So they are
the parties' by the names in the certificates, wherever they stand; and where the file carries no facts, what
the record says is the employer's word, signed by it, and an officer looks at it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from cryptography import x509

from filing_bridge.mapping import SHANGHAI, SignedContract
from filing_bridge.protocol import ProtocolError, RejectItem, certificate_uscc
from filing_bridge.sandbox.contract_file import attached_facts, invalid
from filing_bridge.sandbox.trust import Trust
from signing.pades.verdict import SignatureReport, Verdict

_ORIGINAL = "请发送签署平台出具的原始文件。"


def read_elsewhere(
    pdf: bytes, record: Mapping[str, Any], trust: Trust
) -> tuple[SignedContract, Mapping[str, Any] | None]:
    """What the signatures add, and the facts in the file if it carries any.

    Raises `ProtocolError("document_invalid")` with every reason.
    """
    verdict = trust.judge(pdf, made_elsewhere=True)
    if not verdict.ok:
        raise invalid(*((problem.code, problem.zh) for problem in verdict.problems))
    if strangers := list(_strangers(record, verdict)):
        raise ProtocolError("document_invalid", items=strangers)
    times = [each.at for each in verdict.signatures if each.at is not None]
    return SignedContract(verdict.sha256, max(times), elsewhere=True), attached_facts(pdf)


def stated_otherwise(record: Mapping[str, Any], signed: SignedContract) -> Iterator[RejectItem]:
    """What the record says of the signatures and the file does not."""
    stated = signed.signed_at.astimezone(SHANGHAI).isoformat(timespec="seconds")
    for pointer, said, found in (
        ("/contract_digest", record["contract_digest"]["value"], signed.contract_digest),
        ("/signed_at", record["signed_at"], stated),
        ("/contract/sign_date", record["contract"]["sign_date"], signed.sign_date.isoformat()),
    ):
        if said != found:
            yield RejectItem(pointer, "differs_from_contract", "备案内容与已签署的合同不一致。", _ORIGINAL)


def _strangers(record: Mapping[str, Any], verdict: Verdict) -> Iterator[RejectItem]:
    worker, employer = record["worker"], record["employer"]
    people = [each.signer.common_name for each in verdict.signatures if not each.signer.organisation]
    if worker["name"] not in people:
        yield RejectItem(
            "/worker/name",
            "signer_is_not_the_worker",
            "合同上没有该劳动者本人的签名证书。",
            "请由劳动者本人签署合同。",
        )
    if not any(_is_of(each, employer) for each in verdict.signatures):
        yield RejectItem(
            "/employer/uscc",
            "signer_is_not_the_employer",
            "合同上没有该用人单位的机构证书签章。",
            "请使用该用人单位自己的机构证书盖章。",
        )


def _is_of(signature: SignatureReport, employer: Mapping[str, Any]) -> bool:
    certificate = x509.load_der_x509_certificate(signature.certificate)
    return (certificate_uscc(certificate), signature.signer.organisation) == (
        employer["uscc"],
        employer["name"],
    )
