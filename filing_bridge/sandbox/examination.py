"""What a province looks at before it takes a filing in. Nothing in the message is believed that the signed
contract does not say.

Faults are collected, not met one after another: the employer is told everything at once.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from cryptography import x509

from contracts.changes import checks as changes
from contracts.changes.facts import is_change
from contracts.checks import Severity, check, context_for
from contracts.endings import checks as endings
from contracts.endings.facts import is_ending
from contracts.facts import Facts
from contracts.suspensions import checks as suspensions
from contracts.suspensions.facts import is_suspension
from filing_bridge.mapping import FilingType, MappingError, SignedContract, differences, rederive
from filing_bridge.profiles import Profile, profile_for
from filing_bridge.protocol import Message, ProtocolError, RejectItem, certificate_uscc, verify_record
from filing_bridge.record_check import check_record
from filing_bridge.sandbox.clock import Clock
from filing_bridge.sandbox.contract_file import ContractFile, read_contract_file
from filing_bridge.sandbox.elsewhere import read_elsewhere, stated_otherwise
from filing_bridge.sandbox.slip_file import evidence_faults, read_slip_facts, signed_slip
from filing_bridge.sandbox.trust import Trust

Coded = tuple[str, RejectItem]
"""A fault, and the code that the refusal would have if nothing else were wrong."""


class Examiner:
    """Thread-safe."""

    def __init__(self, trust: Trust, clock: Clock) -> None:
        self._trust = trust
        self._clock = clock

    def examine(self, message: Message, pdf: bytes) -> None:
        """Pass a submission that `check_submission` has let through.

        Raises `ProtocolError` with the first code that applies, in the order of docs/filing-protocol.md
        section 6, and with everything that is wrong as items; or `revocation_unknown`.
        """
        record = message.body["record"]
        profile = profile_for(record["jurisdiction_code"])
        faults = [*self._employer_signature(message.body)]
        try:
            faults += self._document(record, pdf, profile)
        except ProtocolError as error:
            faults += [(error.code, item) for item in error.items]
        record_faults = (
            *check_record(record, profile, today=self._clock.today()),
            *_untimely(record, message),
        )
        faults += [("record_invalid", item) for item in record_faults]
        if faults:
            raise ProtocolError(faults[0][0], items=dict.fromkeys(item for _, item in faults))

    def examine_void(self, message: Message) -> None:
        """Pass a withdrawal that the employer has signed. Raises `ProtocolError`: `void_invalid`, or
        `revocation_unknown`."""
        if any(self._employer_signature(message.body)):
            raise ProtocolError("void_invalid", "the employer's signature")

    def _document(self, record: Mapping[str, Any], pdf: bytes, profile: Profile) -> list[Coded]:
        """Who signed it, whether the record says the same, and whether that is lawful."""
        if record["filing_type"] == FilingType.CORRECTION:
            facts, signed = read_slip_facts(pdf), signed_slip(record, pdf)
            faults = [("record_differs", item) for item in _differences(record, facts, signed, profile)]
            return faults + [("record_invalid", item) for item in evidence_faults(record, pdf)]
        if record.get("signed_elsewhere"):
            signed, stated = read_elsewhere(pdf, record, self._trust)
            faults = [("record_differs", item) for item in stated_otherwise(record, signed)]
            if stated is None:
                return faults
            facts = stated
        else:
            contract = read_contract_file(pdf, self._trust, record["filing_type"])
            signed, facts = contract.signed, contract.facts
            faults = [("document_invalid", item) for item in _strangers(contract)]
        faults += [("record_differs", item) for item in _differences(record, facts, signed, profile)]
        faults += [("record_invalid", item) for item in _unlawful(facts, signed)]
        return faults

    def _employer_signature(self, body: Mapping[str, Any]) -> Iterator[Coded]:
        """Signed by the employer's certificate, which is trusted and not revoked today."""
        try:
            verify_record(
                body["employer_signature"], body["record"], self._trust.anchors, at=self._clock.now()
            )
            self._trust.refuse_revoked(body["employer_signature"])
        except ProtocolError as error:
            if not error.row.signed:
                raise
            yield error.code, RejectItem("", error.code, error.row.zh, error.row.remedy_zh)


