"""Take filings in, decide about them, and enter what takes effect in the ledger."""

import logging
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from contracts.endings.checks import TRANSFERRED
from filing_bridge.mapping import HIRES, FilingType, document_no, value_at
from filing_bridge.profiles import profile_for, reopens_on
from filing_bridge.protocol import (
    Event,
    ProtocolError,
    RejectItem,
    State,
    acknowledgement,
    decision,
    sign_answer,
)
from filing_bridge.protocol.messages import EVENTS
from filing_bridge.review import REVIEW_CODES
from filing_bridge.sandbox.clock import Clock
from filing_bridge.sandbox.province import AGENCY, SYSTEM_CODE, Province
from filing_bridge.sandbox.proxy import FILING_TYPE, Letter, proxy_ending
from filing_bridge.sandbox.settings import Decide, Settings
from filing_bridge.sandbox.store import Filing, Period, Store

LOG = logging.getLogger(__name__)

OPEN_END = "9999-12-31"
DECIDED = frozenset({State.ACCEPTED, State.RETURNED, State.REJECTED})
BY_OFFICER = REVIEW_CODES["officer_decision"].item()


class AlreadyDecided(Exception):  # noqa: N818  (an answer, not a malfunction)
    """The filing is not under review."""


class Decisions:
    """The desk. Thread-safe; `settings` may be replaced at any time."""

    def __init__(self, store: Store, province: Province, clock: Clock, settings: Settings) -> None:
        self.settings = settings
        self._store = store
        self._province = province
        self._clock = clock

    def take_in(self, key: str, system_code: str, record: Mapping[str, Any], record_digest: str) -> Filing:
        """Give a filing without fault its receipt number, and decide it if that is the way now.

        What is returned has reached the disk. The same key again gives what was there first. Raises
        `ProtocolError`: `duplicate_filing` (with items), or `record_invalid` for a renewal or an ending of
        nothing.
        """
        period = period_of(record)
        now = self._clock.now()
        with self._store.transaction():
            if (existing := self._store.filing(key)) is not None:
                return existing
            self._refuse_duplicates(record, period)
            number = self._store.next_number()
            filing = Filing(
                key=key,
                system_code=system_code,
                receipt_no=f"TEST{record['jurisdiction_code']}{now:%Y%m%d}{number:06d}",
                record_digest=record_digest,
                contract_digest=record["contract_digest"]["value"],
                contract_no=document_no(record),
                event=EVENTS[record["filing_type"]].value,
                period=period,
                record=record,
                state=State.PRE_REGISTERED,
                received_at=now,
                due_at=None,
                decided_at=None,
                answer="",
            )
            filing = self._on_its_way(filing)
            self._store.take_in(filing)
            if filing.state is State.ACCEPTED:
                self._take_effect(filing, now)
        return filing

    def take_up(self, key: str) -> Filing:
        """The filing under a known key, sent once more: one that was pre-registered goes its way now, if the
        settlement period is over; any other stays as it is. Raises `KeyError`."""
        with self._store.transaction():
            filing = self._store.filing(key)
            if filing is None:
                raise KeyError(key)
            if filing.state is not State.PRE_REGISTERED:
                return filing
            filing = self._on_its_way(filing)
            self._store.take_up(filing)
            if filing.state is State.ACCEPTED:
                self._take_effect(filing, self._clock.now())
        return filing

    def _on_its_way(self, filing: Filing) -> Filing:
        """A filing without fault as it stands now: pre-registered, under review or accepted."""
        settings, now = self.settings, self._clock.now()
        profile = profile_for(filing.record["jurisdiction_code"])
        reason = value_at(filing.record, "/ending/reason")
        sensitive = reason in profile.reviewed_reasons or filing.record.get("signed_elsewhere", False)
        if reopens_on(profile, self._clock.today()):
            filing = replace(filing, state=State.PRE_REGISTERED)
        elif settings.decide is Decide.INSTANT or (
            settings.decide is Decide.PROFILE and profile.review_mode == "instant" and not sensitive
        ):
            filing = replace(filing, state=State.ACCEPTED, decided_at=now)
        else:
            wait = None if sensitive else settings.review_time  # no timer decides what a person must look at
            due = None if wait is None else now + wait
            filing = replace(filing, state=State.UNDER_REVIEW, due_at=due)
        return replace(filing, answer=self._answer(filing, ()))

    def decide(self, key: str, state: State, items: Sequence[RejectItem] = ()) -> None:
        """Decide a filing under review, once. Raises `KeyError` and `AlreadyDecided`."""
        if state not in DECIDED:
            raise ValueError(f"{state} is no decision")
        now = self._clock.now()
        with self._store.transaction():
            filing = self._store.filing(key)
            if filing is None:
                raise KeyError(key)
            decided = replace(filing, state=state, decided_at=now)
            answer = self._answer(decided, () if state is State.ACCEPTED else items or (BY_OFFICER,))
            if not self._store.decide(key, state, now, answer):
                raise AlreadyDecided(key)
            if state is State.ACCEPTED:
                self._take_effect(decided, now)

    def end_for_employer(self, key: str, day: date, letter: Letter) -> Filing:
        """End the employment that the filing under `key` has on file without its employer, by the letter.

        Raises `KeyError`, `NotToBeEnded`, and `AlreadyDecided` when it was ended before.
        """
        now = self._clock.now()
        with self._store.transaction():
            hire = self._store.filing(key)
            if hire is None:
                raise KeyError(key)
            number = self._store.next_number()
            ending = proxy_ending(hire, day, letter, number=number, now=now)
            employer, digest = ending.period.employer, ending.contract_digest
            if self._store.standing_filing_of(employer, ending.contract_no, Event.ENDING.value, digest):
                raise AlreadyDecided(key)
            ending = replace(ending, answer=self._answer(ending, ()))
            self._store.take_in(ending)
            self._take_effect(ending, now)
        return ending

    def accept_due(self) -> int:
        """Accept every filing whose review time is over; returns how many."""
        keys = self._store.due(self._clock.now())
        for key in keys:
            self.decide(key, State.ACCEPTED)
        return len(keys)

    def keep_accepting(self, stop: threading.Event, every: float = 0.1) -> None:
        """The officer who never sleeps: accept what is due until `stop` is set."""
        while not stop.wait(every):
            try:
                self.accept_due()
            except AlreadyDecided:
                continue  # a person was faster
            except Exception as error:  # noqa: BLE001  (a full disk now may have room in a second)
                LOG.error("review timer failed: %s", type(error).__name__)

    def _take_effect(self, filing: Filing, at: datetime) -> None:
        self._store.record_effect(filing, at)
        if filing.event == Event.ENDING:
            period = filing.period
            self._store.end_employment(period.employer, period.worker, period.ends)
        if filing.event == Event.CHANGE:
            self._store.change_term(filing.period.employer, filing.record["contract_no"], filing.period.ends)

    def _answer(self, filing: Filing, items: Sequence[RejectItem]) -> str:
        about: dict[str, Any] = {
            "key": filing.key,
            "digest": filing.record_digest,
            "receipt_no": filing.receipt_no,
            "state": filing.state,
            "received_at": filing.received_at,
            "agency": AGENCY,
        }
        if filing.decided_at is None:
            body = acknowledgement(**about)
        else:
            body = decision(**about, decided_at=filing.decided_at, reject_items=items)
        return sign_answer(body, system_code=SYSTEM_CODE, now=self._clock.now(), signer=self._province.signer)

    def _refuse_duplicates(self, record: Mapping[str, Any], period: Period) -> None:
        digest = record["contract_digest"]["value"]
        event = EVENTS[record["filing_type"]]
        standing = self._store.standing_filing_of(period.employer, document_no(record), event.value, digest)
        if standing is not None:
            by_agency = standing.record["filing_type"] == FILING_TYPE
            raise ProtocolError("duplicate_filing", items=[ENDED_BY_AGENCY if by_agency else ALREADY_FILED])
        if record["filing_type"] not in HIRES:
            before = self._store.accepted_with_receipt(record["prev_filing_no"])
            if before is None or (before.period.employer, before.period.worker) != (
                period.employer,
                period.worker,
            ):
                raise ProtocolError("record_invalid", items=[NOTHING_BEFORE])
            if event is not Event.RENEWAL:
                self._refuse_misfit(before, record)
                return
        if record["filing_type"] == FilingType.TRANSFER:
            self._refuse_unlinked(record, period)
        if self._store.overlapping(period):
            raise ProtocolError("duplicate_filing", items=[OVERLAPS])

    def _refuse_unlinked(self, record: Mapping[str, Any], period: Period) -> None:
        """A transfer follows the ending that the earlier employer has filed for it, in the same city."""
        said = record["transfer"]
        ended = self._store.latest_ending(said["from_uscc"], period.worker)
        ending = ended.record["ending"] if ended is not None else {}
        linked = {
            "reason": TRANSFERRED,
            "certificate_no": said["certificate_no"],
            "date": said["left_on"],
            "transfer_to_uscc": period.employer,
        }
        if ended is None or any(ending.get(name) != value for name, value in linked.items()):
            raise ProtocolError("record_invalid", items=[REVIEW_CODES["transfer_unknown"].item()])
        if ended.record["jurisdiction_code"][:4] != record["jurisdiction_code"][:4]:
            raise ProtocolError("record_invalid", items=[REVIEW_CODES["transfer_elsewhere"].item()])

    def _refuse_misfit(self, before: Filing, record: Mapping[str, Any]) -> None:
        """What follows a contract is about the contract on file as it stands."""
        if before.event == Event.ENDING or before.record["contract_no"] != record["contract_no"]:
            raise ProtocolError("record_invalid", items=[ANOTHER_CONTRACT])
        items = [
            *self._rests_or_not(before, record),
            *_differing(self._latest(before, _STATES_TERMS), record),
        ]
        if items:
            raise ProtocolError("record_invalid", items=items)

    def _rests_or_not(self, before: Filing, record: Mapping[str, Any]) -> Iterator[RejectItem]:
        """A contract is suspended once, and resumed from a suspension that is on file."""
        event = EVENTS[record["filing_type"]]
        last = self._latest(before, _STATES_REST)
        rests = last is not None and last.event == Event.SUSPENSION
        if event is Event.SUSPENSION and rests:
            yield REVIEW_CODES["suspended_already"].item()
        if event is Event.RESUMPTION:
            since = value_at(last.record, "/suspension/effective_on") if last is not None and rests else None
            if since is None or since != value_at(record, "/suspension/since"):
                yield REVIEW_CODES["not_suspended"].item()

    def _latest(self, filing: Filing | None, events: Collection[str]) -> Filing | None:
        """The last of these events on the way back from a filing through those before it."""
        while filing is not None and filing.event not in events:
            filing = self._store.accepted_with_receipt(filing.record.get("prev_filing_no", ""))
        return filing


