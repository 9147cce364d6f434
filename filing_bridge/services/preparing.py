"""From an effective contract to a record that may be filed: written down before anything leaves the house."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from contracts.events import ContractChanged, ContractEffective, ContractEnded, SuspensionSigned
from core import audit, clock
from core.crypto import blind_index
from core.work import enqueue
from filing_bridge import protocol
from filing_bridge.confirmation import Confirmation, confirmation
from filing_bridge.correction import SETTLED_WITHIN
from filing_bridge.domain import BLOCKING, FilingState, VoidOutcome
from filing_bridge.faults import Fault, fault_of_item, fault_of_violation
from filing_bridge.mapping import (
    HIRES,
    Envelope,
    FilingType,
    MappingError,
    SignedContract,
    document_no,
    filed_items,
    filing_type_for,
    layout_of,
    to_filing_record,
)
from filing_bridge.models import Correction, Filing, Void
from filing_bridge.profiles import deadline, opens_on, profile_for
from filing_bridge.protocol import Event
from filing_bridge.protocol.messages import EVENTS
from filing_bridge.provinces import province_code
from filing_bridge.record_check import check_record
from filing_bridge.schemas import violations
from filing_bridge.selectors import earlier_filings
from filing_bridge.services.states import PREPARING, move
from signing.services import keyroom

PREPARE = "filing.prepare"
SIGN = "filing.sign"
RENEW = "filing.renew_authorisation"
# Why a filing waits that a person has to confirm.
CONFIRMATION = "confirmation_needed"

# A record that waits longer for its signature is authorised anew: see `renew_authorisation`.
AUTHORISED_FOR = timedelta(days=7)
# Waiting filings are looked at again, even if nobody rings: a province may have been registered meanwhile.
LOOK_AGAIN = timedelta(hours=1)

Facts = Mapping[str, Any]


def open_filing(event: ContractEffective, facts: Facts) -> Filing:
    """Insert the filing of a contract that became effective, in the publisher's transaction.

    What keeps the record from being filed at once (an earlier filing, a missing reason for lateness, the
    first day of work) leaves it waiting, never undone: a contract in force always has its filing.
    """
    starts_on = date.fromisoformat(facts["contract"]["start"])
    return _open(event, facts, starts_on=starts_on, signed_elsewhere=event.signed_elsewhere)


def open_ending(event: ContractEnded, facts: Facts) -> Filing:
    """Insert the filing of an ending, in the publisher's transaction. It follows what is filed before it."""
    return _open(event, facts, starts_on=date.fromisoformat(facts["ending"]["date"]))


def open_change(event: ContractChanged, facts: Facts) -> Filing | None:
    """Insert the filing of a change, in the publisher's transaction; None when nothing filed has changed."""
    if not filed_items(facts):
        return None
    return _open(event, facts, starts_on=date.fromisoformat(facts["change"]["effective_on"]))


def open_suspension(event: SuspensionSigned, facts: Facts) -> Filing:
    """Insert the filing of a suspension or resumption, in the publisher's transaction."""
    return _open(event, facts, starts_on=date.fromisoformat(facts["suspension"]["effective_on"]))


def open_correction(correction: Correction, *, at: datetime, actor: str) -> Filing:
    """Insert the filing of a correction that a second person confirmed at `at`, in the caller's transaction.
    It follows whatever of the employment is filed before."""
    filing = _insert(
        tenant=correction.tenant,
        contract_id=correction.contract_id,
        employment=correction.filing.employment,
        starts_on=clock.today(),
        document_digest=correction.slip,
        signed_at=at,
        deadline=clock.today() + SETTLED_WITHIN,
        facts=correction.facts,
        filing_type=FilingType.CORRECTION,
        version=1,
        particulars={},
        actor=actor,
    )
    prepare(filing, correction.facts, actor=actor)
    return filing


