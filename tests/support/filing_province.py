"""The stand-in province inside the test's own process, and due work run step by step.

The province is the real one (`filing_bridge.sandbox`) behind a real socket, except that it takes any PDF:
what it checks in contracts is tested elsewhere. Its ledger and its faults are at hand as objects.
"""

import importlib
import random
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from unittest import mock

import pytest
from django.db import transaction
from django.db.models import F

from contracts.events import ContractChanged, ContractEffective, ContractEnded
from core import blobs, clock, work
from core.models import WorkItem
from core.numbers import citizen_check_character
from filing_bridge.models import Breaker, Filing
from filing_bridge.protocol import State
from filing_bridge.sandbox.admin import Admin, sender_of
from filing_bridge.sandbox.app import App
from filing_bridge.sandbox.clock import Clock
from filing_bridge.sandbox.decisions import Decisions
from filing_bridge.sandbox.desk.app import Desk
from filing_bridge.sandbox.desk.officers import Sessions, open_officers
from filing_bridge.sandbox.desk.store import DeskStore
from filing_bridge.sandbox.faults import Fault, Faults, Kind, Schedule
from filing_bridge.sandbox.forgery import Forger
from filing_bridge.sandbox.intake import Intake
from filing_bridge.sandbox.province import SYSTEM_CODE, open_province
from filing_bridge.sandbox.server import SandboxServer
from filing_bridge.sandbox.settings import Decide, Settings
from filing_bridge.sandbox.store import Store
from filing_bridge.services.answers import RENDER_FORM
from filing_bridge.services.messages import sign_messages
from filing_bridge.services.preparing import open_change, open_ending, open_filing
from filing_bridge.tasks import sweep
from signing.keys.signing_key import SigningKey
from signing.services import keyroom
from tests.support.contract_facts import sample_change, sample_ending, sample_facts
from tests.support.filing_parties import make_employer

TOKEN = "stand-in token, not secret"
INTERFACES = frozenset({"submit", "query", "form", "void"})


class Killed(BaseException):
    """The process dies here: no handler of ours may run."""


class _Credulous:
    """Stands for the examination of contracts."""

    def examine(self, body: object, pdf: bytes) -> None:
        return None

    def examine_void(self, message: object) -> None:
        return None


@dataclass
class Ticking:
    """The platform's clock in these tests: it moves a little with every look, and as much as a test says.

    So waits do not run out on a slow machine, and events still have an order.
    """

    start: datetime
    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        self.ahead += timedelta(microseconds=20)
        return self.start + self.ahead


