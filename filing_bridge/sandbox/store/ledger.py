"""The ledger: which filing took effect, in order. It can only grow."""

from datetime import datetime
from typing import Any

from filing_bridge.sandbox.store.database import Database, text_of
from filing_bridge.sandbox.store.filings import Filing


class Ledger(Database):
    SCHEMA = """
        CREATE TABLE IF NOT EXISTS effect (
            no INTEGER PRIMARY KEY AUTOINCREMENT,
            key TEXT NOT NULL UNIQUE REFERENCES filing (key),
            receipt_no TEXT NOT NULL UNIQUE,
            system_code TEXT NOT NULL,
            filing_type TEXT NOT NULL,
            record_digest TEXT NOT NULL,
            contract_digest TEXT NOT NULL,
            accepted_at TEXT NOT NULL
        ) STRICT;
        CREATE TRIGGER IF NOT EXISTS effect_stays BEFORE UPDATE ON effect
            BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
        CREATE TRIGGER IF NOT EXISTS effect_is_kept BEFORE DELETE ON effect
            BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
    """

    def record_effect(self, filing: Filing, accepted_at: datetime) -> None:
        """Append to the ledger: this filing has taken effect."""
        self.write(
            "INSERT INTO effect (key, receipt_no, system_code, filing_type, record_digest,"
            " contract_digest, accepted_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            filing.key,
            filing.receipt_no,
            filing.system_code,
            filing.record["filing_type"],
            filing.record_digest,
            filing.contract_digest,
            text_of(accepted_at),
        )

    def effects(self, after: int = 0) -> list[dict[str, Any]]:
        """The ledger beyond number `after`, in order; no personal data."""
        return [dict(row) for row in self.all("SELECT * FROM effect WHERE no > ? ORDER BY no", after)]

    def counts(self) -> dict[str, int]:
        """How many filings there are in each state, and how many effects and sealed forms."""
        rows = self.all(
            "SELECT state AS name, COUNT(*) AS number FROM filing GROUP BY state"
            " UNION ALL SELECT 'effects', COUNT(*) FROM effect"
            " UNION ALL SELECT 'sealed_forms', COUNT(*) FROM form"
        )
        return {row["name"]: row["number"] for row in rows}
