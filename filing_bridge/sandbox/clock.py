"""The stand-in's own clock: true time, moved by as much as a test asks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock:
    """Thread-safe: one attribute, replaced whole."""

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self.offset = offset

    def now(self) -> datetime:
        """The present instant in China, aware."""
        return (datetime.now(UTC) + self.offset).astimezone(SHANGHAI)

    def today(self) -> date:
        """The present day in China: legal days are counted on it."""
        return self.now().date()
