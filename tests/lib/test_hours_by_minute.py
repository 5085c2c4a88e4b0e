"""The status of a station against a count of every single minute of a month."""

from datetime import date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from station.lib.calendar import SHANGHAI
from station.lib.hours import Interval, Schedule, SpecialDay, open_at, status
from tests.lib.schedules import CALENDAR


def open_minutes(weekly, specials, follows, holiday_hours, first: date, days: int) -> bytearray:
    """Mark each minute from 0:00 of `first` that is open, knowing nothing of spans, merging or stretches."""
    minutes = bytearray(days * 1440)
    for index in range(-1, days):
        day = first + timedelta(days=index)
        public = CALENDAR.day(day)
        if day in specials:
            todays = specials[day]
        elif follows and public.kind == "holiday":
            todays = holiday_hours
        elif follows and public.kind == "makeup":
            todays = weekly[public.as_weekday]
        else:
            todays = weekly[day.weekday()]
        for opens, closes in todays:
            if (closes - opens) % 1440 in (1438, 1439):
                opens, closes = 0, 0
            elif closes == 1439 and opens != 1439:
                closes = 0
            minute = opens
            while True:
                offset = index * 1440 + minute
                is_cut = minute >= 1440 and day + timedelta(days=1) in specials
                if 0 <= offset < len(minutes) and not is_cut:
                    minutes[offset] = 1
                minute += 1
                if minute % 1440 == closes:
                    break
    return minutes


MINUTE = st.one_of(st.sampled_from([0, 1, 480, 510, 720, 1380, 1438, 1439]), st.integers(0, 1439))
DAY_HOURS = st.lists(st.tuples(MINUTE, MINUTE), max_size=3)
OFFSET = st.integers(-2, 33)


@settings(max_examples=120, deadline=None)
@given(
    weekly=st.lists(DAY_HOURS, min_size=7, max_size=7),
    special_offsets=st.dictionaries(OFFSET, DAY_HOURS, max_size=4),
    follows=st.booleans(),
    holiday_hours=DAY_HOURS,
    today=st.dates(date(2026, 1, 2), date(2026, 11, 20)),
    minute=MINUTE,
)
def test_status_agrees_with_every_minute_counted_by_hand(
    weekly, special_offsets, follows, holiday_hours, today, minute
):
    specials = {today + timedelta(days=offset): hours for offset, hours in special_offsets.items()}
    minutes = open_minutes(weekly, specials, follows, holiday_hours, today, days=31)
    midnight = datetime(today.year, today.month, today.day, tzinfo=SHANGHAI)

    def first(wanted: int, start: int) -> int | None:
        found = minutes.find(wanted, start)
        return None if found < 0 else found

    def moment(offset: int | None) -> datetime | None:
        return None if offset is None else midnight + timedelta(minutes=offset)

    if minutes[minute]:
        closing = first(0, minute)
        expected = (True, moment(closing), moment(closing and first(1, closing)))
    else:
        expected = (False, None, moment(first(1, minute)))

    def intervals(hours) -> tuple[Interval, ...]:
        return tuple(Interval(time(*divmod(opens, 60)), time(*divmod(closes, 60))) for opens, closes in hours)

    schedule = Schedule(
        weekly={weekday: intervals(hours) for weekday, hours in enumerate(weekly)},
        special={day: SpecialDay(day, intervals(hours)) for day, hours in specials.items()},
        calendar=CALENDAR,
        follows_holidays=follows,
        holiday_intervals=intervals(holiday_hours),
    )
    now = moment(minute)
    found = status(schedule, now)
    assert (found.open, found.until, found.opens_at) == expected
    assert open_at(schedule, now) is found.open
