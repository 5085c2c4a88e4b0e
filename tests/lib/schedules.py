"""Schedules written as people write them, for the tests of opening hours.

The weeks used: 2–8 March 2026 (Monday to Sunday, nothing special) and the National Day week, 1–7 October 2026 (Thursday
to Wednesday), with make-up working days on Sunday 20 September and Saturday 10 October.
"""

from datetime import date, datetime, time

from station.lib.calendar import SHANGHAI, PublicCalendar, seed_days
from station.lib.hours import Interval, Schedule, SpecialDay, spans_on, status
from station.lib.hours_text import describe

CALENDAR = PublicCalendar.of(seed_days(2026))
WORKDAYS, EVERY_DAY = range(5), range(7)
SPLIT = ["8:30-12:00", "14:30-18:00"]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def clock(text: str) -> time:
    hour, minute = text.split(":")
    return time(int(hour), int(minute))


def interval(text: str) -> Interval:
    opens, closes = text.split("-")
    return Interval(clock(opens), clock(closes))


def week(days, *intervals: str, **decisions) -> Schedule:
    rows = [(day, each.opens, each.closes) for day in days for each in map(interval, intervals)]
    return Schedule.of(rows, **decisions)


def bank(**decisions) -> Schedule:
    return week(WORKDAYS, *SPLIT, calendar=CALENDAR, follows_holidays=True, **decisions)


def special(day: str, *intervals: str, reason: str = "") -> SpecialDay:
    return SpecialDay(date.fromisoformat(day), tuple(map(interval, intervals)), reason)


def said(schedule: Schedule, moment: str) -> str:
    return describe(status(schedule, at(moment)), at(moment))


def spans(schedule: Schedule, day: str) -> list[str]:
    found = spans_on(schedule, date.fromisoformat(day))
    return [f"{span.start:%d %H:%M} to {span.end:%d %H:%M}" for span in found]
