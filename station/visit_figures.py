"""Who came by in a period: at which hours and weekdays, of which work, where, and what was used. No person is in it.

Three queries, summed by the database, and two for names; a year of a busy community is some thousand rows by then. Only
official figures (`VisitQuerySet.people_by`).
"""

from collections import Counter
from datetime import date, timedelta
from functools import cached_property

from django.utils import timezone
from django.utils.translation import gettext as _

from station.counted import counted, oversees_much
from station.figures import HOURS_A_DAY, countable, may_count
from station.lib.charts import bar_chart, column_chart
from station.lib.figure_table import FigureTable
from station.lib.hours_text import WEEKDAYS
from station.lib.shares import percent, portions
from station.models import AmenityKind, Community, Occupation, Station, Visit
from station.models.visits import hour_of

LOOK = "station.view_visit"
MOST_BARS = 40  # a picture of more says nothing; the table has them all
MOST_DAYS = 62  # a longer period is shown by months
LABELLED_HOURS = 3
CHART_WIDTH = 600  # of a chart that has the whole width of the page


class VisitFigures:
    """The visits of the local dates `first` to `last` that `user` may count, read when first asked for.

    He counts by station where he may look at the visits; a street's supervisor counts by community only.
    """

    def __init__(self, user, first: date, last: date):
        self.user, self.first, self.last = user, first, last

    @property
    def counts_anything(self):
        return may_count(self.user, LOOK)

    @property
    def shows_stations(self):
        return self.user.has_perm(LOOK) and not oversees_much(self.user)

    def _read(self):
        """(hour, people), (place, work, source, people), (kind of amenity, people); a place is a station's id, or a
        community's. Grouped by what stands in one index; names are looked up afterwards."""
        visits = countable(Visit.objects.all(), self.user, LOOK).between(self.first, self.last)
        place = "station" if self.shows_stations else "station__community"
        used = visits.filter(used__isnull=False).people_by("used")
        return (
            [(hour_of(key), people) for key, people in visits.with_hour().people_by("hour")],
            list(visits.people_by(place, "occupation", "source")),
            list(used),
        )

    @cached_property
    def _counted(self):
        return counted(self.user, f"visits {self.first} {self.last}", self._read)

    @property
    def counted_at(self):
        """When it was counted; None stands for just now."""
        return self._counted.at

    @property
    def hours(self):
        return self._counted.value[0]

    @property
    def places(self):
        return self._counted.value[1]

    @property
    def used(self):
        return self._counted.value[2]

    @property
    def people(self):
        """Everybody who came."""
        return sum(people for _hour, people in self.hours)

    @cached_property
    def communities(self):
        """The ids of the communities somebody came to."""
        ids = {row[0] for row in self.places}
        return (
            set(Station.objects.filter(pk__in=ids).values_list("community", flat=True)) if self.shows_stations else ids
        )

    @cached_property
    def kinds(self):
        """The names of the kinds of amenities."""
        return dict(AmenityKind.objects.values_list("pk", "name"))

    @cached_property
    def names(self):
        """What each place is called; with its street or community in front where there are several."""
        ids = {row[0] for row in self.places}
        if self.shows_stations:
            rows = Station.objects.filter(pk__in=ids).values_list("pk", "community__name", "name")
        else:
            rows = Community.objects.filter(pk__in=ids).values_list("pk", "street__name", "name")
        several = len({above for _pk, above, _name in rows}) > 1
        return {pk: f"{above} {name}" if several else name for pk, above, name in rows}

    def dates(self):
        """The days of the period that have come."""
        last = min(self.last, timezone.localdate())
        return [self.first + timedelta(days=n) for n in range((last - self.first).days + 1)]


def _summed(pairs):
    counts = Counter()
    for key, people in pairs:
        counts[key] += people
    return counts


def _total(rows):
    """The sums of all columns, under the names of the rows."""
    return (_("合计"), *(sum(column) for column in list(zip(*rows, strict=True))[1:])) if rows else ()


def _bars(rows, value=1):
    return bar_chart((row[0], row[value], row[value]) for row in rows[:MOST_BARS])


def by_day(figures):
    """A row for each day of a short period, for each month of a longer one."""
    dates = figures.dates()
    if len(dates) <= MOST_DAYS:
        counts = _summed((hour.date(), people) for hour, people in figures.hours)
        rows = [(f"{day:%m-%d} {WEEKDAYS[day.weekday()]}", counts[day]) for day in dates]
        step = 1 + len(dates) // 12
        bars = [(f"{day.day}" if n % step == 0 else "", [counts[day]]) for n, day in enumerate(dates)]
        title, head = _("每天"), _("日期")
    else:
        counts = _summed((hour.date().replace(day=1), people) for hour, people in figures.hours)
        months = sorted({day.replace(day=1) for day in dates})
        rows = [
            (_("%(year)d年%(month)d月") % {"year": month.year, "month": month.month}, counts[month]) for month in months
        ]
        bars = [(f"{month.month}", [counts[month]]) for month in months]
        title, head = _("每月"), _("月份")
    chart = column_chart(bars, width=CHART_WIDTH)
    return FigureTable("days", title, (head, _("人次")), tuple(rows), _total(rows), columns=chart, pictured=_("人次"))


