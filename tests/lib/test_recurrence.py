"""Weekly recurrence, and dates in words."""

from datetime import UTC, date, datetime, time

from station.lib.moments import clock_text, day_text, stretch_text
from station.lib.recurrence import stretch_on, weekly

WEDNESDAY = 2
MONDAY_23_NOVEMBER = date(2026, 11, 23)


def test_both_ends_belong_to_the_stretch():
    days = list(weekly(WEDNESDAY, date(2026, 11, 25), date(2026, 12, 9)))
    assert days == [date(2026, 11, 25), date(2026, 12, 2), date(2026, 12, 9)]


def test_dates_to_skip_are_left_out():
    days = list(weekly(WEDNESDAY, MONDAY_23_NOVEMBER, date(2026, 12, 9), skip={date(2026, 12, 2)}))
    assert days == [date(2026, 11, 25), date(2026, 12, 9)]


def test_a_stretch_too_short_for_the_weekday_has_none():
    assert list(weekly(WEDNESDAY, MONDAY_23_NOVEMBER, date(2026, 11, 24))) == []


def test_hours_are_those_of_the_wall_clock():
    starts_at, ends_at = stretch_on(date(2026, 11, 25), time(15), time(17))
    assert starts_at == datetime(2026, 11, 25, 7, tzinfo=UTC)
    assert ends_at == datetime(2026, 11, 25, 9, tzinfo=UTC)


def test_days_are_named_as_people_name_them():
    assert day_text(date(2026, 11, 23), MONDAY_23_NOVEMBER) == "今天 11月23日 周一"
    assert day_text(date(2026, 11, 24), MONDAY_23_NOVEMBER) == "明天 11月24日 周二"
    assert day_text(date(2026, 11, 25), MONDAY_23_NOVEMBER) == "11月25日 周三"
    assert day_text(date(2027, 1, 6), MONDAY_23_NOVEMBER) == "2027年1月6日 周三"


def test_tomorrow_begins_at_midnight_in_shanghai():
    starts_at, ends_at = datetime(2026, 11, 23, 16, 30, tzinfo=UTC), datetime(2026, 11, 23, 17, tzinfo=UTC)
    assert clock_text(starts_at, ends_at) == "00:30–01:00"
    assert stretch_text(starts_at, ends_at, datetime(2026, 11, 23, 15, tzinfo=UTC)) == "明天 11月24日 周二 00:30–01:00"
