"""The acceptance rule: is this file a completely signed document? The published verifier.

Used before a document counts as signed, by the verify page, by the receiving province and by whoever checks
the evidence. It needs the file and the trust roots, and nothing else: no network, no database, no framework.

The rule. Every signature field is signed; the first signature certifies, the last one locks; a document
time-stamp covers the whole file and holds today. What it covers existed at its time, so everything else is
judged by that time, from the validation data in the file: for each signature the AdES indication (ETSI EN 319
102-1 §5.3) must be OK and pyHanko's own verdict good, for each alone misses cases. Any exception means: not
accepted.
"""

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm, SigSeedSubFilter
from pyhanko.sign.validation import DocumentSecurityStore
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from signing.keys.cms import certificate_der
from signing.pades.containers import ContainerAltered, check_algorithms, check_hole, check_time_stamp_token
from signing.pades.document import LIMITS, MIB
from signing.pades.policy import UNTRUSTED, ValidationData
from signing.pades.verdict import ArchiveReport, Problem, SignatureReport, Subject, Verdict

MAX_SIZE = 32 * MIB
MAX_SIGNATURES = 12
MAX_FIELDS = 1000
CLOCK_TOLERANCE = timedelta(minutes=5)

# These write the names in certificates into the log whenever something is not valid.
for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


class _Refused(Exception):  # noqa: N818  (ends the check; turned into a verdict)
    def __init__(self, code: str, field: str | None = None, detail: str = "") -> None:
        super().__init__(code)
        self.problem = Problem(code, None if field is None else str(field), detail)


def validate(
    pdf: bytes,
    roots: Sequence[x509.Certificate],
    *,
    at: datetime | None = None,
    made_elsewhere: bool = False,
) -> Verdict:
    """Judge a completed document by the acceptance rule. Never raises for bad input: it says what is wrong.

    A document `made_elsewhere` need neither be certified by its first signature nor locked by its last; what
    was added between two signatures may then fill in forms only, and nothing was added after the last one.

    `roots` are the trust anchors of signers and TSA. `at` (default: now) is the moment of judging; a moment
    years ahead tells whether the archive will still hold then. Costs about 200 ms; the answer for one file
    and one set of roots may be cached by `Verdict.sha256` until `archive.valid_until`. Not to be called in a
    running event loop. Hostile input is bounded by size, signatures, and what its streams decode to.
    """
    digest = hashlib.sha256(pdf).hexdigest()
    if len(pdf) > MAX_SIZE:
        return Verdict(digest, (Problem("too_large"),))
    try:
        return asyncio.run(_Judge(pdf, roots, at or datetime.now(UTC), made_elsewhere).verdict(digest))
    except _Refused as refused:
        return Verdict(digest, (refused.problem,))
    except ContainerAltered as error:
        return Verdict(digest, (Problem("container_altered", detail=str(error)),))
    except Exception as error:  # noqa: BLE001  (by the rule: whatever we cannot judge is not accepted)
        return Verdict(digest, (Problem("unreadable", detail=type(error).__name__),))


