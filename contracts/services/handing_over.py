"""What an employer still owes after an ending: the worker's file and insurance relations (Art. 50)."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from contracts import selectors
from contracts.domain import DocumentState
from contracts.models import Termination
from core import audit, clock
from core.errors import Refused
from core.principal import Permission, Principal


class Duty(StrEnum):
    """What is handed over; the value is the column that says when."""

    FILE = "file_moved_on"
    INSURANCE = "insurance_moved_on"


def note_handover(*, principal: Principal, termination_id: UUID, duty: Duty, on: date) -> None:
    """Write down that a duty was done. Commits the day with its audit event; a wrong day can be corrected.

    Needs `send`. Refuses `state_conflict` before the certificate is signed, and `handover_day_impossible` for
    a day before the ending or after today.
    """
    principal.require(Permission.SEND)
    termination = selectors.termination_of(principal, termination_id)
    if termination.state != DocumentState.COMPLETED:
        raise Refused("state_conflict")
    if not termination.ends_on <= on <= clock.today():
        raise Refused("handover_day_impossible", params={"day": termination.ends_on.isoformat()})
    with transaction.atomic():
        Termination.objects.filter(pk=termination.pk).update(**{duty.value: on})
        audit.record(
            "termination.handed_over",
            subject=termination.subject,
            actor=principal.actor,
            tenant=principal.tenant,
            detail={"duty": duty.value, "on": on.isoformat()},
        )