def by_hour(figures):
    """A row for each of the 24 hours."""
    counts = _summed((hour.hour, people) for hour, people in figures.hours)
    numbers = [counts[hour] for hour in range(HOURS_A_DAY)]
    rows = [
        (f"{hour}:00–{hour + 1}:00", people, share)
        for hour, (people, share) in enumerate(zip(numbers, portions(numbers), strict=True))
    ]
    chart = column_chart(
        ((f"{hour}:00" if hour % LABELLED_HOURS == 0 else "", [people]) for hour, people in enumerate(numbers)),
        width=CHART_WIDTH,
    )
    heads = (_("钟点"), _("人次"), _("占比（%）"))
    return FigureTable("hours", _("各钟点"), heads, tuple(rows), _total(rows), columns=chart, pictured=heads[1])


def by_weekday(figures):
    """A row for each weekday, with how many of them the period has: a week and a day has two of one."""
    counts = _summed((hour.weekday(), people) for hour, people in figures.hours)
    days = Counter(day.weekday() for day in figures.dates())
    rows = [
        (str(name), counts[weekday], days[weekday], round(counts[weekday] / days[weekday]) if days[weekday] else 0)
        for weekday, name in enumerate(WEEKDAYS)
    ]
    heads = (_("星期"), _("人次"), _("天数"), _("平均每天"))
    total = _total(rows)
    total = (*total[:3], round(total[1] / total[2]))
    chart = column_chart((row[0], [row[3]]) for row in rows)
    return FigureTable("weekdays", _("各星期"), heads, tuple(rows), total, columns=chart, pictured=heads[3])


def by_occupation(figures):
    """A row for each line of work anybody came from, the busiest first."""
    counts = _summed((job, people) for _place, job, _source, people in figures.places)
    jobs = sorted((job for job in Occupation if counts[job]), key=lambda job: -counts[job])
    shares = portions([counts[job] for job in jobs])
    rows = [(str(job.label), counts[job], share) for job, share in zip(jobs, shares, strict=True)]
    heads = (_("职业"), _("人次"), _("占比（%）"))
    return FigureTable(
        "occupations", _("各职业"), heads, tuple(rows), _total(rows), bars=_bars(rows), pictured=heads[1]
    )


def by_used(figures):
    """A row for each kind of amenity somebody ticked; one visit may have ticked several, so nothing is summed."""
    scanned = sum(people for _place, _job, source, people in figures.places if source == Visit.Source.DOOR)
    rows = [(figures.kinds[kind], people, percent(people, scanned)) for kind, people in figures.used]
    rows.sort(key=lambda row: (-row[1], row[0]))
    heads = (_("用了什么"), _("人次"), _("占扫码的（%）"))
    note = _("扫码之后自己点的，不点的人多，只看哪样用得多。一次可以点几样，所以不合计。")
    return FigureTable("used", _("用了什么"), heads, tuple(rows), note=note, bars=_bars(rows), pictured=heads[1])


def by_place(figures):
    """A row for each station, or community, anybody came to: scanned at the door and from the paper tally."""
    scanned, tallied = Counter(), Counter()
    for place, _job, source, people in figures.places:
        (tallied if source == Visit.Source.TALLY else scanned)[place] += people
    names = figures.names
    places = sorted(names, key=lambda place: (-scanned[place] - tallied[place], names[place]))
    numbers = [scanned[place] + tallied[place] for place in places]
    rows = [
        (names[place], number, share, scanned[place], tallied[place])
        for place, number, share in zip(places, numbers, portions(numbers), strict=True)
    ]
    title, head = (_("各驿站"), _("驿站")) if figures.shows_stations else (_("各社区"), _("社区"))
    heads = (head, _("人次"), _("占比（%）"), _("扫码"), _("补记"))
    return FigureTable("places", title, heads, tuple(rows), _total(rows), bars=_bars(rows), pictured=heads[1])


FIGURES = (by_day, by_hour, by_weekday, by_occupation, by_used, by_place)


def figure_tables(figures):
    """All of them, in order; none where nobody came."""
    return [figure(figures) for figure in FIGURES] if figures.people else []
