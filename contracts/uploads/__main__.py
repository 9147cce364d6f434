"""Reads a file from standard input, writes one JSON object: what a template is made of, or a refusal.

Of a PDF: the sanitised file (`pdf`, Base64) and its `pages`. Of a Word document: `title`, `chapters`, and
`suggested`, what its blanks were taken for. Of both: `notes`, codes of `contracts.web.template_words`.
"""

import base64
import json
import sys
from dataclasses import asdict
from typing import Any

from contracts.uploads.clauses import structured
from contracts.uploads.limits import MAX_BYTES, UnfitError
from contracts.uploads.package import COMPOUND, ZIP
from contracts.uploads.sanitise import sanitise
from contracts.uploads.word import read_words
from core.confined import bound


def main() -> int:
    """The exit code is 0 whenever an answer was written."""
    bound()
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    try:
        answer = _of_word(data) if data.startswith((ZIP, COMPOUND)) else _of_pdf(data)
    except UnfitError as error:
        answer = {"refused": error.code}
    sys.stdout.write(json.dumps(answer))
    return 0


def _of_pdf(data: bytes) -> dict[str, Any]:
    clean = sanitise(data)
    return {
        "pdf": base64.b64encode(clean.pdf).decode(),
        "pages": [{"w": page.width, "h": page.height, "text": page.text} for page in clean.pages],
        "notes": {code: [] for code in clean.notes},
    }


def _of_word(data: bytes) -> dict[str, Any]:
    return asdict(structured(read_words(data)))


if __name__ == "__main__":
    sys.exit(main())
