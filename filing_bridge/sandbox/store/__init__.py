"""What the stand-in remembers: senders, filings with their corrections and voids, the ledger, sealed forms.

One SQLite file (WAL, synchronous=FULL: a commit has reached the disk when it returns). It holds personal
data, as a province's database would, and is readable by its owner only.
"""

from filing_bridge.sandbox.store.amendments import Amendments
from filing_bridge.sandbox.store.filings import Filing, Filings, Period
from filing_bridge.sandbox.store.forms import Forms, SealedForm
from filing_bridge.sandbox.store.ledger import Ledger
from filing_bridge.sandbox.store.senders import Sender, Senders

__all__ = ["Filing", "Period", "SealedForm", "Sender", "Store"]


class Store(Senders, Filings, Amendments, Ledger, Forms):
    """The database. Thread-safe; every method that writes has reached the disk when it returns."""
