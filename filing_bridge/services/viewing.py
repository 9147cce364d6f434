"""Looking at personal data in a filing, which is on record."""

from typing import Any
from uuid import UUID

from core import audit, blobs, papers
from core.errors import Refused
from core.principal import Permission, Principal
from filing_bridge import selectors
from filing_bridge.domain import FilingState
from filing_bridge.follow_up import follow_up
from filing_bridge.models import Correction, Filing
from filing_bridge.profiles import profile_for
from filing_bridge.protocol import Event


def open_record(*, principal: Principal, filing_id: UUID) -> dict[str, Any]:
    """The record as it holds: as filed, with the corrections that were accepted. Writes down who looked.
    Needs `view_pii`; refuses `record_not_there`."""
    filing = _open(principal, filing_id)
    if filing.record is None:
        raise Refused("record_not_there")
    _log(principal, filing, "record")
    return selectors.record_in_force(filing)


def open_follow_up(*, principal: Principal, filing_id: UUID) -> dict[str, Any]:
    """What of an accepted filing the next steps need, after writing down who looked. Needs `view_pii`;
    refuses `follow_up_not_there`."""
    filing = _open(principal, filing_id)
    if filing.state != FilingState.ACCEPTED or filing.event == Event.CORRECTION:
        raise Refused("follow_up_not_there")
    _log(principal, filing, "record")
    return follow_up(selectors.record_in_force(filing), Event(filing.event), profile_for(filing.jurisdiction))


def open_form(*, principal: Principal, filing_id: UUID) -> tuple[Filing, bytes]:
    """The form with both seals, after writing down who looked. Needs `view_pii`; refuses `form_not_there`."""
    filing = _open(principal, filing_id)
    digest = selectors.sealed_form_of(filing)
    if not digest:
        raise Refused("form_not_there")
    _log(principal, filing, "form")
    return filing, blobs.get(digest)


def _open(principal: Principal, filing_id: UUID) -> Filing:
    filing = selectors.filing_of(principal, filing_id)
    principal.require(Permission.VIEW_PII)
    return filing


def _log(principal: Principal, filing: Filing, what: str) -> None:
    audit.record(f"filing.{what}_viewed", subject=filing.subject, actor=principal.actor, tenant=filing.tenant)


def open_items(*, principal: Principal, correction: Correction) -> list[dict[str, str | None]]:
    """What a correction changes: each field with its old and new value, after writing down who looked. The
    values are None for whom may not see personal data."""
    items = correction.facts["correction"]["items"]
    if Permission.VIEW_PII not in principal.permissions:
        return [{"field": item["field"], "old": None, "new": None} for item in items]
    _looked_at(principal, correction)
    return [{"field": item["field"], "old": item.get("old"), "new": item.get("new")} for item in items]


def open_evidence(*, principal: Principal, correction_id: UUID) -> tuple[str, bytes]:
    """File ending and content of a correction's evidence, after writing down who looked. Needs `view_pii`;
    refuses `not_found` where there is none."""
    correction = selectors.correction_of(principal, correction_id)
    principal.require(Permission.VIEW_PII)
    if not correction.evidence:
        raise Refused("not_found")
    _looked_at(principal, correction)
    evidence = blobs.get(correction.evidence)
    return papers.kind_of(evidence)[1], evidence


def open_slip(*, principal: Principal, correction_id: UUID) -> bytes:
    """A correction's slip as PDF, after writing down who looked. Needs `view_pii`."""
    correction = selectors.correction_of(principal, correction_id)
    principal.require(Permission.VIEW_PII)
    _looked_at(principal, correction)
    return blobs.get(correction.slip)


def _looked_at(principal: Principal, correction: Correction) -> None:
    audit.record(
        "correction.viewed", subject=correction.subject, actor=principal.actor, tenant=correction.tenant
    )
