"""Contracts that both parties signed on another platform: verified, taken over, filed from here.

The terms are typed once, in a draft like any other. The file then has to prove itself: its signatures hold,
they are the parties', and where it carries its own facts (contract.json), these say what the draft says.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.domain import EmployerState
from contracts import selectors
from contracts.domain import ContractState
from contracts.events import ContractEffective
from contracts.facts import Facts, canonical_facts, facts_digest, field_title, validate_facts
from contracts.models import Contract
from contracts.services.drafting import dates_of, facts_of_draft, faults_of, refuse_faults
from contracts.services.moving import move
from core import blobs, bus
from core.canonical import sha256_hex
from core.errors import Fault, Refused
from core.principal import Permission, Principal
from signing.pades.verdict import SENTENCES
from signing.services.foreign import ForeignContract, examine
from signing.services.pages import keep_page_images

_MENDED_THERE: Final = (
    "请向签署平台索取签署完成的原始文件（PAdES，含时间戳和验证数据），不要打印或另存。",
    "Ask the platform where it was signed for the original file (PAdES, time-stamps, validation data).",
)
_MENDED_HERE: Final = (
    "请按文件改正草稿的条款、员工信息或单位资料，再上传。",
    "Correct the draft, the worker's record or the employer's profile by the file, then upload again.",
)
# Where facts may differ: the file was made from another template, and its number is taken over.
_NOT_COMPARED: Final = ("/schema", "/template/", "/contract_no")


def import_contract(*, principal: Principal, contract_id: UUID, pdf: bytes) -> Contract:
    """Take the file over as the signed document of a draft; the contract is in force from then on.

    Keeps the file's own facts where it carries some, with its number, else those of the draft. Commits the
    contract with its audit event and its filing; the file is kept as it came, with pictures of its pages, and
    changes nothing when it comes again. Needs `send`. Refuses `state_conflict`, `employer_not_approved`,
    `facts_faulty`, `verification_busy`, `contract_no_taken`, `imported_already`, and `import_refused` with
    every reason.
    """
    principal.require(Permission.SEND)
    contract = selectors.contract_of(principal, contract_id)
    if contract.signed_elsewhere and contract.signed_digest == sha256_hex(pdf):
        return contract
    if contract.state != ContractState.DRAFT:
        raise Refused("state_conflict")
    if contract.employer.state != EmployerState.APPROVED:
        raise Refused("employer_not_approved")
    typed = facts_of_draft(contract)
    refuse_faults("facts_faulty", faults_of(typed))
    found = examine(pdf)
    refuse_faults("import_refused", _faults(found, typed))
    assert found.signed_at is not None  # every signature that holds has its time-stamp
    blobs.put(pdf)
    keep_page_images(found.sha256, found.pages)
    _take_over(contract, principal, _attached(found) or typed, found.sha256, found.signed_at)
    return selectors.contract_of(principal, contract_id)


def _take_over(
    contract: Contract, principal: Principal, facts: Facts, digest: str, signed_at: datetime
) -> None:
    frozen = facts_digest(facts)
    try:
        with transaction.atomic():
            contract.contract_no = facts["contract_no"]
            move(
                contract,
                ContractState.EFFECTIVE,
                "contract.imported",
                actor=principal.actor,
                detail={"document_digest": digest, "facts_digest": frozen},
                facts=facts,
                facts_digest=frozen,
                terms=facts["contract"],
                **dates_of(facts["contract"]),
                contract_no=facts["contract_no"],
                signed_digest=digest,
                signed_elsewhere=True,
                effective_at=signed_at,
            )
            bus.publish(
                ContractEffective(
                    contract_id=contract.pk,
                    tenant=contract.employer_id,
                    facts_digest=frozen,
                    document_digest=digest,
                    signed_at=signed_at,
                    signed_elsewhere=True,
                )
            )
    except IntegrityError as error:
        others = Contract.objects.filter(employer_id=contract.employer_id).exclude(pk=contract.pk)
        if others.filter(signed_digest=digest, signed_elsewhere=True).exists():
            raise Refused("imported_already") from error
        raise Refused("contract_no_taken", params={"contract_no": facts["contract_no"]}) from error


def _faults(found: ForeignContract, typed: Facts) -> Iterator[Fault]:
    """Everything that keeps the file from being taken over."""
    for code in found.problems:
        yield Fault("", code, *SENTENCES[code], *_MENDED_THERE)
    if not found.ok:
        return
    employer, worker = typed["employer"], typed["worker"]
    if not any(
        each.uscc == employer["uscc"] and each.organisation == employer["name"] for each in found.signers
    ):
        yield Fault(
            "/employer", "not_signed_by_the_employer",
            "没有一个签名证书是本单位的（名称和统一社会信用代码都相同）。",
            "No certificate of a signature is this employer's, by name and credit code.",
            *_MENDED_HERE,
        )  # fmt: skip
    if not any(not each.organisation and each.name == worker["name"] for each in found.signers):
        yield Fault(
            "/worker/name", "not_signed_by_the_worker",
            "没有一个签名证书是这名员工的（姓名相同的个人证书）。",
            "No certificate of a signature is this worker's, by name.",
            *_MENDED_HERE,
        )  # fmt: skip
    if found.facts is not None:
        yield from _differing(found, typed)


def _differing(found: ForeignContract, typed: Facts) -> Iterator[Fault]:
    """What the file says otherwise than the draft, by field; what it says is not repeated."""
    facts = _attached(found)
    if facts is None:
        yield Fault(
            "", "facts_unreadable",
            "文件内的 contract.json 不符合公布的格式。",
            "The contract.json in the file does not follow the published form.",
            *_MENDED_THERE,
        )  # fmt: skip
        return
    theirs, ours = dict(_leaves(facts)), dict(_leaves(typed))
    for pointer in sorted(theirs.keys() | ours.keys()):
        if not pointer.startswith(_NOT_COMPARED) and theirs.get(pointer) != ours.get(pointer):
            title = field_title(pointer)
            yield Fault(
                pointer, "differs_from_file",
                f"“{title}”与已签署文件内的不一致。", f"{pointer} differs from the signed file.",
                *_MENDED_HERE,
            )  # fmt: skip


def _attached(found: ForeignContract) -> dict[str, Any] | None:
    """The facts in the file, if they are what they should be."""
    if found.facts is None:
        return None
    try:
        facts = json.loads(found.facts)
        sound = canonical_facts(facts) == found.facts and not validate_facts(facts)
    except (ValueError, RecursionError):
        return None
    return facts if sound else None


def _leaves(node: Any, pointer: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(node, Mapping):
        for name, child in node.items():
            yield from _leaves(child, f"{pointer}/{name}")
    else:
        yield pointer, node
