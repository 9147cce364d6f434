"""A PDF of the employer's becomes the draft of a template: its pages, still without fields."""

import base64
import secrets
from typing import Any

from django.db import transaction

from contracts.document.uploaded import SCHEMA
from contracts.models import Template
from core import audit, blobs, clock, confined
from core.errors import Refused
from core.principal import Permission, Principal

SECONDS = 25
# The law and the filing ask for them, whether or not a field prints them.
ASKED = (
    "contract.end",
    "contract.task_text",
    "contract.probation_months",
    "contract.probation_wage",
    "contract.hours_per_day",
    "contract.hours_per_week",
    "contract.pay_day",
    "contract.hazards",
)


def upload_template(*, principal: Principal, title: str, data: bytes) -> tuple[Template, list[str]]:
    """The template with its draft, and notes on what was left out of the file.

    Commits both and the audit event; the file as it came is not kept. Refuses with the codes `upload_…`.
    """
    principal.require(Permission.DRAFT)
    document, notes = _taken_in(data)
    slug = f"own-{secrets.token_hex(8)}"
    with transaction.atomic():
        template = Template.objects.create(
            employer_id=principal.tenant,
            slug=slug,
            title_zh=title,
            title_en=title,
            changed_at=clock.now(),
            draft=first_draft(slug, title, document),
            revision=1,
        )
        audit.record(
            "template.uploaded",
            subject=template.subject,
            actor=principal.actor,
            tenant=principal.tenant,
            detail={"document": document["digest"]},
        )
    return template, notes


def _taken_in(data: bytes) -> tuple[dict[str, Any], list[str]]:
    try:
        answer = confined.run("contracts.uploads", given=data, seconds=SECONDS)
    except confined.BusyError as error:
        raise Refused("upload_busy", retry_after=10) from error
    if answer is None:
        raise Refused("upload_unreadable")
    if "refused" in answer:
        raise Refused(answer["refused"])
    digest = blobs.put(base64.b64decode(answer["pdf"]))
    return {"digest": digest, "pages": answer["pages"]}, answer["notes"]


def first_draft(slug: str, title: str, document: dict[str, Any]) -> dict[str, Any]:
    """What a template begins as: the document (`digest`, `pages`), and no fields yet."""
    return {
        "schema": SCHEMA,
        "slug": slug,
        "version": 1,
        "title": {"zh": title, "en": title},
        "summary": {"zh": "由上传的 PDF 制作", "en": "Made of an uploaded PDF"},
        "applies_to": {"employment_forms": ["1"], "term_types": ["1", "2", "3"]},
        "document": document,
        "asks": [{"fact": path} for path in ASKED],
        "covers": [],
        "fields": [],
        "signing": {"order": ["worker", "employer"], "locked": False},
    }
