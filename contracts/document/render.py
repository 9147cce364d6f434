"""Contract template + facts → the PDF that both parties sign.

The file is PDF/A-3a and PDF/UA-1; the facts travel inside it as `contract.json` (RFC 8785), so that both
signatures cover them.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from contracts.document.engine import A4, Anchor, Typesetter
from contracts.document.expand import CannotExpand, expand
from contracts.document.model import Document
from contracts.document.template import missing_items
from contracts.facts import Facts, canonical_facts
from core.canonical import sha256_hex

LAYOUT: Final = Path(__file__).parents[2] / "templates" / "contracts" / "layout"
SEAM_SEAL_POINTS: Final = 42 / 25.4 * 72  # the seal that crosses the edges is 42 mm across

_typesetter = Typesetter(LAYOUT)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A document ready to be signed. `digest`: SHA-256 (hex) of `pdf`; `page_sizes`: width, height in points.

    `page_text`: the words of each page, from the structured text.
    """

    pdf: bytes
    digest: str
    anchors: tuple[Anchor, ...]
    page_sizes: tuple[tuple[float, float], ...]
    page_text: tuple[str, ...]


def render(template: Mapping[str, Any], facts: Facts, *, at: datetime) -> Rendered:
    """Render a contract. `template` and `facts` are valid; `at` (aware) is the time written into the PDF.

    Anchors: `worker_signature`, `employer_seal`, and `seam_1` … `seam_N` at the right edge of each page
    where the template asks for a 骑缝章 and there is more than one page. Equal input gives equal bytes.

    Raises CannotExpand when blanks stay unfilled or a mandatory clause is missing.
    """
    document = expand(template, facts)
    missing = missing_items(template, document)
    if missing:
        raise CannotExpand(missing)
    data = _numbered(document)
    typeset = _typesetter.typeset(
        {
            "document.json": json.dumps(data, ensure_ascii=False).encode(),
            "contract.json": canonical_facts(facts),
        },
        at=at,
    )
    return Rendered(
        pdf=typeset.pdf,
        digest=sha256_hex(typeset.pdf),
        anchors=(*typeset.anchors, *(_seam(typeset.pages) if document.seam else ())),
        page_sizes=(A4,) * typeset.pages,
        page_text=(),
    )


def _numbered(document: Document) -> dict[str, Any]:
    data = asdict(document)
    number = 0
    for chapter in data["chapters"]:
        for clause in chapter["clauses"]:
            for block in clause["blocks"]:
                block["i"] = number
                number += 1
    return data


def _seam(pages: int) -> Iterator[Anchor]:
    if pages < 2:
        return
    width = SEAM_SEAL_POINTS / pages
    top = (A4[1] - SEAM_SEAL_POINTS) / 2
    for page in range(1, pages + 1):
        yield Anchor(f"seam_{page}", page, A4[0] - width, top, width, SEAM_SEAL_POINTS)
