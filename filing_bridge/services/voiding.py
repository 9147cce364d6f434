"""Withdrawing a filing before its review (申报作废).

The wish is a row, and the filing's next call carries it. Until a signed answer says what became of it the
filing stands as it stood: no answer is no refusal, and the same wish is sent again. If the review came first,
the answer is its decision.
"""

from uuid import UUID

from django.db import transaction

from core import audit, clock
from core.errors import Refused
from core.principal import Permission, Principal
from core.work import enqueue
from filing_bridge import protocol
from filing_bridge.domain import STATE_WORDS, WITH_THE_AGENCY, FilingState, VoidOutcome
from filing_bridge.models import Filing, Void
from filing_bridge.selectors import filing_of
from filing_bridge.services.preparing import SIGN, authorise
from filing_bridge.services.states import DELIVERY


def may_void(filing: Filing) -> bool:
    """Whether a filing can be asked back now: the province has it and has not decided, and it was not asked
    back before. A correction is not: another one corrects it."""
    return (
        filing.state in WITH_THE_AGENCY
        and filing.event != protocol.Event.CORRECTION
        and not Void.objects.filter(pk=filing.pk).exists()
    )


def request_void(*, principal: Principal, filing_id: UUID, reason: str) -> Filing:
    """Ask the province to give a filing back; commits the wish, and due work that carries it out.

    Raises `not_permitted`, `not_found`, `void_not_possible`, `state_conflict`.
    """
    principal.require(Permission.FILE)
    with transaction.atomic():
        filing = filing_of(principal, filing_id)
        if not may_void(filing):
            zh, en = STATE_WORDS[FilingState(filing.state)]
            raise Refused("void_not_possible", params={"state_zh": zh, "state_en": en})
        now = clock.now()
        record = protocol.void_record(
            filing.record,
            key=filing.idempotency_key,
            receipt_no=filing.receipt_no,
            reason=reason,
            requested_at=now,
        )
        digest = protocol.record_digest(record)
        asked = Filing.objects.filter(pk=filing.pk, state=filing.state, to_void=False)
        if asked.update(to_void=True, due_at=now) != 1:
            raise Refused("state_conflict")
        # A question that is signed already, and not on its way, makes room for the wish.
        Filing.objects.filter(pk=filing.pk, lease__isnull=True).update(message="", message_at=None)
        Void.objects.create(
            filing=filing,
            record=record,
            record_digest=digest,
            authorisation=authorise(filing, digest),
            asked_by=principal.actor,
            asked_at=now,
        )
        audit.record("filing.void_asked", subject=filing.subject, actor=principal.actor, tenant=filing.tenant)
        enqueue(SIGN, filing.province)
    filing.refresh_from_db()
    return filing


def settle(filing: Filing, outcome: VoidOutcome) -> None:
    """Write down what became of the wish, if there is one that is open. Call in the answer's transaction."""
    open_wish = Void.objects.filter(pk=filing.pk, outcome=VoidOutcome.OPEN)
    if open_wish.update(outcome=outcome, settled_at=clock.now()):
        audit.record(f"filing.void_{outcome}", subject=filing.subject, actor=DELIVERY, tenant=filing.tenant)
