"""Counts for the dashboard and the wall screen: visits, and which stations are open. No figure points to a person."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from station.lib.charts import ColumnChart, column_chart
from station.lib.hours_text import WEEKDAYS
from station.listing import Listed
from station.models import Occupation, PublicHoliday, Station, Visit
from station.models.visits import hour_of
from station.schedules import schedules_of

#: Whoever holds it may count in his places what he may not look at.
FIGURES = "station.figures_community"
#: The lines of work with a colour of their own in a chart; all others share the third.
CHARTED = (Occupation.FOOD_RIDER, Occupation.COURIER)
#: A dashboard lists at most so many stations; beyond them the list page serves better.
MOST_STATIONS = 40
HOURS_A_DAY = 24
#: A chart of hours labels every sixth.
LABELLED_HOURS = 6
#: The wall's chart in units of which its text takes 20: small, so that the text is big.
BOARD_CHART_WIDTH, BOARD_CHART_HEIGHT = 480, 140
#: From this month on the public holidays of the next year should be in the table (they are announced in the autumn).
HOLIDAYS_KNOWN_FROM_MONTH = 11


def may_count(user, permission):
    """Whether `user` may count the rows that `permission` lets others look at."""
    return user.has_perm(permission) or user.has_perm(FIGURES)


def countable(queryset, user, permission):
    """The rows `user` may count: those he may look at, and those of places whose figures are his."""
    mine = queryset.visible_to(user, permission)
    if user.scope_for(permission) == user.scope_for(FIGURES):
        return mine
    return mine | queryset.visible_to(user, FIGURES)


@dataclass(frozen=True, slots=True)
class OccupationRow:
    """One line of work in a table of visits: people per column, and altogether."""

    occupation: Occupation
    people: tuple[int, ...]

    @property
    def label(self):
        return self.occupation.label

    @property
    def icon(self):
        return self.occupation.icon

    @property
    def total(self):
        return sum(self.people)


@dataclass(frozen=True, slots=True)
class VisitTable:
    """People counted at the doors, by line of work (rows, without those nobody came from) and time (columns)."""

    heads: tuple
    rows: tuple[OccupationRow, ...]
    chart: ColumnChart

    @property
    def totals(self):
        """People per column."""
        return [column.total for column in self.chart.columns]

    @property
    def total(self):
        return sum(self.totals)


def _rows(counts, columns):
    """A row for each line of work anybody came from, the busiest first; `counts` is people by (occupation, column)."""
    rows = [OccupationRow(job, tuple(counts[job, index] for index in range(columns))) for job in Occupation]
    return tuple(sorted((row for row in rows if row.total), key=lambda row: -row.total))


def visits_by_day(visits, last: date, days: int = 7) -> VisitTable:
    """The `days` local dates up to `last`, one query. Seven days, not Monday to today: Mondays show a week too."""
    dates = [last - timedelta(days=back) for back in range(days - 1, -1, -1)]
    counts = Counter()
    for hour, job, people in visits.between(dates[0], last).with_hour().people_by("hour", "occupation"):
        counts[Occupation(job), dates.index(hour_of(hour).date())] += people
    rows = _rows(counts, days)
    columns = []
    for index, day in enumerate(dates):
        charted = [counts[job, index] for job in CHARTED]
        others = sum(row.people[index] for row in rows) - sum(charted)
        columns.append((WEEKDAYS[day.weekday()], [*charted, others]))
    return VisitTable(tuple(dates), rows, column_chart(columns, marked=days - 1))


def visits_by_hour(visits, now: datetime) -> VisitTable:
    """The 24 hours of the local date of `now`, whose hour is marked; one query. One colour: a wall has no legend."""
    counts = Counter()
    for hour, job, people in visits.on(now.date()).with_hour().people_by("hour", "occupation"):
        counts[Occupation(job), hour_of(hour).hour] = people
    rows = _rows(counts, HOURS_A_DAY)
    columns = [
        (f"{hour}:00" if hour % LABELLED_HOURS == 0 else "", [sum(row.people[hour] for row in rows)])
        for hour in range(HOURS_A_DAY)
    ]
    chart = column_chart(columns, width=BOARD_CHART_WIDTH, height=BOARD_CHART_HEIGHT, marked=now.hour)
    return VisitTable(tuple(range(HOURS_A_DAY)), rows, chart)


def stations_now(stations: list[Station], at: datetime) -> list[Listed]:
    """Those open now first; one query beside that of `stations`, however many."""
    schedules = schedules_of(stations, at)
    return sorted((Listed.of(one, schedules[one.pk], at) for one in stations), key=lambda row: not row.status.open)


def years_without_holidays(today: date) -> list[int]:
    """This year, and from November on the next, if the public calendar has no row for it: hours would be guesses."""
    wanted = [today.year] if today.month < HOLIDAYS_KNOWN_FROM_MONTH else [today.year, today.year + 1]
    known = {day.year for day in PublicHoliday.objects.filter(date__gte=date(today.year, 1, 1)).dates("date", "year")}
    return [year for year in wanted if year not in known]


def visits_of(community):
    """The visits to the stations of one community."""
    return Visit.objects.filter(station__community=community)
