"""The acceptance rule: is this file a completely signed document? The published verifier.

Used before a document counts as signed, by the verify page, by the receiving province and by whoever checks
the evidence. It needs the file and the trust roots, and nothing else: no network, no database, no framework.

The rule. Every signature field is signed; the first signature certifies, the last one locks; a document
time-stamp covers the whole file and holds today. What it covers existed at its time, so everything else is
judged as of that time, from the validation data in the file (ETSI EN 319 102-1 §5.6): for each signature the
AdES indication must be OK and pyHanko's own verdict must be good, for each alone misses cases. Any exception
means: not accepted.
"""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESFailure, AdESIndeterminate, AdESPassed, AdESSubIndic
from pyhanko.sign.fields import FieldMDPAction, MDPPerm, SigSeedSubFilter
from pyhanko.sign.validation import DocumentSecurityStore
from pyhanko.sign.validation.ades import (
    AdESLTAValidationResult,
    ades_lta_validation,
    ades_timestamp_validation,
)
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.policy_decl import PdfSignatureValidationSpec
from pyhanko.sign.validation.status import DocumentTimestampStatus, SignatureCoverageLevel
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo

from signing.keys.cms import certificate_der
from signing.pades.containers import ContainerAltered, check_algorithms, check_hole, check_time_stamp_token
from signing.pades.document import LIMITS, MIB
from signing.pades.policy import RememberedDifferences, offline_policy
from signing.pades.verdict import ArchiveReport, Problem, SignatureReport, Subject, Verdict

MAX_SIZE = 32 * MIB
MAX_SIGNATURES = 12
CLOCK_TOLERANCE = timedelta(minutes=5)

# These write the names in certificates into the log whenever something is not valid.
for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)

_UNTRUSTED = frozenset(
    {
        AdESFailure.REVOKED,
        AdESFailure.NOT_YET_VALID,
        AdESIndeterminate.CERTIFICATE_CHAIN_GENERAL_FAILURE,
        AdESIndeterminate.CHAIN_CONSTRAINTS_FAILURE,
        AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND,
        AdESIndeterminate.EXPIRED,
        AdESIndeterminate.NOT_YET_VALID,
        AdESIndeterminate.REVOKED_NO_POE,
        AdESIndeterminate.REVOKED_CA_NO_POE,
        AdESIndeterminate.OUT_OF_BOUNDS_NO_POE,
        AdESIndeterminate.OUT_OF_BOUNDS_NOT_REVOKED,
        AdESIndeterminate.REVOCATION_OUT_OF_BOUNDS_NO_POE,
        AdESIndeterminate.NO_POE,
        AdESIndeterminate.TRY_LATER,
    }
)


class _Refused(Exception):  # noqa: N818  (ends the check; turned into a verdict)
    def __init__(self, code: str, field: str | None = None, detail: str = "") -> None:
        super().__init__(code)
        self.problem = Problem(code, field, detail)


def validate(pdf: bytes, roots: Sequence[x509.Certificate], *, at: datetime | None = None) -> Verdict:
    """Judge a completed document by the acceptance rule. Never raises for bad input: it says what is wrong.

    `roots` are the trust anchors of signers and TSA. `at` (default: now) is the moment of judging; a moment
    years ahead tells whether the archive will still hold then. Costs about 200 ms; the answer for one file
    and one set of roots may be cached by `Verdict.sha256` until `archive.valid_until`. Not to be called in a
    running event loop. Hostile input is bounded by size, signatures, and what its streams decode to.
    """
    digest = sha256(pdf).hexdigest()
    if len(pdf) > MAX_SIZE:
        return Verdict(digest, (Problem("too_large"),))
    try:
        return asyncio.run(_Judge(pdf, roots, at or datetime.now(UTC)).verdict(digest))
    except _Refused as refused:
        return Verdict(digest, (refused.problem,))
    except ContainerAltered as error:
        return Verdict(digest, (Problem("container_altered", detail=str(error)),))
    except Exception as error:  # noqa: BLE001  (by the rule: whatever we cannot judge is not accepted)
        return Verdict(digest, (Problem("unreadable", detail=type(error).__name__),))


