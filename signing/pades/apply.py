"""Sign: one party, one incremental revision, PAdES B-T (ETSI EN 319 142-1).

Certificates, appearance and time-stamp are settled before a byte is handed out: either the whole signed file
is returned, or a refusal is raised and nothing exists.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from pyhanko.pdf_utils.generic import DictionaryObject, pdf_string
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import SigMDPSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from signing.keys import cms
from signing.keys.errors import TimeStampUnavailable
from signing.keys.revocation import Evidence
from signing.keys.signing_key import SigningKey
from signing.keys.timestamp import TimeStamp, TimeStampAuthority
from signing.pades.appearance import Drawing, draw, draw_words
from signing.pades.complete import Completion, add_evidence, fill_seams
from signing.pades.document import Revision
from signing.pades.errors import SigningRefused
from signing.pades.geometry import Box, check_place, to_rect
from signing.pades.marks import Mark
from signing.pades.prepare import DATE, date_fields_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
CERTIFYING = SigMDPSetup(md_algorithm="sha256", certify=True, docmdp_perms=MDPPerm.FILL_FORMS)
APPROVING = SigMDPSetup(md_algorithm="sha256")
LOCKING = SigMDPSetup(
    md_algorithm="sha256", field_lock=FieldMDPSpec(FieldMDPAction.ALL), docmdp_perms=MDPPerm.NO_CHANGES
)
SOLE = SigMDPSetup(
    md_algorithm="sha256", certify=True, field_lock=FieldMDPSpec(FieldMDPAction.ALL),
    docmdp_perms=MDPPerm.NO_CHANGES,
)  # fmt: skip

# Signed attributes, identifiers and lengths around certificates, signature and token
CMS_FRAME = 480


@dataclass(frozen=True)
class Party:
    """Who signs, in which field, with what mark, and where on the displayed page.

    Without a `place` the mark fills its field. `reason` is shown by PDF readers. `evidence` of the signer's
    own chain (and the TSA's) goes into the same revision: needed for a certificate that may expire before the
    last party signs, since what is asked afterwards proves nothing.
    """

    field: str
    key: SigningKey
    mark: Mark
    place: Box | None = None
    reason: str = ""
    evidence: Sequence[Evidence] = ()


def sign_first(
    pdf: bytes, party: Party, tsa: TimeStampAuthority, completion: Completion | None = None
) -> bytes:
    """The first signature: certifies the document, after which only filling in is allowed (DocMDP P=2).

    `pdf` comes from `prepare`. The mark may stand anywhere on any page, off other fields: the field itself is
    moved. `completion` is given if and only if the document has this one field. The party's date fields say
    on which day (in Shanghai) it signed; the signature locks them.

    Returns the whole signed file. Raises PlaceRefused; SigningRefused: document_not_prepared, field_unknown,
    field_already_signed, signing_out_of_turn, certificate_expired; TimeStampUnavailable or ClockSkew. Nothing
    is kept, so it may be repeated.
    """
    revision = Revision(pdf)
    if _check_turn(revision, party.field, completion) > 0:
        raise SigningRefused("signing_out_of_turn")
    field = revision.field(party.field)
    if party.place is not None:
        place = party.place
        check_place(place, revision.frames, keep_clear=revision.other_boxes(field))
        revision.move(field, to_rect(place, revision.frames[place.page - 1]), place.page)
    return _sign(revision, party, tsa, completion, SOLE if completion else CERTIFYING)


def sign_next(
    pdf: bytes, party: Party, tsa: TimeStampAuthority, completion: Completion | None = None
) -> bytes:
    """A later signature. The last one locks the document and carries the evidence.

    The field cannot move any more; the mark is drawn inside it at `party.place`, which must lie within.
    `completion` is given if and only if no other field is left. Returns and raises as `sign_first`.
    """
    revision = Revision(pdf)
    if _check_turn(revision, party.field, completion) == 0:
        raise SigningRefused("signing_out_of_turn")
    if party.place is not None:
        check_place(party.place, revision.frames, zone=revision.box(revision.field(party.field)))
    return _sign(revision, party, tsa, completion, LOCKING if completion else None)


def _check_turn(revision: Revision, name: str, completion: Completion | None) -> int:
    """Refuse a signature that is not due; returns how many there are before it."""
    signed = dict(revision.signature_fields())
    if name not in signed:
        raise SigningRefused("field_unknown")
    if signed[name]:
        raise SigningRefused("field_already_signed")
    waiting = [other for other in signed if not signed[other]]
    if waiting[0] != name:
        raise SigningRefused("signing_out_of_turn")
    if (len(waiting) == 1) != (completion is not None):
        raise ValueError("the last signature, and only that, carries the completion")
    return len(signed) - len(waiting)


def _sign(
    revision: Revision,
    party: Party,
    tsa: TimeStampAuthority,
    completion: Completion | None,
    mdp: SigMDPSetup | None,
) -> bytes:
    drawing = draw(party.mark)
    field = revision.field(party.field)
    _draw_mark(revision, field, drawing, party.place)
    at = tsa.now().astimezone(SHANGHAI).replace(microsecond=0)
    dated = _write_day(revision, party.field, at.date())
    mdp = _locking_dates(mdp, revision, dated, last=completion is not None)
    evidence = list(party.evidence)
    if completion is not None:
        fill_seams(revision, completion.seam)
        evidence += completion.evidence
    if evidence:
        add_evidence(revision, evidence)
    certificates = (party.key.certificate, *party.key.chain[:-1])  # verifiers bring the root themselves
    size = (
        CMS_FRAME
        + sum(len(cms.certificate_der(certificate)) for certificate in certificates)
        + len(party.key.certificate.issuer.public_bytes())
        + party.key.signature_size
        + tsa.token_size
    )
    placeholder = SignatureObject(
        timestamp=at,
        subfilter=SigSeedSubFilter.PADES,
        reason=party.reason or None,
        bytes_reserved=2 * size,
    )

    def time_stamp(signature: bytes) -> bytes:
        stamp = tsa.stamp(signature)
        _check_validity(party.key, stamp)
        if dated and stamp.at.astimezone(SHANGHAI).date() != at.date():
            raise TimeStampUnavailable("the day that was written is over")
        return stamp.token

    def container(digest: bytes) -> bytes:
        return cms.signed_data(
            party.key,
            content_type=cms.ID_DATA,
            digest=digest,
            certificates=certificates,
            time_stamp=time_stamp,
        )

    return revision.write(party.field, placeholder, container, mdp)


def _draw_mark(revision: Revision, field: DictionaryObject, drawing: Drawing, place: Box | None) -> None:
    """Draw it in the middle of its place; a seal is never larger than life."""
    widget = revision.box(field)
    place = place or widget
    width, height = revision.frames[widget.page - 1].size
    box_width, box_height = place.w * width, place.h * height
    scale = min(box_width / drawing.width, box_height / drawing.height)
    if drawing.true_size:
        scale = min(scale, 1.0)
    left = (place.x - widget.x) * width + (box_width - scale * drawing.width) / 2
    top = (place.y - widget.y) * height + (box_height - scale * drawing.height) / 2
    low = widget.h * height - top - scale * drawing.height
    revision.draw(field, widget.w * width, widget.h * height, drawing, (scale, scale, left, low))


def _write_day(revision: Revision, party: str, day: date) -> list[str]:
    """Write the day into the party's date fields, as large as they are; returns their names."""
    fields = revision.fields_named(date_fields_of(party))
    words = f"{day.year}年{day.month}月{day.day}日"
    for field in fields:
        field["/V"] = pdf_string(words)
        _draw_mark(revision, field, draw_words(words), None)
    return [str(field["/T"]) for field in fields]


def _locking_dates(
    mdp: SigMDPSetup | None, revision: Revision, dated: list[str], *, last: bool
) -> SigMDPSetup | None:
    """Every signature locks its own dates; the last one all fields but the dates that others locked.

    pyHanko takes a locked text field for changed when its appearance is older than the lock.
    """
    others = [name for name in revision.field_names() if name.startswith(DATE) and name not in dated]
    if last and mdp and others:
        return replace(mdp, field_lock=FieldMDPSpec(FieldMDPAction.EXCLUDE, others))
    if dated and not last:
        return replace(mdp or APPROVING, field_lock=FieldMDPSpec(FieldMDPAction.INCLUDE, dated))
    return mdp


def _check_validity(key: SigningKey, stamp: TimeStamp) -> None:
    certificate = key.certificate
    if not certificate.not_valid_before_utc <= stamp.at <= certificate.not_valid_after_utc:
        raise SigningRefused("certificate_expired")
