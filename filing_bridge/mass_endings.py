"""Endings of many at once: the life of a batch, and from what number on the law asks for more. No framework.

劳动合同法 Art. 41 and 劳部发〔1994〕447号 (layoffs); local approval where a profile asks for it (属地化报批).
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from contracts.endings.reasons import EMPLOYER, reason_of
from core import codes
from core.transitions import TransitionTable


class EndingBatchState(StrEnum):
    """Where a batch stands, from its rows to the last ending opened."""

    CHECKING = "checking"
    READY = "ready"
    FROZEN = "frozen"  # the rows are final; the papers that the law asks for are gathered
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"  # nothing more goes by itself; rows for a person may be left
    CANCELLED = "cancelled"


B = EndingBatchState

ENDING_BATCH_TRANSITIONS: TransitionTable = {
    B.CHECKING: frozenset({B.READY, B.CANCELLED}),
    B.READY: frozenset({B.FROZEN, B.CANCELLED}),
    B.FROZEN: frozenset({B.RUNNING, B.CANCELLED}),
    B.RUNNING: frozenset({B.PAUSED, B.DONE, B.CANCELLED}),
    B.PAUSED: frozenset({B.RUNNING, B.CANCELLED}),
    B.DONE: frozenset({B.RUNNING}),  # a row that a person has looked at goes by itself after all
}
# The law's papers are there: its rows may become endings.
GATE_PASSED: Final = frozenset({B.RUNNING, B.PAUSED, B.DONE})
# Its rows are final and still to come: they count against the thresholds of other endings.
COMMITTED: Final = frozenset({B.FROZEN}) | GATE_PASSED


# Made of the same rows, a second one of these would be the same batch.
UNFINISHED: Final = frozenset(B) - {B.DONE, B.CANCELLED}


class EndingRowState(StrEnum):
    """One row of a batch."""

    WAITING = "waiting"  # complete: it goes by itself
    MANUAL = "manual"  # a person must look
    OPENED = "opened"  # its ending is under way, or done
    LEFT_OUT = "left_out"  # taken out by a person: the contract goes on


R = EndingRowState

ENDING_ROW_TRANSITIONS: TransitionTable = {
    R.WAITING: frozenset({R.MANUAL, R.OPENED}),
    R.MANUAL: frozenset({R.WAITING, R.OPENED, R.LEFT_OUT}),
}
TO_COME: Final = frozenset({R.WAITING, R.MANUAL})
# Not broken rules, but what no rule can decide: somebody compares with the papers first.
BY_HAND: Final = frozenset({"RE42b", "RE97"})


class Paper(StrEnum):
    """What has to be on record before a batch may go, each with its day and the paper itself."""

    EXPLAINED = "explained"  # the union, or all staff, were told
    PLAN = "plan"
    OPINIONS = "opinions"
    REPORT = "report"  # to the labour administration
    APPROVAL = "approval"  # by the local authority


LAYOFF_PAPERS: Final = (Paper.EXPLAINED, Paper.PLAN, Paper.OPINIONS, Paper.REPORT)
NUMBERED: Final = frozenset({Paper.REPORT, Paper.APPROVAL})

WINDOW: Final = timedelta(days=30)  # what is counted together (own proposal: the law names no period)
EXPLAINED_BEFORE: Final = timedelta(days=30)
LAYOFF_PERSONS, LAYOFF_PERCENT = 20, 10
WARNING_WINDOW: Final = timedelta(days=7)
WARNING_PERSONS, WARNING_PERCENT, WARNING_FEWEST = 10, 5, 3  # own proposal


@dataclass(frozen=True)
class Counted:
    """Endings of one employer in the window: all that count, the layoffs among them, and the staff."""

    persons: int
    layoffs: int
    staff: int

    @property
    def layoff(self) -> bool:
        """Whether so many are a layoff (裁员): twenty persons, or a tenth of the staff."""
        return self.layoffs >= LAYOFF_PERSONS or self.layoffs * 100 >= LAYOFF_PERCENT * self.staff

    def needs_approval(self, percent: int | None) -> bool:
        """Whether more than this share of the staff leave. One person alone is no mass ending."""
        return percent is not None and self.persons > 1 and self.persons * 100 > percent * self.staff

    @property
    def alarming(self) -> bool:
        """Whether the agency is warned early (双重预警)."""
        share = self.persons * 100 >= WARNING_PERCENT * self.staff
        return self.persons >= WARNING_PERSONS or (share and self.persons >= WARNING_FEWEST)


def is_layoff(reason: str) -> bool:
    """Whether a code of the table end_reason is an economic layoff (Art. 41)."""
    return reason.startswith("41")


# The reasons by which an employer ends contracts of its own accord.
BY_EMPLOYER: Final = frozenset(
    code for code in codes.table("end_reason") if (found := reason_of(code)) and found.initiator == EMPLOYER
)
