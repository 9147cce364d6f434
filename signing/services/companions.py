"""What helps a signer to understand a document: given by whoever asks for signatures, made of the same facts.

It is no part of what is signed. Kept as a blob beside the document's, since it holds the same personal data.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core import blobs
from core.canonical import canonical_json
from signing.models import SignatureRequest


@dataclass(frozen=True)
class Companion:
    """The document in words, its gist, and whom to ask.

    `summary`: rows of `label`, `value`, `label_en`, `value_en`. `sections`: the text by headings, in the
    shape of `signing.api.reading.SectionSerializer`; empty when only the PDF itself can tell.
    """

    contact_name: str
    contact_phone: str
    summary: Sequence[Mapping[str, str]] = ()
    sections: Sequence[Mapping[str, Any]] = ()


NOTHING = Companion("", "")


def keep(companion: Companion | None) -> str:
    """Store it; its digest, or nothing for none."""
    return blobs.put(canonical_json(asdict(companion))) if companion else ""


def companion_of(request: SignatureRequest) -> Companion:
    """What came with the request, or `NOTHING`."""
    if not request.companion_digest:
        return NOTHING
    return Companion(**json.loads(blobs.get(request.companion_digest)))
