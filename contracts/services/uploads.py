"""A contract of the employer's, as PDF or Word document, becomes the draft of a template.

Of a PDF the draft has the pages, still without fields; of a Word document the words, as clauses and blanks.
"""

import base64
import secrets
from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction

from contracts.document.template import STRUCTURED, check_template, facts_used, load_template
from contracts.document.uploaded import SCHEMA
from contracts.models import Template
from contracts.services.templates import MOST_BYTES
from core import audit, blobs, clock, confined
from core.canonical import canonical_json, sha256_hex
from core.errors import Refused
from core.principal import Permission, Principal

SECONDS = 25
MOST_TITLE: Final = 100
MOST_SUGGESTED: Final = 300
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


def upload_template(*, principal: Principal, title: str, data: bytes) -> Template:
    """The template with its draft, and a report on what was made of the file, for its writer to check.

    An empty `title` stands for that of a Word document. Commits both and the audit event; the file as it came
    is not kept. Refuses with the codes `upload_…`.
    """
    principal.require(Permission.DRAFT)
    answer = _taken_in(data)
    slug = f"own-{secrets.token_hex(8)}"
    if "pdf" in answer:
        document = {"digest": blobs.put(base64.b64decode(answer["pdf"])), "pages": answer["pages"]}
        draft, report = first_draft(slug, _titled(title), document), {"notes": answer["notes"]}
    else:
        draft, report = _written_draft(slug, title, answer)
    with transaction.atomic():
        template = Template.objects.create(
            employer_id=principal.tenant,
            slug=slug,
            title_zh=draft["title"]["zh"],
            title_en=draft["title"]["en"],
            changed_at=clock.now(),
            draft=draft,
            revision=1,
            report=report,
        )
        audit.record(
            "template.uploaded",
            subject=template.subject,
            actor=principal.actor,
            tenant=principal.tenant,
            detail={"document": sha256_hex(data)},
        )
    return template


def _taken_in(data: bytes) -> dict[str, Any]:
    try:
        answer = confined.run("contracts.uploads", given=data, seconds=SECONDS)
    except confined.BusyError as error:
        raise Refused("upload_busy", retry_after=10) from error
    if answer is None:
        raise Refused("upload_unreadable")
    if "refused" in answer:
        raise Refused(answer["refused"])
    return answer


def _titled(title: str) -> str:
    if not title:
        raise Refused("upload_untitled")
    return title[:MOST_TITLE]


def first_draft(slug: str, title: str, document: dict[str, Any]) -> dict[str, Any]:
    """What a template of a PDF begins as: the document (`digest`, `pages`), and no fields yet."""
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


def _written_draft(slug: str, title: str, read: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The draft of a Word document, which is signed as our own templates are, and the report on it.

    The report: `notes`, by code the words near each place; `suggested`, pairs of the words before a blank and
    what it was taken for.
    """
    ours = load_template("general")
    notes: dict[str, list[str]] = dict(read["notes"])
    if title and read["title"] and title != read["title"]:
        notes["title"] = [read["title"]]
    name = _titled(title or read["title"])
    draft = {
        "schema": STRUCTURED,
        "slug": slug,
        "version": 1,
        "title": {"zh": name, "en": name},
        "summary": {"zh": "由上传的 Word 文件制作", "en": "Made of an uploaded Word document"},
        "applies_to": {"employment_forms": ["1"], "term_types": ["1"]},
        "labels": ours["labels"],
        "chapters": read["chapters"],
        "signing": ours["signing"],
    }
    draft["applies_to"]["term_types"] = [_term(facts_used(draft))]
    faults = check_template(draft)
    if any(fault.code == "template_malformed" for fault in faults):
        raise Refused("upload_unreadable")
    if len(canonical_json(draft)) > MOST_BYTES:
        raise Refused("upload_too_complex")
    return draft, {"notes": notes, "suggested": read["suggested"][:MOST_SUGGESTED]}


def _term(facts: frozenset[str]) -> str:
    """The type of term that a contract which states these facts can have."""
    if "contract.end" in facts:
        return "1"
    return "3" if "contract.task_text" in facts else "2"
