"""What officers remember beside the filings: who did what, batches that wait for a second person, a worklist.

The tables lie in the province's own database; the acts are append-only.
"""

import json
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from filing_bridge.sandbox.clock import SHANGHAI
from filing_bridge.sandbox.desk.statistics import HIDDEN, SMALLEST, Count
from filing_bridge.sandbox.proxy import CHANNEL

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS act (
    no INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    officer TEXT NOT NULL,
    key TEXT NOT NULL,
    what TEXT NOT NULL,
    codes TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS act_of_filing ON act (key);
CREATE TRIGGER IF NOT EXISTS act_stays BEFORE UPDATE ON act
    BEGIN SELECT RAISE(ABORT, 'acts are append-only'); END;
CREATE TRIGGER IF NOT EXISTS act_is_kept BEFORE DELETE ON act
    BEGIN SELECT RAISE(ABORT, 'acts are append-only'); END;

CREATE TABLE IF NOT EXISTS batch (
    no INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    keys TEXT NOT NULL,
    decided_by TEXT,
    approved INTEGER
) STRICT;

CREATE TABLE IF NOT EXISTS exception (
    key TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    reason TEXT NOT NULL,
    owner TEXT NOT NULL,
    note TEXT NOT NULL,
    due TEXT NOT NULL,
    closed_by TEXT
) STRICT;

CREATE TABLE IF NOT EXISTS letter (
    key TEXT PRIMARY KEY,
    number TEXT NOT NULL,
    paper BLOB NOT NULL
) STRICT;
"""


class SameOfficer(Exception):  # noqa: N818  (an answer, not a malfunction)
    """A batch is approved by somebody else than who proposed it, and once."""


@dataclass(frozen=True)
class Waiting:
    """A filing in a queue; `no` is its place in the order of arrival."""

    no: int
    key: str
    receipt_no: str
    state: str
    received_at: datetime
    record: dict[str, Any]


@dataclass(frozen=True)
class Batch:
    no: int
    at: str
    proposed_by: str
    keys: tuple[str, ...]


class DeskStore:
    """Thread-safe."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        self._database.row_factory = sqlite3.Row
        self._database.execute("PRAGMA synchronous = FULL")
        self._database.executescript(_SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._database.close()

    def queue(self, states: Sequence[str], *, after: int, most: int, event: str = "%") -> list[Waiting]:
        """Filings in these states, of one event or any, beyond number `after`, in the order of arrival."""
        rows = self._all(
            "SELECT * FROM filing WHERE state IN (SELECT value FROM json_each(?)) AND no > ?"
            " AND event LIKE ? ORDER BY no LIMIT ?",
            json.dumps(list(states)),
            after,
            event,
            most,
        )
        return [_waiting(row) for row in rows]

    def filing(self, key: str) -> Waiting | None:
        """One filing in any state."""
        rows = self._all("SELECT * FROM filing WHERE key = ?", key)
        return _waiting(rows[0]) if rows else None

    def with_receipt(self, receipt_no: str) -> Waiting | None:
        """One filing by its receipt number."""
        rows = self._all("SELECT * FROM filing WHERE receipt_no = ?", receipt_no)
        return _waiting(rows[0]) if rows else None

    def keep_letter(self, key: str, number: str, paper: bytes) -> None:
        """Keep the letter on which an ending by the agency rests."""
        self._all("INSERT OR IGNORE INTO letter (key, number, paper) VALUES (?, ?, ?)", key, number, paper)

    def letter(self, key: str) -> sqlite3.Row | None:
        """The letter behind an ending by the agency."""
        rows = self._all("SELECT * FROM letter WHERE key = ?", key)
        return rows[0] if rows else None

    def voids(self, *, most: int) -> list[sqlite3.Row]:
        """Filings that their employers withdrew, the latest first, with the reason."""
        return self._all(
            "SELECT filing.key, filing.receipt_no, filing.employer, void.voided_at,"
            " json_extract(void.record, '$.reason') AS reason"
            " FROM void JOIN filing USING (key) ORDER BY void.voided_at DESC LIMIT ?",
            most,
        )

    def note(self, at: datetime, officer: str, key: str, what: str, codes: Sequence[str] = ()) -> None:
        """Write down who did what to a filing."""
        self._all(
            "INSERT INTO act (at, officer, key, what, codes) VALUES (?, ?, ?, ?, ?)",
            at.isoformat(timespec="seconds"),
            officer,
            key,
            what,
            " ".join(codes),
        )

    def acts(self, key: str) -> list[sqlite3.Row]:
        """What was done to a filing, in order."""
        return self._all("SELECT * FROM act WHERE key = ? ORDER BY no", key)

    def propose(self, at: datetime, officer: str, keys: Sequence[str]) -> None:
        """A frozen batch for another officer to approve."""
        self._all(
            "INSERT INTO batch (at, proposed_by, keys) VALUES (?, ?, ?)",
            at.isoformat(timespec="seconds"),
            officer,
            json.dumps(list(keys)),
        )

    def open_batches(self) -> list[Batch]:
        rows = self._all("SELECT * FROM batch WHERE decided_by IS NULL ORDER BY no")
        return [
            Batch(row["no"], row["at"], row["proposed_by"], tuple(json.loads(row["keys"]))) for row in rows
        ]

    def decide_batch(self, no: int, officer: str, *, approved: bool) -> tuple[str, ...]:
        """Decide about a batch, once, as a second person; returns its keys. Raises `SameOfficer`."""
        taken = self._all(
            "UPDATE batch SET decided_by = ?, approved = ? WHERE no = ? AND decided_by IS NULL"
            " AND proposed_by <> ? RETURNING keys",
            officer,
            int(approved),
            no,
            officer,
        )
        if not taken:
            raise SameOfficer
        return tuple(json.loads(taken[0]["keys"]))

    def set_aside(self, at: datetime, key: str, reason: str, owner: str, note: str, due: date) -> None:
        """Put a filing on the worklist, or change what stands there."""
        self._all(
            "INSERT INTO exception (key, at, reason, owner, note, due) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (key) DO UPDATE SET reason = excluded.reason, owner = excluded.owner,"
            " note = excluded.note, due = excluded.due, closed_by = NULL",
            key,
            at.isoformat(timespec="seconds"),
            reason,
            owner,
            note,
            due.isoformat(),
        )

    def close_exception(self, key: str, officer: str) -> None:
        self._all("UPDATE exception SET closed_by = ? WHERE key = ? AND closed_by IS NULL", officer, key)

    def worklist(self) -> list[sqlite3.Row]:
        """Open exceptions with receipt number and state of their filings, the most urgent first."""
        return self._all(
            "SELECT exception.*, filing.receipt_no, filing.state FROM exception JOIN filing USING (key)"
            " WHERE closed_by IS NULL ORDER BY due, exception.at"
        )

    def numbers(self, count: Count) -> list[tuple[str, ...]]:
        """The lines of one table of statistics, as they may be told: a small number is hidden."""
        return [
            (str(name), *(str(number) if number >= SMALLEST else HIDDEN for number in numbers))
            for name, *numbers in self._all(count.sql)
        ]

    def online_shares(self) -> list[tuple[str, int, int | None]]:
        """For each division: filings in all, and per cent of them that came online, not over a counter.

        None where the division, or one of the two parts, is so small that the share would tell the part.
        """
        rows = self._all(
            "SELECT json_extract(record, '$.jurisdiction_code') AS division, COUNT(*) AS number,"
            " SUM(system_code <> ?) AS online FROM filing GROUP BY 1 ORDER BY 1",
            CHANNEL,
        )
        return [
            (row["division"], row["number"], _share(row["online"], row["number"]))
            for row in rows
            if row["number"] >= SMALLEST
        ]

    def _all(self, query: str, *values: object) -> list[sqlite3.Row]:
        with self._lock:
            return self._database.execute(query, values).fetchall()


def _share(part: int, whole: int) -> int | None:
    told = all(number == 0 or number >= SMALLEST for number in (part, whole - part))
    return round(100 * part / whole) if told else None


def _waiting(row: sqlite3.Row) -> Waiting:
    return Waiting(
        no=row["no"],
        key=row["key"],
        receipt_no=row["receipt_no"],
        state=row["state"],
        received_at=datetime.fromisoformat(row["received_at"]).astimezone(SHANGHAI),
        record=json.loads(row["record"]),
    )
