"""From rows to the opening-hours decision: the schedules of any number of stations, in one query.

The decision itself is `station.lib.hours`; here its plain data are read. Weekly hours, special days and the public
calendar come as one UNION, because every public page asks for all three and a round trip costs more than the rows.
"""

from collections import defaultdict
from datetime import date, datetime
from functools import lru_cache, partial

from django.db.models import BigAutoField, CharField, DateField, ExpressionWrapper, F, IntegerField, TimeField, Value
from django.db.models.functions import Cast

from station.lib.calendar import MONDAY, CalendarDay, DayKind, PublicCalendar
from station.lib.hours import HORIZON_DAYS, ONE_DAY, Interval, Schedule, SpecialDay, Suspension, Word, local
from station.lib.questions import Given, Question
from station.models import PublicHoliday, Station, WeeklyHours
from station.models import SpecialDay as SpecialDayRow

WEEKLY, SPECIAL = "weekly", "special"


def schedules_of(stations: list[Station], now: datetime) -> dict[int, Schedule]:
    """Return the schedule of each station by its primary key, good for questions about `now` and the days after it."""
    weekly, special, exceptions = defaultdict(list), defaultdict(lambda: defaultdict(list)), []
    for source, station, weekday, day, opens, closes, text in _rows([station.pk for station in stations], now):
        if source == WEEKLY:
            weekly[station].append((weekday, opens, closes))
        elif source == SPECIAL:
            special[station][day].append((opens, closes, text))
        else:
            kind = DayKind(source)
            stands_for = day.weekday() if kind is DayKind.HOLIDAY else (weekday or MONDAY)
            exceptions.append(CalendarDay(day, kind, text, as_weekday=stands_for))
    calendar = PublicCalendar.of(exceptions)
    return {
        station.pk: Schedule.of(
            weekly[station.pk],
            special=[_special_day(day, rows) for day, rows in special[station.pk].items()],
            calendar=calendar,
            follows_holidays=station.follows_holidays,
            suspension=_suspension(station),
            retired=station.state == Station.State.CLOSED,
            word=_word(station),
        )
        for station in stations
    }


def _rows(stations: list[int], now: datetime):
    """Tuples (source, station, weekday, date, opens, closes, text); the source of a public day is its kind."""
    today = local(now).date()
    dates = {"first": today - ONE_DAY, "last": today + ONE_DAY * (HORIZON_DAYS + 1)}
    return _question(len(stations)).ask(**dates, **{f"station{place}": pk for place, pk in enumerate(stations)})


@lru_cache(maxsize=128)
def _question(count: int) -> Question:
    """The hours of so many stations."""
    return Question(partial(_hours, count))


def _hours(count):
    stations = [Given(f"station{place}", BigAutoField()) for place in range(count)]
    dates = (Given("first", DateField()), Given("last", DateField()))
    at = ExpressionWrapper(F("station_id"), BigAutoField())  # a foreign key compares with plain numbers only
    special = _columns(
        SpecialDayRow.objects.alias(at=at).filter(at__in=stations, date__range=dates),
        source=Value(SPECIAL),
        station=F("station_id"),
        day=F("date"),
        opens=F("opens"),
        closes=F("closes"),
        text=F("reason"),
    )
    weekly = _columns(
        WeeklyHours.objects.alias(at=at).filter(at__in=stations),
        source=Value(WEEKLY),
        station=F("station_id"),
        weekday=F("weekday"),
        opens=F("opens"),
        closes=F("closes"),
    )
    public = _columns(
        PublicHoliday.objects.filter(date__range=dates),
        source=F("kind"),
        weekday=F("as_weekday"),
        day=F("date"),
        text=F("name"),
    )
    return special.union(weekly, public, all=True)


def _columns(queryset, **given):
    """The seven columns in their order, those not given as NULL; typed, because PostgreSQL matches types in a UNION."""
    types = {
        "source": CharField(),
        "station": IntegerField(),
        "weekday": IntegerField(),
        "day": DateField(),
        "opens": TimeField(),
        "closes": TimeField(),
        "text": CharField(),
    }
    columns = (Cast(given.get(name, Value(None)), kind) for name, kind in types.items())
    return queryset.order_by().values_list(*columns)


def _special_day(day: date, rows: list[tuple]) -> SpecialDay:
    """One date of one station: a row without hours means closed, whatever else was entered for it."""
    closed = any(opens is None for opens, _, _ in rows)
    intervals = () if closed else tuple(Interval(opens, closes) for opens, closes, _ in rows)
    reason = next((text for opens, _, text in rows if closed == (opens is None)), "")
    return SpecialDay(day, intervals, reason)


def _suspension(station: Station) -> Suspension | None:
    if station.state != Station.State.SUSPENDED:
        return None
    return Suspension(station.state_reason, station.suspended_until)


def _word(station: Station) -> Word | None:
    return Word(bool(station.said_open), station.said_at) if station.said_at else None
