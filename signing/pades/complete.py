"""Complete a document: cross-page seal, validation data, archive time-stamp (PAdES B-LT and B-LTA)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pyhanko.pdf_utils import generic
from pyhanko.sign.signers.pdf_byterange import DocumentTimestamp

from signing.keys.revocation import Evidence
from signing.keys.timestamp import TimeStampAuthority
from signing.pades.appearance import draw
from signing.pades.document import Revision, dictionary
from signing.pades.marks import Seal, SealPicture

SEAM = "seam_"
ARCHIVE = "archive_"


@dataclass(frozen=True)
class Completion:
    """What the last signer's revision carries besides the signature.

    `evidence`: of every signer's chain, this one's and the TSA's included; goes into the DSS. `seam`: the
    seal for the 骑缝章 fields; needed if the document has any, ignored if it has none.
    """

    evidence: Sequence[Evidence]
    seam: Seal | SealPicture | None = None


def fill_seams(revision: Revision, seam: Seal | SealPicture | None) -> None:
    """Cut the seal into equal upright strips, one for each seam field, in order.

    Raises ValueError for fields without a seal: pyHanko takes a locked text field whose appearance is older
    than the lock for one that was changed after it.
    """
    fields = revision.fields_named(SEAM)
    if not fields:
        return
    if seam is None:
        raise ValueError("the document has fields for a cross-page seal, so it needs one")
    drawing = draw(seam)
    for number, field in enumerate(fields):
        box = revision.box(field)
        page_width, page_height = revision.frames[box.page - 1].size
        width, height = box.w * page_width, box.h * page_height
        across, up = width * len(fields) / drawing.width, height / drawing.height
        revision.draw(field, width, height, drawing, (across, up, -number * width, 0))


def add_evidence(revision: Revision, evidence: Iterable[Evidence]) -> None:
    """Put certificates, OCSP responses and CRLs into the DSS (ETSI EN 319 142-1 §5.4.2), each once."""
    root = revision.root
    if "/DSS" not in root:
        root["/DSS"] = revision.writer.add_object(generic.DictionaryObject())
        revision.writer.update_root()
    store = dictionary(root["/DSS"])
    revision.changed(store)
    collected = list(evidence)
    for key, found in (
        ("/Certs", [item for one in collected for item in one.certificates]),
        ("/OCSPs", [item for one in collected for item in one.ocsps]),
        ("/CRLs", [item for one in collected for item in one.crls]),
    ):
        streams = generic.ArrayObject(store.get(key, ()))
        present = {reference.get_object().data for reference in streams}
        for item in dict.fromkeys(found):
            if item not in present:
                streams.append(revision.writer.add_object(generic.StreamObject(stream_data=item)))
        if streams:
            store[key] = streams


def archive(pdf: bytes, tsa: TimeStampAuthority, evidence: Iterable[Evidence] = ()) -> bytes:
    """Add a document time-stamp over the whole file (B-LTA). Last step of completion, straight after the last
    signature; years later again, with fresh `evidence` of the previous time-stamp's chain, to renew it.

    Raises SigningRefused("document_not_prepared"), TimeStampUnavailable or ClockSkew. May be repeated.
    """
    revision = Revision(pdf)
    evidence = tuple(evidence)
    if evidence:
        add_evidence(revision, evidence)
    number = sum(name.startswith(ARCHIVE) for name, _ in revision.signature_fields()) + 1
    placeholder = DocumentTimestamp(bytes_reserved=2 * tsa.token_size)
    return revision.write(
        f"{ARCHIVE}{number}", placeholder, lambda digest: tsa.stamp_digest(digest).token, None
    )
