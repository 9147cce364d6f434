"""How the stand-in decides: at once, or after a review."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Decide(StrEnum):
    """`instant` accepts what has no fault; `review` leaves it to an officer, or to a timer; `profile` does
    as the profile of the filing's division says."""

    PROFILE = "profile"
    INSTANT = "instant"
    REVIEW = "review"


@dataclass(frozen=True)
class Settings:
    """Changed as a whole while the process runs. Without `review_time` only an officer decides."""

    decide: Decide = Decide.INSTANT
    review_time: timedelta | None = None