@dataclass
class FilingProvince:
    """A running province and the platform's side of it."""

    url: str
    store: Store
    decisions: Decisions
    faults: Faults
    clock: Clock
    time: "Ticking"
    tenant: uuid.UUID
    officers: Mapping[str, str]
    counter: int = 0
    later: dict[uuid.UUID, dict[str, Any]] = field(default_factory=dict)

    def plan(self, *faults: Kind | Fault, on: frozenset[str] = INTERFACES) -> None:
        """These faults, one request each, then honesty."""
        plan = [each if isinstance(each, Fault) else Fault(each, on) for each in faults]
        self.faults.set(plan, None)

    def schedule(self, schedule: Schedule | None) -> None:
        self.faults.set([], schedule)

    @property
    def served(self) -> list[tuple[str, str]]:
        """The faults that were met so far."""
        return [(str(each["kind"]), str(each["on"])) for each in self.faults.state()["served"]]

    def review(self) -> None:
        """From now on an officer decides."""
        self.decisions.settings = Settings(Decide.REVIEW)

    def decide(self, filing: Filing, state: State) -> None:
        self.decisions.decide(filing.idempotency_key, state)

    def advance(self, by: timedelta) -> None:
        """Let time pass, here and there."""
        self.time.ahead += by
        self.clock.offset += by

    def forget(self) -> None:
        """Lose all filings, as no province should."""
        self.store._database.execute("DELETE FROM filing")

    def next_receipt_no(self) -> str:
        """The number that the next filing for 370303 will get."""
        return f"TEST370303{self.clock.today():%Y%m%d}{len(self.store.states()) + 1:06d}"

    def effects(self) -> list[str]:
        """The idempotency keys in the province's ledger, in order."""
        return [effect["key"] for effect in self.store.effects(0)]

    def facts(self, start: date | None = None, **contract: Any) -> dict[str, Any]:
        """Valid facts of a new worker whose work begins on `start`, by default today."""
        self.counter += 1
        start = start or clock.today()
        days, serial = divmod(self.counter, 1000)
        born = start.replace(year=start.year - 30, month=3, day=7) + timedelta(days=days)
        number = f"370303{born:%Y%m%d}{serial:03d}"
        number += citizen_check_character(number)
        dates = {
            "start": start.isoformat(),
            "employment_start": start.isoformat(),
            "end": (start + timedelta(days=1094)).isoformat(),
            "probation_start": start.isoformat(),
            "probation_end": (start + timedelta(days=88)).isoformat(),
        }
        person = {
            "id_no": number,
            "birth_date": born.isoformat(),
            "sex": "1" if self.counter % 2 else "2",
        }
        facts = sample_facts("general", worker=person, contract={**dates, **contract})
        return {**facts, "contract_no": f"HT-{self.tenant.hex[:8].upper()}-{self.counter:04d}"}

    def renewal(self, facts: dict[str, Any], start: date) -> dict[str, Any]:
        """Facts of the contract that follows: the same two, from `start`."""
        self.counter += 1
        end = (start + timedelta(days=1094)).isoformat()
        terms = {**facts["contract"], "sign_kind": "2", "start": start.isoformat(), "end": end}
        for name in ("months", "start", "end", "wage"):
            terms.pop(f"probation_{name}", None)
        return {**facts, "contract": terms, "contract_no": f"{facts['contract_no']}-X{self.counter}"}

    def end(self, hire: Filing, facts: dict[str, Any], day: date | None = None, **wish: Any) -> Filing:
        """What happens when the certificate of an ending, by default an agreed one, is signed; `later` keeps
        its facts."""
        wish = {"reason": "3602", "evidence": ("agreement",), **wish}
        ending = sample_ending(facts, ends_on=day or clock.today(), **wish)
        pdf = f"%PDF-1.7 stands for the ending of {facts['contract_no']}".encode()
        event = ContractEnded(hire.contract_id, self.tenant, blobs.put(pdf), clock.now())
        with transaction.atomic():
            filing = open_ending(event, ending)
        filing.refresh_from_db()
        self.later[filing.pk] = ending
        return filing

    def change(
        self, hire: Filing, facts: dict[str, Any], day: date | None = None, **terms: Any
    ) -> tuple[Filing | None, dict[str, Any]]:
        """What happens when both have signed a change: its filing, if any, and the facts as changed."""
        self.counter += 1
        day = day or clock.today()
        change = sample_change(facts, effective_on=day, number=self.counter, **terms)
        pdf = f"%PDF-1.7 stands for change {self.counter} of {facts['contract_no']}".encode()
        event = ContractChanged(hire.contract_id, self.tenant, blobs.put(pdf), clock.now())
        with transaction.atomic():
            filing = open_change(event, change)
        if filing is not None:
            filing.refresh_from_db()
            self.later[filing.pk] = change
        return filing, {**facts, "contract": change["contract"]}

    def file(self, facts: dict[str, Any] | None = None) -> Filing:
        """What happens when a contract becomes effective."""
        facts = facts or self.facts()
        pdf = f"%PDF-1.7 stands for {facts['contract_no']}".encode()
        event = ContractEffective(uuid.uuid4(), self.tenant, "0" * 64, blobs.put(pdf), clock.now())
        with transaction.atomic():
            filing = open_filing(event, facts)
        filing.refresh_from_db()
        return filing


def pump() -> None:
    """Run whatever is due, in the signer's and the worker's channel, until nothing is."""
    while work.run_due(work.SIGNING, limit=20) + work.run_due(work.GENERAL, limit=20):
        pass


def sign(filing: Filing) -> None:
    """Sign the messages that are due, and read the filing again."""
    with suppress(work.Later):
        sign_messages(filing.province)
    filing.refresh_from_db()


def hurry() -> None:
    """Let every wait be over; what was due sooner stays due sooner."""
    while_later = timedelta(hours=1)
    # Row by row: workers hold rows meanwhile, in orders of their own.
    for filing in Filing.objects.only("pk"):
        Filing.objects.filter(pk=filing.pk).update(due_at=F("due_at") - while_later)
    for item in WorkItem.objects.only("pk"):
        WorkItem.objects.filter(pk=item.pk).update(due_at=F("due_at") - while_later)
    Breaker.objects.exclude(until=None).update(until=F("until") - while_later)