class _Judge:
    """One file under judgement. Cheap checks first: most damage never reaches the expensive ones."""

    def __init__(self, pdf: bytes, roots: Sequence[x509.Certificate], at: datetime) -> None:
        self._pdf = pdf
        self._roots = [asn1_x509.Certificate.load(certificate_der(root)) for root in roots]
        self._at = at
        self._differences = RememberedDifferences()
        self._reader = PdfFileReader(BytesIO(pdf), strict=True, decode_limits=LIMITS)

    async def verdict(self, digest: str) -> Verdict:
        signatures, archives = self._sorted_signatures()
        self._check_catalog()
        archive = self._check_archive_container(archives, [*signatures, *archives])
        self._check_protection(signatures)
        for signature in signatures:
            self._check_format(signature)
        moment = archive.signed_data["encap_content_info"]["content"].parsed["gen_time"].native
        archive_report = await self._judge_archive(archive, moment)
        reports = [await self._judge_signature(signature, moment) for signature in signatures]
        problems = tuple(problem for _, found in reports for problem in found)
        return Verdict(digest, problems, tuple(report for report, _ in reports), archive_report)

    def _sorted_signatures(self) -> tuple[list[EmbeddedPdfSignature], list[EmbeddedPdfSignature]]:
        """Signatures and document time-stamps, oldest first. All fields must be filled."""
        if self._reader.encrypted:
            raise _Refused("encrypted")
        fields = self._reader.root["/AcroForm"]["/Fields"] if "/AcroForm" in self._reader.root else ()
        waiting = 0
        for reference in fields:
            field = reference.get_object()
            waiting += field.get("/FT") == "/Sig" and "/V" not in field
        found = list(self._reader.embedded_signatures)
        if not found:
            raise _Refused("not_signed")
        if len(found) > MAX_SIGNATURES:
            raise _Refused("too_many_signatures")
        if waiting:
            raise _Refused("field_not_signed")
        archives = [one for one in found if one.sig_object_type == "/DocTimeStamp"]
        signatures = [one for one in found if one.sig_object_type == "/Sig"]
        if not signatures or len(signatures) + len(archives) != len(found):
            raise _Refused("not_signed")
        if not archives or archives[-1] is not found[-1]:
            raise _Refused("archive_missing")
        return signatures, archives

    def _check_catalog(self) -> None:
        """Nothing that runs, and nothing that can show one text to the signer and another to the reader."""
        root = self._reader.root
        forbidden = [key for key in ("/OpenAction", "/AA", "/OCProperties", "/Collection") if key in root]
        forbidden += ["/JavaScript"] if "/Names" in root and "/JavaScript" in root["/Names"] else []
        form = root["/AcroForm"]
        forbidden += [key for key in ("/XFA", "/NeedAppearances") if key in form]
        if forbidden:
            raise _Refused("active_content", detail=" ".join(forbidden))

    def _check_archive_container(
        self, archives: list[EmbeddedPdfSignature], all_signatures: list[EmbeddedPdfSignature]
    ) -> EmbeddedPdfSignature:
        """The last time-stamp: over the whole file, with the right digest, in the only form it can have."""
        archive = archives[-1]
        for signature in all_signatures:
            end = check_hole(self._pdf, signature)
            if signature is archive and end != len(self._pdf):
                raise _Refused("archive_missing", archive.field_name, "bytes were added after it")
            check_algorithms(signature.signed_data)
        if archive.sig_object["/SubFilter"] != SigSeedSubFilter.ETSI_RFC3161.value:
            raise _Refused("wrong_format", archive.field_name)
        imprint = archive.signed_data["encap_content_info"]["content"].parsed["message_imprint"]
        if archive.compute_digest() != imprint["hashed_message"].native:
            raise _Refused("archive_invalid", archive.field_name, "digest")
        if archive.evaluate_signature_coverage() is not SignatureCoverageLevel.ENTIRE_FILE:
            raise _Refused("archive_missing", archive.field_name)
        self._store = DocumentSecurityStore.read_dss(self._reader)
        check_time_stamp_token(archive, {certificate.dump() for certificate in self._store.load_certs()})
        return archive

    def _check_protection(self, signatures: list[EmbeddedPdfSignature]) -> None:
        """The first certifies (only filling in allowed), the last locks all fields and allows no changes."""
        first, last = signatures[0], signatures[-1]
        sole = MDPPerm.NO_CHANGES if first is last else MDPPerm.FILL_FORMS
        root = self._reader.root
        certified = root["/Perms"].raw_get("/DocMDP").reference if "/Perms" in root else None
        if certified != first.sig_field.raw_get("/V").reference or first.docmdp_level is not sole:
            raise _Refused("not_certified", first.field_name)
        lock = last.fieldmdp
        if (
            lock is None
            or lock.action is not FieldMDPAction.ALL
            or last.docmdp_level is not MDPPerm.NO_CHANGES
        ):
            raise _Refused("not_locked", last.field_name)

    def _check_format(self, signature: EmbeddedPdfSignature) -> None:
        if signature.sig_object["/SubFilter"] != SigSeedSubFilter.PADES.value:
            raise _Refused("wrong_format", signature.field_name)
        stamps = [
            attribute
            for attribute in signature.signer_info["unsigned_attrs"]
            if attribute["type"].native == "signature_time_stamp_token"
        ]
        if len(stamps) != 1 or len(stamps[0]["values"]) != 1:
            raise _Refused("time_stamp_missing", signature.field_name)

    async def _judge_archive(self, archive: EmbeddedPdfSignature, moment: datetime) -> ArchiveReport:
        """Valid at its own time by the data in the file; its chain not expired at the moment of judging."""
        archive.compute_integrity_info()
        result = await ades_timestamp_validation(
            archive.signed_data,
            self._spec().signature_validation_spec,
            archive.compute_digest,
            timing_info=_as_of(moment),
            extra_status_kwargs=archive.summarise_integrity_info(),
            status_cls=DocumentTimestampStatus,
        )
        status = result.api_status
        sound = status is not None and status.intact and status.valid and status.trusted
        if status is None or not sound or result.ades_subindic is not AdESPassed.OK:
            raise _Refused("archive_invalid", archive.field_name, result.ades_subindic.standard_name)
        path = list(status.validation_path.iter_certs(include_root=True))
        valid_until = min(certificate.not_valid_after for certificate in path)
        if self._at + CLOCK_TOLERANCE < moment:
            raise _Refused("archive_invalid", archive.field_name, "its time is still to come")
        if self._at > valid_until:
            raise _Refused("archive_expired", archive.field_name, valid_until.isoformat())
        certificate = archive.signer_cert
        return ArchiveReport(_subject(certificate), certificate.dump(), moment, valid_until)

    async def _judge_signature(
        self, signature: EmbeddedPdfSignature, moment: datetime
    ) -> tuple[SignatureReport, list[Problem]]:
        result: AdESLTAValidationResult = await ades_lta_validation(
            signature, self._spec(), timing_info=_as_of(moment)
        )
        problems = list(_problems(signature, result))
        stamp = result.signature_timestamp_status
        at = stamp.api_status.timestamp if stamp is not None and stamp.api_status is not None else None
        certificate = signature.signer_cert
        report = SignatureReport(
            field=signature.field_name,
            signer=_subject(certificate),
            certificate=certificate.dump(),
            issuer=certificate.issuer.human_friendly,
            at=at,
            whole_revision=signature.coverage >= SignatureCoverageLevel.ENTIRE_REVISION,
            indication=result.ades_subindic.standard_name,
            ok=not problems,
        )
        return report, problems

    def _spec(self) -> PdfSignatureValidationSpec:
        return offline_policy(self._roots, self._store, self._differences)


