"""Reads of filings and batches of endings. Those for people take the principal: nobody sees another's."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Exists, F, Min, OuterRef, Q, QuerySet, When

from contracts.models import Termination
from contracts.selectors import change_facts_of, ending_facts_of, facts_of, suspension_facts_of
from core.errors import Refused
from core.principal import Permission, Principal
from filing_bridge.correction import corrected
from filing_bridge.domain import (
    ASKED_ABOUT,
    BLOCKING,
    LEVEL_DAYS,
    TO_SUBMIT,
    UNFILED,
    WITH_US,
    BreakerState,
    FilingState,
    Level,
)
from filing_bridge.mass_endings import EndingRowState
from filing_bridge.models import (
    AT_WORK,
    Breaker,
    Correction,
    EarlyWarning,
    EndingBatch,
    EndingRow,
    Filing,
    FilingForm,
    Receipt,
)
from filing_bridge.protocol import Event, Kind

TO_ASK = Q(state__in=[state.value for state in ASKED_ABOUT]) | Q(to_confirm=True)


def filings_of(principal: Principal) -> QuerySet[Filing]:
    """All filings of the principal's employer."""
    principal.require(Permission.READ)
    return Filing.objects.filter(tenant=principal.tenant)


def filing_of(principal: Principal, filing_id: UUID) -> Filing:
    """One of them; anybody else's is `not_found`."""
    filing = filings_of(principal).filter(pk=filing_id).first()
    if filing is None:
        raise Refused("not_found")
    return filing


def facts_behind(filing: Filing) -> dict[str, Any]:
    """The facts of the contract, of the document about it or of the correction, whichever is filed. For our
    own processes."""
    if filing.event == Event.CORRECTION:
        facts: dict[str, Any] = filing.correction.facts
        return facts
    if filing.event == Event.CHANGE:
        return change_facts_of(filing.document_digest)
    if filing.event in (Event.SUSPENSION, Event.RESUMPTION):
        return suspension_facts_of(filing.document_digest)
    source = ending_facts_of if filing.event == Event.ENDING else facts_of
    return source(filing.contract_id)


def at_levels(filings: QuerySet[Filing], levels: Iterable[Level], today: date) -> QuerySet[Filing]:
    """Those whose deadline warning is one of `levels` (the same rule as `domain.level_of`)."""
    chosen = Q(pk__in=[])
    for level in levels:
        chosen |= _at_level(level, today)
    return filings.filter(chosen)


def latest_receipt(filing: Filing) -> Receipt | None:
    """The latest verified answer about the filing itself, the agency's seal aside."""
    return filing.receipts.exclude(kind=Kind.SEALED_FORM).order_by("-at", "-id").first()


def corrections_of(principal: Principal) -> QuerySet[Correction]:
    """All corrections that the principal's employer has proposed."""
    principal.require(Permission.READ)
    return Correction.objects.filter(tenant=principal.tenant).select_related("filing", "made")


def correction_of(principal: Principal, correction_id: UUID) -> Correction:
    """One of them; anybody else's is `not_found`."""
    found = corrections_of(principal).filter(pk=correction_id).first()
    if found is None:
        raise Refused("not_found")
    return found


def accepted_corrections(filings: Iterable[Filing]) -> dict[UUID, list[Correction]]:
    """The corrections of each of these filings that the province has accepted, in order. One query."""
    found: dict[UUID, list[Correction]] = {}
    accepted = Correction.objects.filter(filing__in=list(filings), made__state=FilingState.ACCEPTED)
    for each in accepted.select_related("made").order_by("made__decided_at", "proposed_at"):
        found.setdefault(each.filing_id, []).append(each)
    return found


def records_in_force(filings: Sequence[Filing]) -> dict[UUID, dict[str, Any]]:
    """What holds of each filing: its record with every accepted correction. What was filed stays."""
    corrections = accepted_corrections(filings)
    return {
        filing.pk: reduce(
            lambda record, each: corrected(record, each.facts["correction"]["items"]),
            corrections.get(filing.pk, ()),
            filing.record,
        )
        for filing in filings
    }


