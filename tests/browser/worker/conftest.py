"""The product behind a live server, its due work done by threads, and a browser as a phone."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from core import work
from tests.support.phone_browser import browser
from tests.support.pki import pki
from tests.support.signing_fixtures import authorities, heard, own_folders

__all__ = ["authorities", "browser", "heard", "own_folders", "pki"]


@pytest.fixture
def idle_site(
    transactional_db: None, own_folders: None, authorities: object, heard: list[object], live_server: Any,
    settings: Any,
) -> str:  # fmt: skip
    """The address of the product; the test itself does what is due."""
    settings.PUBLIC_URL = live_server.url
    address: str = live_server.url
    return address


@pytest.fixture
def site(idle_site: str) -> Iterator[str]:
    """The address of a running product; what is due is done at once."""
    ended = threading.Event()

    def do(channel: str) -> None:
        while not ended.is_set():
            if not work.run_due(channel, limit=5):
                ended.wait(0.1)
        connection.close()

    workers = [threading.Thread(target=do, args=[channel]) for channel in (work.GENERAL, work.SIGNING)]
    for worker in workers:
        worker.start()
    yield idle_site
    ended.set()
    for worker in workers:
        worker.join()
