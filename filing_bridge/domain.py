"""The life of a filing as tables. No framework here.

Order of life: a record is *prepared*, a message is *signed* for every transmission, the message is
*delivered*, and the province's signed answer decides. Between the push and a verified answer nobody knows
what the province did: such a filing is asked about by its idempotency key before anything is pushed again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from core.transitions import TransitionTable


class FilingState(StrEnum):
    """Where a filing stands, as far as we can prove."""

    WAITING = "waiting"  # particulars are missing, or an earlier filing of the employment is not accepted yet
    PENDING = "pending"  # the record is final; the next message has to be signed
    READY = "ready"  # a signed submission lies here, to be pushed
    SENT = "sent"  # a push is under way
    UNKNOWN = "unknown"  # pushed, but no verified answer: ask by key
    PRE_REGISTERED = "pre_registered"  # noted during the settlement period; sent again when that is over
    RECEIVED = "received"
    UNDER_REVIEW = "under_review"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    REJECTED = "rejected"
    VOIDED = "voided"  # withdrawn by the employer before its review
    REPLACED = "replaced"  # returned or rejected, and filed again as a new version
    HELD = "held"  # contradictory answers, or a filing that fails by itself: for a person


S = FilingState

_ANSWERED = frozenset({S.RECEIVED, S.UNDER_REVIEW, S.ACCEPTED, S.RETURNED, S.REJECTED, S.VOIDED, S.HELD})

FILING_TRANSITIONS: TransitionTable = {
    S.WAITING: frozenset({S.PENDING}),
    S.PENDING: frozenset({S.READY, S.UNKNOWN, S.HELD}),
    S.READY: frozenset({S.SENT, S.PENDING, S.UNKNOWN, S.HELD}),
    S.SENT: _ANSWERED | {S.PRE_REGISTERED, S.UNKNOWN, S.PENDING},
    S.UNKNOWN: _ANSWERED | {S.PRE_REGISTERED, S.PENDING},
    S.PRE_REGISTERED: frozenset({S.READY, S.HELD}),
    S.RECEIVED: _ANSWERED - {S.RECEIVED},
    S.UNDER_REVIEW: _ANSWERED - {S.RECEIVED, S.UNDER_REVIEW},
    S.ACCEPTED: frozenset({S.HELD}),
    S.RETURNED: frozenset({S.REPLACED, S.HELD}),
    S.REJECTED: frozenset({S.REPLACED, S.HELD}),
    S.VOIDED: frozenset({S.REPLACED, S.HELD}),
    S.HELD: frozenset({S.UNKNOWN, S.PENDING}),
}

# While an earlier filing of the same employment is in one of these, a later one waits.
BLOCKING = frozenset(S) - {S.ACCEPTED, S.REJECTED, S.REPLACED}
# States about which the province is asked, and states whose filing is not with the province yet.
ASKED_ABOUT = frozenset({S.UNKNOWN, S.RECEIVED, S.UNDER_REVIEW})
UNFILED = frozenset(
    {
        S.WAITING,
        S.PENDING,
        S.READY,
        S.SENT,
        S.UNKNOWN,
        S.PRE_REGISTERED,
        S.RETURNED,
        S.VOIDED,
        S.HELD,
    }
)
# States in which an officer has the filing on the desk: nothing is decided, and it may be withdrawn.
WITH_THE_AGENCY = frozenset({S.RECEIVED, S.UNDER_REVIEW})
# States of filings that are on their way: what dispatch looks through, however large the ledger.
ON_ITS_WAY = frozenset({S.PENDING, S.READY, S.SENT, S.UNKNOWN, S.PRE_REGISTERED, S.RECEIVED, S.UNDER_REVIEW})
# States that a signed decision brings about.
DECIDED = frozenset({S.ACCEPTED, S.RETURNED, S.REJECTED, S.VOIDED})
# States in which only the province's silence keeps a filing from going on.
WITH_US = frozenset({S.PENDING, S.READY, S.SENT, S.UNKNOWN})
# States whose submission is the next thing to be signed.
TO_SUBMIT = frozenset({S.PENDING, S.PRE_REGISTERED})

STATE_WORDS: Mapping[FilingState, tuple[str, str]] = {
    S.WAITING: ("待补充", "Waiting for particulars or an earlier filing"),
    S.PENDING: ("待签名", "Waiting for its message to be signed"),
    S.READY: ("待报送", "Ready to be sent"),
    S.SENT: ("报送中", "Being sent"),
    S.UNKNOWN: ("结果待核实", "Outcome unknown, asking the province"),
    S.PRE_REGISTERED: ("已预登记", "Pre-registered until the settlement period is over"),
    S.RECEIVED: ("已接收", "Received"),
    S.UNDER_REVIEW: ("审核中", "Under review"),
    S.ACCEPTED: ("备案成功", "Accepted"),
    S.RETURNED: ("退回修改", "Returned for correction"),
    S.REJECTED: ("不予受理", "Rejected"),
    S.VOIDED: ("申报作废", "Withdrawn before its review"),
    S.REPLACED: ("已重新报送", "Filed again as a new version"),
    S.HELD: ("需人工处理", "Held for a person"),
}


class CorrectionState(StrEnum):
    """Where the employer's own decision about a correction stands; its filing has states of its own."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"  # by a second person: it is filed
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"  # by whoever proposed it


