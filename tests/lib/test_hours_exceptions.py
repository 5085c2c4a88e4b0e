"""The days ahead that differ from the plain week, as a rider reads them."""

from datetime import date, time

import pytest

from station.lib.calendar import CalendarDay, DayKind, PublicCalendar
from station.lib.hours import Interval, Schedule, SpecialDay, Suspension
from station.lib.hours_exceptions import exceptions

WEEKDAYS = [(day, time(8, 30), time(18)) for day in range(5)]
NATIONAL_DAY = PublicCalendar.of(
    [CalendarDay(date(2026, 10, day), DayKind.HOLIDAY, "国庆节") for day in range(1, 8)]
    + [CalendarDay(date(2026, 10, 10), DayKind.MAKEUP, "国庆节", as_weekday=2)]
)


def told(today, **decisions):
    return [(one.days, one.text) for one in exceptions(Schedule.of(WEEKDAYS, **decisions), today)]


def test_an_ordinary_fortnight_has_none():
    assert told(date(2026, 11, 26), calendar=NATIONAL_DAY, follows_holidays=True) == []


def test_a_special_day_with_its_reason():
    special = [
        SpecialDay(date(2026, 12, 1), (), "电路检修"),
        SpecialDay(date(2026, 11, 27), (Interval(time(8, 30), time(12)), Interval(time(22), time(2))), "年会"),
        SpecialDay(date(2026, 12, 9), (Interval(time(), time()),), ""),
        SpecialDay(date(2026, 12, 10), (), "第十五天"),
        SpecialDay(date(2026, 11, 25), (), "昨天"),
    ]
    assert told(date(2026, 11, 26), special=special) == [
        ("明天 11月27日 周五", "8:30–12:00、22:00–次日 2:00（年会）"),
        ("12月1日 周二", "不开放（电路检修）"),
        ("12月9日 周三", "24 小时"),
    ]


def test_a_holiday_in_one_line_and_the_day_worked_for_it():
    assert told(date(2026, 9, 30), calendar=NATIONAL_DAY, follows_holidays=True) == [
        ("明天 10月1日 周四至10月7日 周三", "不开放（国庆节）"),
        ("10月10日 周六", "8:30–18:00（调休，照周三开）"),
    ]


def test_a_station_that_does_not_follow_holidays_has_none():
    assert told(date(2026, 9, 30), calendar=NATIONAL_DAY) == []


def test_a_special_day_splits_a_holiday():
    special = [SpecialDay(date(2026, 10, 6), (Interval(time(9), time(12)),), "值班")]
    assert told(date(2026, 10, 5), calendar=NATIONAL_DAY, follows_holidays=True, special=special) == [
        ("今天 10月5日 周一", "不开放（国庆节）"),
        ("明天 10月6日 周二", "9:00–12:00（值班）"),
        ("10月7日 周三", "不开放（国庆节）"),
        ("10月10日 周六", "8:30–18:00（调休，照周三开）"),
    ]


@pytest.mark.parametrize("decisions", [{"retired": True}, {"suspension": Suspension("装修")}])
def test_out_of_use_is_said_elsewhere(decisions):
    special = [SpecialDay(date(2026, 11, 27), (), "检修")]
    assert told(date(2026, 11, 26), special=special, **decisions) == []


def test_after_a_suspension_they_are_told_again():
    special = [SpecialDay(date(2026, 11, 27), (), "一"), SpecialDay(date(2026, 11, 29), (), "二")]
    suspension = Suspension("装修", date(2026, 11, 28))
    assert told(date(2026, 11, 26), special=special, suspension=suspension) == [("11月29日 周日", "不开放（二）")]
