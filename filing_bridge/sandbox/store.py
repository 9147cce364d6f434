"""What the stand-in remembers: senders, filings, sealed forms, and the ledger of effects.

One SQLite file (WAL, synchronous=FULL: a commit has reached the disk when it returns). One connection is
shared by all threads under a lock; verifying a contract takes a hundred times as long as any of these writes.
The file holds personal data, as a province's database would, and is readable by its owner only.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filing_bridge.protocol import CLOCK_TOLERANCE, State

_SCHEMA = """
CREATE TABLE IF NOT EXISTS sender (
    system_code TEXT PRIMARY KEY,
    token_sha256 TEXT NOT NULL UNIQUE,
    jwks TEXT NOT NULL,
    jurisdictions TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS serial (
    system_code TEXT NOT NULL,
    serial_no TEXT NOT NULL,
    time TEXT NOT NULL,
    PRIMARY KEY (system_code, serial_no)
) STRICT;

CREATE TABLE IF NOT EXISTS filing (
    no INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    system_code TEXT NOT NULL,
    receipt_no TEXT NOT NULL UNIQUE,
    record_digest TEXT NOT NULL,
    contract_digest TEXT NOT NULL,
    employer TEXT NOT NULL,
    contract_no TEXT NOT NULL,
    event TEXT NOT NULL,
    worker TEXT NOT NULL,
    starts TEXT NOT NULL,
    ends TEXT NOT NULL,
    record TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN
        ('pre_registered', 'received', 'under_review', 'accepted', 'returned', 'rejected')),
    received_at TEXT NOT NULL,
    due_at TEXT,
    decided_at TEXT,
    answer TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS filing_once ON filing (employer, contract_no, event)
    WHERE state NOT IN ('returned', 'rejected');
CREATE UNIQUE INDEX IF NOT EXISTS document_once ON filing (contract_digest)
    WHERE state NOT IN ('returned', 'rejected');
CREATE INDEX IF NOT EXISTS filing_of_person ON filing (employer, worker);
CREATE INDEX IF NOT EXISTS filing_due ON filing (due_at) WHERE due_at IS NOT NULL;

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

CREATE TABLE IF NOT EXISTS form (
    key TEXT NOT NULL REFERENCES filing (key),
    form_digest TEXT NOT NULL,
    sealed BLOB NOT NULL,
    answer TEXT NOT NULL,
    PRIMARY KEY (key, form_digest)
) STRICT;
"""


@dataclass(frozen=True)
class Sender:
    """A registered platform: its token's SHA-256 (hex), its public keys, the divisions it may file for.

    A jurisdiction is a prefix of GB/T 2260: 3703 covers 370303.
    """

    system_code: str
    token_sha256: str
    jwks: Mapping[str, Any]
    jurisdictions: tuple[str, ...]


@dataclass(frozen=True)
class Period:
    """Who is employed by whom, from when to when (ISO dates; `ends` is 9999-12-31 when open)."""

    employer: str
    worker: str
    starts: str
    ends: str


@dataclass(frozen=True)
class Filing:
    """A filing that was taken in. `answer` is the latest signed answer about it; `contract_no` the number of
    the document that is filed, which for a change is its agreement's."""

    key: str
    system_code: str
    receipt_no: str
    record_digest: str
    contract_digest: str
    contract_no: str
    event: str
    period: Period
    record: Mapping[str, Any]
    state: State
    received_at: datetime
    due_at: datetime | None
    decided_at: datetime | None
    answer: str


@dataclass(frozen=True)
class SealedForm:
    """A filing form with the agency's seal, and the signed answer that goes with it."""

    sealed: bytes
    answer: str


class Store:
    """The database. Thread-safe; every method that writes has reached the disk when it returns."""

    def __init__(self, path: Path) -> None:
        path.touch(mode=0o600)
        self._lock = threading.RLock()
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._database.row_factory = sqlite3.Row
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = FULL")
        self._database.execute("PRAGMA foreign_keys = ON")
        self._database.executescript(_SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._database.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """What is read and written within is one step: committed at the end, undone by an exception."""
        with self._lock:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")

    def register_sender(self, sender: Sender) -> None:
        """Add a platform or replace what is known of it."""
        with self._lock:
            self._database.execute(
                "INSERT INTO sender VALUES (?, ?, ?, ?) ON CONFLICT (system_code) DO UPDATE SET"
                " token_sha256 = excluded.token_sha256, jwks = excluded.jwks,"
                " jurisdictions = excluded.jurisdictions",
                (
                    sender.system_code,
                    sender.token_sha256,
                    json.dumps(sender.jwks),
                    json.dumps(sender.jurisdictions),
                ),
            )

    def sender_with(self, token_sha256: str) -> Sender | None:
        """The platform whose token has this digest."""
        row = self._one("SELECT * FROM sender WHERE token_sha256 = ?", token_sha256)
        if row is None:
            return None
        return Sender(
            row["system_code"],
            row["token_sha256"],
            json.loads(row["jwks"]),
            tuple(json.loads(row["jurisdictions"])),
        )

    def use_serial(self, system_code: str, serial_no: str, now: datetime) -> bool:
        """Remember a serial number; False when it was used before.

        Numbers are forgotten once a message that old would be refused as stale anyway.
        """
        with self.transaction():
            self._database.execute("DELETE FROM serial WHERE time < ?", (_text(now - 3 * CLOCK_TOLERANCE),))
            row = self._database.execute(
                "INSERT OR IGNORE INTO serial VALUES (?, ?, ?)", (system_code, serial_no, _text(now))
            )
            return row.rowcount == 1

    def filing(self, key: str) -> Filing | None:
        return _filing(self._one("SELECT * FROM filing WHERE key = ?", key))

    def accepted_with_receipt(self, receipt_no: str) -> Filing | None:
        """The accepted filing that has this receipt number."""
        return _filing(
            self._one("SELECT * FROM filing WHERE receipt_no = ? AND state = 'accepted'", receipt_no)
        )

    def standing_filing_of(
        self, employer: str, contract_no: str, event: str, contract_digest: str
    ) -> Filing | None:
        """A filing of this event of a contract that is neither returned nor rejected."""
        return _filing(
            self._one(
                "SELECT * FROM filing WHERE state NOT IN ('returned', 'rejected')"
                " AND (employer = ? AND contract_no = ? AND event = ? OR contract_digest = ?)",
                employer,
                contract_no,
                event,
                contract_digest,
            )
        )

    def latest_ending(self, employer: str, worker: str) -> Filing | None:
        """The last accepted filing of an ending of this person with this employer."""
        return _filing(
            self._one(
                "SELECT * FROM filing WHERE employer = ? AND worker = ? AND event = 'ending'"
                " AND state = 'accepted' ORDER BY ends DESC, no DESC LIMIT 1",
                employer,
                worker,
            )
        )

    def overlapping(self, period: Period) -> Filing | None:
        """A standing filing of the same person with the same employer that shares a day with `period`."""
        return _filing(
            self._one(
                "SELECT * FROM filing WHERE state NOT IN ('returned', 'rejected')"
                " AND event IN ('hire', 'renewal')"
                " AND employer = ? AND worker = ? AND starts <= ? AND ends >= ?",
                period.employer,
                period.worker,
                period.ends,
                period.starts,
            )
        )

    def end_employment(self, employer: str, worker: str, day: str) -> None:
        """The employment is over: what was to last beyond `day` lasts until then."""
        with self._lock:
            self._database.execute(
                "UPDATE filing SET ends = MAX(starts, ?) WHERE employer = ? AND worker = ? AND ends > ?"
                " AND event IN ('hire', 'renewal') AND state = 'accepted'",
                (day, employer, worker, day),
            )

    def change_term(self, employer: str, contract_no: str, ends: str) -> None:
        """The contract on file lasts until `ends` from now on."""
        with self._lock:
            self._database.execute(
                "UPDATE filing SET ends = MAX(starts, ?) WHERE employer = ? AND contract_no = ?"
                " AND event IN ('hire', 'renewal') AND state = 'accepted'",
                (ends, employer, contract_no),
            )

    def next_number(self) -> int:
        """The running number of the next filing; call it in the transaction that takes the filing in."""
        row = self._one("SELECT COALESCE(MAX(no), 0) + 1 AS next FROM filing")
        assert row is not None
        return int(row["next"])

    def take_in(self, filing: Filing) -> None:
        """Insert; `sqlite3.IntegrityError` when the key or the contract is there already."""
        with self._lock:
            self._database.execute(
                "INSERT INTO filing (key, system_code, receipt_no, record_digest, contract_digest, employer,"
                " contract_no, event, worker, starts, ends, record, state, received_at, due_at, decided_at,"
                " answer)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    filing.key,
                    filing.system_code,
                    filing.receipt_no,
                    filing.record_digest,
                    filing.contract_digest,
                    filing.period.employer,
                    filing.contract_no,
                    filing.event,
                    filing.period.worker,
                    filing.period.starts,
                    filing.period.ends,
                    json.dumps(filing.record, ensure_ascii=False),
                    filing.state.value,
                    _text(filing.received_at),
                    _text_or_none(filing.due_at),
                    _text_or_none(filing.decided_at),
                    filing.answer,
                ),
            )

    def decide(self, key: str, state: State, decided_at: datetime, answer: str) -> bool:
        """Write the decision about a filing under review, once; False when it is decided already."""
        with self._lock:
            row = self._database.execute(
                "UPDATE filing SET state = ?, decided_at = ?, due_at = NULL, answer = ?"
                " WHERE key = ? AND state IN ('received', 'under_review')",
                (state.value, _text(decided_at), answer, key),
            )
            return row.rowcount == 1

    def take_up(self, filing: Filing) -> None:
        """Let a pre-registered filing go its way, as `filing` says; no other filing is touched."""
        with self._lock:
            self._database.execute(
                "UPDATE filing SET state = ?, due_at = ?, decided_at = ?, answer = ?"
                " WHERE key = ? AND state = 'pre_registered'",
                (
                    filing.state.value,
                    _text_or_none(filing.due_at),
                    _text_or_none(filing.decided_at),
                    filing.answer,
                    filing.key,
                ),
            )

    def record_effect(self, filing: Filing, accepted_at: datetime) -> None:
        """Append to the ledger: this filing has taken effect."""
        with self._lock:
            self._database.execute(
                "INSERT INTO effect (key, receipt_no, system_code, filing_type, record_digest,"
                " contract_digest, accepted_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    filing.key,
                    filing.receipt_no,
                    filing.system_code,
                    filing.record["filing_type"],
                    filing.record_digest,
                    filing.contract_digest,
                    _text(accepted_at),
                ),
            )

    def due(self, now: datetime) -> list[str]:
        """Keys of the filings under review whose time has come."""
        return [row["key"] for row in self._all("SELECT key FROM filing WHERE due_at <= ?", _text(now))]

    def effects(self, after: int = 0) -> list[dict[str, Any]]:
        """The ledger beyond number `after`, in order; no personal data."""
        return [dict(row) for row in self._all("SELECT * FROM effect WHERE no > ? ORDER BY no", after)]

    def states(self) -> list[dict[str, Any]]:
        """Key, state and times of every filing; no personal data."""
        return [
            dict(row)
            for row in self._all(
                "SELECT key, system_code, receipt_no, state, received_at, decided_at FROM filing ORDER BY no"
            )
        ]

    def counts(self) -> dict[str, int]:
        """How many filings there are in each state, and how many effects and sealed forms."""
        rows = self._all(
            "SELECT state AS name, COUNT(*) AS number FROM filing GROUP BY state"
            " UNION ALL SELECT 'effects', COUNT(*) FROM effect"
            " UNION ALL SELECT 'sealed_forms', COUNT(*) FROM form"
        )
        return {row["name"]: row["number"] for row in rows}

    def form(self, key: str, form_digest: str) -> SealedForm | None:
        row = self._one("SELECT * FROM form WHERE key = ? AND form_digest = ?", key, form_digest)
        return None if row is None else SealedForm(row["sealed"], row["answer"])

    def keep_form(self, key: str, form_digest: str, form: SealedForm) -> SealedForm:
        """Keep a sealed form; when another thread was faster, its form is returned instead."""
        with self.transaction():
            self._database.execute(
                "INSERT OR IGNORE INTO form VALUES (?, ?, ?, ?)", (key, form_digest, form.sealed, form.answer)
            )
            kept = self.form(key, form_digest)
            assert kept is not None
            return kept

    def _one(self, query: str, *values: object) -> sqlite3.Row | None:
        with self._lock:
            row: sqlite3.Row | None = self._database.execute(query, values).fetchone()
            return row

    def _all(self, query: str, *values: object) -> list[sqlite3.Row]:
        with self._lock:
            return self._database.execute(query, values).fetchall()


def _filing(row: sqlite3.Row | None) -> Filing | None:
    if row is None:
        return None
    return Filing(
        key=row["key"],
        system_code=row["system_code"],
        receipt_no=row["receipt_no"],
        record_digest=row["record_digest"],
        contract_digest=row["contract_digest"],
        contract_no=row["contract_no"],
        event=row["event"],
        period=Period(row["employer"], row["worker"], row["starts"], row["ends"]),
        record=json.loads(row["record"]),
        state=State(row["state"]),
        received_at=datetime.fromisoformat(row["received_at"]),
        due_at=_time_or_none(row["due_at"]),
        decided_at=_time_or_none(row["decided_at"]),
        answer=row["answer"],
    )


def _text(moment: datetime) -> str:
    """UTC in one fixed width, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _text_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else _text(moment)


def _time_or_none(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
