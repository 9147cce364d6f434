"""Corrections of accepted filings: a slip for the counter, or, by two persons, a filing of its own."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from contracts.services.drafting import new_number
from core import audit, blobs, clock, papers
from core.errors import Fault, Refused
from core.principal import Permission, Principal
from core.transitions import advance
from filing_bridge.correction import (
    PERSON,
    Weight,
    correctable,
    facts_of,
    items_of,
    misfits,
    weight_of,
)
from filing_bridge.domain import BLOCKING, CorrectionState, FilingState
from filing_bridge.faults import fault_of_item
from filing_bridge.mapping import Document
from filing_bridge.models import Correction, Filing
from filing_bridge.profiles import profile_for
from filing_bridge.protocol import Event, RejectItem
from filing_bridge.record_check import check_corrected
from filing_bridge.review import REVIEW_CODES
from filing_bridge.selectors import correction_of, filing_of, record_in_force
from filing_bridge.services.preparing import open_correction
from filing_bridge.slip import render_slip

Items = list[dict[str, str]]


def may_correct(filing: Filing) -> bool:
    """Whether there is an accepted record to be corrected. A correction is corrected by the next one of the
    same filing."""
    return filing.state == FilingState.ACCEPTED and filing.event != Event.CORRECTION


def correction_slip(
    *, principal: Principal, filing_id: UUID, changes: Mapping[str, str], reason: str
) -> tuple[str, bytes]:
    """Receipt number and PDF of the slip for these changes (pointer into the record → new value), for the
    counter.

    The filing stays as it is. Writes down who asked for what kind of correction, never the values. Raises
    `not_found`, `not_permitted`, `correction_not_possible`, `correction_of_person`, `correction_faulty`.
    """
    filing, record = _to_correct(principal, filing_id)
    items = _items(record, changes)
    facts = facts_of(record, filing.receipt_no, correction_no=new_number("GZ"), items=items, reason=reason)
    slip = render_slip(record, str(filing.decided_at), facts, at=clock.now())
    audit.record(
        "filing.correction_slip",
        subject=filing.subject,
        actor=principal.actor,
        tenant=filing.tenant,
        detail=_told(facts),
    )
    return filing.receipt_no, slip.pdf


def propose_correction(
    *, principal: Principal, filing_id: UUID, changes: Mapping[str, str], reason: str, evidence: bytes = b""
) -> Correction:
    """Propose a correction for a second person to decide about; commits it with its slip.

    Raises what `correction_slip` raises, and `correction_at_counter_only`, `correction_needs_evidence`,
    `evidence_faulty`, `correction_under_way`.
    """
    filing, record = _to_correct(principal, filing_id)
    items = _items(record, changes)
    weight = weight_of([item["field"] for item in items])
    if weight not in profile_for(filing.jurisdiction).corrections:
        raise Refused("correction_at_counter_only")
    if weight is Weight.MATERIAL and not evidence:
        raise Refused("correction_needs_evidence")
    if evidence and not papers.is_paper(evidence):
        raise Refused("evidence_faulty")
    _refuse_another_under_way(filing)
    now = clock.now()
    digest = blobs.put(evidence) if evidence else ""
    facts = facts_of(
        record,
        filing.receipt_no,
        correction_no=new_number("GZ"),
        items=items,
        reason=reason,
        evidence=digest,
    )
    slip = render_slip(record, str(filing.decided_at), facts, evidence=evidence, at=now)
    try:
        with transaction.atomic():
            correction = Correction.objects.create(
                tenant=filing.tenant,
                contract_id=filing.contract_id,
                filing=filing,
                correction_no=facts["correction"]["correction_no"],
                weight=weight.value,
                facts=facts,
                evidence=digest,
                slip=blobs.put(slip.pdf),
                proposed_by=principal.actor,
                proposed_at=now,
            )
            audit.record(
                "correction.proposed",
                subject=correction.subject,
                actor=principal.actor,
                tenant=filing.tenant,
                detail={**_told(facts), "filing": str(filing.pk), "slip": correction.slip},
            )
    except IntegrityError as error:
        raise Refused("correction_under_way") from error
    return correction


def confirm_correction(*, principal: Principal, correction_id: UUID) -> Correction:
    """Decide, as another person than who proposed it, that it be filed; commits that and its filing.

    Raises `not_permitted`, `not_found`, `second_person_needed`, `state_conflict`, `correction_under_way`, and
    `correction_outdated` when what it calls the old value no longer holds.
    """
    correction = _to_decide(principal, correction_id)
    principal.require(Permission.VIEW_PII)
    now = clock.now()
    try:
        with transaction.atomic():
            _refuse_another_under_way(correction.filing)
            items = correction.facts["correction"]["items"]
            if not may_correct(correction.filing) or misfits(record_in_force(correction.filing), items):
                raise Refused("correction_outdated")
            made = open_correction(correction, at=now, actor=principal.actor)
            _move(correction, CorrectionState.CONFIRMED, principal, made=made)
    except IntegrityError as error:  # two at once: the key of the filing is there already
        raise Refused("state_conflict") from error
    correction.refresh_from_db()
    return correction


def decline_correction(*, principal: Principal, correction_id: UUID, note: str) -> Correction:
    """Decide, as another person, that it not be filed; `note` tells why. Raises as `confirm_correction`."""
    correction = _to_decide(principal, correction_id)
    _move(correction, CorrectionState.DECLINED, principal, note=note)
    correction.refresh_from_db()
    return correction


def withdraw_correction(*, principal: Principal, correction_id: UUID) -> Correction:
    """Take back what one has proposed oneself and nobody has decided. Raises `not_permitted`, `not_found`,
    `not_your_correction`, `state_conflict`."""
    principal.require(Permission.FILE)
    correction = correction_of(principal, correction_id)
    if correction.proposed_by != principal.actor:
        raise Refused("not_your_correction")
    _move(correction, CorrectionState.WITHDRAWN, principal)
    correction.refresh_from_db()
    return correction


def _to_correct(principal: Principal, filing_id: UUID) -> tuple[Filing, Document]:
    filing = filing_of(principal, filing_id)
    principal.require(Permission.FILE)
    principal.require(Permission.VIEW_PII)
    if not may_correct(filing):
        raise Refused("correction_not_possible")
    return filing, record_in_force(filing)


def _to_decide(principal: Principal, correction_id: UUID) -> Correction:
    principal.require(Permission.FILE)
    correction = correction_of(principal, correction_id)
    if correction.proposed_by == principal.actor:
        raise Refused("second_person_needed")
    return correction


def _items(record: Document, changes: Mapping[str, str]) -> Items:
    """What differs, once it may be corrected and nothing would be wrong afterwards; all faults at once."""
    allowed = correctable(record)
    if foreign := [field for field in changes if field not in allowed]:
        wrong = REVIEW_CODES["correction_not_of_field"].item()
        raise _faulty(replace(wrong, field=field[:100]) for field in foreign)
    items = items_of(record, changes)
    if not items:
        raise Refused("correction_not_possible")
    if {item["field"] for item in items} >= PERSON:
        raise Refused("correction_of_person")
    profile = profile_for(record["jurisdiction_code"])
    if faults := check_corrected(record, items, profile, now=clock.now()):
        raise _faulty(faults)
    return items


def _faulty(items: Iterable[RejectItem]) -> Refused:
    return Refused("correction_faulty", faults=[Fault(**fault_of_item(item)) for item in items])


def _refuse_another_under_way(filing: Filing) -> None:
    """One at a time: the next one starts from what the one before has left."""
    on_their_way = filing.corrections.filter(made__state__in=[state.value for state in BLOCKING])
    if on_their_way.exists():
        raise Refused("correction_under_way")


def _told(facts: Document) -> dict[str, Any]:
    """What the audit log keeps: which fields, never what stands in them."""
    correction = facts["correction"]
    fields = sorted(item["field"] for item in correction["items"])
    return {"fields": fields, "weight": correction["weight"]}


def _move(correction: Correction, new: CorrectionState, principal: Principal, **changes: Any) -> None:
    advance(
        Correction,
        correction.pk,
        old=CorrectionState.PROPOSED,
        new=new,
        actor=principal.actor,
        action=f"correction.{new}",
        subject=correction.subject,
        tenant=correction.tenant,
        detail={"filing": str(correction.filing_id), "weight": correction.weight},
        decided_by=principal.actor,
        decided_at=clock.now(),
        **changes,
    )
