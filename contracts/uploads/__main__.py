"""Reads a PDF from standard input, writes one JSON object: the sanitised file and its pages, or a refusal."""

import base64
import json
import sys

from contracts.uploads.sanitise import MAX_BYTES, UnfitError, sanitise
from core.confined import bound


def main() -> int:
    """The exit code is 0 whenever an answer was written."""
    bound()
    try:
        clean = sanitise(sys.stdin.buffer.read(MAX_BYTES + 1))
        answer = {
            "pdf": base64.b64encode(clean.pdf).decode(),
            "pages": [{"w": page.width, "h": page.height, "text": page.text} for page in clean.pages],
            "notes": clean.notes,
        }
    except UnfitError as error:
        answer = {"refused": error.code}
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
