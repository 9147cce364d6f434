"""The gate: how many end together, and that nothing goes before the law's papers are there.

Counted together: the rows of the batch, those of other frozen batches, what batches opened in the last thirty
days, and what the employer ended singly of its own accord. The staff is what the approved profile
says, or who is under contract here, whichever is more.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, Min, Q

from accounts.models import Employer
from contracts.domain import IN_FORCE, STANDING_TERMINATION, ContractState
from contracts.models import Contract, Termination
from core import clock, work
from core.canonical import sha256_hex
from core.errors import Fault, Refused
from core.principal import Permission, Principal
from core.transitions import advance, advance_all
from filing_bridge import selectors
from filing_bridge.mass_endings import (
    BY_EMPLOYER,
    COMMITTED,
    EXPLAINED_BEFORE,
    TO_COME,
    WINDOW,
    Counted,
    EndingBatchState,
    EndingRowState,
    Paper,
    is_layoff,
)
from filing_bridge.models import EndingBatch, EndingRow
from filing_bridge.models.mass_endings import GATE
from filing_bridge.profiles import profile_for
from filing_bridge.services.mass_endings.checking import ending_elsewhere
from filing_bridge.services.mass_endings.warning import warn_if_many

RUN = "filing.open_endings"
IS_LAYOFF = Q(reason__startswith="41")


def freeze_batch(*, principal: Principal, batch_id: UUID) -> EndingBatch:
    """Make the rows final: the complete ones will go by themselves, the others wait for a person.

    Commits the states of batch and rows with what was counted. Needs `send`. Refuses
    `ending_batch_faulty` while nobody knows which contract a row means, `ending_rows_elsewhere`, and
    `layoff_too_few` when so few cannot be laid off (Art. 41).
    """
    principal.require(Permission.SEND)
    batch = selectors.ending_batch_of(principal, batch_id)
    if faulty := batch.rows.filter(faults__gt=0).count():
        raise Refused("ending_batch_faulty", params={"count": faulty})
    with _counting(batch.employer_id):
        listed = [pk for pk in batch.rows.values_list("contract_id", flat=True) if pk is not None]
        if elsewhere := ending_elsewhere(batch, listed):
            raise Refused("ending_rows_elsewhere", params={"count": len(elsewhere)})
        advance(
            EndingBatch,
            batch.pk,
            old=EndingBatchState.READY,
            new=EndingBatchState.FROZEN,
            actor=principal.actor,
            action="ending_batch.frozen",
            subject=batch.subject,
            tenant=batch.employer_id,
            frozen_at=clock.now(),
            digest=_digest(batch),
            **_measured(batch),
        )
        by_hand = dict(batch.rows.filter(by_hand=True).values_list("pk", "number"))
        if by_hand:
            advance_all(
                EndingRow,
                dict.fromkeys(by_hand, batch.subject),
                old=EndingRowState.WAITING,
                new=EndingRowState.MANUAL,
                actor=principal.actor,
                action="ending_batch.row_manual",
                detail=lambda pk: {"row": by_hand[pk]},
                tenant=batch.employer_id,
            )
    return selectors.ending_batch_of(principal, batch_id)


def start_batch(*, principal: Principal, batch_id: UUID) -> EndingBatch:
    """Have the complete rows become endings in the background, in the name of whoever says so.

    Counts once more; commits the state, the due work and an early warning where so many are alarming. Needs
    `send`. Refuses `ending_gate_closed`, naming every paper that is missing.
    """
    principal.require(Permission.SEND)
    batch = selectors.ending_batch_of(principal, batch_id)
    with _counting(batch.employer_id):
        # Others may have ended since: what is needed now is kept, whether or not the batch may go.
        EndingBatch.objects.filter(pk=batch.pk, state=EndingBatchState.FROZEN).update(**_measured(batch))
        open_gate = EndingBatch.objects.filter(GATE, pk=batch.pk).exists()
        if open_gate:
            _set_running(principal, batch, EndingBatchState.FROZEN, "ending_batch.started")
            rows = batch.rows.filter(state__in=sorted(TO_COME)).count()
            warn_if_many(batch.employer_id, more=rows, staff=staff_of(batch.employer_id))
    batch = selectors.ending_batch_of(principal, batch_id)
    if not open_gate:
        raise Refused("ending_gate_closed", faults=list(_gaps(batch)))
    return batch


def resume_batch(*, principal: Principal, batch_id: UUID) -> EndingBatch:
    """Go on with a paused batch, in the name of whoever says so."""
    principal.require(Permission.SEND)
    batch = selectors.ending_batch_of(principal, batch_id)
    with transaction.atomic():
        _set_running(principal, batch, EndingBatchState.PAUSED, "ending_batch.resumed")
    return selectors.ending_batch_of(principal, batch_id)


def refuse_single(employer_id: UUID, reason: str, jurisdiction: str) -> None:
    """Whether an ending may be opened outside of batches; call in the transaction that opens it.

    Raises `layoff_needs_batch`: what Art. 41 asks for is on record with a batch only. Raises
    `endings_need_batch` where the employer has ended so many of its own accord that they need approval:
    what needs it as a whole is not let through in pieces.
    """
    if is_layoff(reason):
        raise Refused("layoff_needs_batch")
    percent = profile_for(jurisdiction).approval_percent
    if percent is None or reason not in BY_EMPLOYER:
        return
    with _counting(employer_id):
        counted = _count(employer_id, Q())
        if counted.needs_approval(percent):
            params = {"persons": counted.persons, "staff": counted.staff, "percent": percent}
            raise Refused("endings_need_batch", params=params)


def staff_of(employer_id: UUID) -> int:
    """How many the staff are: as the approved profile says, or under contract here, whichever is more.

    Who has left in the window is counted still: otherwise each ending would make the next one weigh more.
    """
    here = Contract.objects.filter(
        Q(state__in=sorted(IN_FORCE)) | Q(state=ContractState.ENDED, ended_on__gte=clock.today() - WINDOW),
        employer_id=employer_id,
    )
    people = here.order_by().values("worker").distinct().count()
    declared = Employer.objects.values_list("headcount", flat=True).get(pk=employer_id)
    return max(people, declared or 0)


@contextmanager
def _counting(employer_id: UUID) -> Iterator[None]:
    """A transaction in which nobody else counts this employer's endings: the update locks the row."""
    with transaction.atomic():
        Employer.objects.filter(pk=employer_id).update(name=F("name"))
        yield


