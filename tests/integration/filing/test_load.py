"""The seeds' busiest year had 985,000 filings (C03), and a plant that let 2,000 people go at once (C11).

One worker with its own database against the province in another process, which takes any PDF: the rate at
which filings are opened, and at which they are signed, pushed, answered and recorded.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core import clock
from filing_bridge.models import Filing
from tests.support.filing_province import FilingProvince, acquaint, assembled, pump

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.nightly,
    pytest.mark.timeout(3600),
]
HIRES = int(os.environ.get("QIANBEI_LOAD", "5000"))
ENDINGS = HIRES * 2 // 5
# 985,000 a year are about 5,000 on a working day; ten times that in the eight hours of one day.
PEAK_PER_SECOND = 10 * 5000 / (8 * 3600)
ENDINGS_WITHIN = 90.0


@pytest.fixture
def far_province(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch, employer_key: None
) -> Iterator[FilingProvince]:
    """A province in a process of its own; its ledger is read from its file."""
    command = [sys.executable, "-m", "tests.support.lone_province", str(tmp_path)]
    unknown = {"ending": {"reason": ""}}
    monkeypatch.setattr("filing_bridge.subscribers.ending_facts_of", lambda contract: unknown)
    with (
        assembled(tmp_path) as (_, province),
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process,
    ):
        try:
            assert process.stdout is not None
            province.url = f"http://127.0.0.1:{process.stdout.readline().removeprefix('ready: ').strip()}"
            acquaint(province, tmp_path, settings)
            yield province
        finally:
            process.terminate()


def test_c03_a_day_of_ten_times_the_average_is_filed_in_its_working_hours(
    far_province: FilingProvince,
) -> None:
    facts = [far_province.facts() for _ in range(HIRES)]
    began = time.monotonic()
    hires = [far_province.file(each) for each in facts]
    opened = time.monotonic() - began
    processor = time.process_time()
    delivered = _delivered(far_province, HIRES)
    processor = time.process_time() - processor

    leavers = list(zip(hires, facts, strict=True))[:ENDINGS]
    began = time.monotonic()
    for hire, each in leavers:
        far_province.end(hire, each, clock.today())
    ended = time.monotonic() - began + _delivered(far_province, HIRES + ENDINGS)

    print(  # noqa: T201  (figures for the reader)
        f"{HIRES} hires: opened {HIRES / opened:.1f}/s, delivered {HIRES / delivered:.1f}/s by one worker "
        f"with {1000 * processor / HIRES:.1f} ms of its processor each; peak {PEAK_PER_SECOND:.2f}/s. "
        f"{ENDINGS} endings at once, until the last receipt: {ended:.1f} s"
    )
    assert HIRES / (opened + delivered) > PEAK_PER_SECOND
    if ENDINGS == 2000:
        assert ended < ENDINGS_WITHIN


def _delivered(province: FilingProvince, effects: int) -> float:
    """Seconds until everything is accepted, once each."""
    began = time.monotonic()
    pump()
    taken = time.monotonic() - began
    assert set(Filing.objects.values_list("state", flat=True)) == {"accepted"}
    ledger = province.effects()
    assert len(ledger) == len(set(ledger)) == effects
    return taken
