"""Tables of filings, and of endings that are made by the batch."""

from filing_bridge.models.filings import (
    AT_WORK,
    AttemptResult,
    Breaker,
    EvidencePackage,
    Filing,
    FilingAttempt,
    FilingForm,
    Receipt,
)
from filing_bridge.models.mass_endings import EarlyWarning, EndingBatch, EndingRow

__all__ = [
    "AT_WORK",
    "AttemptResult",
    "Breaker",
    "EarlyWarning",
    "EndingBatch",
    "EndingRow",
    "EvidencePackage",
    "Filing",
    "FilingAttempt",
    "FilingForm",
    "Receipt",
]
