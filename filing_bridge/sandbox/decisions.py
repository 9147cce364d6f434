"""Take filings in, decide about them, and enter what takes effect in the ledger."""

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from filing_bridge.correction import Weight
from filing_bridge.mapping import document_no, value_at
from filing_bridge.profiles import profile_for, reopens_on
from filing_bridge.protocol import (
    Event,
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
from filing_bridge.sandbox.proxy import Letter, proxy_ending
from filing_bridge.sandbox.register import Register
from filing_bridge.sandbox.settings import Decide, Settings
from filing_bridge.sandbox.store import Filing, Store

LOG = logging.getLogger(__name__)

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
        self._register = Register(store, clock)

    def take_in(
        self, key: str, system_code: str, record: Mapping[str, Any], record_digest: str, document: bytes
    ) -> Filing:
        """Give a filing without fault its receipt number, and decide it if that is the way now. Of the
        documents, a correction's slip is kept for the officer who decides about it.

        What is returned has reached the disk. The same key again gives what was there first. Raises
        what `Register.admit` raises.
        """
        now = self._clock.now()
        with self._store.transaction():
            if (existing := self._store.filing(key)) is not None:
                return existing
            period, corrects = self._register.admit(record, system_code)
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
            if corrects is not None:
                self._store.keep_slip(key, corrects, document)
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
        """A filing without fault as it stands now: pre-registered, under review or accepted. A material
        correction is always for people."""
        settings, now = self.settings, self._clock.now()
        profile = profile_for(filing.record["jurisdiction_code"])
        reason = value_at(filing.record, "/ending/reason")
        # What a person must look at, no timer decides; a material correction not even where all is instant.
        material = value_at(filing.record, "/correction/weight") == Weight.MATERIAL
        sensitive = reason in profile.reviewed_reasons or filing.record.get("signed_elsewhere", False)
        if reopens_on(profile, self._clock.today()):
            filing = replace(filing, state=State.PRE_REGISTERED)
        elif not material and (
            settings.decide is Decide.INSTANT
            or (settings.decide is Decide.PROFILE and profile.review_mode == "instant" and not sensitive)
        ):
            filing = replace(filing, state=State.ACCEPTED, decided_at=now)
        else:
            wait = None if sensitive or material else settings.review_time
            due = None if wait is None else now + wait
            filing = replace(filing, state=State.UNDER_REVIEW, due_at=due)
        return replace(filing, answer=self._answer(filing, ()))

    def decide(self, key: str, state: State, items: Sequence[RejectItem] = ()) -> None:
        """Decide a filing under review, once. A correction is accepted or rejected, never returned: what is
        wrong with it is asked for anew. Raises `KeyError`, `ValueError` and `AlreadyDecided`."""
        if state not in DECIDED:
            raise ValueError(f"{state} is no decision")
        now = self._clock.now()
        with self._store.transaction():
            filing = self._store.filing(key)
            if filing is None:
                raise KeyError(key)
            if filing.event == Event.CORRECTION and state is State.RETURNED:
                raise ValueError("a correction is not returned")
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

    def void(self, key: str, record: Mapping[str, Any]) -> Filing:
        """Withdraw a filing that is under review, as its employer asks in `record` (void-record-1).

        Returns the filing as it then stands: what was decided before stays decided, and a second asking
        changes nothing. Raises `KeyError`.
        """
        now = self._clock.now()
        with self._store.transaction():
            filing = self._store.filing(key)
            if filing is None:
                raise KeyError(key)
            voided = replace(filing, state=State.VOIDED, decided_at=now)
            voided = replace(voided, answer=self._answer(voided, ()))
            if not self._store.decide(key, State.VOIDED, now, voided.answer):
                return filing
            self._store.keep_void(key, record, now)
        return voided

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
        self._register.take_effect(filing)

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
