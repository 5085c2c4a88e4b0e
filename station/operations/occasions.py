"""What laying out sessions and laying out shifts have in common."""

from django.utils import timezone

from station.lib.recurrence import stretch_on, weekly
from station.models import dates_without_events


def missing_stretches(plan, standing, *, until):
    """The (starts_at, ends_at) of a WeeklyPlan, from now to the date `until` (included), that `standing` lacks.

    `standing` is a queryset of the occasions that would be the same; one called off counts, too, and is not laid out
    again. Public holidays and days on which the station is closed are left out.
    """
    now, today = timezone.now(), timezone.localdate()
    days = weekly(plan.weekday, today, until, skip=dates_without_events(plan.station, today, until))
    stretches = [stretch_on(day, plan.starts, plan.ends) for day in days]
    there = set(standing.filter(starts_at__in=[start for start, _end in stretches]).values_list("starts_at", flat=True))
    return [(starts_at, ends_at) for starts_at, ends_at in stretches if starts_at > now and starts_at not in there]
