"""The demo's keeper at the counter: two weeks of opening and closing, one late morning, one thing used up."""

from datetime import timedelta

from django.utils import timezone

from station.lib.hours import spans_on
from station.models import Amenity, DoorReport, LateOpening
from station.schedules import schedules_of

DAYS = 14
LATE_MINUTES = 47


def add_openings(world):
    """The main station has said of every stretch of its hours that it opened and closed, up to this minute."""
    station, keeper, now = world.stations["lanyuan"], world.staff["zhanzhang"], timezone.now()
    stretches = []
    for days in range(-DAYS, 1):
        day = world.today + timedelta(days=days)
        stretches += spans_on(schedules_of([station], world.at(days, 0))[station.pk], day)
    begun = [stretch for stretch in stretches if stretch.start <= now]
    late = _late_one(begun)
    reports = []
    for stretch in begun:
        delay = LATE_MINUTES if stretch is late else world.random.randint(-5, 4)
        opened = min(stretch.start + timedelta(minutes=delay), now)
        reports.append(DoorReport(station=station, by=keeper, said=DoorReport.Said.OPEN, at=opened))
        closed = stretch.end + timedelta(minutes=world.random.randint(0, 6))
        if closed <= now:
            reports.append(DoorReport(station=station, by=keeper, said=DoorReport.Said.CLOSED, at=closed))
        if stretch is late:
            noticed = stretch.start + timedelta(minutes=31)
            LateOpening.objects.create(station=station, posted_at=stretch.start, noticed_at=noticed, opened_at=opened)
    DoorReport.objects.bulk_create(reports)
    if reports:
        newest = reports[-1]
        station.said_open, station.said_at = newest.said == DoorReport.Said.OPEN, newest.at
        station.save(update_fields=["said_open", "said_at"])
        last_opened = next(report.at for report in reversed(reports) if report.said == DoorReport.Said.OPEN)
        station.amenities.update(checked_at=last_opened, checked_by=keeper)
    station.amenities.filter(kind__code="cups").update(state=Amenity.State.EMPTY, note="用完了，正在补")


def _late_one(stretches):
    """A first stretch of its day, some days back; None in an all too young demo."""
    first = [
        stretch
        for before, stretch in zip([None, *stretches], stretches, strict=False)
        if before is None or before.start.date() != stretch.start.date()
    ]
    return first[-4] if len(first) > 4 else None
