"""The public calendar against the announcement for 2026 and a few remarkable years."""

from datetime import date, timedelta

import pytest

from station.lib.calendar import CalendarDay, CalendarUnknownError, DayKind, PublicCalendar, seed_days

HOLIDAYS_2026 = {
    "元旦": ("2026-01-01", "2026-01-03"),
    "春节": ("2026-02-15", "2026-02-23"),
    "清明节": ("2026-04-04", "2026-04-06"),
    "劳动节": ("2026-05-01", "2026-05-05"),
    "端午节": ("2026-06-19", "2026-06-21"),
    "中秋节": ("2026-09-25", "2026-09-27"),
    "国庆节": ("2026-10-01", "2026-10-07"),
}
#: date, festival, and the weekday given away for it (0 = Monday).
MAKEUP_DAYS_2026 = [
    ("2026-01-04", "元旦", 4),
    ("2026-02-14", "春节", 4),
    ("2026-02-28", "春节", 0),
    ("2026-05-09", "劳动节", 1),
    ("2026-09-20", "国庆节", 1),
    ("2026-10-10", "国庆节", 2),
]


def test_the_holidays_of_2026_are_exactly_those_announced():
    announced = []
    for name, (first, last) in HOLIDAYS_2026.items():
        day = date.fromisoformat(first)
        while day <= date.fromisoformat(last):
            announced.append((day, name))
            day += timedelta(days=1)
    assert [(row.date, row.name) for row in seed_days(2026) if row.kind is DayKind.HOLIDAY] == announced


def test_the_makeup_days_of_2026_stand_in_for_the_weekdays_given_away():
    rows = [(str(row.date), row.name, row.as_weekday) for row in seed_days(2026) if row.kind is DayKind.MAKEUP]
    assert rows == MAKEUP_DAYS_2026


def test_rows_come_in_order_one_a_date_and_of_that_year_only():
    for year in range(2004, 2027):
        days = [row.date for row in seed_days(year)]
        assert days == sorted(set(days))
        assert {day.year for day in days} == {year}


def test_where_makeup_days_do_not_match_the_days_given_away_they_are_mondays():
    rows = [row for row in seed_days(2018) if row.kind is DayKind.MAKEUP and row.name == "春节"]
    assert [(str(row.date), row.as_weekday) for row in rows] == [("2018-02-11", 0), ("2018-02-24", 0)]


def test_a_holiday_outside_the_usual_seven_keeps_its_full_name():
    assert CalendarDay(
        date(2015, 9, 3), DayKind.HOLIDAY, "中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日", as_weekday=3
    ) in list(seed_days(2015))


@pytest.mark.parametrize("year", [2003, 2100, 1])
def test_an_unknown_year_is_refused_before_the_first_row(year):
    with pytest.raises(CalendarUnknownError, match=rf"does not know the public holidays of {year}$") as refusal:
        seed_days(year)
    assert refusal.value.year == year


@pytest.mark.parametrize(
    ("day", "kind", "name", "as_weekday"),
    [
        ("2026-02-18", DayKind.HOLIDAY, "春节", 2),
        ("2026-10-05", DayKind.HOLIDAY, "国庆节", 0),
        ("2026-10-10", DayKind.MAKEUP, "国庆节", 2),
        ("2026-10-08", DayKind.WORKDAY, "", 3),
        ("2026-10-09", DayKind.WORKDAY, "", 4),
        ("2026-10-17", DayKind.WEEKEND, "", 5),
        ("2026-10-18", DayKind.WEEKEND, "", 6),
        ("2031-10-01", DayKind.WORKDAY, "", 2),
    ],
)
def test_a_date_without_a_row_is_what_the_plain_week_says(day, kind, name, as_weekday):
    calendar = PublicCalendar.of(seed_days(2026))
    assert calendar.day(date.fromisoformat(day)) == CalendarDay(date.fromisoformat(day), kind, name, as_weekday)


def test_a_corrected_row_replaces_the_earlier_one():
    corrected = CalendarDay(date(2026, 10, 8), DayKind.HOLIDAY, "国庆节", 3)
    calendar = PublicCalendar.of([*seed_days(2026), corrected])
    assert calendar.day(date(2026, 10, 8)) == corrected
