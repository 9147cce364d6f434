"""What is on file: whether a new filing fits to it, and what changes there once it takes effect.

Papers that were signed before a correction still say what was filed first. So what a later filing repeats has
to be what some version of the filing before it says, not what the last one says.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from contracts.endings.checks import TRANSFERRED
from filing_bridge.correction import correctable, corrected, misfits
from filing_bridge.mapping import HIRES, FilingType, document_no, value_at
from filing_bridge.profiles import profile_for
from filing_bridge.protocol import Event, ProtocolError, RejectItem, State
from filing_bridge.protocol.messages import EVENTS
from filing_bridge.record_check import check_corrected
from filing_bridge.review import REVIEW_CODES
from filing_bridge.sandbox.clock import Clock
from filing_bridge.sandbox.proxy import FILING_TYPE
from filing_bridge.sandbox.store import Filing, Period, Store

Record = Mapping[str, Any]

OPEN_END = "9999-12-31"
ALREADY_FILED = REVIEW_CODES["already_filed"].item()
ENDED_BY_AGENCY = REVIEW_CODES["ended_by_agency"].item()
OVERLAPS = REVIEW_CODES["employment_overlaps"].item()
NOTHING_BEFORE = REVIEW_CODES["previous_filing_unknown"].item()
ANOTHER_CONTRACT = REVIEW_CODES["not_the_contract_on_file"].item()
DIFFERS_FROM_FILE = REVIEW_CODES["differs_from_file"].item()
DIFFERS_FROM_HIRE = REVIEW_CODES["differs_from_hire"].item()
CORRECTION_PENDING = REVIEW_CODES["correction_pending"].item()
NOT_OF_FIELD = REVIEW_CODES["correction_not_of_field"].item()
# Filings that hold the terms of the contract, and those that say whether it rests; a contract begins anew.
_STATES_TERMS = frozenset({Event.HIRE, Event.RENEWAL, Event.CHANGE})
_STATES_REST = frozenset({Event.HIRE, Event.RENEWAL, Event.SUSPENSION, Event.RESUMPTION})
_TERM = frozenset({"/contract/end", "/contract/term_type"})
_BEGINNING = frozenset({"/contract/start", "/contract/employment_start"})


class Register:
    """Call it within the store's transaction."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def admit(self, record: Record, system_code: str) -> tuple[Period, str | None]:
        """The employment that a filing without fault of its own is about, and the key of the filing that it
        corrects, if it is a correction.

        Raises `ProtocolError`: `duplicate_filing` or `record_invalid`, with items.
        """
        digest, uscc = record["contract_digest"]["value"], record["employer"]["uscc"]
        event = EVENTS[record["filing_type"]]
        standing = self._store.standing_filing_of(uscc, document_no(record), event.value, digest)
        if standing is not None:
            by_agency = standing.record["filing_type"] == FILING_TYPE
            raise ProtocolError("duplicate_filing", items=[ENDED_BY_AGENCY if by_agency else ALREADY_FILED])
        if event is Event.CORRECTION:
            base = self._to_correct(record, system_code)
            return base.period, base.key
        period = period_of(record)
        if record["filing_type"] not in HIRES:
            before = self._before(record, period)
            if event is not Event.RENEWAL:
                self._refuse_misfit(before, record)
                return period, None
        if record["filing_type"] == FilingType.TRANSFER:
            self._refuse_unlinked(record, period)
        if self._store.overlapping(period):
            raise ProtocolError("duplicate_filing", items=[OVERLAPS])
        return period, None

    def take_effect(self, filing: Filing) -> None:
        """Let an accepted filing change what is on file."""
        period = filing.period
        if filing.event == Event.ENDING:
            self._store.end_employment(period.employer, period.worker, period.ends)
        if filing.event == Event.CHANGE:
            self._store.change_term(period.employer, filing.record["contract_no"], period.ends)
        if filing.event == Event.CORRECTION:
            self._correct(filing)

    def _before(self, record: Record, period: Period) -> Filing:
        """The accepted filing that this one follows."""
        before = self._store.accepted_with_receipt(record["prev_filing_no"])
        if before is None or before.event == Event.CORRECTION or before.period.employer != period.employer:
            raise ProtocolError("record_invalid", items=[NOTHING_BEFORE])
        if period.worker not in {_worker(each) for each in self._store.versions(before)}:
            raise ProtocolError("record_invalid", items=[NOTHING_BEFORE])
        return before

    def _refuse_unlinked(self, record: Record, period: Period) -> None:
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

    def _refuse_misfit(self, before: Filing, record: Record) -> None:
        """What follows a contract is about the contract on file as it stands."""
        if before.event == Event.ENDING or before.record["contract_no"] != record["contract_no"]:
            raise ProtocolError("record_invalid", items=[ANOTHER_CONTRACT])
        terms = self._latest(before, _STATES_TERMS)
        versions = self._store.versions(terms) if terms is not None else ()
        if items := [*self._rests_or_not(before, record), *_differing(versions, record)]:
            raise ProtocolError("record_invalid", items=items)

    def _rests_or_not(self, before: Filing, record: Record) -> Iterator[RejectItem]:
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

    def _to_correct(self, record: Record, system_code: str) -> Filing:
        base = self._store.accepted_with_receipt(record["prev_filing_no"])
        if (
            base is None
            or base.event == Event.CORRECTION
            or base.system_code != system_code
            or base.period.employer != record["employer"]["uscc"]
        ):
            raise ProtocolError("record_invalid", items=[NOTHING_BEFORE])
        on_file = self._store.versions(base)[-1]
        if on_file["contract_no"] != record["contract_no"] or _worker(on_file) != _worker(record):
            raise ProtocolError("record_invalid", items=[ANOTHER_CONTRACT])
        if any(each.state is not State.ACCEPTED for each in self._store.corrections_of(base.key)):
            raise ProtocolError("duplicate_filing", items=[CORRECTION_PENDING])
        if faults := list(self._faults(base, on_file, record["correction"]["items"])):
            raise ProtocolError("record_invalid", items=faults)
        return base

    def _faults(
        self, base: Filing, on_file: Record, items: Sequence[Mapping[str, str]]
    ) -> Iterator[RejectItem]:
        allowed = correctable(on_file)
        if foreign := [item["field"] for item in items if item["field"] not in allowed]:
            yield from (replace(NOT_OF_FIELD, field=field) for field in foreign)
            return
        yield from (replace(DIFFERS_FROM_FILE, field=field) for field in misfits(on_file, items))
        profile = profile_for(on_file["jurisdiction_code"])
        faults = check_corrected(on_file, items, profile, now=self._clock.now())
        yield from faults
        if not faults and base.event in (Event.HIRE, Event.RENEWAL):
            moved = _moved(base, on_file, corrected(on_file, items), {item["field"] for item in items})
            if moved != base.period and self._store.overlapping(moved, besides=base.key):
                yield OVERLAPS

    def _correct(self, filing: Filing) -> None:
        key = self._store.corrected_by(filing.key)
        base = self._store.filing(key) if key else None
        assert base is not None
        *_, before, after = self._store.versions(base)
        fields = {item["field"] for item in filing.record["correction"]["items"]}
        moved = _moved(base, before, after, fields)
        self._store.move_period(base.key, moved)
        if base.event == Event.ENDING and moved.ends != base.period.ends:
            self._store.move_end(base.period.employer, base.period.worker, base.period.ends, moved.ends)


