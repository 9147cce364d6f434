"""The stand-in's database by itself."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from filing_bridge.protocol import State
from filing_bridge.sandbox.store import Filing, Period, Store

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def filing(number: int = 1) -> Filing:
    return Filing(
        key=f"{number:064x}",
        system_code="QIANBEI-TEST",
        receipt_no=f"TEST{number}",
        record_digest="0" * 64,
        contract_digest=f"{number:064x}",
        contract_no=f"HT-{number}",
        event="hire",
        period=Period("91370303MA3TE5T03M", f"01:{number}", "2026-11-03", "2029-11-02"),
        record={"filing_type": "11"},
        state=State.ACCEPTED,
        received_at=NOW,
        due_at=None,
        decided_at=NOW,
        answer="a.b.c",
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "province.sqlite3"


@pytest.fixture
def store(path: Path) -> Store:
    return Store(path)


def test_a_commit_waits_for_the_disk(store: Store) -> None:
    """No kill of a process can show this: it takes a power cut. So the setting itself is looked at."""
    full = 2
    assert store._database.execute("PRAGMA synchronous").fetchone()[0] == full
    assert store._database.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_only_its_owner_can_read_it(store: Store, path: Path) -> None:
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("statement", ["UPDATE effect SET receipt_no = 'x'", "DELETE FROM effect"])
def test_the_ledger_can_only_grow(store: Store, path: Path, statement: str) -> None:
    store.take_in(filing())
    store.record_effect(filing(), NOW)
    before = store.effects()

    with sqlite3.connect(path) as other, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        other.execute(statement)
    other.close()

    assert store.effects() == before


def test_what_fails_in_a_transaction_leaves_nothing(store: Store) -> None:
    def fail_half_way() -> None:
        with store.transaction():
            store.take_in(filing())
            raise KeyError

    with pytest.raises(KeyError):
        fail_half_way()

    assert store.filing(filing().key) is None


def test_a_contract_stands_once(store: Store) -> None:
    """The last line of defence, should two threads both find nothing."""
    store.take_in(filing())
    twice = filing(2)

    for again in (
        Filing(**{**vars(twice), "contract_no": filing().contract_no}),
        Filing(**{**vars(twice), "contract_digest": filing().contract_digest}),
        Filing(**{**vars(twice), "key": filing().key}),
        Filing(**{**vars(twice), "receipt_no": filing().receipt_no}),
    ):
        with pytest.raises(sqlite3.IntegrityError):
            store.take_in(again)


def test_serial_numbers_are_remembered_longer_than_messages_live(store: Store) -> None:
    serial = "0" * 32
    assert store.use_serial("A", serial, NOW)
    assert not store.use_serial("A", serial, NOW + timedelta(minutes=11))
    assert store.use_serial("B", serial, NOW)
    assert store.use_serial("A", serial, NOW + timedelta(minutes=16)), "a message that old is stale"


def test_what_was_read_is_what_was_written(store: Store, path: Path) -> None:
    store.take_in(filing())
    store.close()

    assert Store(path).filing(filing().key) == filing()
