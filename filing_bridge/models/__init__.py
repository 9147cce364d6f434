"""Tables of filings, of what becomes of them later, and of endings that are made by the batch."""

from filing_bridge.models.amendments import Correction, Void
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
    "Correction",
    "EarlyWarning",
    "EndingBatch",
    "EndingRow",
    "EvidencePackage",
    "Filing",
    "FilingAttempt",
    "FilingForm",
    "Receipt",
    "Void",
]
