"""Working lives as a model: what may happen to them, what may never be, and what must be in the end.

Every step takes a `random.Random`, Hypothesis's or a seeded one, and does what can happen in earnest:
a document is signed, an officer decides, a person mends what came back, the province or the line misbehaves,
a process dies or stops, time passes. The oracle is the stand-in's ledger; the platform's rows and its history
of attempts have to agree with it. Whoever adds an event of a working life adds a row to DOCUMENTS.
"""

import importlib
import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final
from unittest import mock

from core import clock, work
from core.models import WorkItem
from filing_bridge import wire
from filing_bridge.models import Filing
from filing_bridge.protocol import State
from filing_bridge.provinces import EVERYWHERE
from filing_bridge.provinces import province as registered
from filing_bridge.sandbox.decisions import AlreadyDecided
from filing_bridge.sandbox.faults import Fault, Kind, Schedule
from filing_bridge.sandbox.settings import Decide, Settings
from filing_bridge.services.claims import Claim, claim
from filing_bridge.services.confirming import confirm_filing, confirmation_of
from filing_bridge.services.delivery import call
from filing_bridge.services.messages import sign_messages
from filing_bridge.services.preparing import CONFIRMATION
from filing_bridge.services.repeating import repeat_filing
from filing_bridge.services.results import record
from filing_bridge.tasks import sweep
from tests.support.filing_line import Line, Trouble
from tests.support.filing_province import INTERFACES, FilingProvince, Killed, pump
from tests.support.principals import principal

TERM: Final = timedelta(days=59)
SERVICES: Final = "filing_bridge.services"

# Where people work, how often of ten, and what the division wants to know of them beyond the usual.
PLACES: Final[tuple[tuple[str, int, Mapping[str, str]], ...]] = (
    ("370303", 5, {}),  # decided at once
    ("320205", 3, {}),  # reviewed, and only pre-registered from the 7th to the 10th
    ("310115", 2, {"hukou_code": "310104", "resid_code": "310115"}),  # final: a person confirms the dates
)
# The crash matrix of the delivery: a process dies at one of these calls, or right after it.
LAST_ACTS: Final = (
    "core.blobs.put",
    "signing.services.keyroom._spend",
    f"{SERVICES}.preparing.prepare",
    f"{SERVICES}.messages.move",
    f"{SERVICES}.claims._attempt",
    f"{SERVICES}.delivery.claim",
    "filing_bridge.client.exchange",
    f"{SERVICES}.results._keep",
    f"{SERVICES}.answers.apply",
    f"{SERVICES}.answers.let_others_go",
    f"{SERVICES}.results._note_health",
    f"{SERVICES}.delivery.record",
)
# A lie about a submission is found out by asking again; one about a question is nobody's to find.
LIES: Final = frozenset({Kind.CONTRADICTORY})
OUTAGES: Final = (Kind.DOWN, Kind.MAINTENANCE, Kind.TOO_MANY, Kind.ERROR, Kind.HTML, Kind.DRIP)
WAITS: Final = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=7),
    timedelta(hours=2),
    timedelta(days=1),
)
SWEEP_EVERY: Final = timedelta(seconds=30)
SETTLED_WITHIN: Final = timedelta(minutes=15)


@dataclass(frozen=True)
class Due:
    """A signed document that has to be filed exactly once; `place` is its rank in its employment."""

    life: int
    place: int
    document: str


@dataclass
class Life:
    """A person with this employer: the terms that hold, and the filing of the contract that they stand in."""

    number: int
    facts: dict[str, Any]
    contract: Filing
    documents: int = 0
    ended: date | None = None

    def in_force(self, today: date) -> bool:
        return self.ended is None and self._day("start") <= today <= self._day("end")

    def ends_soon(self, today: date) -> bool:
        return self.in_force(today) and self._day("end") - today <= timedelta(days=30)

    def left_before(self, today: date) -> bool:
        return self.ended is not None and self.ended < today

    def _day(self, name: str) -> date:
        return date.fromisoformat(self.facts["contract"][name])


