"""Random faults on every interface: whatever happens, each filing takes effect exactly once.

What is compared is the province's ledger with our rows. The seed is in the name of the test.
"""

import random

import pytest

from filing_bridge.models import AttemptResult, Filing
from filing_bridge.sandbox.faults import Kind, Schedule
from tests.support.filing_province import (
    INTERFACES,
    FilingProvince,
    Killed,
    bury_the_dead,
    die_at,
    hurry,
    pump,
    settle,
)

pytestmark = pytest.mark.django_db

LIES = (Kind.CONTRADICTORY,)
KINDS = tuple(kind for kind in Kind if kind not in (*LIES, Kind.SLOW, Kind.DRIP))
LAST_ACTS = (
    "core.blobs.put",
    "filing_bridge.services.messages.move",
    "filing_bridge.services.delivery.claim",
    "filing_bridge.client.exchange",
    "filing_bridge.services.results._keep",
    "filing_bridge.services.delivery.record",
)


def campaign(province: FilingProvince, seed: int, filings: int, rounds: int) -> None:
    """Faults in half of all requests, a crash now and then, then peace: the two sides must agree."""
    chance = random.Random(seed)
    province.schedule(Schedule(seed, 0.5, KINDS, INTERFACES))
    for _ in range(rounds):
        for _ in range(chance.randint(0, 2 * filings // rounds)):
            province.file()
            if chance.random() < 0.5:
                pump()
        match chance.randrange(4):
            case 0:
                _maybe_die(chance.choice(LAST_ACTS), after=chance.random() < 0.5)
                bury_the_dead()
            case 1:
                hurry()
                pump()
            case _:
                pump()
    while Filing.objects.count() < filings:
        province.file()
    province.schedule(None)
    settle()
    assert {filing.state for filing in Filing.objects.all()} == {"accepted"}
    ledger = province.effects()
    assert len(ledger) == len(set(ledger))
    assert sorted(ledger) == sorted(Filing.objects.values_list("idempotency_key", flat=True))
    met = {kind for kind, _ in province.served}
    print(  # noqa: T201  (the seed, to run it again)
        f"seed {seed}: {len(ledger)} filings, {len(province.served)} faults of {len(met)} kinds, "
        f"{AttemptResult.objects.count()} calls; missing 0, double 0"
    )


def _maybe_die(target: str, *, after: bool) -> None:
    try:
        die_at(target, after=after)
    except pytest.fail.Exception:  # nothing was due there
        return
    except Killed:
        raise AssertionError("unreachable") from None


@pytest.mark.parametrize("seed", [20261121, 7])
def test_a_short_campaign(province: FilingProvince, seed: int) -> None:
    campaign(province, seed, filings=12, rounds=12)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(1, 11))
def test_a_long_campaign(province: FilingProvince, seed: int) -> None:
    campaign(province, seed, filings=100, rounds=60)


@pytest.mark.parametrize("seed", [20261121])
def test_a_province_that_lies_is_found_out_by_asking_again(province: FilingProvince, seed: int) -> None:
    """With contradictions among the faults, a filing is accepted or held; the ledger has it once."""
    kinds = (*LIES, Kind.LOST_REPLY, Kind.FORGED)
    province.schedule(Schedule(seed, 0.6, kinds, frozenset({"submit"})))
    filings = []
    for _ in range(12):
        filings.append(province.file())
        pump()
    settle()
    states = {filing.state for filing in Filing.objects.all()}
    assert states == {"accepted", "held"}
    assert sorted(province.effects()) == sorted(filing.idempotency_key for filing in filings)