def period_of(record: Record) -> Period:
    """Who works for whom, and when, by the record.

    A person who works for two employers is filed by both (parallel employment is allowed); one employment
    is filed once.
    """
    contract = record["contract"]
    # work may begin before the contract does; a renewal names the day on which it once began
    hire = record["filing_type"] in HIRES
    starts = min(contract["start"], contract["employment_start"]) if hire else contract["start"]
    return Period(
        employer=record["employer"]["uscc"],
        worker=_worker(record),
        starts=starts,
        ends=record["ending"]["date"] if "ending" in record else contract.get("end", OPEN_END),
    )


def _moved(base: Filing, before: Record, after: Record, fields: set[str]) -> Period:
    """The employment on file after a correction. What a later filing has moved meanwhile stays moved."""
    old, new, now = period_of(before), period_of(after), base.period
    moved = replace(now, worker=new.worker)
    if fields & _BEGINNING:
        moved = replace(moved, starts=new.starts)
    if fields & {*_TERM, "/ending/date"} and now.ends == old.ends:
        moved = replace(moved, ends=new.ends)
    return moved


def _differing(versions: Sequence[Record], record: Record) -> Iterator[RejectItem]:
    """What the record says of the terms on file, and what is so in none of their versions."""

    def known(pointer: str, value: object) -> bool:
        return any(value_at(each, pointer) == value for each in versions)

    said = {item["field"]: item.get("old") for item in record.get("change", {}).get("items", ())}
    for pointer, old in said.items():
        if not known(pointer, old):
            yield replace(DIFFERS_FROM_FILE, field=pointer)
    for pointer in ("/contract/start", "/contract/employment_start", "/contract/job_title"):
        if pointer not in said and not known(pointer, value_at(record, pointer)):
            yield replace(DIFFERS_FROM_HIRE, field=pointer)


def _worker(record: Record) -> str:
    return f"{record['worker']['id_type']}:{record['worker']['id_no']}"