@dataclass
class Lives:
    """Everybody's working life, the province, the line to it, and the platform's processes.

    `pace` is how many people at most one step concerns, `kinds` what the province may do wrong.
    """

    province: FilingProvince
    line: Line
    pace: int = 1
    kinds: tuple[Kind, ...] = tuple(Kind)
    people: list[Life] = field(default_factory=list)
    due: dict[str, Due] = field(default_factory=dict)  # by the document's digest
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)  # likewise
    stopped: list[tuple[list[Claim], list[wire.Finding] | None]] = field(default_factory=list)
    deaths: int = 0

    # What happens between employer and worker.

    def hire(self, chance: random.Random) -> None:
        """Somebody begins these days, or began so long ago that a reason has to be given."""
        for _ in range(chance.randint(1, self.pace)):
            start = clock.today() - timedelta(days=chance.choice((0, 0, 3, 12, 33)))
            place, _, worker = chance.choices(PLACES, [often for _, often, _ in PLACES])[0]
            facts = self.province.facts(start, end=(start + TERM).isoformat())
            self.begin({**facts, "jurisdiction_code": place, "worker": facts["worker"] | worker})

    def begin(self, facts: dict[str, Any]) -> Filing:
        """A contract with these facts becomes effective."""
        life = Life(len(self.people), facts, self.province.file(facts))
        self.people.append(life)
        self._note(life, life.contract, facts)
        return life.contract

    def sign(self, chance: random.Random) -> None:
        """Something is signed that follows: whatever may be on this day."""
        if not self.people:
            return
        today = clock.today()
        for _ in range(chance.randint(1, self.pace)):
            life = chance.choice(self.people)
            if possible := [each for each in DOCUMENTS if each.may(life, today)]:
                chance.choice(possible).sign(self, life, today)

    def _note(self, life: Life, filing: Filing | None, facts: dict[str, Any]) -> None:
        assert filing is not None
        self.due[filing.document_digest] = Due(life.number, life.documents, filing.document_digest)
        self.facts[filing.document_digest] = facts
        life.documents += 1

    # What officers and people of the employer do.

    def decide(self, chance: random.Random) -> None:
        """An officer goes through what lies on the desk."""
        for row in self.province.store.states():
            if row["state"] == "under_review" and chance.random() < 0.6:
                states = (State.ACCEPTED, State.RETURNED, State.REJECTED)
                [state] = chance.choices(states, (6, 3, 1))
                with suppress(AlreadyDecided):
                    self.province.decisions.decide(row["key"], state)

    def mend(self, chance: random.Random) -> None:
        """Somebody of the employer does what the worklist asks for, or does not come to it today."""
        for filing in self.for_a_person():
            if chance.random() < 0.5:
                self._mend(filing)

    def for_a_person(self) -> list[Filing]:
        """What does not go on by itself, in the order in which it was signed."""
        found = Filing.objects.filter(state__in=["waiting", "returned", "rejected", "held"], to_confirm=False)
        return sorted(found, key=lambda each: self._rank(each.document_digest))

    def _rank(self, document: str) -> tuple[int, int]:
        due = self.due[document]
        return due.life, due.place

    def _mend(self, filing: Filing) -> None:
        who = principal(self.province.tenant)
        if filing.state != "waiting":
            repeat_filing(principal=who, filing_id=filing.pk, particulars={})
        elif filing.last_error == CONFIRMATION:
            digest = confirmation_of(who, filing.pk).digest
            confirm_filing(principal=who, filing_id=filing.pk, digest=digest)
        elif "/late_reason" in {fault["field"] for fault in filing.faults}:
            reason = {"late_reason": "系统故障"}
            repeat_filing(principal=who, filing_id=filing.pk, particulars=reason)

    # What goes wrong outside.

    def misbehave(self, chance: random.Random) -> None:
        """The province answers the next few requests badly, or some of all, or the line swallows them."""
        if chance.random() < 0.3:
            self.line.troubles.extend(chance.choices(list(Trouble), k=chance.randint(1, 3)))
            return
        if chance.random() < 0.4:
            kinds = tuple(kind for kind in self.kinds if kind not in LIES)
            schedule = Schedule(chance.getrandbits(32), 0.3, kinds, INTERFACES)
            self.province.schedule(schedule)
            return
        kind = chance.choice(self.kinds)
        on = frozenset({"submit"}) if kind in LIES else INTERFACES
        wait = str(chance.choice((0, 1, 30)))
        times, items = chance.randint(1, 3), chance.randint(1, 4)
        self.province.faults.set([Fault(kind, on, times=times, items=items, retry_after=wait)], None)

    def break_down(self, chance: random.Random) -> None:
        """From now on nothing goes, until somebody repairs it."""
        if chance.random() < 0.4:
            self.line.cut = True
        else:
            self.province.faults.set([Fault(chance.choice(OUTAGES), INTERFACES, times=None)], None)

    def repair(self, _chance: random.Random) -> None:
        self.province.faults.set([], None)
        self.line.calm()

    def arrive(self, _chance: random.Random) -> None:
        """Requests that were given up reach the province."""
        self.line.arrive()

    def review(self, chance: random.Random) -> None:
        """The province decides everything by its officers from now on, or as its profiles say."""
        self.province.decisions.settings = Settings(chance.choice((Decide.REVIEW, Decide.PROFILE)))

    # What our own processes do, and what becomes of them.

    def work(self, _chance: random.Random) -> None:
        pump()

    def sweep(self, _chance: random.Random) -> None:
        sweep()

    def wait(self, chance: random.Random) -> None:
        """Time passes and nobody works."""
        self.province.advance(chance.choice(WAITS))

    def live(self, chance: random.Random) -> None:
        """Time passes as it usually does."""
        for _ in range(chance.randint(1, 2)):
            self._tick(SWEEP_EVERY)

    def die(self, chance: random.Random) -> None:
        """A process is killed at one of its acts, or right after it; what it holds stays held."""
        self.province.advance(SWEEP_EVERY)
        sweep()
        target, after, left = chance.choice(LAST_ACTS), chance.random() < 0.5, chance.randint(0, 2)
        module, _, name = target.rpartition(".")
        real = getattr(importlib.import_module(module), name)

        def last(*arguments: Any, **named: Any) -> Any:
            nonlocal left
            left -= 1
            if left >= 0:
                return real(*arguments, **named)
            if after:
                real(*arguments, **named)
            raise Killed(target)

        try:
            with mock.patch(target, last):
                pump()
        except Killed:
            self.deaths += 1

    def stop(self, chance: random.Random) -> None:
        """A worker is stopped with filings in its hands, before its calls or right after them."""
        with suppress(work.Later):
            sign_messages(EVERYWHERE)
        held = claim(EVERYWHERE, chance.randint(1, 10))
        if held:
            told = call(registered(EVERYWHERE), held) if chance.random() < 0.5 else None
            self.stopped.append((held, told))

    def wake(self, _chance: random.Random) -> None:
        """Stopped workers go on where they were."""
        stopped, self.stopped = self.stopped, []
        for held, told in stopped:
            record(EVERYWHERE, held, told or call(registered(EVERYWHERE), held))

    def lose_the_bell(self, _chance: random.Random) -> None:
        """Nobody is rung for anything: the rows alone say what is due."""
        WorkItem.objects.all().delete()

    # Peace.

    def heal(self, days: int = 100) -> None:
        """All is repaired, and everybody does his duty until nothing is left to do.

        What the province has not answered is known again within 15 minutes.
        """
        calm = random.Random(0)
        self.repair(calm)
        self.wake(calm)
        self.arrive(calm)
        self.province.decisions.settings = Settings(Decide.PROFILE)
        self._accept()
        for _ in range(SETTLED_WITHIN // SWEEP_EVERY):
            self._tick(SWEEP_EVERY)
        unknown = list(Filing.objects.filter(state__in=["sent", "unknown"]).values_list("pk", "last_error"))
        assert unknown == [], f"unknown {SETTLED_WITHIN} after the province was back"
        for _ in range(days):
            for _ in range(3):
                self._tick(timedelta(minutes=20))
            if not self._do_duty():
                return
            self._tick(timedelta(hours=23))
        states = list(
            Filing.objects.exclude(state__in=["accepted", "replaced"]).values_list("state", "last_error")
        )
        raise AssertionError(f"not settled after {days} days: {states}")

    def _tick(self, by: timedelta) -> None:
        self.province.advance(by)
        sweep()
        pump()

    def _accept(self) -> None:
        for row in self.province.store.states():
            if row["state"] == "under_review":
                self.province.decisions.decide(row["key"], State.ACCEPTED)

    def _do_duty(self) -> bool:
        """Officers accept; of every employment the first filing that needs a person is mended. Whether
        anything is left to do."""
        self._accept()
        seen: set[int] = set()
        for filing in self.for_a_person():
            life = self.due[filing.document_digest].life
            if life not in seen:
                self._mend(filing)
            seen.add(life)
        open_ones = Filing.objects.exclude(state__in=["accepted", "replaced"])
        return open_ones.exists() or Filing.objects.filter(to_confirm=True).exists()


@dataclass(frozen=True)
class Document:
    """Something that is signed in a working life: on which days it may be, and how it comes to be."""

    name: str
    may: Callable[[Life, date], bool]
    sign: Callable[[Lives, Life, date], None]


def _renew(lives: Lives, life: Life, _today: date) -> None:
    start = date.fromisoformat(life.facts["contract"]["end"]) + timedelta(days=1)
    facts = lives.province.renewal(life.facts, start)
    facts["contract"]["end"] = (start + TERM).isoformat()
    life.facts, life.contract = facts, lives.province.file(facts)
    lives._note(life, life.contract, facts)


def _change(lives: Lives, life: Life, today: date) -> None:
    title = f"装配工{lives.province.counter}"
    filing, facts = lives.province.change(life.contract, life.facts, today, job_title=title)
    assert filing is not None
    life.facts = facts
    lives._note(life, filing, lives.province.later[filing.pk])


def _end(lives: Lives, life: Life, today: date) -> None:
    filing = lives.province.end(life.contract, life.facts, today)
    life.ended = today
    lives._note(life, filing, lives.province.later[filing.pk])


def _hire_again(lives: Lives, life: Life, today: date) -> None:
    lives.province.counter += 1
    dates = {"start": today.isoformat(), "employment_start": today.isoformat()}
    terms = {**life.facts["contract"], **dates, "sign_kind": "1", "end": (today + TERM).isoformat()}
    number = f"{life.facts['contract_no'].split('-X')[0]}-X{lives.province.counter}"
    facts = {**life.facts, "contract_no": number, "contract": terms}
    life.facts, life.contract, life.ended = facts, lives.province.file(facts), None
    lives._note(life, life.contract, facts)


DOCUMENTS: Final = (
    Document("renewal", Life.ends_soon, _renew),
    Document("change", Life.in_force, _change),
    Document("ending", Life.in_force, _end),
    Document("hire again", Life.left_before, _hire_again),
)
