"""Looking at personal data in a filing, which is on record."""

from typing import Any
from uuid import UUID

from core import audit, blobs
from core.errors import Refused
from core.principal import Permission, Principal
from filing_bridge import selectors
from filing_bridge.domain import FilingState
from filing_bridge.follow_up import follow_up
from filing_bridge.models import Filing
from filing_bridge.profiles import profile_for
from filing_bridge.protocol import Event


def open_record(*, principal: Principal, filing_id: UUID) -> dict[str, Any]:
    """The record as filed, after writing down who looked. Needs `view_pii`; refuses `record_not_there`."""
    filing = _open(principal, filing_id)
    if filing.record is None:
        raise Refused("record_not_there")
    _log(principal, filing, "record")
    record: dict[str, Any] = filing.record
    return record


def open_follow_up(*, principal: Principal, filing_id: UUID) -> dict[str, Any]:
    """What of an accepted filing the next steps need, after writing down who looked. Needs `view_pii`;
    refuses `follow_up_not_there`."""
    filing = _open(principal, filing_id)
    if filing.state != FilingState.ACCEPTED:
        raise Refused("follow_up_not_there")
    _log(principal, filing, "record")
    return follow_up(filing.record, Event(filing.event), profile_for(filing.jurisdiction))


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
