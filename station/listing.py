"""Which stations to show a rider, in which order, and what each card says."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from station.lib.geo import Point, nearest, walking_minutes
from station.lib.hours import ONE_DAY, Status, StatusKind, status
from station.lib.hours_text import describe
from station.models import Station
from station.schedules import schedules_of

#: So many stations are weighed for one list at most: the nearest, or without a place the first registered.
ENOUGH = 300

#: A station about to close is not worth a long way.
CLOSING_SOON = timedelta(minutes=30)

REACH_M = 100_000
CROWDED_START_M = 5_000  # where more than ENOUGH stations exist, the search grows from this radius
LONGEST_WALK_MINUTES = 60


@dataclass(frozen=True, slots=True)
class Listed:
    """One station as a list shows it at one moment."""

    station: Station
    status: Status
    now: datetime
    distance_m: float | None = None

    @property
    def tone(self) -> str:
        """How the card looks: open, closing, closed or unknown."""
        if self.status.open:
            return "closing" if self.closes_soon else "open"
        return "unknown" if self.status.kind is StatusKind.UNLISTED else "closed"

    @property
    def closes_soon(self) -> bool:
        return self.status.open and self.status.until is not None and self.status.until - self.now <= CLOSING_SOON

    @property
    def is_all_day(self) -> bool:
        """Open, and still open at this time tomorrow."""
        return self.status.open and (self.status.until is None or self.status.until - self.now > ONE_DAY)

    @property
    def text(self) -> str:
        return describe(self.status, self.now)

    @property
    def distance(self) -> str:
        """The way in words, rounded as roughly as phones locate; empty without a place."""
        if self.distance_m is None:
            return ""
        minutes = walking_minutes(self.distance_m)
        if self.distance_m < 995:
            words = _("约 %(metres)s 米") % {"metres": max(1, round(self.distance_m / 10)) * 10}
        else:
            words = _("约 %(kilometres)s 公里") % {"kilometres": f"{self.distance_m / 1000:.1f}"}
        if minutes > LONGEST_WALK_MINUTES:
            return words
        return _("%(distance)s · 走 %(minutes)s 分钟") % {"distance": words, "minutes": minutes}


def list_stations(queryset, now: datetime, *, near: Point | None = None) -> list[Listed]:
    """Return the stations of a queryset as a rider wants them: the nearest first.

    Without a place: the open ones first, those about to close after them, then by the next opening. ENOUGH at most.
    """
    if near is None:
        found = [(None, station) for station in queryset.order_by("pk")[:ENOUGH]]
    else:
        crowded = queryset.order_by("pk")[ENOUGH : ENOUGH + 1].exists()
        start_m = CROWDED_START_M if crowded else REACH_M
        found = nearest(queryset, *near, ENOUGH, start_radius_m=start_m, max_radius_m=REACH_M)
    schedules = schedules_of([station for _distance, station in found], now)
    listed = [Listed(station, status(schedules[station.pk], now), now, distance) for distance, station in found]
    return listed if near else sorted(listed, key=_soonest)


def _soonest(one: Listed) -> tuple:
    if one.status.open:
        return (one.closes_soon, False, 0, one.station.pk)
    opens_at = one.status.opens_at
    return (True, True, opens_at.timestamp() if opens_at else float("inf"), one.station.pk)
