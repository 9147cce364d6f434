"""Two-party (or n-party) PAdES signing, from a rendered PDF/A-3 to a file that proves itself for decades.

    base = prepare(pdf, [FieldSpec(…), FieldSpec(…)], seams)        every field exists, nothing is signed
    pdf = sign_first(base, Party(…), tsa)                           certifies; PAdES B-T
    kept = revocation.evidence(chain, fresh=True)                   to be kept beside the document
    pdf = sign_next(pdf, Party(…), tsa, Completion(evidence, seal)) locks; B-T, with validation data of all
    pdf = archive(pdf, tsa)                                         document time-stamp over all: B-LTA
    verdict = validate(pdf, roots)                                  the acceptance rule: .ok or .problems

Everything is a pure function of its arguments but for the calls to the time-stamp authority. No framework.
"""

from signing.keys.revocation import Evidence
from signing.pades.apply import Party, sign_first, sign_next
from signing.pades.complete import Completion, archive
from signing.pades.errors import MarkRefused, PlaceRefused, SigningRefused
from signing.pades.geometry import Box, PageFrame, box_from_points
from signing.pades.marks import Mark, Seal, Strokes, TypedName
from signing.pades.prepare import FieldSpec, prepare
from signing.pades.validate import AttachmentMissing, read_attachment, validate
from signing.pades.verdict import ArchiveReport, Problem, SignatureReport, Subject, Verdict

__all__ = [
    "ArchiveReport",
    "AttachmentMissing",
    "Box",
    "Completion",
    "Evidence",
    "FieldSpec",
    "Mark",
    "MarkRefused",
    "PageFrame",
    "Party",
    "PlaceRefused",
    "Problem",
    "Seal",
    "SignatureReport",
    "SigningRefused",
    "Strokes",
    "Subject",
    "TypedName",
    "Verdict",
    "archive",
    "box_from_points",
    "prepare",
    "read_attachment",
    "sign_first",
    "sign_next",
    "validate",
]
