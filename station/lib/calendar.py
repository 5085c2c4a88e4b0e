"""The public calendar of mainland China: which days are holidays, and which weekends are worked.

The State Council announces the holidays of a year in the autumn before it, each time with its own make-up working days
(调休): a Saturday or Sunday on which people work because a weekday was given to a holiday. No rule computes them, so
the product keeps them in a table that staff can correct. This module names the kinds of days, answers questions about
rows of that table, and offers the rows to start it with.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Self
from zoneinfo import ZoneInfo

import chinese_calendar

#: Every wall clock in the product. No summer time since 1991, so a day here always has 1,440 minutes.
SHANGHAI = ZoneInfo("Asia/Shanghai")

MONDAY, SATURDAY = 0, 5

#: What people call the festivals; chinesecalendar shortens some (清明) and keys its tables by the English name.
FESTIVAL_NAMES = {
    chinese_calendar.Holiday.new_years_day: "元旦",
    chinese_calendar.Holiday.spring_festival: "春节",
    chinese_calendar.Holiday.tomb_sweeping_day: "清明节",
    chinese_calendar.Holiday.labour_day: "劳动节",
    chinese_calendar.Holiday.dragon_boat_festival: "端午节",
    chinese_calendar.Holiday.national_day: "国庆节",
    chinese_calendar.Holiday.mid_autumn_festival: "中秋节",
}


class CalendarUnknownError(LookupError):
    """The holidays of this year are not known to the installed chinesecalendar."""

    def __init__(self, year: int):
        super().__init__(f"chinesecalendar {_known_years()} does not know the public holidays of {year}")
        self.year = year


class DayKind(StrEnum):
    """What the public calendar makes of a date."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKEUP = "makeup"


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One date in the public calendar.

    `name` is the Chinese name of the festival behind a HOLIDAY or a MAKEUP day, otherwise empty. `as_weekday`
    (0 = Monday … 6 = Sunday) is the weekday whose timetable holds: the date's own, except on a MAKEUP day.
    """

    date: date
    kind: DayKind
    name: str = ""
    as_weekday: int = MONDAY


@dataclass(frozen=True, slots=True)
class PublicCalendar:
    """The dates that differ from the plain week. A date without a row is an ordinary workday or weekend."""

    exceptions: Mapping[date, CalendarDay] = field(default_factory=dict)

    @classmethod
    def of(cls, days: Iterable[CalendarDay]) -> Self:
        """Build a calendar from rows; of two rows for one date the later one counts."""
        return cls({day.date: day for day in days})

    def day(self, on: date) -> CalendarDay:
        """Return the row for a date, or what the plain week says of it."""
        if (exception := self.exceptions.get(on)) is not None:
            return exception
        weekday = on.weekday()
        return CalendarDay(on, DayKind.WEEKEND if weekday >= SATURDAY else DayKind.WORKDAY, as_weekday=weekday)


def seed_days(year: int) -> Iterator[CalendarDay]:
    """Yield the holidays and make-up working days of a year in order of date, as chinesecalendar knows them.

    A year stands as announced in the autumn before it; where the New Year break of the following year takes a day of
    December, that row appears with the package's next release. Raises CalendarUnknownError, before the first row, for
    a year outside the package's data.
    """
    # The package accepts a year as soon as it holds any later date; its National Day shows that the year is really in.
    if date(year, 10, 1) not in chinese_calendar.holidays:
        raise CalendarUnknownError(year)
    return _days_of(year)


def _days_of(year: int) -> Iterator[CalendarDay]:
    stand_ins = _stand_ins(year)
    known = chinese_calendar.holidays.keys() | chinese_calendar.workdays.keys()
    for day in sorted(day for day in known if day.year == year):
        is_off, key = chinese_calendar.get_holiday_detail(day)
        festival = chinese_calendar.Holiday(key)
        name = FESTIVAL_NAMES.get(festival, festival.chinese)
        if is_off:
            yield CalendarDay(day, DayKind.HOLIDAY, name, as_weekday=day.weekday())
        else:
            yield CalendarDay(day, DayKind.MAKEUP, name, as_weekday=stand_ins.get(day, MONDAY))


def _stand_ins(year: int) -> dict[date, int]:
    """Map each make-up day to the weekday it stands in for.

    The announcement names no pairs. Custom (school timetables above all) takes them in order: the first make-up day of
    a festival repays the first weekday given away. Where the numbers differ, as around some New Years, nothing is said.
    """
    given_away, repaid = defaultdict(list), defaultdict(list)
    for day, festival in sorted(chinese_calendar.in_lieu_days.items()):
        if day.year == year:
            given_away[festival].append(day.weekday())
    for day, festival in sorted(chinese_calendar.workdays.items()):
        if day.year == year:
            repaid[festival].append(day)
    return {
        day: weekday
        for festival, days in repaid.items()
        if len(days) == len(given_away[festival])
        for day, weekday in zip(days, given_away[festival], strict=True)
    }


def _known_years() -> str:
    years = {day.year for day in chinese_calendar.holidays}
    return f"({min(years)}–{max(years)})"
