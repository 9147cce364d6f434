"""What becomes of a filing later: corrections that were accepted, and withdrawals. What was filed stays."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from filing_bridge.correction import corrected
from filing_bridge.protocol import State
from filing_bridge.sandbox.store.database import Database, text_of
from filing_bridge.sandbox.store.filings import Filing, Period, filing_of


class Amendments(Database):
    SCHEMA = """
        CREATE TABLE IF NOT EXISTS correction (
            key TEXT PRIMARY KEY REFERENCES filing (key),
            corrects TEXT NOT NULL REFERENCES filing (key),
            slip BLOB NOT NULL
        ) STRICT;
        CREATE INDEX IF NOT EXISTS correction_of_filing ON correction (corrects);

        CREATE TABLE IF NOT EXISTS void (
            key TEXT PRIMARY KEY REFERENCES filing (key),
            record TEXT NOT NULL,
            voided_at TEXT NOT NULL
        ) STRICT;
        CREATE TRIGGER IF NOT EXISTS void_stays BEFORE UPDATE ON void
            BEGIN SELECT RAISE(ABORT, 'withdrawals are append-only'); END;
        CREATE TRIGGER IF NOT EXISTS void_is_kept BEFORE DELETE ON void
            BEGIN SELECT RAISE(ABORT, 'withdrawals are append-only'); END;
    """

    def keep_slip(self, key: str, corrects: str, slip: bytes) -> None:
        """Write down which filing a correction is about, with its slip, when it is taken in."""
        self.write("INSERT INTO correction VALUES (?, ?, ?)", key, corrects, slip)

    def slip(self, key: str) -> bytes | None:
        """The slip of a correction."""
        row = self.one("SELECT slip FROM correction WHERE key = ?", key)
        return None if row is None else bytes(row["slip"])

    def corrected_by(self, key: str) -> str | None:
        """The key of the filing that this correction is about."""
        row = self.one("SELECT corrects FROM correction WHERE key = ?", key)
        return None if row is None else str(row["corrects"])

    def corrections_of(self, key: str) -> list[Filing]:
        """The corrections of a filing that are neither returned nor rejected, in order."""
        rows = self.all(
            "SELECT filing.* FROM filing JOIN correction USING (key)"
            " WHERE corrects = ? AND state NOT IN ('returned', 'rejected', 'voided')"
            " ORDER BY decided_at IS NULL, decided_at, no",
            key,
        )
        return [found for row in rows if (found := filing_of(row)) is not None]

    def versions(self, filing: Filing) -> list[Mapping[str, Any]]:
        """The filing's record as filed, and after each correction that was accepted; the last one holds."""
        found: list[Mapping[str, Any]] = [filing.record]
        for each in self.corrections_of(filing.key):
            if each.state is State.ACCEPTED:
                found.append(corrected(found[-1], each.record["correction"]["items"]))
        return found

    def move_period(self, key: str, period: Period) -> None:
        """The employment on file is this one from now on."""
        self.write(
            "UPDATE filing SET worker = ?, starts = ?, ends = ? WHERE key = ?",
            period.worker,
            period.starts,
            period.ends,
            key,
        )

    def move_end(self, employer: str, worker: str, old: str, new: str) -> None:
        """The employment that was over on the day `old` was over on `new`."""
        self.write(
            "UPDATE filing SET ends = MAX(starts, ?) WHERE employer = ? AND worker = ? AND ends = ?"
            " AND event IN ('hire', 'renewal') AND state = 'accepted'",
            new,
            employer,
            worker,
            old,
        )

    def keep_void(self, key: str, record: Mapping[str, Any], voided_at: datetime) -> None:
        """Keep what the employer signed to withdraw a filing."""
        text = json.dumps(record, ensure_ascii=False)
        self.write("INSERT INTO void VALUES (?, ?, ?)", key, text, text_of(voided_at))

    def void(self, key: str) -> Mapping[str, Any] | None:
        """What the employer signed to withdraw this filing."""
        row = self.one("SELECT record FROM void WHERE key = ?", key)
        return None if row is None else dict(json.loads(row["record"]))
