"""Worlds to try things in: empty ones, in which all goes by the steps taken and the seed, and fast.

Import the fixtures into a conftest: `from tests.support.filing_world import new_lives`.
"""

import itertools
import random
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from django.db import transaction

from core import clock
from filing_bridge.sandbox.app import App
from filing_bridge.sandbox.clock import Clock
from tests.support.filing_line import Line
from tests.support.filing_lives import Lives
from tests.support.filing_province import Ticking, acquaint, assembled

START: Final = datetime(2026, 11, 3, 1, tzinfo=UTC)
NewLives = Callable[..., AbstractContextManager[Lives]]


class PlatformsClock(Clock):
    """The province's clock set by the platform's: here only time passes that a step lets pass."""

    def now(self) -> datetime:
        return clock.now().astimezone(clock.SHANGHAI)


@pytest.fixture
def new_lives(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch, employer_key: None) -> NewLives:
    """Makes an empty world, which is gone without a trace when the block ends. Everything in it that is
    random, its keys and nonces apart, follows from Python's own generator."""
    blobs = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    settings.STORAGES = {**settings.STORAGES, "blobs": blobs}
    monkeypatch.setattr(uuid, "uuid4", lambda: uuid.UUID(int=random.getrandbits(128), version=4))
    unknown = {"ending": {"reason": ""}}
    monkeypatch.setattr("filing_bridge.subscribers.ending_facts_of", lambda contract: unknown)
    numbers = itertools.count()

    @contextmanager
    def new(pace: int = 1, line: Callable[[App], Line] = Line) -> Iterator[Lives]:
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        with ExitStack() as stack:
            app, province = stack.enter_context(assembled(folder, PlatformsClock()))
            province.time = Ticking(START)
            province.store._database.execute("PRAGMA synchronous = OFF")  # nobody pulls the plug here
            acquaint(province, folder, settings)
            lives = Lives(province, line(app), pace)
            monkeypatch.setattr(clock, "now", province.time.now)
            monkeypatch.setattr("filing_bridge.client.exchange", lives.line.exchange)
            for module in ("tasks", "services.repeating", "services.confirming"):
                monkeypatch.setattr(
                    f"filing_bridge.{module}.facts_behind", lambda filing: lives.facts[filing.document_digest]
                )
            stack.enter_context(transaction.atomic())
            yield lives
            transaction.set_rollback(True)

    return new