def _differences(
    record: Mapping[str, Any], facts: Facts, signed: SignedContract, profile: Profile
) -> Iterator[RejectItem]:
    """Every field on which the record and the document disagree."""
    try:
        expected = rederive(record, facts, signed, omit=profile.omit)
    except MappingError:
        yield RejectItem(
            "/filing_type",
            "filing_type_differs",
            "备案类型与合同的签订情况不符。",
            "初次签订的按录用备案，续签的按续订备案。",
        )
        return
    for difference in differences(expected, record):
        if difference.expected is None:
            text, remedy = "这一项不在已签署的合同内，或本地不收集。", "请删除这一项。"
        elif difference.found is None:
            text, remedy = "已签署的合同有这一项，备案记录没有。", "请由平台按已签署合同重新生成备案记录。"
        else:
            text, remedy = "备案内容与已签署的合同不一致。", "请由平台按已签署合同重新生成备案记录。"
        yield RejectItem(difference.pointer, "differs_from_contract", text, remedy)


def _strangers(contract: ContractFile) -> Iterator[RejectItem]:
    """Signers who are not the parties that the contract names."""
    worker, employer = contract.facts["worker"], contract.facts["employer"]
    if contract.worker is not None and contract.worker.signer.common_name != worker["name"]:
        yield RejectItem(
            "/worker/name",
            "signer_is_not_the_worker",
            "合同上劳动者签名证书的姓名与合同不符。",
            "请由劳动者本人签署合同。",
        )
    certificate = x509.load_der_x509_certificate(contract.employer.certificate)
    if certificate_uscc(certificate) != employer["uscc"]:
        yield RejectItem(
            "/employer/uscc",
            "signer_is_not_the_employer",
            "合同上用人单位盖章证书的统一社会信用代码与合同不符。",
            "请使用该用人单位自己的机构证书盖章。",
        )
    elif contract.employer.signer.organisation != employer["name"]:
        yield RejectItem(
            "/employer/name",
            "seal_name_differs",
            "合同上用人单位盖章证书的名称与合同不符。",
            "请核对单位名称；名称变更的，先更换机构证书。",
        )


def _untimely(record: Mapping[str, Any], message: Message) -> Iterator[RejectItem]:
    """A contract is filed after it was signed, and not after the message that says so."""
    submitted = datetime.fromisoformat(record["submitted_at"])
    if submitted < datetime.fromisoformat(record["signed_at"]):
        yield RejectItem(
            "/submitted_at",
            "submitted_before_signing",
            "申报时间早于合同签署完成时间。",
            "请校准申报系统的时钟，重新生成备案记录。",
        )
    if submitted > message.time:
        yield RejectItem(
            "/submitted_at",
            "submitted_after_sending",
            "申报时间晚于报文时间。",
            "请校准申报系统的时钟，重新生成备案记录。",
        )


def _unlawful(facts: Facts, signed: SignedContract) -> Iterator[RejectItem]:
    """Errors that the statutory rules find in the document, as the law stood on the day it was signed."""
    if is_change(facts):
        found = changes.check(changes.Case(facts, signed.sign_date))
    elif is_suspension(facts):
        found = suspensions.check(suspensions.Case(facts, signed.sign_date))
    elif is_ending(facts):
        found = endings.check(endings.Case(facts, signed.sign_date))
    else:
        found = check(facts, context_for(None, today=signed.sign_date))
    for finding in found:
        if finding.severity is Severity.ERROR:
            code = re.sub(r"[^a-z0-9]+", "_", f"rule_{finding.rule_id.lower()}")
            yield RejectItem(finding.field[:100], code, finding.zh[:500], finding.remedy_zh[:500])
