"""The only place that asks what time it is, so that a test can move it."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present instant, UTC-aware."""
    return timezone.now()


def today() -> date:
    """The present local date in China: legal days are counted on it."""
    return now().astimezone(SHANGHAI).date()


def micros(instant: datetime) -> int:
    """Integer microseconds since the epoch: the form in which instants are hashed."""
    return int(instant.timestamp()) * 1_000_000 + instant.microsecond
