"""Filings that lie with the agency for longer than it says: members are told once, with whom to ask."""

from datetime import date

from django.db import transaction
from django.db.models import QuerySet

from accounts.domain import Topic
from accounts.services.notifications import tell
from core import audit, clock
from filing_bridge.domain import WITH_THE_AGENCY
from filing_bridge.models import Filing

SYSTEM = "system:filing"
HOURS = range(8, 20)  # when clerks are told, in China
MOST = 5000


def late(filings: QuerySet[Filing], today: date) -> QuerySet[Filing]:
    """Those on which the agency should have decided."""
    return filings.filter(state__in=sorted(WITH_THE_AGENCY), decision_by__lt=today)


def tell_of_late_decisions() -> None:
    """Mail the clerks of each employer, in one mail, how many filings the agency is late with.

    Commits, per employer, that they were told with the audit events and the mails; each filing once.
    """
    now = clock.now()
    if now.astimezone(clock.SHANGHAI).hour not in HOURS:
        return
    untold = late(Filing.objects.filter(late_told_at=None), clock.today())
    found = list(untold.values_list("tenant", "pk")[:MOST])
    for tenant in sorted({tenant for tenant, _pk in found}):
        with transaction.atomic():
            told: list[tuple[str, audit.Detail]] = []
            for pk in (pk for owner, pk in found if owner == tenant):
                if untold.filter(pk=pk).update(late_told_at=now):
                    told.append((f"filing:{pk}", {}))
            if told:
                audit.record_all("filing.review_late", subjects=told, actor=SYSTEM, tenant=tenant)
                tell(Topic.REVIEW_LATE, tenant=tenant, params={"filings": len(told)})