class _Judge:
    """One file under judgement. Cheap checks first: most damage never reaches the expensive ones."""

    def __init__(
        self, pdf: bytes, roots: Sequence[x509.Certificate], at: datetime, made_elsewhere: bool
    ) -> None:
        self._pdf = pdf
        self._made_elsewhere = made_elsewhere
        self._roots = [asn1_x509.Certificate.load(certificate_der(root)) for root in roots]
        self._at = at
        self._reader = PdfFileReader(BytesIO(pdf), strict=True, decode_limits=LIMITS)

    async def verdict(self, digest: str) -> Verdict:
        signatures, archives = self._sorted_signatures()
        self._check_catalog()
        data = self._check_containers(signatures, archives)
        if not self._made_elsewhere:
            self._check_protection(signatures)
        for signature in signatures:
            self._check_format(signature)
        archive = await self._judge_archives(archives, data)
        reports = [
            await self._judge_signature(signature, archives[0], data[0], last=signature is signatures[-1])
            for signature in signatures
        ]
        problems = tuple(problem for _, found in reports for problem in found)
        return Verdict(digest, problems, tuple(report for report, _ in reports), archive)

    def _sorted_signatures(self) -> tuple[list[EmbeddedPdfSignature], list[EmbeddedPdfSignature]]:
        """Signatures, then document time-stamps, oldest first. All fields must be filled."""
        if self._reader.encrypted:
            raise _Refused("encrypted")
        fields = self._reader.root["/AcroForm"]["/Fields"] if "/AcroForm" in self._reader.root else ()
        waiting = 0
        for reference in fields:
            field = reference.get_object()
            waiting += field.get("/FT") == "/Sig" and "/V" not in field
        if len(fields) > MAX_FIELDS:
            raise _Refused("too_many_signatures")
        found = list(self._reader.embedded_signatures)
        if not found:
            raise _Refused("not_signed")
        if len(found) > MAX_SIGNATURES:
            raise _Refused("too_many_signatures")
        if waiting:
            raise _Refused("field_not_signed")
        kinds = [str(one.sig_object_type) for one in found]
        signatures = [one for one, kind in zip(found, kinds, strict=True) if kind == "/Sig"]
        archives = [one for one, kind in zip(found, kinds, strict=True) if kind == "/DocTimeStamp"]
        if not signatures:
            raise _Refused("not_signed")
        if not archives or found != [*signatures, *archives]:
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

    def _check_containers(
        self, signatures: list[EmbeddedPdfSignature], archives: list[EmbeddedPdfSignature]
    ) -> list[ValidationData]:
        """Byte ranges, holes, algorithms; the last time-stamp over the whole file, in its only form.

        Returns the validation data as of each archive.
        """
        last = archives[-1]
        for signature in (*signatures, *archives):
            end = check_hole(self._pdf, signature)
            if signature is last and end != len(self._pdf):
                raise _Refused("archive_missing", last.field_name, "bytes were added after it")
            check_algorithms(signature.signed_data)
        for archive in archives:
            if archive.sig_object["/SubFilter"] != SigSeedSubFilter.ETSI_RFC3161.value:
                raise _Refused("wrong_format", archive.field_name)
            imprint = archive.signed_data["encap_content_info"]["content"].parsed["message_imprint"]
            if archive.compute_digest() != imprint["hashed_message"].native:
                raise _Refused("archive_invalid", archive.field_name, "digest")
        if last.evaluate_signature_coverage() is not SignatureCoverageLevel.ENTIRE_FILE:
            raise _Refused("archive_missing", last.field_name)
        revisions = [self._reader.get_historical_resolver(archive.signed_revision) for archive in archives]
        data = [ValidationData(DocumentSecurityStore.read_dss(one), self._roots) for one in revisions]
        check_time_stamp_token(last, {certificate.dump() for certificate in data[-1].certificates})
        return data

    def _check_protection(self, signatures: list[EmbeddedPdfSignature]) -> None:
        """The first certifies (only filling in allowed), the last allows no changes and locks all fields but
        those that earlier signatures have locked."""
        first, last = signatures[0], signatures[-1]
        sole = MDPPerm.NO_CHANGES if first is last else MDPPerm.FILL_FORMS
        root = self._reader.root
        certified = root["/Perms"].raw_get("/DocMDP").reference if "/Perms" in root else None
        if certified != first.sig_field.raw_get("/V").reference or first.docmdp_level is not sole:
            raise _Refused("not_certified", first.field_name)
        earlier = [one.fieldmdp for one in signatures[:-1] if one.fieldmdp is not None]
        if last.docmdp_level is not MDPPerm.NO_CHANGES or not _locks_all(last.fieldmdp, earlier):
            raise _Refused("not_locked", last.field_name)

    def _check_format(self, signature: EmbeddedPdfSignature) -> None:
        if signature.sig_object["/SubFilter"] != SigSeedSubFilter.PADES.value:
            raise _Refused("wrong_format", signature.field_name)
        if len(_time_stamps(signature)) != 1:
            raise _Refused("time_stamp_missing", signature.field_name)

    async def _judge_archives(
        self, archives: list[EmbeddedPdfSignature], data: list[ValidationData]
    ) -> ArchiveReport:
        """Each holds by the next one's time; the last at its own, and its chain is not expired now."""
        times = [_stated_time(archive.signed_data) for archive in archives]
        if times != sorted(times):
            raise _Refused("archive_invalid", archives[-1].field_name, "order")
        for index, archive in enumerate(archives):
            following = min(index + 1, len(archives) - 1)
            finding = await data[following].judge_time_stamp(
                archive.signed_data, archive.compute_digest, times[following]
            )
            if not finding.ok or finding.valid_until is None:
                raise _Refused("archive_invalid", archive.field_name, finding.name)
            valid_until = finding.valid_until
        last = archives[-1]
        if self._at + CLOCK_TOLERANCE < times[-1]:
            raise _Refused("archive_invalid", last.field_name, "its time is still to come")
        if self._at > valid_until:
            raise _Refused("archive_expired", last.field_name, valid_until.isoformat())
        return ArchiveReport(_subject(last.signer_cert), last.signer_cert.dump(), times[-1], valid_until)

    async def _judge_signature(
        self,
        signature: EmbeddedPdfSignature,
        archive: EmbeddedPdfSignature,
        data: ValidationData,
        *,
        last: bool,
    ) -> tuple[SignatureReport, list[Problem]]:
        """By the first archive's time: unchanged since, time-stamped, and its certificate good then."""
        field, problems = str(signature.field_name), []  # pyHanko's string holds on to the whole document
        signature.compute_integrity_info()
        whole = signature.coverage >= SignatureCoverageLevel.ENTIRE_REVISION
        unchanged = signature.summarise_integrity_info()["docmdp_ok"]
        if self._made_elsewhere:
            unchanged = unchanged and _only_filled_in(signature, last=last)
        if not whole or not unchanged:
            problems.append(Problem("changed_after_signing", field, str(signature.diff_result)))

        (stamp,) = _time_stamps(signature)
        at, upper = _stated_time(stamp), _stated_time(archive.signed_data)
        value = signature.signer_info["signature"].native
        stamped = await data.judge_time_stamp(stamp, lambda name: hashlib.new(name, value).digest(), upper)
        if not stamped.ok:
            problems.append(Problem("time_stamp_missing", field, stamped.name))

        finding = await data.judge_signature(signature.signed_data, signature.compute_digest(), at, upper)
        if not finding.ok:
            code = "certificate_untrusted" if finding.indication in UNTRUSTED else "signature_invalid"
            problems.append(Problem(code, field, finding.name))

        certificate = signature.signer_cert
        report = SignatureReport(
            field=field,
            signer=_subject(certificate),
            certificate=certificate.dump(),
            issuer=certificate.issuer.human_friendly,
            at=at,
            whole_revision=whole,
            indication=finding.name,
            ok=not problems,
        )
        return report, problems


