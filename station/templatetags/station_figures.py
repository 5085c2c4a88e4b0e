"""Station figures for pages of staff. Each tag answers None where the person may not know, so the block is absent."""

from django import template
from django.db.models import Count, F, Q
from django.utils import timezone

from station.counted import counted
from station.figures import (
    MOST_STATIONS,
    countable,
    may_count,
    stations_now,
    visits_by_day,
    years_without_holidays,
)
from station.models import LateOpening, Station, Visit, VisitPeak

register = template.Library()

#: The dashboard names so many; the list of late openings has the rest.
MOST_LATE = 12


@register.simple_tag
def week_of_visits(user):
    """The last seven days at the stations whose visits he may count, as a table with its chart."""
    if not may_count(user, "station.view_visit"):
        return None
    visits = countable(Visit.objects.all(), user, "station.view_visit")
    return counted(user, "week of visits", lambda: visits_by_day(visits, timezone.localdate())).value


@register.simple_tag
def open_stations(user):
    """``{"rows", "open", "more"}``: the stations he sees, those open now first; `more` if some are left out."""
    if not user.has_perm("station.view_station"):
        return None
    stations = list(Station.objects.visible_to(user).listed().order_by("community_id", "name")[: MOST_STATIONS + 1])
    rows = stations_now(stations[:MOST_STATIONS], timezone.now())
    return {"rows": rows, "open": sum(row.status.open for row in rows), "more": len(stations) > MOST_STATIONS}


@register.simple_tag
def late_openings(user):
    """Today's late openings he may see, those still shut first: ``{"rows", "all", "shut"}``; None if he may not."""
    if not user.has_perm("station.view_lateopening"):
        return None
    today = LateOpening.objects.visible_to(user).on(timezone.localdate())

    def count():
        shut_first = today.order_by(F("opened_at").asc(nulls_first=True), "posted_at", "station__name")
        rows = list(shut_first.select_related("station")[: MOST_LATE + 1])
        if len(rows) > MOST_LATE:
            numbers = today.aggregate(all=Count("pk"), shut=Count("pk", filter=Q(opened_at=None)))
        else:
            numbers = {"all": len(rows), "shut": sum(late.opened_at is None for late in rows)}
        return {"rows": rows[:MOST_LATE], **numbers}

    return counted(user, "late openings", count).value


@register.simple_tag
def first_stations(rows, most):
    """``{"rows", "more", "open"}``: the first `most` of stations_now, how many follow, how many of those are open."""
    rest = rows[most:]
    return {"rows": rows[:most], "more": len(rest), "open": sum(row.status.open for row in rest)}


@register.simple_tag
def odd_hours(user):
    """How many odd hours at the doors wait for him to look at them."""
    if not user.has_perm("station.decide_visitpeak"):
        return 0
    peaks = VisitPeak.objects.visible_to(user, "station.decide_visitpeak")
    return peaks.filter(state=VisitPeak.State.FLAGGED).count()


@register.simple_tag
def missing_holidays(user):
    """The years whose public holidays he should enter."""
    return years_without_holidays(timezone.localdate()) if user.has_perm("station.add_publicholiday") else []
