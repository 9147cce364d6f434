"""How filings follow contracts, in the same transaction."""

from contracts.events import ContractEffective
from contracts.selectors import facts_of
from core import bus
from filing_bridge.services.preparing import open_filing


def on_effective(event: ContractEffective) -> None:
    """A contract in force is filed by itself."""
    open_filing(event, facts_of(event.contract_id))


bus.subscribe(ContractEffective, on_effective)