CORRECTION_TRANSITIONS: TransitionTable = {
    CorrectionState.PROPOSED: frozenset(
        {CorrectionState.CONFIRMED, CorrectionState.DECLINED, CorrectionState.WITHDRAWN}
    ),
}
CORRECTION_WORDS: Mapping[CorrectionState, tuple[str, str]] = {
    CorrectionState.PROPOSED: ("待第二人核对", "Waiting for a second person"),
    CorrectionState.CONFIRMED: ("已核对，报送更正", "Confirmed and filed"),
    CorrectionState.DECLINED: ("核对未通过", "Declined"),
    CorrectionState.WITHDRAWN: ("已撤回", "Withdrawn"),
}


class VoidOutcome(StrEnum):
    """What became of a wish to withdraw a filing; nothing yet while the province has not answered."""

    OPEN = "open"
    VOIDED = "voided"
    TOO_LATE = "too_late"  # the review came first
    REFUSED = "refused"  # the province does not withdraw it


class FormState(StrEnum):
    """The filing form gets two seals, one after the other."""

    RENDERED = "rendered"
    EMPLOYER_SEALED = "employer_sealed"
    AGENCY_SEALED = "agency_sealed"


FORM_TRANSITIONS: TransitionTable = {
    FormState.RENDERED: frozenset({FormState.EMPLOYER_SEALED}),
    FormState.EMPLOYER_SEALED: frozenset({FormState.AGENCY_SEALED}),
}


class BreakerState(StrEnum):
    """Whether a province is being called at all."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


BREAKER_TRANSITIONS: TransitionTable = {
    BreakerState.CLOSED: frozenset({BreakerState.OPEN}),
    BreakerState.OPEN: frozenset({BreakerState.HALF_OPEN, BreakerState.OPEN, BreakerState.CLOSED}),
    BreakerState.HALF_OPEN: frozenset({BreakerState.HALF_OPEN, BreakerState.OPEN, BreakerState.CLOSED}),
}


class Outcome(StrEnum):
    """How one call for one filing ended."""

    ANSWERED = "answered"  # a verified, signed answer
    NOT_TAKEN_IN = (
        "not_taken_in"  # the province said, unsigned, that it did not process it; or has never seen it
    )
    NOT_SENT = "not_sent"  # no connection: nothing left this house
    LOST = "lost"  # no answer, or a transport error
    UNREADABLE = "unreadable"  # an answer that proves nothing: wrong form, bad signature, another filing
    STALE = "stale"  # the lease had passed to somebody else: the answer was kept and not applied
    FAILED = "failed"  # our own handling of the answer failed


class Level(StrEnum):
    """How near the legal deadline of a filing is."""

    OVERDUE = "overdue"
    DAY = "day"
    WEEK = "week"
    CALM = "calm"
    FILED = "filed"


# Days left at which a warning begins, the nearest first.
LEVEL_DAYS: Mapping[Level, int] = {Level.OVERDUE: -1, Level.DAY: 1, Level.WEEK: 7}


def level_of(state: str, deadline: date, today: date) -> Level:
    """The warning level of a filing; once it is with the province there is nothing to warn about."""
    if state not in UNFILED:
        return Level.FILED
    left = (deadline - today).days
    return next((level for level, days in LEVEL_DAYS.items() if left <= days), Level.CALM)


@dataclass(frozen=True)
class Timing:
    """Every interval of the delivery in one place.

    Chosen so that no filing stays unknown for 15 minutes once the province is back: the breaker opens for at
    most `breaker_ceiling`, a filing waits at most `retry_ceiling`.
    """

    push_seconds: float = 30.0  # total time of one call, however slowly bytes drip …
    push_seconds_per_item: float = 1.0  # … and for every item of the batch
    ask_seconds: float = 20.0
    lease_margin: timedelta = timedelta(seconds=10)
    turn_seconds: float = 30.0  # one province may keep a worker this long before others get their turn
    message_fresh: timedelta = timedelta(minutes=3)  # the province takes five
    retry_base: float = 1.0
    retry_ceiling: float = 480.0
    poll_base: float = 2.0
    poll_ceiling: float = 900.0
    retry_after_ceiling: float = 3600.0
    breaker_threshold: int = 5
    breaker_base: float = 5.0
    breaker_ceiling: float = 300.0
    suspect_after: int = 3  # failures after which a filing is delivered with no other at its side
    hold_after: int = 12  # failures of this very filing, while the province answers others
    asks_at_once: int = 20
    most_messages: int = 100  # signed in one run; also the protocol's limit of a batch


TIMING = Timing()