def _measured(batch: EndingBatch) -> dict[str, Any]:
    """What is counted now, and what the law asks for because of it."""
    own = batch.rows.exclude(state=EndingRowState.LEFT_OUT)
    others = _count(batch.employer_id, Q(batch=batch))
    mine = own.aggregate(
        persons=Count("pk"), layoffs=Count("pk", filter=IS_LAYOFF), first=Min("ends_on", filter=IS_LAYOFF)
    )
    counted = Counted(others.persons + mine["persons"], others.layoffs + mine["layoffs"], others.staff)
    if mine["layoffs"] and not counted.layoff:
        params = {"persons": counted.layoffs, "staff": counted.staff}
        raise Refused("layoff_too_few", params=params)
    return {
        "persons": counted.persons,
        "layoffs": counted.layoffs,
        "staff": counted.staff,
        "needs_layoff": bool(mine["layoffs"]),
        "needs_approval": counted.needs_approval(_percent(batch)),
        "explain_before": mine["first"] - EXPLAINED_BEFORE if mine["first"] else None,
    }


def _percent(batch: EndingBatch) -> int | None:
    """The share from which on approval is needed, the strictest of the rows' jurisdictions."""
    codes = batch.rows.order_by().values_list("contract__jurisdiction_code", flat=True).distinct()
    asked = [profile_for(code).approval_percent for code in codes if code]
    return min((each for each in asked if each is not None), default=None)


def _count(employer_id: UUID, but: Q) -> Counted:
    """What counts of the employer, without the rows that `but` names."""
    lately = Termination.objects.filter(
        Q(ending_row__isnull=False) | Q(reason__in=sorted(BY_EMPLOYER)),
        employer_id=employer_id,
        state__in=sorted(STANDING_TERMINATION),
        opened_at__gte=clock.now() - WINDOW,
    )
    to_come = EndingRow.objects.filter(
        batch__employer_id=employer_id, batch__state__in=sorted(COMMITTED), state__in=sorted(TO_COME)
    )
    if but:
        lately = lately.exclude(
            pk__in=EndingRow.objects.filter(but, termination__isnull=False).values("termination")
        )
        to_come = to_come.exclude(but)
    numbers = {"persons": Count("pk"), "layoffs": Count("pk", filter=IS_LAYOFF)}
    done, rows = lately.order_by().aggregate(**numbers), to_come.order_by().aggregate(**numbers)
    return Counted(
        done["persons"] + rows["persons"], done["layoffs"] + rows["layoffs"], staff_of(employer_id)
    )


def _digest(batch: EndingBatch) -> str:
    """Names exactly the frozen rows: SHA-256 (hex) over their digests in order."""
    rows = batch.rows.order_by("number").values_list("digest", flat=True)
    return sha256_hex("".join(rows).encode())


def _set_running(principal: Principal, batch: EndingBatch, old: EndingBatchState, action: str) -> None:
    advance(
        EndingBatch,
        batch.pk,
        old=old,
        new=EndingBatchState.RUNNING,
        actor=principal.actor,
        action=action,
        subject=batch.subject,
        tenant=batch.employer_id,
        only_if={"pk__in": EndingBatch.objects.filter(GATE).values("pk")},
        started_by_id=principal.user_id,
        started_at=clock.now(),
        halted="",
    )
    work.enqueue(RUN, str(batch.pk))


def _gaps(batch: EndingBatch) -> Iterator[Fault]:
    for paper in batch.needed():
        if getattr(batch, f"{paper}_on") is None:
            zh, en = PAPER_WORDS[paper]
            yield Fault(
                f"/{paper}", "paper_missing", zh, en,
                "请先登记：日期、文书和编号。", "Put it on record first: day, paper and number.",
            )  # fmt: skip


PAPER_WORDS = {
    Paper.EXPLAINED: ("还没有登记：提前三十日向工会或者全体职工说明情况。",
                      "Not on record: the union or all staff told thirty days before."),
    Paper.PLAN: ("还没有登记：裁减人员方案。", "Not on record: the plan of the layoff."),
    Paper.OPINIONS: ("还没有登记：工会或者职工的意见。", "Not on record: the opinions heard."),
    Paper.REPORT: ("还没有登记：向劳动行政部门报告方案。", "Not on record: the report to the authority."),
    Paper.APPROVAL: ("还没有登记：属地化报批的批复。", "Not on record: the local authority's approval."),
}  # fmt: skip
