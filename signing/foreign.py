"""Looks at a contract signed elsewhere, in a process of its own: `python -m signing.foreign ROOT.pem …`.

Reads the file from standard input and writes one JSON object: whether the signatures hold, whose they are,
pictures of the pages, and the facts of the contract if the file carries any. The process is bounded
(core/confined.py) before the first byte is read.
"""

import base64
import json
import sys
from pathlib import Path
from typing import Any, Final

from cryptography import x509

from core.confined import bound
from signing.pades.validate import MAX_SIZE, AttachmentMissing, read_attachment, validate
from signing.pages import WIDTHS, page_count, page_images

FACTS: Final = "contract.json"
MAX_PAGES: Final = 40


def main() -> int:
    """Judge what comes in; the exit code is 0 whenever an answer was written."""
    bound()
    roots = [x509.load_pem_x509_certificate(Path(path).read_bytes()) for path in sys.argv[1:]]
    pdf = sys.stdin.buffer.read(MAX_SIZE + 1)
    verdict = validate(pdf, roots, made_elsewhere=True)
    answer: dict[str, Any] = {
        "sha256": verdict.sha256,
        "ok": verdict.ok,
        "problems": [problem.code for problem in verdict.problems],
        "signatures": [
            {
                "name": each.signer.common_name,
                "organisation": each.signer.organisation,
                "organisation_id": each.signer.organisation_id or each.signer.serial_number,
                "at": each.at.isoformat() if each.at else None,
            }
            for each in verdict.signatures
        ],
        "facts": _facts(pdf) if verdict.ok else None,
        "pages": _pages(pdf) if verdict.ok else [],
    }
    sys.stdout.write(json.dumps(answer))
    return 0


def _facts(pdf: bytes) -> str | None:
    try:
        return base64.b64encode(read_attachment(pdf, FACTS)).decode()
    except AttachmentMissing:
        return None


def _pages(pdf: bytes) -> list[str]:
    """The first pages as WebP in Base64: the file is drawn nowhere else, for nobody else is bounded."""
    numbers = range(1, min(page_count(pdf), MAX_PAGES) + 1)
    return [base64.b64encode(each.webp).decode() for each in page_images(pdf, WIDTHS[0], numbers)]


if __name__ == "__main__":
    sys.exit(main())
