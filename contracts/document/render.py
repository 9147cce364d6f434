"""Contract template + facts → the PDF that both parties sign.

The facts travel inside it as `contract.json` (RFC 8785), so that both signatures cover them. The file is
PDF/A-3a and PDF/UA-1, unless its pages are those of an uploaded document.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pikepdf
from pikepdf import Array, Name

from contracts.document.engine import Anchor, Rendered, Typesetter
from contracts.document.expand import CannotExpand, expand
from contracts.document.model import Document
from contracts.document.names import unprintable_faults
from contracts.document.reading import document_data, page_texts, reading_sections
from contracts.document.template import missing_items
from contracts.document.uploaded import is_uploaded, layout, marks, page_sizes, seam_middle
from contracts.facts import Facts, canonical_facts
from core.canonical import sha256_hex

__all__ = ["Attachment", "CannotExpand", "Rendered", "render", "typeset_document"]

PROGRAMS: Final = Path(__file__).parents[2] / "templates" / "contracts"
LAYOUT: Final = PROGRAMS / "layout"
SEAM_SEAL_POINTS: Final = 42 / 25.4 * 72  # the seal that crosses the edges is 42 mm across

_written = Typesetter(LAYOUT)
_uploaded = Typesetter(PROGRAMS / "uploaded")


@dataclass(frozen=True)
class Attachment:
    """Under which name the facts travel inside the PDF, and what a viewer says of them."""

    name: str
    description: str


CONTRACT: Final = Attachment("contract.json", "劳动合同的结构化内容（RFC 8785 规范化 JSON）")


def render(template: Mapping[str, Any], facts: Facts, *, at: datetime, base: bytes = b"") -> Rendered:
    """Render a contract. `template` and `facts` are valid; `at` (aware) is the time written into the PDF.

    `base` is the PDF of an uploaded template, as it was sanitised.

    Anchors: `worker_signature`, `employer_seal`, and `seam_1` … `seam_N` at the right edge of each page
    where the template asks for a 骑缝章 and there is more than one page. Equal input gives equal bytes.

    Raises CannotExpand, with all faults, when blanks stay unfilled, a mandatory clause (Labour Contract Law,
    Article 17) is missing, or a fact holds a character that cannot be printed.
    """
    unprintable = unprintable_faults(facts)
    if unprintable:
        raise CannotExpand(unprintable)
    document = expand(template, facts)
    missing = missing_items(template, document)
    if missing:
        raise CannotExpand(missing)
    if is_uploaded(template):
        return _of_upload(template, document, canonical_facts(facts), at, base)
    return typeset_document(document, facts, CONTRACT, at=at)


def typeset_document(document: Document, facts: Facts, attachment: Attachment, *, at: datetime) -> Rendered:
    """Lay a text out as contracts look, with its facts attached. Equal input gives equal bytes."""
    data = {**document_data(document), "attachment": asdict(attachment)}
    typeset = _written.typeset({"document.json": _json(data), "facts.json": canonical_facts(facts)}, at=at)
    pages = len(typeset.page_sizes)
    return Rendered(
        pdf=typeset.pdf,
        digest=sha256_hex(typeset.pdf),
        anchors=(*typeset.anchors, *(_seam(typeset.page_sizes) if document.seam else ())),
        page_sizes=typeset.page_sizes,
        page_text=page_texts(document, typeset.block_pages, pages),
        sections=reading_sections(document, typeset.block_pages, pages),
    )


def _of_upload(
    template: Mapping[str, Any], document: Document, facts: bytes, at: datetime, base: bytes
) -> Rendered:
    files = {"document.json": _json(layout(template, document)), "contract.json": facts, "base.pdf": base}
    typeset = _uploaded.typeset(files, at=at, standards=())
    pdf = _with_associated_facts(typeset.pdf)
    sizes = page_sizes(template)
    pages: dict[int, int] = {}
    for number, chapter in enumerate(document.chapters, start=1):
        pages |= {len(pages) + block: number for block in range(len(chapter.clauses[0].blocks))}
    middle = seam_middle(template)
    return Rendered(
        pdf=pdf,
        digest=sha256_hex(pdf),
        anchors=(*_marks(template, sizes), *(() if middle is None else _seam(sizes, middle))),
        page_sizes=sizes,
        page_text=page_texts(document, pages, len(sizes)),
        sections=tuple(
            {**section, "first": number, "last": number}
            for number, section in enumerate(reading_sections(document, pages, len(sizes)), start=1)
        ),
    )


def _with_associated_facts(pdf: bytes) -> bytes:
    """The facts named as data of the document (ISO 32000-2, 14.13), which typst does in PDF/A only."""
    output = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as document:
        names = document.Root.Names.EmbeddedFiles.Names
        names[1].AFRelationship = Name.Data
        names[1] = document.make_indirect(names[1])
        document.Root.AF = Array([names[1]])
        document.save(output, deterministic_id=True)
    return output.getvalue() + b"\n"


def _marks(template: Mapping[str, Any], sizes: Sequence[tuple[float, float]]) -> Iterator[Anchor]:
    for key, box in marks(template):
        width, height = sizes[box.page - 1]
        yield Anchor(key, box.page, box.x * width, box.y * height, box.w * width, box.h * height)


def _json(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode()


def _seam(page_sizes: Sequence[tuple[float, float]], middle: float = 0.5) -> Iterator[Anchor]:
    """Each page takes its share of one seal that crosses the right edges of the fanned-out pages.

    `middle`: how far down, as a fraction of the page, as near as the page allows.
    """
    if len(page_sizes) < 2:
        return
    share = SEAM_SEAL_POINTS / len(page_sizes)
    for number, (width, height) in enumerate(page_sizes, start=1):
        top = min(max(0.0, height * middle - SEAM_SEAL_POINTS / 2), height - SEAM_SEAL_POINTS)
        yield Anchor(f"seam_{number}", number, width - share, top, share, SEAM_SEAL_POINTS)
