"""A template's content and facts → the document, with the uploaded pages where the template has some."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from contracts.document.engine import Rendered
from contracts.document.render import render
from contracts.document.uploaded import is_uploaded
from contracts.facts import Facts
from core import blobs


def rendered_contract(content: Mapping[str, Any], facts: Facts, *, at: datetime) -> Rendered:
    """As `contracts.document.render.render`; raises what that raises, and BlobCorruptError."""
    return render(content, facts, at=at, base=uploaded_pages(content) if is_uploaded(content) else b"")


def uploaded_pages(content: Mapping[str, Any]) -> bytes:
    """The sanitised PDF of an uploaded template."""
    return blobs.get(content["document"]["digest"])