ALREADY_FILED = REVIEW_CODES["already_filed"].item()
ENDED_BY_AGENCY = REVIEW_CODES["ended_by_agency"].item()
OVERLAPS = REVIEW_CODES["employment_overlaps"].item()
NOTHING_BEFORE = REVIEW_CODES["previous_filing_unknown"].item()
ANOTHER_CONTRACT = REVIEW_CODES["not_the_contract_on_file"].item()

# Filings that hold the terms of the contract, and those that say whether it rests; a contract begins anew.
_STATES_TERMS = frozenset({Event.HIRE, Event.RENEWAL, Event.CHANGE})
_STATES_REST = frozenset({Event.HIRE, Event.RENEWAL, Event.SUSPENSION, Event.RESUMPTION})


def _differing(before: Filing | None, record: Mapping[str, Any]) -> Iterator[RejectItem]:
    """What the record says of the terms on file, and what is not so."""
    on_file: Mapping[str, Any] = before.record if before is not None else {}
    said = {item["field"]: item.get("old") for item in record.get("change", {}).get("items", ())}
    for pointer, old in said.items():
        if value_at(on_file, pointer) != old:
            yield replace(REVIEW_CODES["differs_from_file"].item(), field=pointer)
    for name in ("start", "employment_start", "job_title"):
        pointer = f"/contract/{name}"
        if pointer not in said and value_at(on_file, pointer) != value_at(record, pointer):
            yield replace(REVIEW_CODES["differs_from_hire"].item(), field=pointer)


def period_of(record: Mapping[str, Any]) -> Period:
    """Who works for whom, and when, by the record.

    A person who works for two employers is filed by both (parallel employment is allowed); one employment
    is filed once.
    """
    contract, worker = record["contract"], record["worker"]
    # work may begin before the contract does; a renewal names the day on which it once began
    hire = record["filing_type"] in HIRES
    starts = min(contract["start"], contract["employment_start"]) if hire else contract["start"]
    return Period(
        employer=record["employer"]["uscc"],
        worker=f"{worker['id_type']}:{worker['id_no']}",
        starts=starts,
        ends=record["ending"]["date"] if "ending" in record else contract.get("end", OPEN_END),
    )
