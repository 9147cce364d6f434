"""The life of a contract as a table. No framework here."""

from enum import StrEnum
from typing import Final

from core.transitions import TransitionTable


class ContractState(StrEnum):
    """Where a contract stands, from the clerk's draft to force."""

    DRAFT = "draft"
    RENDERING = "rendering"
    SIGNING = "signing"
    EFFECTIVE = "effective"
    SUSPENDED = "suspended"  # in force, but neither side performs it (中止)
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    ENDED = "ended"


S = ContractState

# A contract in force never changes again: what follows it (renewal, change, suspension, ending) is another
# document. The certificate of its ending, once signed, ends it.
CONTRACT_TRANSITIONS: TransitionTable = {
    S.DRAFT: frozenset({S.RENDERING, S.WITHDRAWN, S.EFFECTIVE}),  # at once, when it was signed elsewhere
    S.RENDERING: frozenset({S.SIGNING, S.WITHDRAWN}),
    S.SIGNING: frozenset({S.EFFECTIVE, S.REFUSED, S.WITHDRAWN, S.EXPIRED}),
    S.EFFECTIVE: frozenset({S.SUSPENDED, S.ENDED}),
    S.SUSPENDED: frozenset({S.EFFECTIVE, S.ENDED}),
}

# On the way to being signed by both parties.
UNSIGNED = frozenset({S.DRAFT, S.RENDERING, S.SIGNING})

# Signed by both parties, and the employment goes on, …
IN_FORCE = frozenset({S.EFFECTIVE, S.SUSPENDED})
# … or is over.
CONCLUDED = IN_FORCE | {S.ENDED}
# Never signed by both: another contract may take its place.
NOT_CONCLUDED = frozenset({S.REFUSED, S.WITHDRAWN, S.EXPIRED})


class DocumentState(StrEnum):
    """A document about a concluded contract (change, suspension, ending), from decision to signatures."""

    PLANNED = "planned"  # its facts are final; it is made when due: a certificate on the day of the ending
    SIGNING = "signing"
    COMPLETED = "completed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


D = DocumentState

DOCUMENT_TRANSITIONS: TransitionTable = {
    D.PLANNED: frozenset({D.SIGNING, D.WITHDRAWN}),
    D.SIGNING: frozenset({D.COMPLETED, D.REFUSED, D.WITHDRAWN, D.EXPIRED}),
}

# A contract has at most one change, and one suspension or resumption, in these states, …
OPEN_DOCUMENT = frozenset({D.PLANNED, D.SIGNING})
# … and at most one ending in these.
STANDING_TERMINATION = OPEN_DOCUMENT | {D.COMPLETED}


class PaperState(StrEnum):
    """A worker's wish for a copy on paper."""

    ASKED = "asked"
    GIVEN = "given"


PAPER_TRANSITIONS: TransitionTable = {PaperState.ASKED: frozenset({PaperState.GIVEN})}


class BatchState(StrEnum):
    """Where a bulk sheet stands, from the upload to the last contract sent."""

    MAPPING = "mapping"  # nobody has said yet what some of its columns hold
    CHECKING = "checking"
    READY = "ready"  # every row is checked; faults may be mended
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"
    REPLACED = "replaced"  # by a mended file


B = BatchState

BATCH_TRANSITIONS: TransitionTable = {
    B.MAPPING: frozenset({B.CHECKING, B.CANCELLED, B.REPLACED}),
    B.CHECKING: frozenset({B.READY, B.CANCELLED, B.REPLACED}),
    B.READY: frozenset({B.CHECKING, B.RUNNING, B.CANCELLED, B.REPLACED}),
    B.RUNNING: frozenset({B.PAUSED, B.DONE, B.CANCELLED}),
    B.PAUSED: frozenset({B.RUNNING, B.CANCELLED}),
    B.DONE: frozenset({B.RUNNING}),  # the failed rows, tried again
}
# Batches of which the same file must not make a second one.
BATCH_LIVE: Final = frozenset(BatchState) - {B.CANCELLED, B.REPLACED}
BATCH_UNCONFIRMED: Final = frozenset({B.MAPPING, B.CHECKING, B.READY})


class RowState(StrEnum):
    """One row of a batch. A row that was sent has its contract; one that failed says why."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


ROW_TRANSITIONS: TransitionTable = {
    RowState.WAITING: frozenset({RowState.SENT, RowState.FAILED}),
    RowState.FAILED: frozenset({RowState.WAITING}),
}
