"""The one way in which a filing changes its state: transition, audit event and webhook together."""

from typing import Any

from accounts.domain import Topic
from accounts.services.notifications import tell
from core import bus
from core.audit import Detail
from core.errors import Refused
from core.transitions import advance
from core.webhooks.services import emit
from filing_bridge.domain import FilingState
from filing_bridge.events import FilingAccepted
from filing_bridge.models import Filing
from filing_bridge.protocol import Event

DELIVERY = "system:delivery"
PREPARING = "system:filing"

S = FilingState
# States that somebody outside waits for; topics are `filing.<state>`.
ANNOUNCED = frozenset({S.RECEIVED, S.UNDER_REVIEW, S.ACCEPTED, S.RETURNED, S.REJECTED, S.VOIDED, S.HELD})
# What somebody of the employer has to mend, and is told by mail.
MENDABLE = frozenset({S.RETURNED, S.REJECTED})


# What a filing loses with the end of a call: the lease, and the message, which is used up.
RELEASED: dict[str, Any] = {"lease": None, "leased_until": None, "message": "", "message_at": None}


def move(
    filing: Filing,
    new: FilingState,
    *,
    actor: str,
    detail: Detail | None = None,
    only_if: dict[str, Any] | None = None,
    **changes: Any,
) -> None:
    """Move the filing on from the state that `filing` was read in.

    Raises `state_conflict` when it has left it, or when `only_if` (the lease) does not hold.
    """
    advance(
        Filing,
        filing.pk,
        old=filing.state,
        new=new,
        actor=actor,
        action=f"filing.{new}",
        subject=filing.subject,
        tenant=filing.tenant,
        detail=detail,
        only_if=only_if,
        **changes,
    )
    if new == S.ACCEPTED:
        receipt_no = changes.get("receipt_no", filing.receipt_no)
        corrects = filing.correction.filing.event if filing.event == Event.CORRECTION else ""
        bus.publish(
            FilingAccepted(filing.pk, filing.contract_id, filing.tenant, receipt_no, filing.event, corrects)
        )
    if new in ANNOUNCED:
        emit(
            f"filing.{new}",
            tenant=filing.tenant,
            subject=filing.subject,
            data={
                "filing": str(filing.pk),
                "contract": str(filing.contract_id),
                "state": new.value,
                "receipt_no": changes.get("receipt_no", filing.receipt_no) or None,
            },
        )

    if new in MENDABLE:
        tell(Topic.FILING_RETURNED, tenant=filing.tenant, params={"contract_no": filing.contract_no})


def release(filing: Filing, only_if: dict[str, Any], **changes: Any) -> None:
    """End a call that leaves the state as it is. Raises `state_conflict` when the lease is another's."""
    mine = Filing.objects.filter(pk=filing.pk, state=filing.state, **only_if)
    if mine.update(**RELEASED, **changes) != 1:
        raise Refused("state_conflict")