def bury_the_dead() -> None:
    """Let all leases run out, and the sweep find them."""
    past = clock.now() - timedelta(seconds=1)
    Filing.objects.exclude(lease=None).update(leased_until=past)
    WorkItem.objects.exclude(lease=None).update(leased_until=past)
    sweep()


def settle(rounds: int = 60) -> None:
    """Work, with all waits cut short, until every filing is where no worker moves it."""
    for _ in range(rounds):
        pump()
        moving = Filing.objects.exclude(
            state__in=["accepted", "returned", "rejected", "voided", "held", "replaced", "waiting"]
        )
        if not moving.exists() and not Filing.objects.filter(to_confirm=True).exists():
            return
        hurry()
        bury_the_dead()
    states = list(Filing.objects.values_list("state", "attempts", "last_error", "due_at"))
    raise AssertionError(f"still moving after {rounds} rounds: {states}")


@contextmanager
def assembled(folder: Path, province_clock: Clock | None = None) -> Iterator[tuple[App, FilingProvince]]:
    """The province without its socket: the application, and its parts at hand."""
    identity = open_province(folder)
    province_clock = province_clock or Clock()
    store = Store(folder / "province.sqlite3")
    decisions = Decisions(store, identity, province_clock, Settings(Decide.INSTANT))
    intake = Intake(store, decisions, cast(Any, _Credulous()), identity, province_clock)
    faults = Faults(Forger(identity.signer))
    admin = Admin(store, decisions, faults, identity, province_clock)
    desk_store = DeskStore(folder / "province.sqlite3")
    officers = open_officers(folder)
    desk = Desk(desk_store, store, decisions, Sessions(officers), province_clock)
    app = App(intake, cast(Any, None), faults, admin, desk, identity)
    time, tenant = Ticking(datetime.now(UTC)), uuid.UUID(int=random.getrandbits(128))
    try:
        yield app, FilingProvince("", store, decisions, faults, province_clock, time, tenant, officers)
    finally:
        faults.set([], None)
        desk_store.close()
        store.close()


@contextmanager
def running_province(folder: Path) -> Iterator[FilingProvince]:
    """Serve a province in a thread until the block ends."""
    with assembled(folder) as (app, province):
        server = SandboxServer("127.0.0.1", 0, app.answer)
        province.url = f"http://127.0.0.1:{server.port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield province
        finally:
            province.faults.set([], None)
            server.shutdown()
            server.server_close()
            thread.join()


def acquaint(province: FilingProvince, folder: Path, settings: Any) -> None:
    """Let the province know the platform, and the platform the province."""
    settings.PROVINCE_TOKEN = TOKEN
    keys = str(folder / "province.jwks.json")
    settings.PROVINCES = {"": {"url": province.url, "system_code": SYSTEM_CODE, "keys": keys}}
    sender = {
        "system_code": settings.PLATFORM_SYSTEM_CODE,
        "token": TOKEN,
        "jwks": keyroom.platform_jwks(),
        "jurisdictions": [""],
    }
    province.store.register_sender(sender_of(sender))


@pytest.fixture
def employer_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """One key for every employer, and no forms: they are tested elsewhere, and here an accepted filing has
    reached its end."""
    employer = make_employer()
    key = SigningKey(employer.key, employer.certificate, (employer.ca, employer.root))
    monkeypatch.setattr(keyroom, "organisation_key", lambda tenant: key)
    monkeypatch.setitem(work.KINDS, RENDER_FORM, work.Kind(_nothing, work.GENERAL, work.LEASE))


@pytest.fixture
def province(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch, employer_key: None
) -> Iterator[FilingProvince]:
    """A province that knows the platform, and a platform that knows the province and one employer's key."""
    folder = tmp_path / "province"
    folder.mkdir()
    with running_province(folder) as running:
        acquaint(running, folder, settings)
        monkeypatch.setattr(clock, "now", running.time.now)
        yield running


def _nothing(key: str) -> None:
    return None


def die_at(target: str, *, after: bool = False) -> None:
    """Work until the process dies: at the first call of `target` (a dotted name), or right after it."""
    module, _, name = target.rpartition(".")
    real = getattr(importlib.import_module(module), name)

    def last(*arguments: Any, **named: Any) -> Any:
        if after:
            real(*arguments, **named)
        raise Killed(target)

    with mock.patch(target, last), pytest.raises(Killed):
        pump()
