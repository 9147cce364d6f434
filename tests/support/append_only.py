"""Lets the test runner empty the database between tests although some tables refuse DELETE and TRUNCATE.

Only the runner's own flush is let through; inside tests the guards stand.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import TransactionTestCase

POSTGRES_TABLES = """
SELECT DISTINCT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE right(tgname, 12) = '_append_only'
"""


@contextmanager
def guards_lifted() -> Iterator[None]:
    """Without the append-only triggers, which are back afterwards."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRES_TABLES)
            tables = [name for (name,) in cursor.fetchall()]
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            yield
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f"DROP TRIGGER {name}")
            yield
            for _, sql in triggers:
                cursor.execute(sql)


@pytest.fixture(autouse=True, scope="session")
def flush_past_the_guards() -> Iterator[None]:
    """Wraps the flush at the end of every transactional test."""
    flush = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # Django's private hook

    def lifted(self: Any) -> None:
        with guards_lifted():
            flush(self)

    TransactionTestCase._fixture_teardown = lifted  # type: ignore[attr-defined]  # Django's private hook
    yield
    TransactionTestCase._fixture_teardown = flush  # type: ignore[attr-defined]  # Django's private hook
