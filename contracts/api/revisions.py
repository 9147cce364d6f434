"""The files of contracts and of the documents about them, as downloads."""

from django.http import HttpResponse

from contracts.models import Contract, LaterDocument
from core import blobs
from core.errors import Refused


def newest_revision(document: Contract | LaterDocument, number: str) -> HttpResponse:
    """The signed PDF, or the one that waits for its signatures. Refuses `document_not_ready` before that."""
    digest = document.signed_digest or document.prepared_digest
    if not digest:
        raise Refused("document_not_ready")
    answer = HttpResponse(blobs.get(digest), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{number}.pdf"'
    answer["Digest-SHA-256"] = digest
    return answer
