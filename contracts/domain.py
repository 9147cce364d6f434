"""The life of a contract as a table. No framework here."""

from enum import StrEnum

from core.transitions import TransitionTable


class ContractState(StrEnum):
    """Where a contract stands, from the clerk's draft to force."""

    DRAFT = "draft"
    RENDERING = "rendering"
    SIGNING = "signing"
    EFFECTIVE = "effective"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


S = ContractState

# A contract in force never changes again: what follows it (renewal, change, ending) is another document.
CONTRACT_TRANSITIONS: TransitionTable = {
    S.DRAFT: frozenset({S.RENDERING, S.WITHDRAWN}),
    S.RENDERING: frozenset({S.SIGNING, S.WITHDRAWN}),
    S.SIGNING: frozenset({S.EFFECTIVE, S.REFUSED, S.WITHDRAWN, S.EXPIRED}),
}


class PaperState(StrEnum):
    """A worker's wish for a copy on paper."""

    ASKED = "asked"
    GIVEN = "given"


PAPER_TRANSITIONS: TransitionTable = {PaperState.ASKED: frozenset({PaperState.GIVEN})}
