"""What the pages of changes and of endings have in common: taking one back, and its PDF."""

from django import forms
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _

from contracts.models import LaterDocument
from core import blobs
from core.errors import Refused


class BackForm(forms.Form):
    reason = forms.CharField(label=_("原因"), max_length=200)


def newest_pdf(document: LaterDocument, number: str) -> HttpResponse:
    """The signed PDF, or the one that waits for its signatures. Refuses `document_not_ready` before that."""
    digest = document.signed_digest or document.prepared_digest
    if not digest:
        raise Refused("document_not_ready")
    answer = HttpResponse(blobs.get(digest), content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(True, f"{number}.pdf")
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
