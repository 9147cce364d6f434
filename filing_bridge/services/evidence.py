"""The evidence package of a contract and what followed it: gathered, logged, time-stamped, kept as a blob."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from uuid import UUID

from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.db import transaction

from contracts.domain import CONCLUDED, DocumentState
from contracts.facts import canonical_facts
from contracts.models import Change, Contract, LaterDocument, Termination
from core import audit, blobs, clock, work
from core.canonical import canonical_json
from core.errors import Refused
from filing_bridge.domain import FilingState, FormState
from filing_bridge.evidence_layout import THE_CONTRACT, THE_ENDING, Matter, change
from filing_bridge.models import EvidencePackage, Filing, FilingForm, Receipt
from filing_bridge.protocol import Kind
from filing_bridge.provinces import province
from signing.evidence import package
from signing.evidence.extract import log_part
from signing.evidence.package import CERTIFICATES, Part
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
    documents = _documents(contract)
    seal_and_stamp(stamp_digest)
    data = package.build(
        [*_parts(documents), *_proof_parts(contract), log_part(_subjects(documents))],
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


@dataclass(frozen=True)
class _Document:
    """A signed document with the filing of it that was accepted, if any."""

    matter: Matter
    row: Contract | LaterDocument
    filing: Filing | None


def _documents(contract: Contract) -> list[_Document]:
    """The contract, what has changed it, and what has ended it."""
    signed = Change.objects.filter(contract=contract, state=DocumentState.COMPLETED).order_by("number")
    ended = Termination.objects.filter(contract=contract, state=DocumentState.COMPLETED)
    found: list[tuple[Matter, Contract | LaterDocument]] = [
        (THE_CONTRACT, contract),
        *((change(each.number), each) for each in signed),
        *((THE_ENDING, each) for each in ended),
    ]
    accepted = Filing.objects.filter(contract_id=contract.pk, state=FilingState.ACCEPTED)
    filings = {each.document_digest: each for each in accepted}
    return [_Document(matter, row, filings.get(row.signed_digest)) for matter, row in found]


def _subjects(documents: Iterable[_Document]) -> Iterator[str]:
    """Under which names the log knows these documents and their filings."""
    for each in documents:
        yield each.row.subject
        if each.filing is not None:
            yield each.filing.subject
            yield f"form:{each.filing.pk}"


def _parts(documents: Iterable[_Document]) -> Iterator[Part]:
    for each in documents:
        yield from _document_parts(each.matter, each.row)
        if each.filing is not None:
            yield from _filing_parts(each.matter, each.filing)


def _document_parts(matter: Matter, row: Contract | LaterDocument) -> Iterator[Part]:
    pdf, facts = blobs.get(row.signed_digest), canonical_facts(row.facts)
    name = f"{matter.en[:1].upper()}{matter.en[1:]}"
    yield Part(matter.document, pdf, f"签署完成的{matter.zh}", f"{name}, as signed")
    yield Part(matter.facts, facts, f"{matter.zh}的要素", f"The facts of {matter.en}")
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
        for notice in notices_of(row.subject)
    ]
    yield Part(
        matter.notices,
        canonical_json(notices),
        "发送的通知及送达状态",
        "Notices sent, and their delivery",
    )


def _proof_parts(contract: Contract) -> Iterator[Part]:
    yield from proof_parts(blobs.get(contract.signed_digest))
    for number, path in enumerate(dict.fromkeys([*settings.TSA_ISSUERS, *settings.TRUST_ROOTS]), start=1):
        certificate = outside.certificate_at(path).public_bytes(Encoding.PEM)
        yield Part(
            f"{CERTIFICATES}authority-{number:02}.pem", certificate, "签发机构证书", "Authority certificate"
        )


def _filing_parts(matter: Matter, filing: Filing) -> Iterator[Part]:
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
    yield Part(matter.record, canonical_json(filing.record), "备案记录", "The filing record")
    yield Part(
        matter.employer_signature,
        filing.employer_signature.encode(),
        "用人单位对备案记录的签名",
        "The employer's signature over the filing record",
    )
    yield Part(
        matter.delivery,
        canonical_json(delivery),
        "报送信息和省级系统公钥",
        "Delivery, and the province's keys",
    )
    yield Part(
        matter.receipt, blobs.get(decision.blob), "备案回执原文", "The province's receipt, as received"
    )
    form = FilingForm.objects.filter(pk=filing.pk, state=FormState.AGENCY_SEALED).first()
    if form is not None:
        yield Part(matter.form, blobs.get(form.agency_sealed), "备案登记表", "The sealed filing form")


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