def _only_filled_in(signature: EmbeddedPdfSignature, *, last: bool) -> bool:
    """Whether later revisions add no more than they may where no signature says what that is."""
    changes = signature.diff_result
    allowed = ModificationLevel.LTA_UPDATES if last else ModificationLevel.FORM_FILLING
    return isinstance(changes, DiffResult) and changes.modification_level <= allowed


def _locks_all(lock: FieldMDPSpec | None, earlier: Sequence[FieldMDPSpec]) -> bool:
    """Whether a lock leaves no field free, but for fields that earlier locks name."""
    if lock is None or lock.action is FieldMDPAction.INCLUDE:
        return False
    named = [one.fields or () for one in earlier if one.action is FieldMDPAction.INCLUDE]
    free = () if lock.action is FieldMDPAction.ALL else lock.fields or ()
    return {str(name) for name in free} <= {str(name) for names in named for name in names}


def _time_stamps(signature: EmbeddedPdfSignature) -> list[cms.SignedData]:
    return [
        token["content"]
        for attribute in signature.signer_info["unsigned_attrs"]
        if attribute["type"].native == "signature_time_stamp_token"
        for token in attribute["values"]
    ]


def _stated_time(token: cms.SignedData) -> datetime:
    time: datetime = token["encap_content_info"]["content"].parsed["gen_time"].native
    return time


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
