"""Filling the public calendar from what the installed chinesecalendar knows; what staff wrote stays."""

from django.db import transaction
from django.utils import timezone

from station.figures import years_without_holidays
from station.lib.calendar import CalendarUnknownError, DayKind, seed_days
from station.models import PublicHoliday
from station.operations import audit


@transaction.atomic
def fill_holidays(year, *, by):
    """Add the days of `year` that the table lacks and return how many. Raises CalendarUnknownError.

    A date somebody has entered or corrected is left as it is, whatever the package says of it.
    """
    days = list(seed_days(year))
    written = set(PublicHoliday.objects.filter(date__year=year).values_list("date", flat=True))
    rows = [
        PublicHoliday(
            date=day.date,
            name=day.name,
            kind=PublicHoliday.Kind.HOLIDAY if day.kind == DayKind.HOLIDAY else PublicHoliday.Kind.MAKEUP,
            as_weekday=day.as_weekday if day.kind == DayKind.MAKEUP else None,
        )
        for day in days
        if day.date not in written
    ]
    PublicHoliday.objects.bulk_create(rows, ignore_conflicts=True)  # two at once write the same rows
    if rows:
        audit.record("fill holidays", by=by, year=year, days=len(rows))
    return len(rows)


def fill_missing_years(*, by, today=None):
    """Fill every year the product needs by now: ``({year: days added}, [years the package does not know yet])``."""
    added, unknown = {}, []
    for year in years_without_holidays(today or timezone.localdate()):
        try:
            added[year] = fill_holidays(year, by=by)
        except CalendarUnknownError:
            unknown.append(year)
    return added, unknown