def _open(
    event: ContractEffective | ContractChanged | SuspensionSigned | ContractEnded,
    facts: Facts,
    *,
    starts_on: date,
    signed_elsewhere: bool = False,
) -> Filing:
    filing_type, worker = filing_type_for(facts, late=False), facts["worker"]
    filing = _insert(
        tenant=event.tenant,
        contract_id=event.contract_id,
        employment=blind_index("employment", f"{event.tenant}:{worker['id_type']}:{worker['id_no']}"),
        starts_on=starts_on,
        document_digest=event.document_digest,
        signed_at=event.signed_at,
        signed_elsewhere=signed_elsewhere,
        deadline=deadline(facts, filing_type, profile_for(facts["jurisdiction_code"])),
        facts=facts,
        filing_type=filing_type,
        version=1,
        particulars={},
        actor=PREPARING,
    )
    prepare(filing, facts, actor=PREPARING)
    return filing


def open_next_version(old: Filing, facts: Facts, particulars: Mapping[str, str], *, actor: str) -> Filing:
    """File again what was returned or rejected. Call in a transaction; raises `state_conflict`."""
    move(old, FilingState.REPLACED, actor=actor)
    filing = _insert(
        tenant=old.tenant,
        contract_id=old.contract_id,
        employment=old.employment,
        starts_on=old.starts_on,
        document_digest=old.document_digest,
        signed_at=old.signed_at,
        signed_elsewhere=old.signed_elsewhere,
        deadline=old.deadline,
        facts=facts,
        filing_type=FilingType(old.filing_type),
        version=old.version + 1,
        particulars={**old.particulars, **particulars},
        actor=actor,
    )
    prepare(filing, facts, actor=actor)
    return filing


def _insert(
    *,
    facts: Facts,
    filing_type: FilingType,
    version: int,
    particulars: Mapping[str, str],
    actor: str,
    **columns: Any,
) -> Filing:
    event = EVENTS[filing_type]
    now = clock.now()
    filing = Filing.objects.create(
        id=uuid.uuid4(),
        event=event.value,
        version=version,
        filing_type=filing_type.value,
        contract_no=facts["contract_no"],
        jurisdiction=facts["jurisdiction_code"],
        province=province_code(facts["jurisdiction_code"]),
        idempotency_key=protocol.idempotency_key(
            facts["employer"]["uscc"], document_no(facts), event, version
        ),
        particulars=dict(particulars),
        created_at=now,
        due_at=now,
        **columns,
    )
    audit.record(
        "filing.opened",
        subject=filing.subject,
        actor=actor,
        tenant=filing.tenant,
        detail={"contract": str(filing.contract_id), "version": version},
    )
    return filing


def prepare(filing: Filing, facts: Facts, *, actor: str) -> None:
    """Build the record and authorise the employer's signature over it, or note what it waits for.

    Call in a transaction, with a filing in WAITING; a repeated call changes nothing more.
    """
    profile = profile_for(filing.jurisdiction)
    kind = FilingType(filing.filing_type)
    if earlier_filings(filing).filter(state__in=BLOCKING).exists():
        return _wait(filing, "earlier_filing")
    province = province_code(filing.jurisdiction)
    if not province:
        return _wait(filing, "no_province")
    opens = opens_on(facts, kind, profile)
    if clock.today() < opens:
        return _wait(filing, "not_open_yet", look_again=datetime.combine(opens, time(), clock.SHANGHAI))
    now = clock.now()
    kind = _kind_today(filing)
    try:
        record = to_filing_record(
            facts,
            SignedContract(filing.document_digest, filing.signed_at, filing.signed_elsewhere),
            kind,
            _envelope(filing, facts, now),
            omit=profile.omit,
        )
    except MappingError:
        return _wait(filing, "record_cannot_be_built")
    faults = [fault_of_violation(each) for each in violations(layout_of(kind).schema, record)]
    if not faults:
        faults = [fault_of_item(each) for each in check_record(record, profile, today=clock.today())]
    if faults:
        return _wait(filing, "particulars_missing", faults)
    by_a_person = profile.final and kind is not FilingType.CORRECTION  # two persons have looked at those
    if by_a_person and filing.confirmed != confirmation_for(filing, facts, today=clock.today()).digest:
        return _wait(filing, CONFIRMATION)
    digest = protocol.record_digest(record)
    move(
        filing,
        FilingState.PENDING,
        actor=actor,
        detail={"record_digest": digest},
        province=province,
        record=record,
        record_digest=digest,
        filing_type=kind.value,
        authorisation=authorise(filing, digest),
        faults=[],
        last_error="",
        due_at=now,
    )
    enqueue(SIGN, province)
    return None


