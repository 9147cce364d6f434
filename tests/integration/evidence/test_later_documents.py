"""The evidence of a contract holds its changes and its ending, and says offline whether to believe them."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from contracts.changes.facts import assemble
from contracts.domain import ContractState
from contracts.endings.facts import Wish as Ending
from contracts.models import Contract, LaterDocument
from contracts.services import changing, terminating
from contracts.services.changing import Wish
from core import audit, blobs, bus, clock, work
from core.canonical import canonical_json
from core.principal import Principal, Role
from filing_bridge import protocol
from filing_bridge.evidence_checks import CHECKS
from filing_bridge.mapping import Envelope, SignedContract, filing_type_for, to_filing_record
from filing_bridge.models import Filing, Receipt
from filing_bridge.profiles import profile_for
from filing_bridge.protocol import State
from filing_bridge.protocol.messages import EVENTS
from filing_bridge.services import evidence
from signing.events import RequestCompleted
from signing.evidence.package import LOG, MANIFEST
from signing.evidence.verifier import Check, verify_package
from tests.support import accounts as make
from tests.support.filing_parties import Party, p256
from tests.support.portal import make_contract, make_filing
from tests.support.sandbox import employer_signature
from tests.support.signed_contracts import (
    Authorities,
    SignedFile,
    sign_agreement,
    sign_certificate,
    sign_contract,
)

pytestmark = pytest.mark.django_db
AGENCY = protocol.Agency("37030301", "示例区公共就业服务中心（示例）")
SYSTEM_CODE = "TEST-PROVINCE"


@dataclass
class House:
    """A contract that was really signed, a clerk, and a province that accepts what it is told to accept."""

    authorities: Authorities
    contract: Contract
    clerk: Principal
    province: Party
    receipts: int = 0

    def change(self, *, filed: bool, **terms: Any) -> SignedFile:
        wish = Wish(terms, clock.today(), "双方协商一致")
        row = changing.open_change(principal=self.clerk, contract_id=self.contract.pk, wish=wish)
        signed = self._complete(row, sign_agreement(self.authorities, row.facts))
        if filed:
            self.accept(signed, row.signed_digest)
        return signed

    def end(self) -> SignedFile:
        wish = Ending("3602", clock.today(), protected=False, evidence=("agreement",))
        row = terminating.open_termination(principal=self.clerk, contract_id=self.contract.pk, wish=wish)
        signed = self._complete(row, sign_certificate(self.authorities, row.facts))
        self.accept(signed, row.signed_digest)
        return signed

    def accept(self, signed: SignedFile, digest: str) -> None:
        """The filing of a document, as it is once the province has accepted it."""
        self.receipts += 1
        receipt, facts, now = f"TEST{self.receipts:06d}", signed.facts, datetime.now(UTC)
        kind = filing_type_for(facts, late=False)
        envelope = Envelope(
            filing_id="3f0c0a52-7d1e-4c55-9a55-0d6d8f6f0a01",
            submitter_name="示例人事",
            submitter_phone="0533-2345678",
            submitted_at=now,
            prev_filing_no=f"TEST{self.receipts - 1:06d}" if self.receipts > 1 else None,
        )
        omit = profile_for(facts["jurisdiction_code"]).omit
        record = to_filing_record(facts, SignedContract(digest, signed.signed_at), kind, envelope, omit=omit)
        key = f"{self.receipts:064d}"
        employer = facts["employer"]
        Filing.objects.filter(contract_id=self.contract.pk, document_digest=digest).delete()
        filing = make_filing(
            self.contract,
            event=EVENTS[kind].value,
            filing_type=kind.value,
            document_digest=digest,
            idempotency_key=key,
            record=record,
            record_digest=protocol.record_digest(record),
            employer_signature=employer_signature(
                record, self.authorities.organisation(employer["name"], employer["uscc"])
            ),
            province="all",
        )
        decided = protocol.decision(
            key=key, digest=filing.record_digest, receipt_no=receipt, state=State.ACCEPTED, received_at=now,
            decided_at=now, agency=AGENCY,
        )  # fmt: skip
        answer = protocol.sign_answer(decided, system_code=SYSTEM_CODE, now=now, signer=self.province.signer)
        Receipt.objects.create(
            filing=filing, kind="decision", state="accepted", receipt_no=receipt,
            blob=blobs.put(answer.encode()), body=decided, at=now,
        )  # fmt: skip
        Filing.objects.filter(pk=filing.pk).update(state="accepted", receipt_no=receipt, decided_at=now)

    def package(self) -> bytes:
        evidence.build_evidence(str(self.contract.pk))
        return evidence.evidence_of(self.contract)

    def report(self, package: bytes) -> list[Check]:
        return list(verify_package(package, roots=[self.authorities.root], further=CHECKS).checks)

    def refused(self, package: bytes) -> list[Check]:
        return [check for check in self.report(package) if not check.ok]

    def _complete(self, row: LaterDocument, signed: SignedFile) -> SignedFile:
        """What signing says when the document has passed the acceptance rule."""
        work.run_due(work.GENERAL, limit=5)
        row.refresh_from_db()
        assert row.signature_request is not None
        digest = blobs.put(signed.pdf)
        event = RequestCompleted(
            row.signature_request, row.subject, row.employer_id, digest, signed.signed_at
        )
        with transaction.atomic():
            bus.publish(event)
        row.refresh_from_db()
        return signed


@pytest.fixture
def house(db: None, settings: Any, authorities: Authorities, tmp_path: Path, monkeypatch: Any) -> House:
    pki, province = authorities.pki, Party(p256())
    settings.TSA_URL = pki.tsa_url
    settings.TRUST_ROOTS = [str(pki.directory / "root.pem")]
    settings.TSA_ISSUERS = [str(pki.directory / name) for name in ("issuing.pem", "root.pem")]
    keys = tmp_path / "province.jwks.json"
    keys.write_text(json.dumps({"keys": [protocol.public_jwk(province.key.public_key())]}), encoding="utf-8")
    settings.PROVINCES = {
        "": {"url": "https://province.invalid", "system_code": SYSTEM_CODE, "keys": str(keys)}
    }
    # The package is built when a test says so.
    monkeypatch.setitem(work.KINDS, evidence.BUILD, work.Kind(lambda key: None, work.GENERAL, work.LEASE))
    employer = make.make_employer()
    contract = make_contract(employer, ContractState.EFFECTIVE)
    signed = sign_contract(authorities, contract.facts)
    contract.signed_digest = blobs.put(signed.pdf)
    contract.save()
    audit.record(
        "contract.effective", subject=contract.subject, actor="system:contracts", tenant=employer.pk,
        detail={"document_digest": contract.signed_digest},
    )  # fmt: skip
    made = House(authorities, contract, make.make_principal(employer, Role.CLERK), province)
    made.accept(signed, contract.signed_digest)
    return made


def content(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def repacked(package: bytes, changed: Mapping[str, bytes | None]) -> bytes:
    """The package with files replaced, or left out where None, and a manifest that agrees with it."""
    files = {name: data for name, data in {**content(package), **changed}.items() if data is not None}
    manifest = json.loads(files[MANIFEST])
    manifest["files"] = [
        {**each, "sha256": hashlib.sha256(files[each["path"]]).hexdigest(), "size": len(files[each["path"]])}
        for each in manifest["files"]
        if each["path"] in files
    ]
    files[MANIFEST] = canonical_json(manifest)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


def flipped(data: bytes) -> bytes:
    changed = bytearray(data)
    changed[len(data) // 3] ^= 1
    return bytes(changed)


def test_the_package_holds_changes_and_ending_with_their_filings_and_says_so(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    house.change(filed=True, job_title="班组长")
    house.change(filed=False, pay_day=10)
    house.end()
    package = house.package()
    files = content(package)
    assert {
        *(f"changes/{number}/{name}" for number in ("01", "02") for name in ("agreement.pdf", "change.json")),
        *(f"changes/01/filing/{name}" for name in ("record.json", "receipt.jws", "employer-signature.jws")),
        *(f"ending/{name}" for name in ("certificate.pdf", "termination.json", "filing/receipt.jws")),
        "changes/01/notices.json",
        "ending/notices.json",
    } <= set(files)
    logged = {entry["event"]["action"] for entry in json.loads(files[LOG])["events"]}
    assert {"change.opened", "change.completed", "termination.completed"} <= logged

    file = tmp_path / "evidence.zip"
    file.write_bytes(package)
    root = str(house.authorities.pki.directory / "root.pem")
    call_command("verify_evidence", str(file), "--root", root)
    said = capsys.readouterr().out
    assert "结论：可信" in said
    for words in (
        "✓ 第 1 次变更协议上的全部电子签名和时间戳有效，签署后未被改动",
        "✓ 第 1 次变更协议承接它之前的约定，新旧内容逐项相符",
        "✓ 备案记录逐项与双方签署的第 1 次变更协议一致",
        "✓ 第 1 次变更协议的备案回执由所附省级系统公钥验证",
        "✓ 第 2 次变更协议只涉及双方之间的约定，不需要备案",
        "✓ 解除（终止）证明书针对的正是这份合同",
        "✓ 日志记录的 3 份变更、解除（终止）文件都在包内",
        "The filing record agrees, field by field, with the agreement on change 1",
    ):
        assert words in said, words

    file.write_bytes(
        repacked(package, {"changes/01/agreement.pdf": flipped(files["changes/01/agreement.pdf"])})
    )
    with pytest.raises(SystemExit):
        call_command("verify_evidence", str(file), "--root", root)
    said = capsys.readouterr().out
    assert (
        "✗ 第 1 次变更协议上的全部电子签名和时间戳有效，签署后未被改动" in said
        or "✗ 检查“change_checks”" in said
    )
    assert "结论：不可信" in said


def test_what_is_altered_exchanged_or_left_out_is_found_though_the_manifest_is_rewritten(
    house: House,
) -> None:
    house.change(filed=True, job_title="班组长")
    package = house.package()
    files = content(package)
    agreement, facts = "changes/01/agreement.pdf", "changes/01/change.json"
    assert house.refused(package) == []
    # The same parties have signed other terms: every signature is good, but it is another document.
    told = json.loads(files[facts])
    told["change"]["items"][0]["new"] = told["contract"]["job_title"] = "总经理"
    other = sign_agreement(house.authorities, told)
    receipt = json.loads(files["changes/01/filing/delivery.json"])
    receipt["idempotency_key"] = "0" * 64
    forgeries: dict[str, tuple[dict[str, bytes | None], set[str]]] = {
        "a byte": ({agreement: flipped(files[agreement])}, {"later_document", "change_checks"}),
        "the facts": ({facts: canonical_json(told)}, {"facts", "follows"}),
        "another agreement": ({agreement: other.pdf, facts: canonical_json(told)}, {"record", "complete"}),
        "left out": ({name: None for name in files if name.startswith("changes/")}, {"complete"}),
        "another filing": (
            {"changes/01/filing/delivery.json": canonical_json(receipt)}, {"receipt", "change_checks"},
        ),
    }  # fmt: skip
    for name, (changed, expected) in forgeries.items():
        found = {check.id for check in house.refused(repacked(package, changed))}
        assert found & expected, (name, found)
        assert "manifest_stamp" in found, name


def test_a_change_that_names_other_old_terms_does_not_follow(house: House) -> None:
    """Signed by both and in the log, but what it calls the old terms were never agreed."""

    def false(after: Any, before: Any, **rest: Any) -> dict[str, Any]:
        return assemble(after, {**before, "job_title": "清洁工"}, **rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("contracts.services.changing.assemble", false)
        house.change(filed=False, pay_day=10)
    refused = house.refused(house.package())
    assert [check.id for check in refused] == ["follows"]
    assert "第 1 次变更协议" in refused[0].zh


def test_a_change_that_is_not_filed_is_in_the_package_as_soon_as_it_is_signed(house: House) -> None:
    rung: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(work.KINDS, evidence.BUILD, work.Kind(rung.append, work.GENERAL, work.LEASE))
        house.change(filed=False, pay_day=10)
        work.run_due(work.GENERAL, limit=5)
    assert rung == [str(house.contract.pk)]
