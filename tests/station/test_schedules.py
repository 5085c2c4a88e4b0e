"""Rows become the schedule they mean, at one query however many stations."""

from datetime import date, time

from station.lib.hours import StatusKind, status
from station.models import PublicHoliday, SpecialDay, Station
from station.schedules import schedules_of


def kind_at(station, now):
    found = status(schedules_of([Station.objects.get(pk=station.pk)], now)[station.pk], now)
    return found.kind, found.reason


def test_the_week_of_one_station_is_not_that_of_another(here, add_station, clock):
    always = add_station("always", hours=[((0,), (0,))])
    now = clock(2026, 11, 24, 3)
    assert kind_at(here.station, now) == (StatusKind.RESTING, "")
    assert kind_at(always, now) == (StatusKind.OPEN, "")


def test_a_public_holiday_closes_those_who_follow_it(here, add_station, clock):
    free = add_station("free", hours=[((7,), (21,))], follows_holidays=False)
    PublicHoliday.objects.create(date=date(2026, 10, 1), kind=PublicHoliday.Kind.HOLIDAY, name="国庆节")
    now = clock(2026, 10, 1, 10)
    assert kind_at(here.station, now) == (StatusKind.DAY_OFF, "国庆节")
    assert kind_at(free, now) == (StatusKind.OPEN, "")


def test_a_makeup_saturday_keeps_mondays_hours(here, clock):
    now = clock(2026, 10, 10, 10)
    assert kind_at(here.station, now) == (StatusKind.DAY_OFF, "")
    PublicHoliday.objects.create(date=date(2026, 10, 10), kind=PublicHoliday.Kind.MAKEUP, name="国庆节")
    assert kind_at(here.station, now) == (StatusKind.OPEN, "")


def test_a_special_day_beats_the_week_and_no_hours_beat_hours(here, clock):
    day = date(2026, 11, 24)
    SpecialDay.objects.create(station=here.station, date=day, opens=time(19), closes=time(20), reason="夜校")
    assert kind_at(here.station, clock(2026, 11, 24, 10)) == (StatusKind.RESTING, "夜校")
    assert kind_at(here.station, clock(2026, 11, 24, 19, 30)) == (StatusKind.OPEN, "夜校")
    SpecialDay.objects.create(station=here.station, date=day, reason="停电检修")
    assert kind_at(here.station, clock(2026, 11, 24, 19, 30)) == (StatusKind.DAY_OFF, "停电检修")


def test_a_suspension_ends_after_its_last_day(here, clock):
    Station.objects.update(state="suspended", state_reason="装修", suspended_until=date(2026, 11, 24))
    assert kind_at(here.station, clock(2026, 11, 24, 10)) == (StatusKind.SUSPENDED, "装修")
    assert kind_at(here.station, clock(2026, 11, 25, 10)) == (StatusKind.OPEN, "")


def test_closed_for_good_never_opens(here, clock):
    Station.objects.update(state="closed", state_reason="搬走了")
    assert kind_at(here.station, clock(2026, 11, 24, 10)) == (StatusKind.RETIRED, "")


def test_one_query_for_any_number_of_stations(add_station, clock, django_assert_num_queries):
    now = clock(2026, 11, 24, 10)
    stations = [add_station(f"s{number}", hours=[((7,), (12,)), ((14,), (21,))]) for number in range(30)]
    with django_assert_num_queries(1):
        assert len(schedules_of(stations, now)) == 30
    with django_assert_num_queries(1):
        assert len(schedules_of(stations[:1], now)) == 1
