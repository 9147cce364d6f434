"""How filings follow contracts, and messages filings, in the same transaction."""

from datetime import timedelta

from contracts.events import ContractEffective
from contracts.selectors import facts_of
from core import bus
from filing_bridge.events import FilingAccepted
from filing_bridge.services.preparing import open_filing
from signing.services.notices import mine_url, tell_signers

NOTICE_LIFETIME = timedelta(days=7)


def on_effective(event: ContractEffective) -> None:
    """A contract in force is filed by itself."""
    open_filing(event, facts_of(event.contract_id))


def on_accepted(event: FilingAccepted) -> None:
    """The worker is told that the employment is on file, and where to see it."""
    tell_signers(
        f"contract:{event.contract_id}",
        "filed",
        {"receipt_no": event.receipt_no, "mine": mine_url()},
        lifetime=NOTICE_LIFETIME,
    )


bus.subscribe(ContractEffective, on_effective)
bus.subscribe(FilingAccepted, on_accepted)