def record_in_force(filing: Filing) -> dict[str, Any]:
    """`records_in_force` of one."""
    return records_in_force([filing])[filing.pk]


def sealed_form_of(filing: Filing) -> str:
    """The blob of the form with both seals; empty until it is there."""
    return str(FilingForm.objects.filter(filing=filing).values_list("agency_sealed", flat=True).first() or "")


@dataclass(frozen=True)
class Outage:
    """A province that does not answer, as it concerns one employer.

    How many filings wait for it, the earliest of their deadlines, how many of them are due within a week,
    and how many were tried already, which proves that they were filed in time.
    """

    province: str
    since: datetime
    next_try_at: datetime | None
    waiting: int
    nearest_deadline: date
    at_risk: int
    tried: int


def outages_of(principal: Principal, today: date) -> list[Outage]:
    """The provinces that are not being called now and for which filings of this employer wait."""
    waiting = filings_of(principal).filter(state__in=[state.value for state in WITH_US]).order_by()
    near = Q(deadline__lte=today + timedelta(days=LEVEL_DAYS[Level.WEEK]))
    counted = {
        row["province"]: row
        for row in waiting.values("province").annotate(
            waiting=Count("pk"),
            nearest=Min("deadline"),
            at_risk=Count("pk", filter=near),
            tried=Count("pk", filter=Q(first_attempt_at__isnull=False)),
        )
    }
    down = Breaker.objects.exclude(state=BreakerState.CLOSED).filter(province__in=counted)
    return [
        Outage(
            province=row.province,
            since=row.changed_at,
            next_try_at=row.until,
            waiting=counted[row.province]["waiting"],
            nearest_deadline=counted[row.province]["nearest"],
            at_risk=counted[row.province]["at_risk"],
            tried=counted[row.province]["tried"],
        )
        for row in down.order_by("province")
    ]


def breakers() -> QuerySet[Breaker]:
    """The state of every province that was ever called."""
    return Breaker.objects.order_by("province")


def _before(starts_on: object, signed_at: object, created_at: object) -> Q:
    """What comes before a filing of the same employment: what concerns an earlier day, and on one day what
    was signed earlier. So a new version has the place of its document, not of the day it was opened on."""
    same_day = Q(starts_on=starts_on)
    same_document = same_day & Q(signed_at=signed_at)
    return (
        Q(starts_on__lt=starts_on)
        | same_day & Q(signed_at__lt=signed_at)
        | same_document & Q(created_at__lt=created_at)
    )


# An earlier filing of the same employment that is not settled: as a condition of a query.
_EARLIER = Exists(
    Filing.objects.filter(
        _before(OuterRef("starts_on"), OuterRef("signed_at"), OuterRef("created_at")),
        employment=OuterRef("employment"),
        state__in=[state.value for state in BLOCKING],
    )
)


def earlier_filings(filing: Filing) -> QuerySet[Filing]:
    """Filings of the same employment that come before this one, the latest first."""
    before = _before(filing.starts_on, filing.signed_at, filing.created_at)
    same = Filing.objects.filter(before, employment=filing.employment)
    return same.order_by("-starts_on", "-signed_at", "-created_at")


# What is not with the province yet goes before what is there and only asked about; of those the nearest
# deadline first: after an outage that is what matters.
_FILED = Case(When(state__in=[state.value for state in UNFILED], then=0), default=1)
URGENT = (_FILED, "deadline", "due_at")


def wanting_a_message(province: str) -> QuerySet[Filing]:
    """Filings whose next call needs a message that is not signed yet, the most urgent first."""
    wanting = (Q(state__in=[state.value for state in TO_SUBMIT]) & ~Q(_EARLIER)) | TO_ASK
    unsigned = Filing.objects.filter(AT_WORK, province=province, message="", lease__isnull=True)
    return unsigned.filter(wanting).order_by(*URGENT)


