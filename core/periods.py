"""Legal periods in calendar months and years (民法典 Arts. 200-203), counted with their first day."""

from calendar import monthrange
from datetime import date, timedelta


def last_day(start: date, months: int) -> date:
    """The last day of a period of so many months whose first day is `start`.

    It is the day before the corresponding day; where the last month has no corresponding day, its last day
    (民法典 Art. 202): one month from 31 January ends on 28 February, from 3 November on 2 December.
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    length = monthrange(year, month + 1)[1]
    if start.day > length:
        return date(year, month + 1, length)
    return date(year, month + 1, start.day) - timedelta(days=1)


def birthday(born: date, years: int) -> date:
    """The day on which an age is reached; for those born on 29 February 1 March in common years."""
    return last_day(born, years * 12) + timedelta(days=1)


def working_days_after(day: date, number: int) -> date:
    """The working day so many after `day`, Saturdays and Sundays not counted. Public holidays are: nobody
    publishes them in time, so what follows from the day is said with that reserve."""
    while number:
        day += timedelta(days=1)
        number -= day.weekday() < 5
    return day
