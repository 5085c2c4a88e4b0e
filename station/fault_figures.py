"""How long faults wait and how fast they are mended, by station. No figure points to a person."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Count, Min
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


@dataclass(frozen=True, slots=True)
class StationFaults:
    """The faults of one station: those open now, and those mended since the first of the month."""

    pk: int
    name: str
    open: int
    oldest_at: datetime | None
    fixed: int
    time_to_fix: timedelta | None

    @property
    def time_to_fix_text(self):
        return stretch_text(self.time_to_fix)


@dataclass(frozen=True, slots=True)
class FaultFigures:
    """All stations together, and each that has something to tell, the one that waits longest first."""

    open: int
    oldest_at: datetime | None
    fixed: int
    time_to_fix: timedelta | None  # the median: one fault forgotten for a month must not hide forty mended in an hour
    stations: tuple[StationFaults, ...]

    @property
    def time_to_fix_text(self):
        return stretch_text(self.time_to_fix)


def fault_figures(faults, now):
    """Count a queryset of faults at `now`: two queries, however many stations."""
    first = timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    place = ("station_id", "station__name")
    waiting = {
        (station, name): (count, oldest)
        for station, name, count, oldest in faults.open()
        .order_by()
        .values_list(*place)
        .annotate(count=Count("pk"), oldest=Min("reported_at"))
    }
    taken = defaultdict(list)
    fixed = faults.fixed_between(first, now + timedelta(microseconds=1)).order_by()
    for station, name, reported_at, ended_at in fixed.values_list(*place, "reported_at", "ended_at"):
        taken[station, name].append(ended_at - reported_at)
    rows = [
        StationFaults(*key, *waiting.get(key, (0, None)), len(taken.get(key, ())), _median(taken.get(key)))
        for key in {*waiting, *taken}
    ]
    rows.sort(key=lambda row: (row.oldest_at is None, row.oldest_at or now, row.name))
    return FaultFigures(
        open=sum(row.open for row in rows),
        oldest_at=min((row.oldest_at for row in rows if row.oldest_at), default=None),
        fixed=sum(row.fixed for row in rows),
        time_to_fix=_median([stretch for stretches in taken.values() for stretch in stretches]),
        stations=tuple(rows),
    )


def _median(stretches):
    return median(stretches) if stretches else None


def stretch_text(stretch):
    """25 分钟, 3 小时, 2 天: rounded as one would say it; empty for None."""
    if stretch is None:
        return ""
    minutes = max(1, round(stretch / timedelta(minutes=1)))
    if minutes < 60:
        return ngettext("%(n)d 分钟", "%(n)d 分钟", minutes) % {"n": minutes}
    if minutes < 48 * 60:
        hours = round(minutes / 60)
        return ngettext("%(n)d 小时", "%(n)d 小时", hours) % {"n": hours}
    return _("%(n)s 天") % {"n": round(minutes / 60 / 24)}
