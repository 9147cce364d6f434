"""Filings that were taken in, and the employments that they put on file."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from filing_bridge.protocol import State
from filing_bridge.sandbox.store.database import Database, text_of


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
    the document that is filed, which for a change is its agreement's. `period` is what is on file by now,
    `record` what was filed."""

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


class Filings(Database):
    SCHEMA = """
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
                ('pre_registered', 'received', 'under_review', 'accepted', 'returned', 'rejected', 'voided')),
            received_at TEXT NOT NULL,
            due_at TEXT,
            decided_at TEXT,
            answer TEXT NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX IF NOT EXISTS filing_once ON filing (employer, contract_no, event)
            WHERE state NOT IN ('returned', 'rejected', 'voided');
        CREATE UNIQUE INDEX IF NOT EXISTS document_once ON filing (contract_digest)
            WHERE state NOT IN ('returned', 'rejected', 'voided');
        CREATE INDEX IF NOT EXISTS filing_of_person ON filing (employer, worker);
        CREATE INDEX IF NOT EXISTS filing_due ON filing (due_at) WHERE due_at IS NOT NULL;
    """

    def filing(self, key: str) -> Filing | None:
        return filing_of(self.one("SELECT * FROM filing WHERE key = ?", key))

    def accepted_with_receipt(self, receipt_no: str) -> Filing | None:
        """The accepted filing that has this receipt number."""
        return filing_of(
            self.one("SELECT * FROM filing WHERE receipt_no = ? AND state = 'accepted'", receipt_no)
        )

    def standing_filing_of(
        self, employer: str, contract_no: str, event: str, contract_digest: str
    ) -> Filing | None:
        """A filing of this event of a contract that is neither returned, rejected nor voided."""
        return filing_of(
            self.one(
                "SELECT * FROM filing WHERE state NOT IN ('returned', 'rejected', 'voided')"
                " AND (employer = ? AND contract_no = ? AND event = ? OR contract_digest = ?)",
                employer,
                contract_no,
                event,
                contract_digest,
            )
        )

    def latest_ending(self, employer: str, worker: str) -> Filing | None:
        """The last accepted filing of an ending of this person with this employer."""
        return filing_of(
            self.one(
                "SELECT * FROM filing WHERE employer = ? AND worker = ? AND event = 'ending'"
                " AND state = 'accepted' ORDER BY ends DESC, no DESC LIMIT 1",
                employer,
                worker,
            )
        )

    def overlapping(self, period: Period, *, besides: str = "") -> Filing | None:
        """A standing filing of the same person with the same employer that shares a day with `period`;
        `besides` is the key of one that is not meant."""
        return filing_of(
            self.one(
                "SELECT * FROM filing WHERE state NOT IN ('returned', 'rejected', 'voided')"
                " AND event IN ('hire', 'renewal')"
                " AND employer = ? AND worker = ? AND starts <= ? AND ends >= ? AND key <> ?",
                period.employer,
                period.worker,
                period.ends,
                period.starts,
                besides,
            )
        )

    def end_employment(self, employer: str, worker: str, day: str) -> None:
        """The employment is over: what was to last beyond `day` lasts until then."""
        self.write(
            "UPDATE filing SET ends = MAX(starts, ?) WHERE employer = ? AND worker = ? AND ends > ?"
            " AND event IN ('hire', 'renewal') AND state = 'accepted'",
            day,
            employer,
            worker,
            day,
        )

    def change_term(self, employer: str, contract_no: str, ends: str) -> None:
        """The contract on file lasts until `ends` from now on."""
        self.write(
            "UPDATE filing SET ends = MAX(starts, ?) WHERE employer = ? AND contract_no = ?"
            " AND event IN ('hire', 'renewal') AND state = 'accepted'",
            ends,
            employer,
            contract_no,
        )

    def next_number(self) -> int:
        """The running number of the next filing; call it in the transaction that takes the filing in."""
        row = self.one("SELECT COALESCE(MAX(no), 0) + 1 AS next FROM filing")
        assert row is not None
        return int(row["next"])

    def take_in(self, filing: Filing) -> None:
        """Insert; `sqlite3.IntegrityError` when the key or the contract is there already."""
        self.write(
            "INSERT INTO filing (key, system_code, receipt_no, record_digest, contract_digest, employer,"
            " contract_no, event, worker, starts, ends, record, state, received_at, due_at, decided_at,"
            " answer)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
            text_of(filing.received_at),
            _text_or_none(filing.due_at),
            _text_or_none(filing.decided_at),
            filing.answer,
        )

    def decide(self, key: str, state: State, decided_at: datetime, answer: str) -> bool:
        """Write the decision about a filing under review, once; False when it is decided already."""
        decided = self.write(
            "UPDATE filing SET state = ?, decided_at = ?, due_at = NULL, answer = ?"
            " WHERE key = ? AND state IN ('received', 'under_review')",
            state.value,
            text_of(decided_at),
            answer,
            key,
        )
        return decided == 1

    def take_up(self, filing: Filing) -> None:
        """Let a pre-registered filing go its way, as `filing` says; no other filing is touched."""
        self.write(
            "UPDATE filing SET state = ?, due_at = ?, decided_at = ?, answer = ?"
            " WHERE key = ? AND state = 'pre_registered'",
            filing.state.value,
            _text_or_none(filing.due_at),
            _text_or_none(filing.decided_at),
            filing.answer,
            filing.key,
        )

    def due(self, now: datetime) -> list[str]:
        """Keys of the filings under review whose time has come."""
        return [row["key"] for row in self.all("SELECT key FROM filing WHERE due_at <= ?", text_of(now))]

    def states(self) -> list[dict[str, Any]]:
        """Key, state and times of every filing; no personal data."""
        return [
            dict(row)
            for row in self.all(
                "SELECT key, system_code, receipt_no, state, received_at, decided_at FROM filing ORDER BY no"
            )
        ]


def filing_of(row: sqlite3.Row | None) -> Filing | None:
    """The filing that a row holds."""
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


def _text_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else text_of(moment)


def _time_or_none(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