def to_submit(province: str) -> QuerySet[Filing]:
    """Filings whose submission is signed and whose turn it is, the most urgent first."""
    ready = Filing.objects.filter(province=province, state=FilingState.READY, lease__isnull=True)
    return ready.filter(~Q(_EARLIER)).order_by(*URGENT)


def to_ask(province: str) -> QuerySet[Filing]:
    """Filings with a signed question about them, the most urgent first."""
    asked = Filing.objects.filter(AT_WORK, TO_ASK, province=province, lease__isnull=True)
    return asked.exclude(message="").order_by(*URGENT)


def untried_first(filings: QuerySet[Filing]) -> QuerySet[Filing]:
    """For the one call that is tried while a province is down: what was never tried gets its proof of having
    been filed in time."""
    return filings.order_by(F("first_attempt_at").asc(nulls_first=True), *URGENT)


def _at_level(level: Level, today: date) -> Q:
    unfiled = Q(state__in=[state.value for state in UNFILED])
    if level is Level.FILED:
        return ~unfiled
    edges = list(LEVEL_DAYS.values())
    names = list(LEVEL_DAYS)
    if level is Level.CALM:
        return unfiled & Q(deadline__gt=today + timedelta(days=edges[-1]))
    position = names.index(level)
    within = Q(deadline__lte=today + timedelta(days=edges[position]))
    if position:
        within &= Q(deadline__gt=today + timedelta(days=edges[position - 1]))
    return unfiled & within


def ending_batches_of(principal: Principal) -> QuerySet[EndingBatch]:
    """The batches of endings of the principal's employer."""
    principal.require(Permission.READ)
    return EndingBatch.objects.filter(employer_id=principal.tenant).select_related("created_by")


def ending_batch_of(principal: Principal, batch_id: UUID) -> EndingBatch:
    """One of them; anybody else's is `not_found`."""
    batch = ending_batches_of(principal).filter(pk=batch_id).first()
    if batch is None:
        raise Refused("not_found")
    return batch


def ending_row_of(principal: Principal, batch_id: UUID, number: int) -> EndingRow:
    """A row of one of them, with its batch; anything else is `not_found`."""
    batch = ending_batch_of(principal, batch_id)
    row = batch.rows.select_related("contract__worker", "termination", "owner").filter(number=number).first()
    if row is None:
        raise Refused("not_found")
    row.batch = batch
    return row


def ending_tallies_of(batches: Iterable[EndingBatch]) -> dict[UUID, dict[str, int]]:
    """How many rows of each batch are in which state, `faulty`, `for_person`, or in `all`."""
    rows = EndingRow.objects.filter(batch__in=[batch.pk for batch in batches]).order_by()
    counts = {state.value: Count("pk", filter=Q(state=state)) for state in EndingRowState} | {
        "faulty": Count("pk", filter=Q(faults__gt=0)),
        "for_person": Count("pk", filter=Q(by_hand=True)),
        "all": Count("pk"),
    }
    counted = rows.values("batch").annotate(**counts).values_list("batch", *counts)
    return {batch: dict(zip(counts, numbers, strict=True)) for batch, *numbers in counted}


def filings_of_endings(terminations: QuerySet[Termination]) -> QuerySet[Filing]:
    """The newest filings of these endings; those that were filed again as a new version are left out."""
    return Filing.objects.filter(
        event=Event.ENDING, contract_id__in=terminations.order_by().values("contract_id")
    ).exclude(state=FilingState.REPLACED)


def latest_warning_of(principal: Principal, since: date) -> EarlyWarning | None:
    """The latest early warning about the principal's employer since a day."""
    principal.require(Permission.READ)
    found = EarlyWarning.objects.filter(employer_id=principal.tenant, day__gte=since)
    return found.order_by("-day").first()
