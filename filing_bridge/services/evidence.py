"""The evidence package of a contract in force: gathered, logged, time-stamped, kept as a blob."""

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from uuid import UUID

from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.db import transaction

from contracts.domain import CONCLUDED
from contracts.facts import canonical_facts
from contracts.models import Contract
from core import audit, blobs, clock, work
from core.canonical import canonical_json
from core.errors import Refused
from filing_bridge import evidence_checks as paths
from filing_bridge.domain import FilingState, FormState
from filing_bridge.models import EvidencePackage, Filing, FilingForm, Receipt
from filing_bridge.protocol import Event, Kind
from filing_bridge.provinces import province
from signing.evidence import package
from signing.evidence.extract import log_part
from signing.evidence.package import CERTIFICATES, CONTRACT, Part
from signing.evidence.proofs import proof_parts
from signing.evidence.sequencer import seal_and_stamp, stamp_digest
from signing.selectors import notices_of
from signing.services import outside

BUILD = "evidence.build"
SYSTEM = "system:evidence"


def request_evidence(contract: Contract) -> None:
    """Have the package built, or built again with what has come since. Refuses `evidence_not_ready`, and
    `evidence_elsewhere` for an imported contract."""
    if contract.signed_elsewhere:
        raise Refused("evidence_elsewhere")
    if contract.state not in CONCLUDED:
        raise Refused("evidence_not_ready")
    work.enqueue(BUILD, str(contract.pk))


def evidence_of(contract: Contract) -> bytes:
    """The newest package. Refuses `evidence_not_ready`, and `evidence_elsewhere` for an imported contract."""
    if contract.signed_elsewhere:
        raise Refused("evidence_elsewhere")
    found = EvidencePackage.objects.filter(contract_id=contract.pk).order_by("-built_at").first()
    if found is None:
        raise Refused("evidence_not_ready")
    return blobs.get(found.blob)


@work.handler(BUILD)
def build_evidence(contract_id: str) -> None:
    """Build the package from what is durable now. The log is sealed and time-stamped first."""
    contract = Contract.objects.get(pk=UUID(contract_id))
    if contract.state not in CONCLUDED or contract.signed_elsewhere:
        return
    accepted = Filing.objects.filter(contract_id=contract.pk, state=FilingState.ACCEPTED)
    filing = accepted.filter(event__in=[Event.HIRE, Event.RENEWAL]).first()
    subjects = [contract.subject]
    if filing is not None:
        subjects += [filing.subject, f"form:{filing.pk}"]
    seal_and_stamp(stamp_digest)
    data = package.build(
        [*_contract_parts(contract), *_filing_parts(filing), log_part(subjects)],
        subject=contract.subject,
        platform=_platform(),
        created_at=clock.now(),
        stamp=stamp_digest,
    )
    digest = blobs.put(data)
    with transaction.atomic():
        EvidencePackage.objects.create(contract_id=contract.pk, blob=digest, built_at=clock.now())
        audit.record(
            "evidence.built",
            subject=f"evidence:{contract.pk}",
            actor=SYSTEM,
            tenant=contract.employer_id,
            detail={"package_digest": digest},
        )


def _contract_parts(contract: Contract) -> Iterator[Part]:
    pdf = blobs.get(contract.signed_digest)
    yield Part(CONTRACT, pdf, "双方签署的劳动合同", "The labour contract as both parties signed it")
    yield Part(paths.FACTS, canonical_facts(contract.facts), "合同要素", "The facts of the contract")
    yield from proof_parts(pdf)
    for number, path in enumerate(dict.fromkeys([*settings.TSA_ISSUERS, *settings.TRUST_ROOTS]), start=1):
        certificate = outside.certificate_at(path).public_bytes(Encoding.PEM)
        yield Part(
            f"{CERTIFICATES}authority-{number:02}.pem", certificate, "签发机构证书", "Authority certificate"
        )
    notices = [
        {
            "template": notice.template,
            "channel": notice.channel,
            "state": notice.state,
            "provider": notice.provider,
            "reference": notice.reference,
            "created_at": notice.created_at.isoformat(),
            "sent_at": notice.sent_at.isoformat() if notice.sent_at else None,
        }
        for notice in notices_of(contract.subject)
    ]
    yield Part(
        "notices.json", canonical_json(notices), "发送的通知及送达状态", "Notices sent, and their delivery"
    )


def _filing_parts(filing: Filing | None) -> Iterator[Part]:
    if filing is None:
        return
    registered = province(filing.province)
    delivery = {
        "idempotency_key": filing.idempotency_key,
        "receipt_no": filing.receipt_no,
        "province_system_code": registered.system_code,
        "province_keys": registered.keys.as_dict(private=False),
        "first_attempt_at": filing.first_attempt_at.isoformat() if filing.first_attempt_at else None,
    }
    decision = Receipt.objects.filter(filing=filing, kind=Kind.DECISION, state=FilingState.ACCEPTED).latest(
        "at"
    )
    yield Part(paths.RECORD, canonical_json(filing.record), "备案记录", "The filing record")
    yield Part(
        paths.EMPLOYER_SIGNATURE,
        filing.employer_signature.encode(),
        "用人单位对备案记录的签名",
        "The employer's signature over the filing record",
    )
    yield Part(
        paths.DELIVERY,
        canonical_json(delivery),
        "报送信息和省级系统公钥",
        "Delivery, and the province's keys",
    )
    yield Part(paths.RECEIPT, blobs.get(decision.blob), "备案回执原文", "The province's receipt, as received")
    form = FilingForm.objects.filter(pk=filing.pk, state=FormState.AGENCY_SEALED).first()
    if form is not None:
        yield Part(paths.FORM, blobs.get(form.agency_sealed), "录用备案登记表", "The sealed filing form")


def _platform() -> dict[str, str]:
    """The electronic contract platform as a named role (电子劳动合同订立指引, Art. 3)."""
    try:
        number = version("qianbei")
    except PackageNotFoundError:  # run from a checkout
        number = "unpackaged"
    return {
        "name": "签备 Qianbei",
        "version": number,
        "certificate_authority": settings.CERTIFICATE_AUTHORITY,
        "note": "测试证书，不是法律证据 TEST, not evidence"
        if settings.CERTIFICATE_AUTHORITY == "test"
        else "",
    }
