"""Hours at a door with far more taps than usual: flagged by a command, decided by a person.

A crowd may be real (a strike of rain, an opening day) or one person with a script. The official figures count a flagged
hour until somebody who was there says that it was not so.
"""

from collections import defaultdict
from datetime import timedelta
from statistics import median

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from station.lib.db import save_checked
from station.lib.states import move
from station.models import Visit, VisitPeak
from station.models.visits import hour_of
from station.operations import audit

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

#: "Usual" is the median of the same hour on so many days before, days without a visit included.
USUAL_DAYS = 28
#: So many people are never odd: at a quiet door three riders are already more than five times the median.
NEVER_ODD = 20
#: Odd is more than so many times the usual.
TIMES_USUAL = 5
#: The command looks at the hours of so long: it may be missed a few times.
LOOK_BACK = timedelta(hours=48)


def threshold(usual):
    """How many people in an hour are not yet odd where `usual` come."""
    return max(NEVER_ODD, TIMES_USUAL * usual)


def flag_peaks(now=None):
    """Flag the odd hours that ended within LOOK_BACK and were not flagged before; returns the new VisitPeaks.

    Only taps at the door count: what a keeper entered from paper has a name under it already.
    """
    now = now or timezone.now()
    end = now.replace(minute=0, second=0, microsecond=0)
    doors = Visit.objects.filter(source=Visit.Source.DOOR)
    known = set(VisitPeak.objects.filter(starts_at__gte=end - LOOK_BACK).values_list("station", "starts_at"))
    busy = [
        (station, starts_at, people)
        for station, starts_at, people in _by_hour(doors, end - LOOK_BACK, end, more_than=NEVER_ODD)
        if (station, starts_at) not in known
    ]
    before = _people_before(doors.undoubted(), busy)
    flagged = []
    for station, starts_at, people in busy:
        usual = median(before[station, starts_at - DAY * days] for days in range(1, USUAL_DAYS + 1))
        if people > threshold(usual):
            flagged.append(_flag(station, starts_at, people, usual))
    return flagged


def _by_hour(visits, start, end, more_than=0):
    """(station, hour, people) of every hour from `start` until `end` with more people than `more_than`."""
    hours = visits.filter(at__gte=start, at__lt=end).with_hour().order_by().values_list("station", "hour")
    for station, key, people in hours.annotate(count=Sum("people")).filter(count__gt=more_than):
        yield station, hour_of(key), people


def _people_before(visits, busy):
    """People by (station, hour) on the days before the hours in `busy`; 0 for hours without any. One query."""
    people = defaultdict(int)
    if busy:
        starts = [starts_at for _station, starts_at, _people in busy]
        visits = visits.filter(station__in={station for station, _starts_at, _people in busy})
        for station, starts_at, count in _by_hour(visits, min(starts) - DAY * USUAL_DAYS, max(starts)):
            people[station, starts_at] = count
    return people


@transaction.atomic
def _flag(station, starts_at, people, usual):
    """Two commands at once make one peak: the second updates nothing."""
    peak, made = VisitPeak.objects.get_or_create(
        station_id=station, starts_at=starts_at, defaults={"people": people, "usual": round(usual)}
    )
    if made:
        hour = Visit.objects.filter(station=station, source=Visit.Source.DOOR)
        hour.filter(at__gte=starts_at, at__lt=starts_at + HOUR).update(peak=peak)
        audit.record("flag peak", peak, by=None, community=peak.station.community, people=people, usual=peak.usual)
    return peak


@transaction.atomic
def decide_peak(peak, state, *, by, reason):
    """Say whether the hour counts (KEPT) or not (LEFT_OUT), and why; may be changed later. Raises ValidationError."""
    peak = VisitPeak.objects.select_for_update(of=("self",)).select_related("station__community").get(pk=peak.pk)
    move(peak, state)
    peak.reason, peak.decided_by = reason.strip(), by
    save_checked(peak)
    audit.record("decide peak", peak, by=by, reason=reason, community=peak.station.community, state=peak.state)
    return peak


def keep_peak(peak, *, by, reason):
    """The crowd was real. Raises ValidationError."""
    return decide_peak(peak, VisitPeak.State.KEPT, by=by, reason=reason)


def leave_out_peak(peak, *, by, reason):
    """It was not: the official figures leave these visits out; the rows stay. Raises ValidationError."""
    return decide_peak(peak, VisitPeak.State.LEFT_OUT, by=by, reason=reason)
