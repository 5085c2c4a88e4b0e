"""Which stations to show a rider, in which order, and what each card says."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.conf import settings
from django.utils.translation import gettext as _

from station.lib.geo import Point, by_distance, distance_key, walking_minutes
from station.lib.hours import ONE_DAY, Schedule, Status, StatusKind, awaits_word, status
from station.lib.hours_text import describe
from station.lib.moments import word_text
from station.models import Station
from station.schedules import schedules_of

#: How many stations stand on one page of the list.
PAGE = 30

#: So many stations are weighed for one page at most; the next page goes on from there.
ENOUGH = 300

#: So many schedules are read at a time.
CHUNK = 60

#: What `Found.after` looks like; 18 digits fit a 64-bit column.
NUMBER_KEY = re.compile(r"[0-9]{1,18}")
DISTANCE_KEY = re.compile(r"[0-9]{1,18}-[0-9]{1,18}")

#: A station about to close is not worth a long way.
CLOSING_SOON = timedelta(minutes=30)

# Rings of 1, 10 and 100 km: a town's page is one query or two, a village's three.
NEARBY_M, RING_STEP, REACH_M = 1_000, 10, 100_000
LONGEST_WALK_MINUTES = 60


@dataclass(frozen=True, slots=True)
class Listed:
    """One station as a list shows it at one moment."""

    station: Station
    status: Status
    now: datetime
    distance_m: float | None = None
    unconfirmed: bool = False

    @classmethod
    def of(cls, station: Station, schedule: Schedule, now: datetime, distance_m: float | None = None):
        """The station as its hours and its own word make it."""
        found = status(schedule, now)
        silent = found.open and not found.word and awaits_word(schedule, now, settings.LATE_OPENING_AFTER)
        return cls(station, found, now, distance_m, silent)

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
    def word(self) -> str:
        """What the station itself said today, or that it has not; empty where nobody expects it to."""
        return word_text(self.status, self.now, unconfirmed=self.unconfirmed)

    @property
    def confirmed_at(self) -> datetime | None:
        """When the station said that it is open, as long as that holds."""
        return self.status.word.at if self.status.open and self.status.word else None

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


@dataclass(frozen=True, slots=True)
class Found:
    """One page of stations. `after` asks for the next one; it is empty where nothing follows."""

    stations: list[Listed]
    after: str = ""


def find_stations(
    queryset,
    now: datetime,
    *,
    near: Point | None = None,
    fits: Callable[[Listed, Schedule], bool] | None = None,
    after: str = "",
    size: int = PAGE,
) -> Found:
    """Return `size` stations of a queryset that fit, as a rider wants them, from `after` (of the page before) on.

    With a place: the nearest first, ring by ring. Without one: the open ones first, those about to close after them,
    then by the next opening; where stations are too many to weigh them all (ENOUGH), in the order they were registered.
    The cost of a page does not depend on how many stations there are. An `after` that cannot be read starts anew.
    """
    if near is not None:
        return _in_order(
            _rings(queryset, near, after), now, fits, size, lambda pair: "{}-{}".format(*distance_key(*pair))
        )
    few = list(queryset.order_by("pk")[: ENOUGH + 1])
    if len(few) <= ENOUGH:
        return _soonest_first(few, now, fits, after, size)
    rows = ((None, station) for station in _registered(queryset, after))
    return _in_order(rows, now, fits, size, lambda pair: str(pair[1].pk))


def _rings(queryset, near, after):
    # Named, not only left out: the index `station_nearby` begins with the state, and SQLite would not skip it.
    queryset = queryset.filter(state__in=Station.LISTED_STATES)
    beyond = tuple(int(part) for part in after.split("-")) if DISTANCE_KEY.fullmatch(after) else (-1, 0)
    return by_distance(queryset, *near, beyond=beyond, start_radius_m=NEARBY_M, max_radius_m=REACH_M, step=RING_STEP)


def _registered(queryset, after):
    last = int(after) if NUMBER_KEY.fullmatch(after) else 0
    while chunk := list(queryset.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        yield from chunk
        last = chunk[-1].pk


def _in_order(pairs, now, fits, size, key_of) -> Found:
    """Weigh rows in the order they come, a chunk at a time, until the page is full or ENOUGH were weighed."""
    found: list[Listed] = []
    weighed, last, some = 0, None, min(CHUNK, 2 * size)
    while weighed < ENOUGH and (chunk := list(islice(pairs, min(some, ENOUGH - weighed)))):
        some = CHUNK
        schedules = schedules_of([station for _distance, station in chunk], now)
        for pair in chunk:
            weighed, last = weighed + 1, pair
            one = _listed(pair[1], schedules, now, pair[0])
            if fits is None or fits(one, schedules[one.station.pk]):
                found.append(one)
            if len(found) == size:
                return Found(found, key_of(pair))
    return Found(found, key_of(last) if weighed == ENOUGH else "")


def _soonest_first(stations, now, fits, after, size) -> Found:
    schedules = schedules_of(stations, now)
    listed = [_listed(station, schedules, now) for station in stations]
    if fits is not None:
        listed = [one for one in listed if fits(one, schedules[one.station.pk])]
    listed.sort(key=_soonest)
    start = next((place for place, one in enumerate(listed, 1) if str(one.station.pk) == after), 0)
    page = listed[start : start + size]
    return Found(page, str(page[-1].station.pk) if start + size < len(listed) else "")


def _listed(station, schedules, now, distance=None):
    return Listed.of(station, schedules[station.pk], now, distance)


def _soonest(one: Listed) -> tuple:
    if one.status.open:
        return (one.closes_soon, False, 0, one.station.pk)
    opens_at = one.status.opens_at
    return (True, True, opens_at.timestamp() if opens_at else float("inf"), one.station.pk)
