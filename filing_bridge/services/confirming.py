"""Two-step safety where nothing can be undone: a person confirms the dates, then the filing goes out."""

from uuid import UUID

from django.db import transaction

from core import audit, clock
from core.errors import Refused
from core.principal import Permission, Principal
from filing_bridge.confirmation import Confirmation
from filing_bridge.domain import FilingState
from filing_bridge.models import Filing
from filing_bridge.selectors import facts_behind, filing_of
from filing_bridge.services.preparing import CONFIRMATION, Facts, confirmation_for, prepare


def confirmation_of(principal: Principal, filing_id: UUID) -> Confirmation:
    """What a person has to confirm about a filing that waits for it.

    Raises `not_found`, `not_permitted` or `confirmation_not_needed`.
    """
    return _asked_for(principal, filing_id)[2]


def confirm_filing(*, principal: Principal, filing_id: UUID, digest: str) -> Filing:
    """Confirm the dates that `digest` names and let the filing go out, in one transaction.

    Raises what `confirmation_of` raises, and `confirmation_differs` when it is about other dates.
    """
    with transaction.atomic():
        filing, facts, asked = _asked_for(principal, filing_id)
        if digest != asked.digest:
            raise Refused("confirmation_differs")
        filing.confirmed = digest
        Filing.objects.filter(pk=filing.pk, state=FilingState.WAITING).update(confirmed=digest)
        audit.record(
            "filing.confirmed",
            subject=filing.subject,
            actor=principal.actor,
            tenant=filing.tenant,
            detail={"dates": digest, "warnings": [each.code for each in asked.warnings]},
        )
        prepare(filing, facts, actor=principal.actor)
    filing.refresh_from_db()
    return filing


def _asked_for(principal: Principal, filing_id: UUID) -> tuple[Filing, Facts, Confirmation]:
    filing = filing_of(principal, filing_id)
    principal.require(Permission.FILE)
    if filing.state != FilingState.WAITING or filing.last_error != CONFIRMATION:
        raise Refused("confirmation_not_needed")
    facts = facts_behind(filing)
    return filing, facts, confirmation_for(filing, facts, today=clock.today())
