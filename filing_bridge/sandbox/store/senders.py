"""Platforms that may file, and the serial numbers of their messages."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from filing_bridge.protocol import CLOCK_TOLERANCE
from filing_bridge.sandbox.store.database import Database, text_of


@dataclass(frozen=True)
class Sender:
    """A registered platform: its token's SHA-256 (hex), its public keys, the divisions it may file for.

    A jurisdiction is a prefix of GB/T 2260: 3703 covers 370303.
    """

    system_code: str
    token_sha256: str
    jwks: Mapping[str, Any]
    jurisdictions: tuple[str, ...]


class Senders(Database):
    SCHEMA = """
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
    """

    def register_sender(self, sender: Sender) -> None:
        """Add a platform or replace what is known of it."""
        self.write(
            "INSERT INTO sender VALUES (?, ?, ?, ?) ON CONFLICT (system_code) DO UPDATE SET"
            " token_sha256 = excluded.token_sha256, jwks = excluded.jwks,"
            " jurisdictions = excluded.jurisdictions",
            sender.system_code,
            sender.token_sha256,
            json.dumps(sender.jwks),
            json.dumps(sender.jurisdictions),
        )

    def sender_with(self, token_sha256: str) -> Sender | None:
        """The platform whose token has this digest."""
        row = self.one("SELECT * FROM sender WHERE token_sha256 = ?", token_sha256)
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
            self.write("DELETE FROM serial WHERE time < ?", text_of(now - 3 * CLOCK_TOLERANCE))
            fresh = self.write(
                "INSERT OR IGNORE INTO serial VALUES (?, ?, ?)", system_code, serial_no, text_of(now)
            )
            return fresh == 1
