"""What filings tell the rest of the house. Published in the transaction of the change."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class FilingAccepted:
    """The agency has accepted a filing of a contract; `event` is the protocol's, and `corrects` that of the
    filing which a correction is about."""

    filing_id: UUID
    contract_id: UUID
    tenant: UUID
    receipt_no: str
    event: str
    corrects: str = ""