def confirmation_for(filing: Filing, facts: Facts, *, today: date) -> Confirmation:
    """What a person has to confirm before this filing goes out, where nothing can be undone afterwards."""
    sign_date = SignedContract(filing.document_digest, filing.signed_at).sign_date
    return confirmation(facts, sign_date=sign_date, kind=_kind_today(filing), today=today)


def prepare_waiting(filing_id: UUID, facts: Facts) -> None:
    """Try again for a filing that waited; one that has gone on is left alone."""
    with transaction.atomic():
        filing = Filing.objects.get(pk=filing_id)
        if filing.state == FilingState.WAITING:
            prepare(filing, facts, actor=PREPARING)


def renew_authorisation(filing_id: UUID) -> None:
    """Authorise the same record, or withdrawal, again, after the first authorisation ran out unused."""
    with transaction.atomic():
        filing = Filing.objects.get(pk=filing_id)
        renewed = Filing.objects.filter(
            pk=filing_id, state=FilingState.PENDING, authorisation=filing.authorisation, employer_signature=""
        ).update(authorisation=authorise(filing, filing.record_digest), due_at=clock.now())
        open_wish = Void.objects.filter(pk=filing_id, outcome=VoidOutcome.OPEN, employer_signature="")
        for void in open_wish:
            renewed += open_wish.update(authorisation=authorise(filing, void.record_digest))
        if renewed:
            audit.record(
                "filing.authorised_again", subject=filing.subject, actor=PREPARING, tenant=filing.tenant
            )
            enqueue(SIGN, filing.province)


def let_others_go(filing: Filing) -> None:
    """An earlier filing is settled: those of the same employment that waited for it are due."""
    later = Filing.objects.filter(employment=filing.employment).exclude(pk=filing.pk)
    for waiting in later.filter(state=FilingState.WAITING):
        enqueue(PREPARE, str(waiting.pk))
    if later.filter(state__in=[FilingState.PENDING, FilingState.READY]).exists():
        enqueue(SIGN, filing.province)


def _wait(
    filing: Filing,
    reason: str,
    faults: list[Fault] | None = None,
    *,
    look_again: datetime | None = None,
) -> None:
    Filing.objects.filter(pk=filing.pk, state=FilingState.WAITING).update(
        last_error=reason, faults=faults or [], due_at=look_again or clock.now() + LOOK_AGAIN
    )


def _envelope(filing: Filing, facts: Facts, now: datetime) -> Envelope:
    given = filing.particulars
    return Envelope(
        filing_id=str(filing.pk),
        # The filing arises from the contract, not from a session: the employer's contact answers for it.
        submitter_name=facts["employer"]["contact_name"],
        submitter_phone=facts["employer"]["contact_phone"],
        submitted_at=now,
        agency_code=profile_for(filing.jurisdiction).agency_code,
        prev_filing_no=given.get("prev_filing_no") or _previous_receipt(filing),
        late_reason=given.get("late_reason"),
        remark=given.get("remark"),
    )


def _kind_today(filing: Filing) -> FilingType:
    """A hire becomes a late hire when its deadline passes while it waits."""
    kind = FilingType(filing.filing_type)
    if kind not in HIRES or kind is FilingType.TRANSFER:
        return kind
    return FilingType.LATE_HIRE if clock.today() > filing.deadline else FilingType.HIRE


def _previous_receipt(filing: Filing) -> str | None:
    if filing.filing_type in HIRES:
        return None
    accepted = earlier_filings(filing).filter(state=FilingState.ACCEPTED).exclude(event=Event.CORRECTION)
    return accepted.values_list("receipt_no", flat=True).first()


def authorise(filing: Filing, digest: str) -> str:
    """The employer's organisation key may sign this digest for this filing, for a week."""
    return keyroom.authorise(
        signer=f"organisation:{filing.tenant}",
        document_sha256=digest,
        subject=filing.subject,
        valid_for=AUTHORISED_FOR,
    )
