"""Opening hours in the plain week, at night, round the clock and on public holidays, in short scenes."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from station.lib.calendar import SHANGHAI, DayKind
from station.lib.hours import Interval, Schedule, Status, StatusKind, open_at, status
from station.lib.hours_text import describe
from tests.lib.schedules import CALENDAR, EVERY_DAY, SPLIT, WORKDAYS, at, bank, interval, said, spans, special, week


@pytest.fixture(autouse=True)
def _in_chinese():
    with translation.override("zh-hans"):
        yield


# A day with a lunch break


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        ("2026-03-02 00:00", "休息中 · 8:30 开"),
        ("2026-03-02 08:29:59", "休息中 · 8:30 开"),
        ("2026-03-02 08:30", "开放中 · 到 12:00（14:30 再开）"),
        ("2026-03-02 11:59:59.999999", "开放中 · 到 12:00（14:30 再开）"),
        ("2026-03-02 12:00", "休息中 · 14:30 开"),
        ("2026-03-02 14:30", "开放中 · 到 18:00"),
        ("2026-03-02 18:00", "休息中 · 明天 8:30 开"),
        ("2026-03-06 18:00", "休息中 · 周一 8:30 开"),
        ("2026-03-07 09:00", "今天休息 · 周一 8:30 开"),
        ("2026-03-08 09:00", "今天休息 · 明天 8:30 开"),
    ],
)
def test_a_station_with_a_lunch_break(moment, text):
    schedule = week(WORKDAYS, *SPLIT)
    assert said(schedule, moment) == text
    assert open_at(schedule, at(moment)) is text.startswith("开放中")


def test_before_opening_it_opens_today_not_tomorrow():
    found = status(week(EVERY_DAY, "9:00-17:00"), at("2026-03-03 07:00"))
    assert found == Status(StatusKind.RESTING, opens_at=at("2026-03-03 09:00"))
    assert not found.open


def test_when_open_the_status_has_the_closing_and_the_next_opening():
    found = status(bank(), at("2026-03-06 17:00"))
    assert found == Status(StatusKind.OPEN, until=at("2026-03-06 18:00"), opens_at=at("2026-03-09 08:30"))
    assert found.open


@pytest.mark.parametrize("zone", [UTC, ZoneInfo("America/New_York"), ZoneInfo("Asia/Shanghai")])
def test_a_moment_may_come_in_any_zone(zone):
    moment = at("2026-03-02 08:30").astimezone(zone)
    found = status(bank(), moment)
    assert (found.open, found.until) == (True, at("2026-03-02 12:00"))
    assert describe(found, moment) == "开放中 · 到 12:00（14:30 再开）"
    assert found.until.tzinfo is SHANGHAI


def test_a_naive_moment_is_refused():
    for ask in (status, open_at):
        with pytest.raises(ValueError, match="time zone"):
            ask(bank(), datetime(2026, 3, 2, 9))


def test_hours_with_a_zone_are_refused():
    with pytest.raises(ValueError, match="wall-clock"):
        Interval(time(8, tzinfo=UTC), time(9))


def test_intervals_that_touch_or_overlap_are_one():
    schedule = week(EVERY_DAY, "12:00-18:00", "8:00-12:00", "17:00-19:30", "9:00-10:00")
    assert spans(schedule, "2026-03-02") == ["02 08:00 to 02 19:30"]
    assert said(schedule, "2026-03-02 09:30") == "开放中 · 到 19:30"


# Round the clock


@pytest.mark.parametrize(
    "entry", ["0:00-0:00", "0:00-23:59", "23:00-22:59", "0:01-0:00", "0:01-23:59", "8:00-8:00", "23:00-23:00"]
)
def test_every_way_to_enter_24_hours_is_24_hours(entry):
    schedule = week(EVERY_DAY, entry)
    for moment in ("2026-03-02 00:00", "2026-03-02 22:59", "2026-03-02 23:59:30", "2026-03-08 08:00"):
        assert status(schedule, at(moment)) == Status(StatusKind.OPEN)
        assert said(schedule, moment) == "24 小时开放"


@pytest.mark.parametrize(
    ("entry", "span"),
    [
        ("0:00-0:00", "07 00:00 to 08 00:00"),
        ("0:00-23:59", "07 00:00 to 08 00:00"),
        ("23:00-22:59", "07 00:00 to 08 00:00"),
        ("8:00-8:00", "07 08:00 to 08 08:00"),
        ("8:00-23:59", "07 08:00 to 08 00:00"),
        ("8:00-0:00", "07 08:00 to 08 00:00"),
        ("8:00-23:58", "07 08:00 to 07 23:58"),
        ("23:00-22:58", "07 00:00 to 08 00:00"),
        ("23:00-22:57", "07 23:00 to 08 22:57"),
        ("0:02-23:59", "07 00:02 to 08 00:00"),
        ("23:59-0:00", "07 23:59 to 08 00:00"),
    ],
)
def test_what_an_entry_on_one_day_means(entry, span):
    assert spans(week([5], entry), "2026-03-07") == [span]


def test_seconds_are_dropped():
    assert Interval(time(8, 0, 59), time(23, 59, 59)).span_on(date(2026, 3, 7)) == interval("8:00-0:00").span_on(
        date(2026, 3, 7)
    )


def test_round_the_clock_does_not_stop_for_holidays_unless_it_follows_them():
    assert said(week(EVERY_DAY, "0:00-0:00", calendar=CALENDAR), "2026-10-01 03:00") == "24 小时开放"
    closing = week(EVERY_DAY, "0:00-0:00", calendar=CALENDAR, follows_holidays=True)
    assert said(closing, "2026-09-29 10:00") == "24 小时开放 · 到明天 24:00"
    assert said(closing, "2026-09-30 10:00") == "开放中 · 到 24:00"
    assert said(closing, "2026-10-01 00:00") == "今天休息（国庆节）· 10月8日 0:00 开"


def test_a_closing_far_ahead_is_told_with_its_date_and_beyond_the_horizon_not_at_all():
    def closed_on(day):
        return week(EVERY_DAY, "0:00-0:00", special=[special(day, reason="停电")])

    assert said(closed_on("2026-04-01"), "2026-03-02 10:00") == "24 小时开放 · 到3月31日 24:00"
    assert status(closed_on("2026-04-01"), at("2026-03-02 10:00")) == Status(
        StatusKind.OPEN, until=at("2026-04-01 00:00")
    )
    assert status(closed_on("2026-04-02"), at("2026-03-02 10:00")) == Status(StatusKind.OPEN)


# Nights


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        ("2026-03-06 21:59", "休息中 · 22:00 开"),
        ("2026-03-06 22:00", "开放中 · 到明天 2:00"),
        ("2026-03-06 23:59", "开放中 · 到明天 2:00"),
        ("2026-03-07 00:00", "开放中 · 到 2:00"),
        ("2026-03-07 01:59", "开放中 · 到 2:00"),
        ("2026-03-07 02:00", "今天休息 · 周五 22:00 开"),
        ("2026-03-06 01:00", "休息中 · 22:00 开"),
    ],
)
def test_a_friday_night(moment, text):
    assert said(week([4], "22:00-2:00"), moment) == text


def test_on_the_same_weekday_a_week_ahead_the_date_is_told():
    assert said(week([4], "22:00-2:00"), "2026-03-06 22:00") == "开放中 · 到明天 2:00"
    assert said(week([4], "20:00-22:00"), "2026-03-06 22:00") == "休息中 · 3月13日 20:00 开"


def test_sunday_night_runs_into_monday():
    schedule = week([6], "20:00-6:00")
    assert said(schedule, "2026-03-09 05:59") == "开放中 · 到 6:00"
    assert said(schedule, "2026-03-02 06:00") == "今天休息 · 周日 20:00 开"


def test_a_night_that_meets_the_next_morning_is_one_stretch():
    schedule = Schedule.of([(4, time(20), time(8)), (5, time(8), time(12))])
    assert status(schedule, at("2026-03-06 21:00")).until == at("2026-03-07 12:00")
    assert said(schedule, "2026-03-06 21:00") == "开放中 · 到明天 12:00"


def test_open_until_midnight_is_24_oclock_and_reopening_at_midnight_is_no_closing():
    assert said(week(EVERY_DAY, "8:00-0:00"), "2026-03-06 21:00") == "开放中 · 到 24:00"
    schedule = Schedule.of([(4, time(20), time(0)), (5, time(0), time(3))])
    assert status(schedule, at("2026-03-06 21:00")).until == at("2026-03-07 03:00")


def test_a_short_break_after_midnight_names_the_reopening_of_that_day_only():
    schedule = week(EVERY_DAY, "22:00-2:00", "6:00-9:00")
    assert said(schedule, "2026-03-06 01:00") == "开放中 · 到 2:00（6:00 再开）"
    assert said(schedule, "2026-03-06 23:00") == "开放中 · 到明天 2:00"


# Public holidays and make-up working days


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        ("2026-02-18 10:00", "今天休息（春节）· 周二 8:30 开"),
        ("2026-09-30 18:00", "休息中 · 10月8日 8:30 开"),
        ("2026-10-05 10:00", "今天休息（国庆节）· 周四 8:30 开"),
        ("2026-10-07 10:00", "今天休息（国庆节）· 明天 8:30 开"),
        ("2026-10-09 18:00", "休息中 · 明天 8:30 开"),
        ("2026-10-10 10:00", "开放中 · 到 12:00（14:30 再开）"),
        ("2026-10-11 10:00", "今天休息 · 明天 8:30 开"),
        ("2026-09-20 15:00", "开放中 · 到 18:00"),
        ("2026-02-14 15:00", "开放中 · 到 18:00"),
    ],
)
def test_a_bank_follows_the_public_calendar(moment, text):
    assert said(bank(), moment) == text


def test_a_station_that_does_not_follow_keeps_its_week():
    schedule = week(WORKDAYS, *SPLIT, calendar=CALENDAR)
    assert said(schedule, "2026-10-05 10:00") == "开放中 · 到 12:00（14:30 再开）"
    assert said(schedule, "2026-10-10 10:00") == "今天休息 · 周一 8:30 开"


def test_a_makeup_day_has_the_hours_of_the_weekday_it_stands_in_for():
    schedule = Schedule.of(
        [(0, time(8), time(9)), (1, time(10), time(11)), (2, time(12), time(13)), (5, time(14), time(15))],
        calendar=CALENDAR,
        follows_holidays=True,
    )
    assert CALENDAR.day(date(2026, 10, 10)).kind is DayKind.MAKEUP
    assert spans(schedule, "2026-09-20") == ["20 10:00 to 20 11:00"]
    assert spans(schedule, "2026-10-10") == ["10 12:00 to 10 13:00"]
    assert spans(schedule, "2026-10-17") == ["17 14:00 to 17 15:00"]


def test_holiday_hours_hold_on_every_holiday_weekend_or_not():
    schedule = bank(holiday_intervals=(interval("10:00-12:00"),))
    assert said(schedule, "2026-10-04 11:00") == "开放中 · 到 12:00"
    assert said(schedule, "2026-10-05 09:00") == "休息中（国庆节）· 10:00 开"
    assert said(schedule, "2026-10-11 11:00") == "今天休息 · 明天 8:30 开"


def test_a_night_begun_before_a_holiday_runs_to_its_end():
    schedule = week(EVERY_DAY, "22:00-6:00", calendar=CALENDAR, follows_holidays=True)
    assert said(schedule, "2026-10-01 05:59") == "开放中 · 到 6:00"
    assert said(schedule, "2026-10-01 06:00") == "今天休息（国庆节）· 10月8日 22:00 开"


def test_a_year_without_rows_follows_the_plain_week():
    assert said(bank(), "2031-10-01 10:00") == "开放中 · 到 12:00（14:30 再开）"
