"""Reminders on legal clocks: one for each contract and clock, told to the employer's clerks in one mail."""

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts.domain import Topic
from accounts.services.notifications import tell
from contracts.deadlines import CLOCKS, Clock, struck
from contracts.models import Contract, Reminder
from core import audit, clock, work

TELL = "contracts.remind"
SYSTEM = "system:contracts"
HOURS = range(8, 20)  # when clerks are told, in China
GATHERED = timedelta(minutes=2)  # until all clocks of a sweep have struck: one mail tells of all
AT_ONCE = 5000  # contracts of one clock in one sweep; the next sweep goes on


def strike_clocks() -> None:
    """Write down each clock that has struck on a contract and was not yet, by day only.

    Commits, per clock, the reminders and the due work that tells of them. Run twice at once it writes none
    twice: the constraint `reminder_once` stands behind it.
    """
    now = clock.now()
    if now.astimezone(clock.SHANGHAI).hour not in HOURS:
        return
    for each in CLOCKS:
        _strike(each, now)


def _strike(each: Clock, now: datetime) -> None:
    told = Reminder.objects.filter(contract=OuterRef("pk"), clock=each.name)
    found = struck(Contract.objects.filter(~Exists(told)), each, clock.today())
    rows = list(found.values_list("pk", "employer_id")[:AT_ONCE])
    if not rows:
        return
    with transaction.atomic():
        Reminder.objects.bulk_create(
            (
                Reminder(contract_id=contract, employer_id=employer, clock=each.name, struck_at=now)
                for contract, employer in rows
            ),
            ignore_conflicts=True,
        )
        for employer in sorted({str(employer) for _contract, employer in rows}):
            work.enqueue(TELL, employer, due_at=now + GATHERED)


def tell_clerks(employer_id: UUID) -> None:
    """Mail the clerks how many contracts each clock has struck on since they were last told.

    Commits that they were told together with the mails and an audit event. Harmless when run again.
    """
    with transaction.atomic():
        untold = Reminder.objects.filter(employer_id=employer_id, told_at=None)
        rows = list(untold.values_list("pk", "clock"))
        taken = untold.filter(pk__in=[pk for pk, _clock in rows]).update(told_at=clock.now())
        if not taken:
            return
        if taken != len(rows):
            raise RuntimeError("reminders were told by another worker meanwhile")
        counts = Counter(name for _pk, name in rows)
        audit.record(
            "reminder.told",
            subject=f"employer:{employer_id}",
            actor=SYSTEM,
            tenant=employer_id,
            detail={"clocks": sorted(counts), "contracts": len(rows)},
        )
        # A template cannot look up a name with a hyphen.
        params = {name.replace("-", "_"): number for name, number in counts.items()}
        tell(Topic.DEADLINES_NEAR, tenant=employer_id, params={**params, "contracts": len(rows)})
