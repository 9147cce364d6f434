"""Looking at personal data in a filing, which is on record."""

from uuid import UUID

from core import audit, blobs
from core.errors import Refused
from core.principal import Permission, Principal
from filing_bridge import selectors
from filing_bridge.models import Filing


def open_form(*, principal: Principal, filing_id: UUID) -> tuple[Filing, bytes]:
    """The form with both seals, after writing down who looked. Needs `view_pii`; refuses `form_not_there`."""
    filing = selectors.filing_of(principal, filing_id)
    principal.require(Permission.VIEW_PII)
    digest = selectors.sealed_form_of(filing)
    if not digest:
        raise Refused("form_not_there")
    audit.record("filing.form_viewed", subject=filing.subject, actor=principal.actor, tenant=filing.tenant)
    return filing, blobs.get(digest)
