"""Weekly recurrence: the dates of a weekday, and the moments of a stretch of wall-clock time on a date."""

from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta

from station.lib.calendar import SHANGHAI

#: How far ahead recurring sessions and shifts are laid out.
DAYS_AHEAD = 14

ONE_WEEK = timedelta(days=7)


def weekly(weekday: int, first: date, last: date, *, skip: Collection[date] = ()) -> Iterator[date]:
    """Yield the dates of `weekday` (0 = Monday) from `first` to `last`, both included, without those in `skip`."""
    day = first + timedelta(days=(weekday - first.weekday()) % 7)
    while day <= last:
        if day not in skip:
            yield day
        day += ONE_WEEK


def stretch_on(day: date, starts: time, ends: time) -> tuple[datetime, datetime]:
    """Return the moments at which a stretch of one day's wall-clock time begins and ends."""
    return datetime.combine(day, starts, SHANGHAI), datetime.combine(day, ends, SHANGHAI)
