"""Early warning (双重预警): endings of one employer that become many, before they are a mass event."""

from uuid import UUID

from django.db import IntegrityError, transaction

from contracts.domain import STANDING_TERMINATION
from contracts.models import Termination
from core import audit, clock
from core.webhooks.services import emit
from filing_bridge.mass_endings import WARNING_WINDOW, Counted
from filing_bridge.models import EarlyWarning

SYSTEM = "system:endings"


def warn_if_many(employer_id: UUID, *, staff: int, more: int = 0) -> None:
    """Warn once in the window when the endings in it, and `more` that are about to follow, are alarming.

    Call in the transaction of the act; commits the warning with its audit event and webhook.
    """
    since = clock.now() - WARNING_WINDOW
    lately = Termination.objects.filter(
        employer_id=employer_id, opened_at__gte=since, state__in=sorted(STANDING_TERMINATION)
    )
    counted = Counted(lately.count() + more, 0, staff)
    known = EarlyWarning.objects.filter(employer_id=employer_id, at__gte=since)
    if not counted.alarming or known.exists():
        return
    try:
        with transaction.atomic():
            warning = EarlyWarning.objects.create(
                employer_id=employer_id,
                day=clock.today(),
                at=clock.now(),
                persons=counted.persons,
                staff=staff,
            )
    except IntegrityError:  # somebody else's act has warned at this moment
        return
    subject = f"employer:{employer_id}"
    audit.record(
        "endings.warned",
        subject=subject,
        actor=SYSTEM,
        tenant=employer_id,
        detail={"persons": warning.persons, "staff": staff},
    )
    emit("endings.warned", tenant=employer_id, subject=subject, data=warning.told)
