"""Contract template + facts → the PDF that both parties sign.

The file is PDF/A-3a and PDF/UA-1; the facts travel inside it as `contract.json` (RFC 8785), so that both
signatures cover them.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from contracts.document.engine import Anchor, Rendered, Typesetter
from contracts.document.expand import CannotExpand, expand
from contracts.document.names import unprintable_faults
from contracts.document.reading import document_data, page_texts, reading_sections
from contracts.document.template import missing_items
from contracts.facts import Facts, canonical_facts
from core.canonical import sha256_hex

__all__ = ["CannotExpand", "Rendered", "render"]

LAYOUT: Final = Path(__file__).parents[2] / "templates" / "contracts" / "layout"
SEAM_SEAL_POINTS: Final = 42 / 25.4 * 72  # the seal that crosses the edges is 42 mm across

_typesetter = Typesetter(LAYOUT)


def render(template: Mapping[str, Any], facts: Facts, *, at: datetime) -> Rendered:
    """Render a contract. `template` and `facts` are valid; `at` (aware) is the time written into the PDF.

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
    typeset = _typesetter.typeset(
        {
            "document.json": json.dumps(document_data(document), ensure_ascii=False).encode(),
            "contract.json": canonical_facts(facts),
        },
        at=at,
    )
    pages = len(typeset.page_sizes)
    return Rendered(
        pdf=typeset.pdf,
        digest=sha256_hex(typeset.pdf),
        anchors=(*typeset.anchors, *(_seam(typeset.page_sizes) if document.seam else ())),
        page_sizes=typeset.page_sizes,
        page_text=page_texts(document, typeset.block_pages, pages),
        sections=reading_sections(document, typeset.block_pages, pages),
    )


def _seam(page_sizes: Sequence[tuple[float, float]]) -> Iterator[Anchor]:
    """Each page takes its share of one seal that crosses the right edges of the fanned-out pages."""
    if len(page_sizes) < 2:
        return
    share = SEAM_SEAL_POINTS / len(page_sizes)
    for number, (width, height) in enumerate(page_sizes, start=1):
        top = (height - SEAM_SEAL_POINTS) / 2
        yield Anchor(f"seam_{number}", number, width - share, top, share, SEAM_SEAL_POINTS)
