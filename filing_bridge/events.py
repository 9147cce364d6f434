"""What filings tell the rest of the house. Published in the transaction of the change."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class FilingAccepted:
    """The agency has accepted the filing of a contract or of its ending; `event` is the protocol's."""

    filing_id: UUID
    contract_id: UUID
    tenant: UUID
    receipt_no: str
    event: str