def _problems(signature: EmbeddedPdfSignature, result: AdESLTAValidationResult) -> Iterator[Problem]:
    status, indication, field = result.api_status, result.ades_subindic, signature.field_name
    if signature.coverage < SignatureCoverageLevel.ENTIRE_REVISION or (status and not status.docmdp_ok):
        yield Problem("changed_after_signing", field, str(signature.diff_result))
    if indication is not AdESPassed.OK:
        yield Problem(_code(indication), field, indication.standard_name)
    elif status is None or not status.bottom_line:
        yield Problem("signature_invalid", field, "bottom line")
    stamp = result.signature_timestamp_status
    if stamp is None or stamp.ades_subindic is not AdESPassed.OK:
        yield Problem("time_stamp_missing", field, stamp.ades_subindic.standard_name if stamp else "")


def _code(indication: AdESSubIndic) -> str:
    return "certificate_untrusted" if indication in _UNTRUSTED else "signature_invalid"


def _as_of(moment: datetime) -> ValidationTimingInfo:
    return ValidationTimingInfo(moment, moment, point_in_time_validation=True)


def _subject(certificate: asn1_x509.Certificate) -> Subject:
    parts = certificate.subject.native
    return Subject(
        common_name=str(parts.get("common_name", "")),
        organisation=str(parts.get("organization_name", "")),
        organisation_id=str(parts.get("organization_identifier", "")),
        serial_number=str(parts.get("serial_number", "")),
        distinguished_name=certificate.subject.human_friendly,
    )


class AttachmentMissing(LookupError):  # noqa: N818  (an answer, not a malfunction)
    """No attachment of that name, or more than one, or it is too large."""


def read_attachment(pdf: bytes, name: str, *, limit: int = 4 * MIB) -> bytes:
    """The bytes of an attached file, e.g. `contract.json`.

    Trust them only after `validate` has accepted the same bytes. Raises AttachmentMissing, also for a file
    that cannot be read.
    """
    try:
        root = PdfFileReader(BytesIO(pdf), strict=True, decode_limits=LIMITS).root
        specifications = [reference.get_object() for reference in root["/AF"]]
        found = [one["/EF"]["/F"] for one in specifications if one.get("/UF", one["/F"]) == name]
        if len(found) != 1:
            raise AttachmentMissing(name)
        content = bytes(found[0].data)
    except AttachmentMissing:
        raise
    except Exception as error:  # hostile input fails in any way it likes
        raise AttachmentMissing(name) from error
    if len(content) > limit:
        raise AttachmentMissing(name)
    return content
