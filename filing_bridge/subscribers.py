"""How filings follow contracts, and messages filings, in the same transaction."""

from collections.abc import Mapping
from datetime import timedelta

from contracts.events import (
    ContractChanged,
    ContractEffective,
    ContractEnded,
    EndingDecided,
    SuspensionSigned,
)
from contracts.selectors import change_facts_of, ending_facts_of, facts_of, suspension_facts_of
from contracts.services.ending import DEATH
from core import bus
from core.webhooks.services import emit
from core.work import enqueue
from filing_bridge.events import FilingAccepted
from filing_bridge.follow_up import FOLLOWING
from filing_bridge.protocol import Event
from filing_bridge.services.evidence import BUILD
from filing_bridge.services.mass_endings.handling import admit
from filing_bridge.services.preparing import open_change, open_ending, open_filing, open_suspension
from signing.services.notices import mine_url, tell_signers

NOTICE_LIFETIME = timedelta(days=7)
_TOLD: Mapping[str, str] = {Event.ENDING: "ending_filed", Event.CORRECTION: "correction_filed"}


def on_effective(event: ContractEffective) -> None:
    """A contract in force is filed by itself."""
    open_filing(event, facts_of(event.contract_id))


def on_changed(event: ContractChanged) -> None:
    """So is a change, when what it changes is filed at all; when not, the evidence is complete already."""
    if open_change(event, change_facts_of(event.document_digest)) is None:
        enqueue(BUILD, str(event.contract_id))


def on_suspended(event: SuspensionSigned) -> None:
    """A suspension and its resumption are filed by themselves."""
    open_suspension(event, suspension_facts_of(event.document_digest))


def on_ended(event: ContractEnded) -> None:
    """An ending is filed by itself too."""
    open_ending(event, ending_facts_of(event.contract_id))


def on_accepted(event: FilingAccepted) -> None:
    """The worker is told that the employment, its ending or a correction is on file, and where to see it."""
    of_ending = event.event == Event.ENDING or event.corrects == Event.ENDING
    if of_ending and ending_facts_of(event.contract_id)["ending"]["reason"] == DEATH:
        return
    tell_signers(
        f"contract:{event.contract_id}",
        _TOLD.get(event.event, "filed"),
        {"receipt_no": event.receipt_no, "mine": mine_url()},
        lifetime=NOTICE_LIFETIME,
    )


def tell_what_follows(event: FilingAccepted) -> None:
    """Whoever declares insurance or applies for subsidies is told that the step before is done. A
    correction is no step: the filing that it corrects gives the values that hold."""
    if event.event == Event.CORRECTION:
        return
    emit(
        "filing.follow_up",
        tenant=event.tenant,
        subject=f"filing:{event.filing_id}",
        data={
            "filing": str(event.filing_id),
            "contract": str(event.contract_id),
            "receipt_no": event.receipt_no,
            "event": event.event,
            "insurance": FOLLOWING[Event(event.event)].insurance,
        },
    )


bus.subscribe(ContractEffective, on_effective)
bus.subscribe(ContractChanged, on_changed)
bus.subscribe(SuspensionSigned, on_suspended)
bus.subscribe(EndingDecided, admit)
bus.subscribe(ContractEnded, on_ended)
bus.subscribe(FilingAccepted, on_accepted)
bus.subscribe(FilingAccepted, tell_what_follows)
