"""Real workers side by side, each with a connection of its own."""

import threading
import time

import pytest
from django.db import close_old_connections, connection

from core import work
from filing_bridge.models import Filing, FilingAttempt
from filing_bridge.services.claims import claim
from tests.support.filing_province import FilingProvince, hurry, sign

pytestmark = pytest.mark.django_db(transaction=True)


def test_barrier_threads_claim_each_filing_once(province: FilingProvince) -> None:
    filings = [province.file() for _ in range(8)]
    sign(filings[0])
    barrier, taken, lock = threading.Barrier(4), [], threading.Lock()

    def worker() -> None:
        barrier.wait()
        mine = [each.filing.pk for each in claim("all", 100)]
        with lock:
            taken.extend(mine)
        connection.close()

    crew = [threading.Thread(target=worker) for _ in range(4)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    assert sorted(taken) == sorted(each.pk for each in filings)
    assert FilingAttempt.objects.count() == 8


def test_several_workers_file_everything_once(province: FilingProvince) -> None:
    filings = [province.file() for _ in range(10)]
    stop = threading.Event()

    def worker(channel: str) -> None:
        while not stop.is_set():
            if not work.run_due(channel, limit=4):
                stop.wait(0.02)
        close_old_connections()
        connection.close()

    crew = [threading.Thread(target=worker, args=(c,)) for c in (work.SIGNING, work.GENERAL) * 2]
    for thread in crew:
        thread.start()
    ends = time.monotonic() + 60
    try:
        while Filing.objects.exclude(state="accepted").exists() and time.monotonic() < ends:
            hurry()
            stop.wait(0.2)
    finally:
        stop.set()
        for thread in crew:
            thread.join()
    assert {each.state for each in Filing.objects.all()} == {"accepted"}
    assert sorted(province.effects()) == sorted(each.idempotency_key for each in filings)
