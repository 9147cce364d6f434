"""The state machines as a Hypothesis model, with the stand-in's ledger as oracle.

`tests/support/filing_lives.py` says what may happen, `tests/support/filing_agreement.py` what must hold. The
same steps are taken twice: a few at a time by Hypothesis, which finds the shortest way to a fault, and by
seeded schedules over many employments. The seed is printed; `QIANBEI_SEED` runs the schedules of another.
"""

import base64
import json
import os
import random
import sys
from collections import Counter
from contextlib import ExitStack
from datetime import datetime
from typing import Any
from unittest import mock

import pytest
from django.db.models import Q
from hypothesis import HealthCheck
from hypothesis import seed as seeded
from hypothesis import settings as tried
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from filing_bridge import protocol
from filing_bridge.models import AttemptResult, Filing
from filing_bridge.sandbox.faults import Kind
from tests.support.filing_agreement import agree, never_violated
from tests.support.filing_lives import Lives
from tests.support.filing_world import NewLives

pytestmark = pytest.mark.django_db

SEED = int(os.environ.get("QIANBEI_SEED", "20261122"))
CHANCE = st.randoms(use_true_random=False)
PATIENT = tried(derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
# How often each step is taken, of all.
STEPS = {
    "hire": 6,
    "sign": 8,
    "decide": 6,
    "mend": 5,
    "misbehave": 7,
    "break_down": 1,
    "repair": 2,
    "arrive": 2,
    "review": 1,
    "work": 8,
    "sweep": 3,
    "wait": 4,
    "live": 8,
    "die": 6,
    "stop": 2,
    "wake": 2,
    "lose_the_bell": 1,
}


def machine(new_lives: NewLives) -> type[RuleBasedStateMachine]:
    """The steps as rules."""

    class Machine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.world = ExitStack()
            self.lives = self.world.enter_context(new_lives())

        @invariant()
        def never_violated(self) -> None:
            never_violated(self.lives)

        def teardown(self) -> None:
            try:
                if sys.exc_info()[0] is None:
                    self.lives.heal()
                    agree(self.lives)
            finally:
                self.world.close()

    for name in STEPS:
        setattr(Machine, name, _rule(name))
    return Machine


def _rule(name: str) -> Any:
    def step(self: Any, chance: random.Random) -> None:
        getattr(self.lives, name)(chance)

    step.__name__ = name
    return rule(chance=CHANCE)(step)


def campaign(lives: Lives, seed: int, employments: int, steps: int) -> Counter[str]:
    """A schedule of so many steps over so many employments, then peace; returns how often each was taken."""
    random.seed(seed)
    chance = random.Random(f"schedule {seed}")
    taken: Counter[str] = Counter()
    names, weights = list(STEPS), list(STEPS.values())
    for number in range(steps):
        [name] = chance.choices(names, weights)
        if name != "hire" or len(lives.people) < employments:
            getattr(lives, name)(chance)
            taken[name] += 1
        if number % 10 == 9:
            never_violated(lives)
    while len(lives.people) < employments:
        lives.hire(chance)
    lives.heal()
    agree(lives)
    return taken


def test_whatever_happens_to_a_working_life_it_is_filed_once_and_in_order(new_lives: NewLives) -> None:
    run_state_machine_as_test(
        machine(new_lives), settings=tried(PATIENT, max_examples=12, stateful_step_count=25)
    )


@pytest.mark.parametrize("seed", [SEED])
def test_a_short_schedule(new_lives: NewLives, seed: int) -> None:
    with new_lives(pace=3) as lives:
        taken = campaign(lives, seed, employments=20, steps=80)
        _account(lives, seed, taken)


def _schedules(number: int) -> range:
    """The seeds of a night: half of them on each engine when both are run."""
    seeds = range(SEED, SEED + number)
    halves = {"embedded": seeds[: number // 2], "production": seeds[number // 2 :]}
    return halves.get(os.environ.get("QIANBEI_PASS", ""), seeds)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", _schedules(50))
def test_a_thousand_employments(new_lives: NewLives, seed: int) -> None:
    with new_lives(pace=80) as lives:
        taken = campaign(lives, seed, employments=1000, steps=120)
        _account(lives, seed, taken)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_hypothesis_looks_further_at_night(new_lives: NewLives) -> None:
    print(f"seed {SEED}")  # noqa: T201  (the seed, to run it again)
    deep = tried(PATIENT, derandomize=False, max_examples=500, stateful_step_count=60)
    run_state_machine_as_test(seeded(SEED)(machine(new_lives)), settings=deep)


def _account(lives: Lives, seed: int, taken: Counter[str]) -> None:
    print(  # noqa: T201  (the seed, to run it again)
        f"seed {seed}: {len(lives.people)} employments, {len(lives.due)} documents, "
        f"{Filing.objects.count()} filings, {AttemptResult.objects.count()} calls, "
        f"{len(lives.province.served)} faults, {lives.deaths} deaths in {taken.total()} steps; "
        "missing 0, double 0"
    )


def _believing(
    token: str, _keys: object, *, system_code: str, idempotency_key: str, record_digest: str
) -> protocol.Answer:
    """`protocol.open_answer` without looking at the signature."""
    text = token.split(".")[1]
    payload = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    body = payload["body"]
    if body["idempotency_key"] != idempotency_key:
        raise protocol.AnswerMismatchError
    return protocol.Answer(protocol.Kind(body["kind"]), datetime.fromisoformat(payload["head"]["time"]), body)


# A control taken out, and how: the model has to find each.
WITHOUT: dict[str, dict[str, object]] = {
    "the order of an employment": {
        "filing_bridge.selectors._EARLIER": Q(pk__in=[]),
        "filing_bridge.services.preparing.BLOCKING": frozenset(),
    },
    "asking before pushing again": {
        "filing_bridge.services.results._not_there": lambda each, finding: (
            each.submits and finding.answer is None
        ),
    },
    "looking for what dead workers hold": {"filing_bridge.services.claims.take_back": lambda: None},
    "checking the province's signature": {"filing_bridge.wire.protocol.open_answer": _believing},
}


@pytest.mark.parametrize("control", WITHOUT)
def test_the_model_finds_a_control_that_is_missing(new_lives: NewLives, control: str) -> None:
    with ExitStack() as stack:
        for target, mutant in WITHOUT[control].items():
            stack.enter_context(mock.patch(target, mutant))
        with pytest.raises(AssertionError):
            _twenty_schedules(new_lives)


def _twenty_schedules(new_lives: NewLives) -> None:
    for seed in range(20):
        with new_lives(pace=2) as lives:
            lives.kinds = (Kind.LOST_REPLY, Kind.FORGED)  # what shows it soonest
            campaign(lives, seed, employments=8, steps=60)
