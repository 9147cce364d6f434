"""The agency's seal (用工备案专用章): its certificate, and filing forms sealed with a PAdES signature."""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509

from core.canonical import canonical_json
from filing_bridge.protocol import (
    Interface,
    Message,
    ProtocolError,
    State,
    certificate_uscc,
    sealed_form,
    sign_answer,
)
from filing_bridge.sandbox.clock import Clock
from filing_bridge.sandbox.intake import Intake, decode_pdf
from filing_bridge.sandbox.province import AGENCY, SYSTEM_CODE, Province, write_secret
from filing_bridge.sandbox.store import Filing, SealedForm, Sender, Store
from filing_bridge.sandbox.trust import Trust
from signing.keys.authority import CertificateAuthority, OrganisationSubject
from signing.keys.signing_key import SigningKey
from signing.keys.timestamp import TimeStampAuthority
from signing.pades.apply import Party, sign_next
from signing.pades.complete import Completion, archive
from signing.pades.errors import SigningRefused
from signing.pades.marks import Seal
from signing.pades.signers import signer_chains
from signing.pades.validate import AttachmentMissing, read_attachment

FIELD = "agency"
SEAL_OWNER = OrganisationSubject("测试省用工备案机构", "11370300004224722N")
SEAL = Seal(SEAL_OWNER.name, purpose="用工备案专用章", diameter_mm=42.0, rim_mm=1.2)


@dataclass(frozen=True)
class Sealing:
    """Thread-safe."""

    key: SigningKey
    tsa: TimeStampAuthority
    trust: Trust
    store: Store
    intake: Intake
    province: Province
    clock: Clock

    def seal(self, sender: Sender, key: str, request: Mapping[str, Any]) -> dict[str, str]:
        """POST /v1/filings/<key>/form: the form with the agency's seal, and a signed answer about it.

        The same form again gives the same sealed file. Raises `ProtocolError`; nothing that does not pass the
        acceptance rule as a whole leaves the house.
        """
        message = self.intake.open(sender, request["message"], Interface.FORM)
        if message.idempotency_key != key:
            raise ProtocolError("malformed_message", "the address names another filing")
        filing = self.intake.own_filing(sender, message)
        if filing.state is not State.ACCEPTED:
            raise ProtocolError("not_accepted")
        pdf = decode_pdf(request["pdf"])
        digest = _checked_digest(message, filing, pdf)
        form = self.store.form(key, digest)
        if form is None:
            form = self.store.keep_form(key, digest, self._sealed(filing, pdf, digest))
        return {"answer": form.answer, "pdf": base64.b64encode(form.sealed).decode()}

    def _sealed(self, filing: Filing, pdf: bytes, digest: str) -> SealedForm:
        try:
            chains = signer_chains(pdf, self.trust.anchors)
            own = (self.key.certificate, *self.key.chain)
            evidence = [self.trust.revocation.evidence(chain) for chain in (*chains, own, self.tsa.chain)]
            signed = sign_next(
                pdf, Party(FIELD, self.key, SEAL, reason="用工备案（测试）"), self.tsa, Completion(evidence)
            )
        except SigningRefused as error:
            raise ProtocolError("form_invalid", error.code) from error
        sealed = archive(signed, self.tsa)
        self._check(filing, sealed)
        now = self.clock.now()
        body = sealed_form(
            key=filing.key,
            receipt_no=filing.receipt_no,
            form_digest=digest,
            sealed_digest=hashlib.sha256(sealed).hexdigest(),
            sealed_at=now,
            agency=AGENCY,
        )
        answer = sign_answer(body, system_code=SYSTEM_CODE, now=now, signer=self.province.signer)
        return SealedForm(sealed, answer)

    def _check(self, filing: Filing, sealed: bytes) -> None:
        """Signed by this filing's employer and by us, and by nobody else; about this record."""
        verdict = self.trust.judge(sealed)
        if not verdict.ok:
            raise ProtocolError("form_invalid", ", ".join(problem.code for problem in verdict.problems))
        signers = [
            certificate_uscc(x509.load_der_x509_certificate(each.certificate)) for each in verdict.signatures
        ]
        if signers != [filing.period.employer, SEAL_OWNER.uscc]:
            raise ProtocolError("form_invalid", "the employer's signature is missing")
        try:
            attached = json.loads(read_attachment(sealed, "filing.json"))
            same = canonical_json(attached) == canonical_json(filing.record)
        except (AttachmentMissing, ValueError, RecursionError):
            same = False
        if not same:
            raise ProtocolError("form_invalid", "the form is about another record")


def open_seal(folder: Path, authority: CertificateAuthority) -> SigningKey:
    """The agency's seal key, loaded from the folder or made and certified now.

    Raises `CertificateUnavailable` or `CertificateRefused` on the first start, when the CA does not issue.
    """
    key_file, passphrase_file = folder / "agency-seal.pem", folder / "agency-seal.passphrase"
    if key_file.exists():
        return SigningKey.from_pem(key_file.read_bytes(), passphrase_file.read_bytes())
    key = authority.issue_organisation(SEAL_OWNER)
    passphrase = secrets.token_urlsafe(32).encode()
    write_secret(passphrase_file, passphrase)
    write_secret(key_file, key.to_pem(passphrase))
    return key


def _checked_digest(message: Message, filing: Filing, pdf: bytes) -> str:
    """The form's digest, once message, form and receipt fit together."""
    digest = hashlib.sha256(pdf).hexdigest()
    stated = message.body["form"]
    if stated["digest"]["value"] != digest or stated["size"] != len(pdf):
        raise ProtocolError("form_invalid", "digest or size")
    if message.body["receipt_no"] != filing.receipt_no:
        raise ProtocolError("form_invalid", "receipt number")
    return digest
