"""Looks at a PDF from a stranger, in a process of its own: `python -m signing.inspection ROOT.pem …`.

Reads the file from standard input and writes one JSON object: the verdict, and pictures of the first pages
with every signature outlined. The process is bounded (core/confined.py) before the first byte is read.
"""

import base64
import json
import sys
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pypdfium2
from cryptography import x509
from PIL import Image, ImageDraw

from core.confined import bound
from signing.pades.validate import MAX_SIZE, validate

MAX_PAGES: Final = 12
WIDTH: Final = 720  # pixels
TALLEST: Final = 4.0  # a page higher than so many widths is not drawn
OUTLINE: Final = (11, 83, 148)
WIDGET: Final = 20  # FPDF_ANNOT_WIDGET


def main() -> int:
    """Judge what comes in; the exit code is 0 whenever an answer was written."""
    bound()
    roots = [x509.load_pem_x509_certificate(Path(path).read_bytes()) for path in sys.argv[1:]]
    pdf = sys.stdin.buffer.read(MAX_SIZE + 1)
    verdict = validate(pdf, roots)
    answer: dict[str, Any] = {
        "sha256": verdict.sha256,
        "ok": verdict.ok,
        "problems": [problem.code for problem in verdict.problems],
        "signatures": [
            {
                "name": each.signer.common_name,
                "organisation": each.signer.organisation,
                "issuer": each.issuer,
                "at": each.at.isoformat() if each.at else None,
                "ok": each.ok,
                "test": each.signer.is_test,
            }
            for each in verdict.signatures
        ],
        "archived_at": verdict.archive.at.isoformat() if verdict.archive else None,
        "valid_until": verdict.archive.valid_until.isoformat() if verdict.archive else None,
    }
    answer["page_count"], answer["pages"] = _pages(pdf) if _may_be_drawn(answer["problems"]) else (0, [])
    sys.stdout.write(json.dumps(answer))
    return 0


def _may_be_drawn(problems: list[str]) -> bool:
    """What is not even a readable PDF, or runs, is not drawn."""
    return not {"too_large", "unreadable", "encrypted", "active_content"} & set(problems)


def _pages(pdf: bytes) -> tuple[int, list[str]]:
    """How many pages there are, and the first of them as WebP in Base64."""
    drawn = []
    with pypdfium2.PdfDocument(pdf) as document:
        document.init_forms()
        count = len(document)
        for number in range(min(count, MAX_PAGES)):
            page = document[number]
            width, height = page.get_size()
            if not 0 < height <= TALLEST * width:
                continue
            picture = page.render(scale=WIDTH / width, may_draw_forms=True).to_pil().convert("RGB")
            _outline(picture, page, height)
            target = BytesIO()
            picture.save(target, "WEBP", quality=70, method=2)
            drawn.append(base64.b64encode(target.getvalue()).decode())
            page.close()
    return count, drawn


def _outline(picture: Image.Image, page: Any, height: float) -> None:
    """A frame around every field of a form on the page."""
    pen = ImageDraw.Draw(picture)
    scale = picture.width / page.get_width()
    for index in range(pypdfium2.raw.FPDFPage_GetAnnotCount(page)):
        annotation = pypdfium2.raw.FPDFPage_GetAnnot(page, index)
        if pypdfium2.raw.FPDFAnnot_GetSubtype(annotation) == WIDGET:
            box = pypdfium2.raw.FS_RECTF()
            if pypdfium2.raw.FPDFAnnot_GetRect(annotation, box) and box.right > box.left:
                corners = [box.left, height - box.top, box.right, height - box.bottom]
                left, top, right, bottom = (value * scale for value in corners)
                frame = [min(left, right), min(top, bottom), max(left, right), max(top, bottom)]
                pen.rectangle(frame, outline=OUTLINE, width=3)
        pypdfium2.raw.FPDFPage_CloseAnnot(annotation)


if __name__ == "__main__":
    sys.exit(main())
